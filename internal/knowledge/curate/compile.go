package curate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// typeOf gives the type of each part's records.
var typeOf = map[string]reflect.Type{
	"categories": reflect.TypeFor[knowledge.Category](), "inquiries": reflect.TypeFor[knowledge.Inquiry](),
	"scenarios": reflect.TypeFor[knowledge.Scenario](),
	"tactics":   reflect.TypeFor[knowledge.Tactic](), "never": reflect.TypeFor[knowledge.NeverItem](),
	"advice": reflect.TypeFor[knowledge.Advice](), "consultation": reflect.TypeFor[knowledge.Consultation](),
	"organizations": reflect.TypeFor[knowledge.Organization](), "words": reflect.TypeFor[knowledge.WordList](),
	"sentences": reflect.TypeFor[knowledge.SentenceList](), "hosts": reflect.TypeFor[knowledge.HostList](), "phrases": reflect.TypeFor[knowledge.PhraseList](), "firstaid": reflect.TypeFor[knowledge.FirstAid](),
}

// Compile returns the source files of package knowledge that hold the records,
// by name: one for each part, in the order of the records' ids, and one for
// the hash. The same data gives the same bytes.
func (d *Data) Compile() (map[string][]byte, error) {
	out := map[string][]byte{}
	slices.SortFunc(d.records, func(a, b record) int { return cmp.Compare(a.file, b.file) })
	h := sha256.New()
	for _, part := range knowledge.Parts {
		var b bytes.Buffer
		t := typeOf[part]
		fmt.Fprintf(&b, "%s\nvar %s = []%s{\n", head, part, t.Name())
		for _, r := range d.records {
			if r.part != part {
				continue
			}
			v := reflect.New(t)
			if err := json.Unmarshal(r.json, v.Interface()); err != nil {
				return nil, fmt.Errorf("curate: %s: %w: run madoguchi data lint", r.file, err)
			}
			literal(&b, v.Elem(), true)
			b.WriteString(",\n")
			fmt.Fprintf(h, "%s %d\n%s", r.file, len(r.json), r.json)
		}
		b.WriteString("}\n")
		src, err := format.Source(b.Bytes())
		if err != nil {
			return nil, fmt.Errorf("curate: %w", err)
		}
		out["records_"+part+".go"] = src
	}
	out["records_hash.go"] = fmt.Appendf(nil, "%s\nconst hash = \"sha256:%x\"\n", head, h.Sum(nil))
	for name, b := range out {
		if bytes.Contains(b, []byte("exchange.")) {
			out[name] = bytes.Replace(b, []byte("package knowledge\n"), []byte("package knowledge\n\nimport \"github.com/madoguchi/madoguchi/exchange\"\n"), 1)
		}
	}
	return out, nil
}

const head = "// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.\n\npackage knowledge\n"

// literal writes a value as Go source. The type of an element of a slice goes
// without saying.
func literal(b *bytes.Buffer, v reflect.Value, bare bool) {
	switch v.Kind() {
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	case reflect.Bool, reflect.Int:
		fmt.Fprint(b, v)
	case reflect.Slice:
		fmt.Fprintf(b, "[]%s{", typeName(v.Type().Elem()))
		for i := range v.Len() {
			literal(b, v.Index(i), true)
			b.WriteString(",")
		}
		b.WriteString("}")
	case reflect.Struct:
		if !bare {
			b.WriteString(typeName(v.Type()))
		}
		b.WriteString("{")
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				continue
			}
			fmt.Fprintf(b, "%s:", v.Type().Field(i).Name)
			literal(b, v.Field(i), false)
			b.WriteString(",")
		}
		b.WriteString("}")
	default:
		panic("curate: a record holds a " + v.Kind().String())
	}
}

func typeName(t reflect.Type) string {
	if t.PkgPath() == reflect.TypeFor[knowledge.Category]().PkgPath() {
		return t.Name()
	}
	return t.String()
}

// WriteSource compiles and writes the source files into dir, usually
// "knowledge".
func (d *Data) WriteSource(dir string) error {
	files, err := d.Compile()
	if err != nil {
		return err
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return fmt.Errorf("curate: %w", err)
		}
	}
	return nil
}
