package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/madoguchi/madoguchi/internal/stream"
)

// TestConfigPage: docs/config.md lists what the program takes. UPDATE=1 writes it.
func TestConfigPage(t *testing.T) {
	parser, err := kong.New(&commands{}, grammar(&streams{nil, os.Stdout, os.Stderr}, func(int) {})...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Made from the program: UPDATE=1 go test ./cmd/madoguchi -run TestConfigPage -->

What may be set is what flags there are. A flag on the command line counts first,
then the environment, then the file that ` + "`--config`" + ` or ` + "`MADOGUCHI_CONFIG`" + ` names, then what
stands here. The file is YAML, a section a command:

` + "```yaml" + `
serve:
  addr: 0.0.0.0:8737
  host: [madoguchi.rei.example]
worker:
  nats: nats://127.0.0.1:4222
  replicas: 3
` + "```" + `

A section or a flag that does not exist is an error. Durations are written 90s, 10m,
72h; bytes are numbers. Secrets (` + "`MADOGUCHI_TOKEN`, `MADOGUCHI_PASSPHRASE`, `PGPASSWORD`" + `)
belong into the environment or files that only the service can read.
`)
	for _, section := range []string{"serve", "worker", "case"} {
		for _, n := range parser.Model.Children {
			if n.Name != section {
				continue
			}
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key and flag | environment | by default | what |\n|---|---|---|---|\n", section, n.Help)
			for _, f := range allSettable(n) {
				if section == "case" && len(f.Envs) == 0 {
					continue // what a single entry says is no setting
				}
				env := variable(section, f.Name)
				if len(f.Envs) > 0 {
					env = f.Envs[0]
				}
				fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Name, env, f.Default, strings.ReplaceAll(f.Help, "|", "\\|"))
			}
		}
	}
	b.WriteString("\nOther commands' flags may be set the same way, `check: {lang: easy}` for example;\n`madoguchi COMMAND --help` lists them.\n")
	const name = "../../docs/config.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a page to be read
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != b.String() {
		t.Errorf("docs/config.md is not what the program takes (%v)", err)
	}
}

// TestWorkerDefaults: flags and package say the same.
func TestWorkerDefaults(t *testing.T) {
	var c commands
	parser, err := kong.New(&c, grammar(&streams{nil, os.Stdout, os.Stderr}, func(int) {})...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"worker"}); err != nil {
		t.Fatal(err)
	}
	if c.Worker.Stream != stream.Default() {
		t.Errorf("%+v, want %+v", c.Worker.Stream, stream.Default())
	}
}
