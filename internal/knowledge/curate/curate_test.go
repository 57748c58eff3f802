package curate_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
)

// TestDataIsClean lints data/ as `madoguchi data lint` does. The day is that
// of the newest review, so that the test does not fail by waiting.
func TestDataIsClean(t *testing.T) {
	d, err := curate.Read("../../../data")
	if err != nil {
		t.Fatal(err)
	}
	problems, err := d.Lint(newestReview())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if !p.Warning {
			t.Error(p)
		}
	}
}

// TestDataPage: docs/data.md counts what is there.
func TestDataPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/data.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+)/` \\| ([0-9]+) \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 9 {
		t.Fatalf("%d folders on the page", len(rows))
	}
	for _, r := range rows {
		files, err := filepath.Glob("../../../data/" + r[1] + "/*.yaml")
		if err != nil || fmt.Sprint(len(files)) != r[2] {
			t.Errorf("%s: %s on the page, %d files, %v", r[1], r[2], len(files), err)
		}
	}
	if n := len(knowledge.Organizations()); n < 4600 {
		t.Errorf("%d organizations, the page says over 4,600", n)
	}
}

// TestRosters: what the lines of the lists become.
func TestRosters(t *testing.T) {
	for id, want := range map[string]map[string]knowledge.RecordStatus{
		"aichi-agui-cho":             {"town.agui.lg.jp": knowledge.Verified}, // a list, and the registry's rule
		"city-sapporo":               {"city.sapporo.jp": knowledge.Verified}, // a record of its own, and a list
		"3coins":                     {"3coins.jp": knowledge.Imported},       // a list alone
		"zengin-1003-muroranshinkin": {},                                      // a name without a domain
	} {
		o := knowledge.OrganizationByID(id)
		if o == nil {
			t.Errorf("no %s", id)
			continue
		}
		for _, d := range o.Domains {
			if o.StatusOf(d) != want[d.Name] {
				t.Errorf("%s: %s is %s, want %q", id, d.Name, o.StatusOf(d), want[d.Name])
			}
		}
	}
	if n := len(knowledge.Organizations()); n < 4000 {
		t.Errorf("%d organizations", n)
	}
}

func newestReview() time.Time {
	day := ""
	for _, c := range knowledge.Categories() {
		day = max(day, c.Reviewed)
	}
	for _, o := range knowledge.Organizations() {
		day = max(day, o.Reviewed)
	}
	for _, q := range knowledge.Inquiries() {
		day = max(day, q.Reviewed)
	}
	t, _ := time.Parse("2006-01-02", day)
	return t
}

// TestBundleIsCompiled holds the committed bundle against data/.
func TestBundleIsCompiled(t *testing.T) {
	d, err := curate.Read("../../../data")
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("internal/knowledge/%s is not what data/ compiles to: run make generate", name)
		}
	}
}

// lintOf lints a small data folder.
func lintOf(t *testing.T, files map[string]string) []curate.Problem {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, part := range knowledge.Parts {
		fsys[part+"/.keep"] = &fstest.MapFile{}
	}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	schemas, _ := filepath.Glob("../../../data/schema/*.json")
	for _, f := range schemas {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		fsys["schema/"+filepath.Base(f)] = &fstest.MapFile{Data: b}
	}
	d, err := curate.ReadFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := d.Lint(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return problems
}

// TestLintFindsInSentences: conditions, lists of words and sentences are held to what they
// name and to their own examples.
func TestLintFindsInSentences(t *testing.T) {
	const tail = `sources:
  - {id: own, url: "https://example.com/", publisher: b, kind: organization, retrieved: "2026-01-01"}
status: imported
reviewed: "2026-01-01"
recheck_after_days: 365
`
	for _, c := range []struct{ name, file, text, rule string }{
		{"a tactic that is not there", "advice/x.yaml", "id: x\nkind: next\nwhen:\n  - {beside: [fly_away]}\ntext: {ja: あ, easy: あ, en: a}\n", "item-exists"},
		{"a category beside", "advice/x.yaml", "id: x\nkind: next\nwhen:\n  - {beside: [data]}\ntext: {ja: あ, easy: あ, en: a}\n", "item-exists"},
		{"a reason without a level", "advice/x.yaml", "id: x\nkind: reason\nwhen:\n  - {if: [received]}\ntext: {ja: あ, easy: あ, en: a}\n", "reasons-have-levels"},
		{"a fact that nobody knows", "advice/x.yaml", "id: x\nkind: next\nwhen:\n  - {if: [full-moon]}\ntext: {ja: あ, easy: あ, en: a}\n", "schema"},
		{"a word that its example lacks", "words/x.yaml", "id: x\nwhat: w\nwords: [妻]\nmatch: [夫の名義]\nno_match: [友人]\n", "words-match"},
		{"a word in the other example", "words/x.yaml", "id: x\nwhat: w\nwords: [妻]\nmatch: [妻の名義]\nno_match: [妻]\n", "words-match"},
		{"a key twice", "sentences/x.yaml", "id: x\nwhat: w\nsentences:\n  - {key: a, ja: あ, easy: あ, en: a}\n  - {key: a, ja: あ, easy: あ, en: a}\n", "key-once"},
		{"a placeholder in one language", "sentences/x.yaml", "id: x\nwhat: w\nsentences:\n  - {key: a, ja: \"{v}\", easy: あ, en: a}\n", "placeholder-everywhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := lintOf(t, map[string]string{c.file: c.text + tail})
			if !slices.ContainsFunc(problems, func(p curate.Problem) bool { return p.Rule == c.rule && p.Fix != "" }) {
				t.Errorf("want %s: %v", c.rule, problems)
			}
		})
	}
}

// TestLintFinds breaks one thing at a time in a small data folder.
func TestLintFinds(t *testing.T) {
	const org = `id: example-bank
name: {ja: 例銀行, en: Example Bank}
sector: bank
aliases:
  - {text: 例銀行}
domains:
  - {name: example.com, roles: [site], sources: [own]}
sources:
  - {id: own, url: "https://example.com/", publisher: 例銀行, kind: organization, retrieved: "2026-01-01"}
status: imported
reviewed: "2026-01-01"
recheck_after_days: 180
`
	for _, c := range []struct {
		rule, old, new string
		line           int
	}{
		{"", "", "", 0},
		{"yaml", "sector: bank", "sector: [bank", 4},
		{"schema", "sector: bank", "sector: bakery", 3},
		{"schema", "sector: bank\n", "sector: bank\ncolour: red\n", 1},
		{"id-is-file-name", "id: example-bank", "id: other-bank", 1},
		{"source-exists", "sources: [own]}", "sources: [owm]}", 7},
		{"verified-needs-two", "status: imported", "status: verified", 10},
		{"recheck-due", "recheck_after_days: 180", "recheck_after_days: 3", 11},
		{"domain-is-registrable", "example.com, roles", "co.jp, roles", 7},
		{"short-alias", "{text: 例銀行}", "{text: 例}", 5},
		{"parent-exists", "sector: bank\n", "sector: bank\nparent: nobody\n", 4},
		{"phone-has-own-page", "sources:\n", "phones:\n  - {number: 0120-000-000, use: 窓口, sources: [blog]}\nsources:\n  - {id: blog, url: \"https://example.net/\", publisher: b, kind: secondary, retrieved: \"2026-01-01\"}\n", 9},
	} {
		t.Run(c.rule, func(t *testing.T) {
			text := strings.Replace(org, c.old, c.new, 1)
			if c.old != "" && text == org {
				t.Fatal("the case changes nothing")
			}
			problems := lintOf(t, map[string]string{"organizations/example-bank.yaml": text})
			if c.rule == "" {
				if len(problems) > 0 {
					t.Fatalf("clean record: %v", problems)
				}
				return
			}
			if len(problems) == 0 {
				t.Fatal("found nothing")
			}
			p := problems[0]
			if p.Rule != c.rule || p.Line != c.line || p.Fix == "" || p.File != "organizations/example-bank.yaml" {
				t.Errorf("got %s:%d %s, want line %d %s\n%v", p.File, p.Line, p.Rule, c.line, c.rule, problems)
			}
		})
	}
}
