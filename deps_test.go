package madoguchi_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/madoguchi/madoguchi"

// mayImport lists, for each package of the core, the project's packages that
// it may import itself. Data flows one way; what is not listed is forbidden.
var mayImport = map[string][]string{
	"":           {"exchange", "check", "knowledge", "need", "pii", "redact", "report", "text"},
	"exchange":   {},
	"knowledge":  {"exchange"},
	"text":       {"exchange"},
	"mail":       {"exchange", "document"},
	"reader":     {"exchange", "knowledge", "text"},
	"pii":        {"exchange", "knowledge", "text", "pii/tagger", "reader", "secret"},
	"secret":     {"exchange", "text"},
	"pii/tagger": {},
	"ask":        {"exchange", "knowledge", "text", "reader"},
	"contact":    {"exchange", "knowledge", "mail", "text"},
	"need":       {"exchange", "knowledge", "text"},
	"check":      {"exchange", "knowledge", "text", "pii", "ask", "contact", "need", "mail", "redact", "reader"},
	"redact":     {"exchange", "text"},
	"report":     {"exchange", "knowledge", "redact"},
	"document":   {},
	"wire":       {"report"},
	"intake":     {"exchange", "knowledge", "text", "mail", "contact", "document", "wire"},
	"batch":      {"exchange", "check", "intake", "report"},
	"corpus":     {},
}

// public are the packages for programs of others, beside the root; all else is nobody's
// business.
var public = map[string]bool{"exchange": true, "wire": true, "client": true}

// neverReached are packages that nothing at or above check may depend on, even
// through others, and why.
var neverReached = map[string]string{
	"net/http":                            "a check must not be able to use the network",
	"database/sql":                        "a check keeps nothing",
	"os/exec":                             "a check starts no programs",
	"plugin":                              "a check loads no code",
	module + "/internal/knowledge/curate": "linting YAML belongs to the workshop, not to the product's core",
}

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

func list(t *testing.T, env []string, pkgs ...string) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, pkgs...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	res := map[string]listed{}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for d.More() {
		var l listed
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		res[l.ImportPath] = l
	}
	return res
}

func path(pkg string) string {
	if pkg == "" {
		return module
	}
	if public[pkg] {
		return module + "/" + pkg
	}
	return module + "/internal/" + pkg
}

// TestImports holds the design's one way for data, natively and for the
// browser.
func TestImports(t *testing.T) {
	for _, env := range [][]string{nil, {"GOOS=js", "GOARCH=wasm"}} {
		var pkgs []string
		for p := range mayImport {
			pkgs = append(pkgs, path(p))
		}
		got := list(t, env, pkgs...)
		for p, may := range mayImport {
			l, ok := got[path(p)]
			if !ok {
				t.Fatalf("no package %s", path(p))
			}
			allowed := map[string]bool{}
			for _, m := range may {
				allowed[path(m)] = true
			}
			for _, i := range l.Imports {
				if strings.HasPrefix(i, module) && !allowed[i] {
					t.Errorf("%v: %s imports %s: data flows one way, see docs/architecture.md", env, l.ImportPath, i)
				}
				if p == "exchange" && strings.Contains(i, ".") {
					t.Errorf("package exchange imports %s: it is the nouns, standard library only", i)
				}
			}
			for _, dep := range l.Deps {
				if why, bad := neverReached[dep]; bad {
					t.Errorf("%v: %s reaches %s: %s", env, l.ImportPath, dep, why)
				}
			}
		}
	}
}

// TestPublic: what others can import is the face, and nothing beside it.
func TestPublic(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{if .GoFiles}}{{.Name}} {{.ImportPath}}{{end}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name, p, _ := strings.Cut(strings.TrimSpace(line), " ")
		if p == "" || name == "main" || strings.Contains(p, "/internal/") || p == module {
			continue
		}
		if !public[strings.TrimPrefix(p, module+"/")] {
			t.Errorf("%s can be imported by others: it belongs under internal/", p)
		}
	}
}

// TestLight: who imports the face or the client does not get a database, a message broker
// or a PDF library with it.
func TestLight(t *testing.T) {
	for name, l := range list(t, nil, path(""), path("client")) {
		for _, dep := range l.Deps {
			for _, heavy := range []string{"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/nats-io", "github.com/signintech/gopdf", "github.com/ledongthuc/pdf"} {
				if strings.HasPrefix(dep, heavy) {
					t.Errorf("%s reaches %s", name, dep)
				}
			}
		}
	}
}

// TestBrowserBuild compiles the core for the browser.
func TestBrowserBuild(t *testing.T) {
	var pkgs []string
	for p := range mayImport {
		pkgs = append(pkgs, path(p))
	}
	cmd := exec.Command("go", append([]string{"build"}, pkgs...)...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestPackageNames refuses names that say nothing.
func TestPackageNames(t *testing.T) {
	out, err := exec.Command("go", "list", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.FieldsSeq(string(out)) {
		switch last := p[strings.LastIndexByte(p, '/')+1:]; last {
		case "util", "utils", "common", "helper", "helpers", "types", "misc":
			t.Errorf("package %s: name the question that it answers", p)
		}
	}
}
