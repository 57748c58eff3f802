package curate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Problem is one thing that data/ gets wrong.
type Problem struct {
	File    string // below data/, with slashes
	Line    int    // from 1
	Rule    string // stable id, for example "domain-once"
	Message string // what is wrong
	Fix     string // what to do
	Warning bool   // worth a look, but not wrong
}

func (p Problem) String() string {
	sev := "error"
	if p.Warning {
		sev = "warning"
	}
	return fmt.Sprintf("%s:%d: %s: %s [%s]\n    fix: %s", p.File, p.Line, sev, p.Message, p.Rule, p.Fix)
}

// schemaOf names the schema of each part.
var schemaOf = map[string]string{
	"categories": "category", "inquiries": "inquiry", "tactics": "tactic", "scenarios": "scenario", "never": "never",
	"advice": "advice", "consultation": "consultation", "organizations": "organization", rosters: "roster", "words": "word",
	"sentences": "sentence", "phrases": "phrase", "hosts": "host", "firstaid": "firstaid",
}

// Lint checks every record against its schema and against the rules of
// CRITERIA.md. The day decides which records are due for another look.
func (d *Data) Lint(today time.Time) ([]Problem, error) {
	l := &linter{d: d, problems: append([]Problem(nil), d.broken...)}
	schemas, err := d.schemas()
	if err != nil {
		return nil, err
	}
	for i := range d.records {
		l.schema(&d.records[i], schemas[d.records[i].part])
	}
	for i := range d.records {
		l.common(&d.records[i], today)
	}
	l.organizations()
	l.references()
	l.texts()
	sort.SliceStable(l.problems, func(i, j int) bool {
		a, b := l.problems[i], l.problems[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return l.problems, nil
}

// Errors counts the problems that are no warnings.
func Errors(ps []Problem) int {
	n := 0
	for _, p := range ps {
		if !p.Warning {
			n++
		}
	}
	return n
}

func (d *Data) schemas() (map[string]*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	files, err := fs.Glob(d.fsys, "schema/*.schema.json")
	if err != nil {
		return nil, fmt.Errorf("curate: %w", err)
	}
	for _, f := range files {
		b, err := fs.ReadFile(d.fsys, f)
		if err != nil {
			return nil, fmt.Errorf("curate: %w", err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
		if err != nil {
			return nil, fmt.Errorf("curate: %s: %w", f, err)
		}
		if err := c.AddResource(strings.TrimPrefix(f, "schema/"), doc); err != nil {
			return nil, fmt.Errorf("curate: %s: %w", f, err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for part, name := range schemaOf {
		s, err := c.Compile(name + ".schema.json")
		if err != nil {
			return nil, fmt.Errorf("curate: schema %s: %w", name, err)
		}
		out[part] = s
	}
	return out, nil
}

type linter struct {
	d        *Data
	problems []Problem
}

func (l *linter) report(r *record, at []string, rule, msg, fix string) {
	file := r.file
	if r.roster != "" {
		file = r.roster
	}
	l.problems = append(l.problems, Problem{File: file, Line: r.line(at...), Rule: rule, Message: msg, Fix: fix})
}

func (l *linter) warn(r *record, at []string, rule, msg, fix string) {
	l.report(r, at, rule, msg, fix)
	l.problems[len(l.problems)-1].Warning = true
}

var english = message.NewPrinter(language.English)

func (l *linter) schema(r *record, s *jsonschema.Schema) {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(r.json)))
	if err != nil {
		l.report(r, nil, "schema", err.Error(), "write the record as a map of fields")
		return
	}
	var ve *jsonschema.ValidationError
	if !errors.As(s.Validate(v), &ve) {
		return
	}
	var leaves func(e *jsonschema.ValidationError)
	leaves = func(e *jsonschema.ValidationError) {
		if len(e.Causes) > 0 {
			for _, c := range e.Causes {
				leaves(c)
			}
			return
		}
		fix := "see schema/" + schemaOf[r.part] + ".schema.json"
		switch k := e.ErrorKind.(type) {
		case *kind.AdditionalProperties:
			fix = "remove or rename: " + strings.Join(k.Properties, ", ")
		case *kind.Required:
			fix = "add: " + strings.Join(k.Missing, ", ")
		case *kind.Enum:
			fix = fmt.Sprintf("use one of %v", k.Want)
		}
		l.report(r, e.InstanceLocation, "schema", "/"+strings.Join(e.InstanceLocation, "/")+": "+e.ErrorKind.LocalizedString(english), fix)
	}
	leaves(ve)
}

// common holds what every record must keep.
func (l *linter) common(r *record, today time.Time) {
	if id, _ := r.data["id"].(string); id != r.id {
		l.report(r, []string{"id"}, "id-is-file-name", fmt.Sprintf("id %q, but the file is named %q", id, r.id), "rename the file or the id")
	}
	var p knowledge.Provenance
	if json.Unmarshal(r.json, &p) != nil {
		return // the schema rule has said so
	}
	publishers := map[string]bool{}
	ids := map[string]bool{}
	for i, s := range p.Sources {
		publishers[publisher(s)] = true
		if ids[s.ID] {
			l.report(r, []string{"sources", fmt.Sprint(i)}, "source-once", fmt.Sprintf("source id %q stands twice", s.ID), "give each source an id of its own")
		}
		ids[s.ID] = true
	}
	if p.Status == knowledge.Verified && len(publishers) < 2 {
		l.report(r, []string{"status"}, "verified-needs-two", "verified, but all sources have one publisher", "add an independent source or set status: imported")
	}
	if day, err := time.Parse("2006-01-02", p.Reviewed); err == nil {
		if due := day.AddDate(0, 0, p.RecheckAfterDays); today.After(due) {
			l.warn(r, []string{"reviewed"}, "recheck-due", "was due for another look on "+due.Format("2006-01-02"), "check the sources again and set reviewed to today")
		}
		if day.After(today.AddDate(0, 0, 1)) {
			l.report(r, []string{"reviewed"}, "reviewed-in-future", "reviewed on a day that has not come", "set the day of the review")
		}
	}
	l.sourceRefs(r, r.data, nil, ids)
}

// publisher tells whether two sources are independent: a data set counts by
// its name, a page by its registrable domain.
func publisher(s knowledge.SourceRecord) string {
	if s.Kind == "dataset" {
		return s.Publisher
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return s.Publisher
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err == nil {
		return d
	}
	return u.Hostname()
}

// sourceRefs checks that every "source" and "sources" below v names a source
// of the record.
func (l *linter) sourceRefs(r *record, v any, at []string, ids map[string]bool) {
	need := func(id string, at []string) {
		if !ids[id] {
			l.report(r, at, "source-exists", fmt.Sprintf("no source %q in this record", id), "add it under sources, or name one that is there")
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			here := append(append([]string(nil), at...), k)
			switch {
			case k == "source":
				if s, ok := x.(string); ok {
					need(s, here)
				}
			case k == "sources" && len(at) > 0:
				if list, ok := x.([]any); ok {
					for _, s := range list {
						if s, ok := s.(string); ok {
							need(s, here)
						}
					}
				}
			default:
				l.sourceRefs(r, x, here, ids)
			}
		}
	case []any:
		for i, x := range v {
			l.sourceRefs(r, x, append(append([]string(nil), at...), fmt.Sprint(i)), ids)
		}
	}
}

func decode[T any](l *linter, part string) (list []T, of []*record) {
	for i := range l.d.records {
		r := &l.d.records[i]
		if r.part != part {
			continue
		}
		var v T
		if json.Unmarshal(r.json, &v) == nil {
			list = append(list, v)
			of = append(of, r)
		}
	}
	return list, of
}

func (l *linter) organizations() {
	orgs, of := decode[knowledge.Organization](l, "organizations")
	parent := map[string]string{}
	known := map[string]bool{}
	for _, o := range orgs {
		known[o.ID] = true
		parent[o.ID] = o.Parent
	}
	related := func(a, b string) bool {
		root := func(x string) string {
			for range 10 {
				if parent[x] == "" {
					break
				}
				x = parent[x]
			}
			return x
		}
		return root(a) == root(b)
	}
	domainOf, aliasOf := map[string]string{}, map[string]string{}
	for i, o := range orgs {
		r := of[i]
		if o.Parent != "" && !known[o.Parent] {
			l.report(r, []string{"parent"}, "parent-exists", fmt.Sprintf("no organization %q", o.Parent), "add its record or remove parent")
		}
		if len(o.Domains) == 0 && r.roster == "" {
			l.report(r, []string{"domains"}, "has-domain", "no domain", "name the organization's own domain; names alone go into rosters/")
		}
		for j, dom := range o.Domains {
			at := []string{"domains", fmt.Sprint(j)}
			if suffix, icann := publicsuffix.PublicSuffix(dom.Name); suffix == dom.Name && icann {
				l.report(r, at, "domain-is-registrable", fmt.Sprintf("%s is a public suffix: anybody may register below it", dom.Name), "name the registrable domain")
			}
			if other, ok := domainOf[dom.Name]; ok && !related(other, o.ID) {
				l.report(r, at, "domain-once", fmt.Sprintf("%s stands in %s too", dom.Name, other), "keep it with the organization that controls it, or set parent")
			}
			domainOf[dom.Name] = o.ID
			if l := dom.Status; l == "" && len(dom.Sources) == 0 && o.Status != knowledge.Unverified {
				dom.Status = knowledge.Unverified
			}
			if dom.Status != knowledge.Unverified && len(dom.Sources) == 0 {
				l.report(r, at, "domain-has-source", fmt.Sprintf("%s has no source", dom.Name), "name a source, or set status: unverified")
			}
		}
		for j, a := range o.Aliases {
			key := strings.ToLower(a.Text)
			if other, ok := aliasOf[key]; ok && !related(other, o.ID) {
				l.report(r, []string{"aliases", fmt.Sprint(j)}, "alias-once", fmt.Sprintf("alias %q stands in %s too", a.Text, other), "keep it where people mean it, or set parent")
			}
			aliasOf[key] = o.ID
			if utf8.RuneCountInString(a.Text) <= 2 && !a.OrdinaryWord {
				l.report(r, []string{"aliases", fmt.Sprint(j)}, "short-alias", fmt.Sprintf("alias %q is too short to be a claim alone", a.Text), "add ordinary_word: true")
			}
		}
		for j, ph := range o.Phones {
			ok := false
			for _, s := range o.Sources {
				ok = ok || contains(ph.Sources, s.ID) && (s.Kind == "organization" || s.Kind == "government")
			}
			if !ok {
				l.report(r, []string{"phones", fmt.Sprint(j)}, "phone-has-own-page", fmt.Sprintf("number %s has no page of the organization as source", ph.Number), "cite the organization's own page, or leave the number out")
			}
		}
	}
}

// references checks ids that name other records.
func (l *linter) references() {
	cats, catOf := decode[knowledge.Category](l, "categories")
	known := map[exchange.Category]bool{"cash_card": true, "remote_control": true} // things, not data
	for _, c := range cats {
		known[c.ID] = true
	}
	labelOf := map[string]exchange.Category{}
	for i, c := range cats {
		for j, label := range slices.Concat(c.Labels, c.AskedAs, c.Beside) {
			key := strings.ToLower(label)
			if other, ok := labelOf[key]; ok {
				l.report(catOf[i], []string{"labels", fmt.Sprint(j)}, "label-once", fmt.Sprintf("label %q stands for %s too", label, other), "keep it with the category that people mean by it")
			}
			labelOf[key] = c.ID
		}
		if c.Parent != "" && !known[c.Parent] {
			l.report(catOf[i], []string{"parent"}, "parent-exists", fmt.Sprintf("no category %q", c.Parent), "name an id of data/categories")
		}
	}
	inqs, inqOf := decode[knowledge.Inquiry](l, "inquiries")
	for i, q := range inqs {
		seen := map[exchange.Category]bool{}
		for j, n := range q.Needs {
			at := []string{"needs", fmt.Sprint(j)}
			if !known[n.Category] {
				l.report(inqOf[i], at, "category-exists", fmt.Sprintf("no category %q", n.Category), "name an id of data/categories")
			}
			if seen[n.Category] {
				l.report(inqOf[i], at, "cell-once", fmt.Sprintf("category %q stands twice", n.Category), "keep one cell and use exceptions")
			}
			seen[n.Category] = true
			if n.Level == exchange.Unneeded && n.Purpose != exchange.PurposeNone {
				l.warn(inqOf[i], at, "unneeded-has-no-purpose", fmt.Sprintf("%s is unneeded but has purpose %s", n.Category, n.Purpose), "set purpose: none")
			}
			for _, s := range q.Sources {
				if s.ID == n.SourceID && n.Basis == exchange.BasisDirect && s.Kind != "organization" && s.Kind != "government" {
					l.report(inqOf[i], at, "direct-needs-own-page", fmt.Sprintf("%s has basis direct, but its source is of kind %s", n.Category, s.Kind), "cite the organization's own page or a law, or set basis: secondary")
				}
			}
		}
	}
	desks, _ := decode[knowledge.Consultation](l, "consultation")
	desk := map[string]bool{}
	for _, c := range desks {
		desk[c.ID] = true
	}
	aids, aidOf := decode[knowledge.FirstAid](l, "firstaid")
	for i, a := range aids {
		for j, line := range a.Lines {
			for _, m := range gap.FindAllStringSubmatch(line, -1) {
				if !slices.ContainsFunc(desks, func(c knowledge.Consultation) bool { return c.ID == m[1] && c.Phone != "" }) {
					l.report(aidOf[i], []string{"lines", fmt.Sprint(j)}, "consultation-exists", fmt.Sprintf("no consultation window %q with a telephone", m[1]), "name an id of data/consultation in the braces")
				}
			}
		}
	}
	scenarios, scenarioOf := decode[knowledge.Scenario](l, "scenarios")
	for i, s := range scenarios {
		for j, id := range s.Consult {
			if !desk[id] {
				l.report(scenarioOf[i], []string{"consult", fmt.Sprint(j)}, "consultation-exists", fmt.Sprintf("no consultation window %q", id), "name an id of data/consultation")
			}
		}
		if s.Kind == "fraud" && (s.Level != exchange.Stop || len(s.Consult) == 0) {
			l.report(scenarioOf[i], []string{"level"}, "fraud-stops", "a fraud that does not stop, or names nobody to consult", "set level: stop and at least one id in consult")
		}
	}
	l.conditions(known, cats, catOf)
	nevers, neverOf := decode[knowledge.NeverItem](l, "never")
	for i, n := range nevers {
		if !known[n.Category] {
			l.report(neverOf[i], []string{"category"}, "category-exists", fmt.Sprintf("no category %q", n.Category), "name an id of data/categories")
		}
	}
}

// conditions checks that what sentences are said about is there, that what is to be done by
// one who has told or done something is, and that lists of words find their examples.
func (l *linter) conditions(known map[exchange.Category]bool, cats []knowledge.Category, catOf []*record) {
	tactics, tacticOf := decode[knowledge.Tactic](l, "tactics")
	acts := map[string]bool{}
	for _, t := range tactics {
		acts[string(t.ID)] = true
	}
	lists, listOf := decode[knowledge.WordList](l, "words")
	isList := map[string]bool{}
	for _, w := range lists {
		isList[w.ID] = true
	}
	advice, adviceOf := decode[knowledge.Advice](l, "advice")
	told := map[string]bool{"": true}
	for i, a := range advice {
		told[a.ID] = a.Kind == "told_already"
		for j, w := range a.When {
			for _, id := range slices.Concat(w.Item, w.Beside, w.All) {
				if !acts[id] && (id != "data" && !known[exchange.Category(id)] || !slices.Contains(w.Item, id)) {
					l.report(adviceOf[i], []string{"when", fmt.Sprint(j)}, "item-exists", fmt.Sprintf("no tactic or category %q", id), "name ids of data/tactics; in item also of data/categories, or data for all of these")
				}
			}
			for _, id := range w.Says {
				if !isList[id] {
					l.report(adviceOf[i], []string{"when", fmt.Sprint(j), "says"}, "list-exists", fmt.Sprintf("no list %q", id), "name ids of data/words")
				}
			}
			if (a.Kind == "reason") != (w.Level != "") {
				l.report(adviceOf[i], []string{"when", fmt.Sprint(j)}, "reasons-have-levels", "a reason calls for a level, another sentence for none", "set or remove level")
			}
		}
	}
	surfaces, surfaceOf := decode[knowledge.SentenceList](l, "sentences")
	for i, s := range surfaces {
		seen := map[string]bool{}
		for j, x := range s.Sentences {
			at := []string{"sentences", fmt.Sprint(j)}
			if seen[x.Key] {
				l.report(surfaceOf[i], at, "key-once", fmt.Sprintf("key %q stands twice", x.Key), "remove one")
			}
			seen[x.Key] = true
			if strings.Contains(x.JA, "{v}") != strings.Contains(x.EN, "{v}") {
				l.report(surfaceOf[i], at, "placeholder-everywhere", fmt.Sprintf("%s: {v} stands in one of ja and en only", x.Key), "write {v} in both, or in neither")
			}
		}
	}
	for i, w := range lists {
		stands := func(s string) bool {
			return slices.ContainsFunc(w.Words, func(x string) bool { return strings.Contains(s, x) })
		}
		for j, s := range w.Match {
			if !stands(s) {
				l.report(listOf[i], []string{"match", fmt.Sprint(j)}, "words-match", fmt.Sprintf("no word of the list stands in %q", s), "add the word, or change the example")
			}
		}
		for j, s := range w.NoMatch {
			if stands(s) {
				l.report(listOf[i], []string{"no_match", fmt.Sprint(j)}, "words-match", fmt.Sprintf("a word of the list stands in %q", s), "remove the word, or change the example")
			}
		}
	}
	l.phrases(known)
	for i, c := range cats {
		if !told[c.Told] {
			l.report(catOf[i], []string{"told"}, "advice-exists", fmt.Sprintf("no advice %q for one who has told it", c.Told), "name a record of data/advice of kind told_already")
		}
	}
	for i, t := range tactics {
		if !told[t.Done] {
			l.report(tacticOf[i], []string{"done"}, "advice-exists", fmt.Sprintf("no advice %q for one who has done it", t.Done), "name a record of data/advice of kind told_already")
		}
	}
}

// EasySentence is the longest sentence, in characters, that easy Japanese
// allows.
const EasySentence = 40

// texts checks what people read.
func (l *linter) texts() {
	for i := range l.d.records {
		r := &l.d.records[i]
		var walk func(v any, at []string)
		walk = func(v any, at []string) {
			switch v := v.(type) {
			case map[string]any:
				for k, x := range v {
					here := append(append([]string(nil), at...), k)
					s, ok := x.(string)
					if !ok {
						walk(x, here)
						continue
					}
					if k == "easy" {
						for _, sentence := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("。！？\n", r) }) {
							if n := utf8.RuneCountInString(sentence); n > EasySentence {
								l.report(r, here, "easy-sentence-short", fmt.Sprintf("easy Japanese sentence of %d characters: %s", n, sentence), fmt.Sprintf("split it into sentences of at most %d", EasySentence))
							}
						}
					}
					if (k == "ja" || k == "easy") && (strings.Contains(s, "安全です") || strings.Contains(s, "安心して伝え")) {
						l.report(r, here, "promises-no-safety", "the text promises safety", "say what was checked, not that it is safe")
					}
				}
			case []any:
				for i, x := range v {
					walk(x, append(append([]string(nil), at...), fmt.Sprint(i)))
				}
			}
		}
		walk(r.data, nil)
	}
}

// phrases checks that patterns can be used, ask for something that is there, and find their
// own examples.
func (l *linter) phrases(known map[exchange.Category]bool) {
	lists, listOf := decode[knowledge.PhraseList](l, "phrases")
	for i, list := range lists {
		for j, p := range list.Phrases {
			at := []string{"phrases", fmt.Sprint(j)}
			if !known[p.Category] {
				l.report(listOf[i], at, "category-exists", fmt.Sprintf("no category %q", p.Category), "name an id of data/categories")
			}
			re, err := regexp.Compile(p.Pattern)
			if err != nil {
				l.report(listOf[i], at, "pattern-compiles", "the pattern cannot be used: "+err.Error(), "write it in RE2, without look-around")
				continue
			}
			finds := func(s string) bool {
				s = text.Normalize(s).Norm
				return re.MatchString(s) && text.NewSubstringMatcher(p.Words).Contains(s)
			}
			for _, s := range p.Match {
				if !finds(s) {
					l.report(listOf[i], at, "phrases-match", fmt.Sprintf("the pattern and its words do not find %q", s), "change the pattern, its words, or the example")
				}
			}
			for _, s := range list.NoMatch {
				if finds(s) {
					l.report(listOf[i], at, "phrases-match", fmt.Sprintf("the pattern finds %q", s), "change the pattern or the example")
				}
			}
		}
	}
}

// gap is where a number goes in a line of first aid.
var gap = regexp.MustCompile(`\{([^}]*)\}`)

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
