package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/casebook/pgtest"
	"github.com/madoguchi/madoguchi/internal/eval"
)

var makeTarget = regexp.MustCompile("(?:^|`)make ([a-z]+)")

// TestDocs runs every madoguchi command that a page shows in a sh block, and
// looks up every make target that it names.
func TestDocs(t *testing.T) {
	t.Chdir("../..")
	pages, _ := filepath.Glob("docs/*.md")
	guides, _ := filepath.Glob("docs/ja/*.md")
	more, _ := filepath.Glob("*.md")
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, page := range slices.Concat(pages, guides, more) {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		in := false
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "```") {
				in = line == "```sh"
				continue
			}
			for _, m := range makeTarget.FindAllStringSubmatch(line, -1) {
				if !strings.Contains(string(makefile), "\n"+m[1]+":") {
					t.Errorf("%s names make %s, which the Makefile does not have", page, m[1])
				}
			}
			line, _, _ = strings.Cut(line, " #")
			args, ok := strings.CutPrefix(line, "madoguchi ")
			if !ok {
				args, ok = strings.CutPrefix(line, "go run ./cmd/madoguchi ")
			}
			if !in || !ok {
				continue
			}
			commands++
			if args == "serve" {
				t.Run(args, serves)
				continue
			}
			t.Run(args, func(t *testing.T) {
				var out, errw bytes.Buffer
				status := run(strings.Fields(args), strings.NewReader(""), &out, &errw)
				if status != exitOK && status != exitCaution && status != exitStop {
					t.Errorf("%s: exit status %d: %s", page, status, errw.String())
				}
				if out.Len() == 0 {
					t.Errorf("%s: prints nothing", page)
				}
			})
		}
	}
	if commands < 10 {
		t.Errorf("only %d commands found in the pages", commands)
	}
}

// TestPostgresPage does what docs/postgres.md says, in its order, with a server.
func TestPostgresPage(t *testing.T) {
	b, err := os.ReadFile("../../docs/postgres.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("MADOGUCHI_PASSPHRASE", "見本の合言葉です")
	d := pgtest.New(t)
	host, _, _ := strings.Cut(strings.TrimPrefix(d.URL("x"), "postgres://x@"), "/")
	here := strings.NewReplacer("db.rei.example", host, "?sslmode=verify-full", "")
	done := 0
	for _, block := range regexp.MustCompile("(?s)```(sql|console)\n(.*?)```").FindAllStringSubmatch(string(b), -1) {
		for line := range strings.Lines(block[2]) {
			done++
			if block[1] == "sql" {
				d.Exec(line)
				continue
			}
			var out, errw bytes.Buffer
			args := strings.Fields(here.Replace(strings.TrimPrefix(line, "$ madoguchi ")))
			if status := run(args, strings.NewReader(""), &out, &errw); status != exitOK || out.Len() == 0 {
				t.Fatalf("%s: exit status %d: %s%s", line, status, &out, &errw)
			}
		}
	}
	if done < 7 {
		t.Errorf("only %d lines", done)
	}
}

// serves starts the page, asks for it, and ends it as a person does.
func serves(t *testing.T) {
	at, end := started(t)
	resp, err := http.Get(at + "ja/")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %v", resp, err)
	}
	if err == nil {
		resp.Body.Close()
	}
	end()
}

// started starts the page with its own casebook. It returns the address, and how to
// end it with an interrupt, which returns what it said meanwhile.
func started(t *testing.T, args ...string) (at string, end func() string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--addr", "127.0.0.1:0", "--dir", t.TempDir()}, args...)...)
	cmd.Args[0] = "madoguchi" // see TestMain
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	errw := bufio.NewReader(pipe)
	line, err := errw.ReadString('\n')
	if err != nil {
		t.Fatal(line, err)
	}
	return regexp.MustCompile(`http://[0-9.:]+/`).FindString(line), func() string {
		t.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(errw)
		if err := errors.Join(err, cmd.Wait()); err != nil {
			t.Errorf("it does not end well: %v", err)
		}
		return string(said)
	}
}

// TestFigures: the figures of docs/evaluation.md that name a line of the baseline are
// those of the baseline.
func TestFigures(t *testing.T) {
	page, err := os.ReadFile("../../docs/evaluation.md")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("../../eval/baseline.json")
	if err != nil {
		t.Fatal(err)
	}
	baseline, err := eval.ReadBaseline(b)
	if err != nil {
		t.Fatal(err)
	}
	gold := map[string]string{"drafts": "drafts, hands left out", "received": "received, hands left out", "scenarios": "scenarios.jsonl"}
	n := 0
	for _, m := range regexp.MustCompile("\\| `(drafts|received|scenarios)\\.([a-z_0-9]+)` \\| ([0-9.]+) \\|").FindAllStringSubmatch(string(page), -1) {
		n++
		if want := fmt.Sprintf("%.3f", baseline[gold[m[1]]][m[2]]); m[3] != want {
			t.Errorf("%s.%s is %s on the page, %s in the baseline", m[1], m[2], m[3], want)
		}
	}
	if n < 15 {
		t.Errorf("%d figures", n)
	}
}
