// Package curate reads the YAML records under data/, lints them and compiles
// them into the Go source that package knowledge is made of.
package curate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// record is one YAML file.
type record struct {
	part string // folder of data/
	file string // path below data/, with slashes
	id   string // from the file's name
	tree *ast.File
	data map[string]any
	json []byte

	roster string // the file of rosters/ that the record comes from, and its line there
	line1  int
}

// Data is what stands under data/, read but not yet linted.
type Data struct {
	fsys    fs.FS
	records []record
	broken  []Problem // files that could not be read as YAML
}

// Read reads every record below dir, usually "data". It fails only if dir
// itself cannot be read; broken files become problems of [Data.Lint].
func Read(dir string) (*Data, error) {
	return ReadFS(os.DirFS(dir))
}

// ReadFS is Read for a file system.
func ReadFS(fsys fs.FS) (*Data, error) {
	d := &Data{fsys: fsys}
	for _, part := range knowledge.Parts {
		entries, err := fs.ReadDir(fsys, part)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("curate: no folder %q here: give the path of the data folder", part)
		}
		if err != nil {
			return nil, fmt.Errorf("curate: %w", err)
		}
		for _, e := range entries {
			if e.IsDir() || !strings.HasSuffix(e.Name(), ".yaml") {
				continue
			}
			if err := d.add(part, e.Name()); err != nil {
				return nil, err
			}
		}
	}
	return d, d.expand()
}

func (d *Data) add(part, name string) error {
	file := path.Join(part, name)
	b, err := fs.ReadFile(d.fsys, file)
	if err != nil {
		return fmt.Errorf("curate: %w", err)
	}
	tree, v, encoded, problem := parse(file, b)
	if problem != nil { // told by Lint: one broken file must not hide the others
		d.broken = append(d.broken, *problem)
		return nil
	}
	d.records = append(d.records, record{part: part, file: file, id: strings.TrimSuffix(name, ".yaml"), tree: tree, data: v, json: encoded})
	return nil
}

// parse reads a file's YAML: with positions, as a value, and as JSON, in which
// numbers and keys are what the schemas expect.
func parse(file string, b []byte) (tree *ast.File, v map[string]any, encoded []byte, problem *Problem) {
	var bounds *YAMLError
	if errors.As(Bounded(b), &bounds) {
		return nil, nil, nil, &Problem{File: file, Line: bounds.Line, Rule: "yaml", Message: bounds.What, Fix: "write it as the other records are written"}
	}
	tree, err := parser.ParseBytes(b, parser.ParseComments)
	if err == nil {
		err = yaml.Unmarshal(b, &v)
	}
	var buf bytes.Buffer
	if err == nil {
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		err = enc.Encode(v)
	}
	if err != nil {
		p := yamlProblem(file, err)
		return nil, nil, nil, &p
	}
	return tree, v, bytes.TrimSpace(buf.Bytes()), nil
}

// line returns the line of the node at a JSON pointer's segments, or of the
// nearest ancestor that exists, in r's file.
func (r *record) line(segments ...string) int {
	if r.roster != "" {
		return r.line1
	}
	for n := len(segments); n > 0; n-- {
		var p strings.Builder
		p.WriteString("$")
		for _, s := range segments[:n] {
			if isIndex(s) {
				p.WriteString("[" + s + "]")
			} else {
				p.WriteString(".'" + s + "'")
			}
		}
		yp, err := yaml.PathString(p.String())
		if err != nil {
			continue
		}
		node, err := yp.FilterFile(r.tree)
		if err == nil && node != nil && node.GetToken() != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
}

func isIndex(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func yamlProblem(file string, err error) Problem {
	line := 1
	var se *yaml.SyntaxError
	if errors.As(err, &se) && se.Token != nil {
		line = se.Token.Position.Line
	}
	msg := err.Error()
	if se != nil {
		msg = se.Message
	}
	return Problem{File: file, Line: line, Rule: "yaml", Message: strings.SplitN(msg, "\n", 2)[0], Fix: "mend the YAML at this line: check indentation, quotes and double keys"}
}
