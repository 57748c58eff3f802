// Package own reads an operator's own lists: words and patterns that count as personal
// data, or never do, categories of its own, and its own windows. They are added to what
// data/ says, before anything else is done.
package own

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// Lists are what such a file holds.
type Lists struct {
	Categories []Category `yaml:"categories"`
	Deny       []Entry    `yaml:"deny"`
	Allow      []Entry    `yaml:"allow"`
	Windows    []Window   `yaml:"windows"`
}

// Category is a kind of data of one's own.
type Category struct {
	ID     string   `yaml:"id"`
	JA     string   `yaml:"ja"`
	EN     string   `yaml:"en"`
	Level  string   `yaml:"level"`  // needed, optional, unneeded, never; unneeded where it is missing
	Labels []string `yaml:"labels"` // words behind which a value stands
}

// Entry is a word or a pattern (RE2).
type Entry struct {
	Text     string `yaml:"text"`
	Pattern  string `yaml:"pattern"`
	Category string `yaml:"category"` // of deny: as what it counts
}

// Window is an organization and its own windows.
type Window struct {
	ID      string   `yaml:"id"`
	JA      string   `yaml:"ja"`
	EN      string   `yaml:"en"`
	Also    []string `yaml:"also"`
	Domains []string `yaml:"domains"`
	Phones  []string `yaml:"phones"`
}

// Bounds of a file.
const (
	maxEntries = 10_000
	maxPattern = 2000 // bytes
)

var levels = map[string]string{"needed": "required", "optional": "optional", "unneeded": "unneeded", "never": "never", "": "unneeded"}

var id = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// Load reads a file. Its error names the line and what to do.
func Load(name string) (*Lists, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read", name)
	}
	l, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return l, nil
}

// Parse reads a file's bytes.
func Parse(b []byte) (*Lists, error) {
	var bounds *curate.YAMLError
	if errors.As(curate.Bounded(b), &bounds) {
		return nil, fmt.Errorf("%d: %s", bounds.Line, bounds.What)
	}
	var l Lists
	if err := yaml.UnmarshalWithOptions(b, &l, yaml.Strict()); err != nil {
		var se *yaml.SyntaxError
		line := 1
		msg := strings.SplitN(err.Error(), "\n", 2)[0]
		if errors.As(err, &se) && se.Token != nil {
			line, msg = se.Token.Position.Line, se.Message
		} else if m := regexp.MustCompile(`^\[(\d+):\d+\] (.*)`).FindStringSubmatch(msg); m != nil {
			return nil, fmt.Errorf("%s: %s; the keys are categories, deny, allow, windows (docs/own-lists.md)", m[1], m[2])
		}
		return nil, fmt.Errorf("%d: %s; the keys are categories, deny, allow, windows (docs/own-lists.md)", line, msg)
	}
	if err := l.check(b); err != nil {
		return nil, err
	}
	return &l, nil
}

// check tells the first thing that is wrong, with its line.
func (l *Lists) check(b []byte) error {
	if n := len(l.Categories) + len(l.Deny) + len(l.Allow) + len(l.Windows); n > maxEntries {
		return fmt.Errorf("1: %d entries; at most %d", n, maxEntries)
	}
	at := func(list string, i int, what, fix string) error {
		line := 1
		if p, err := yaml.PathString(fmt.Sprintf("$.%s[%d]", list, i)); err == nil {
			if n, err := p.ReadNode(strings.NewReader(string(b))); err == nil && n != nil && n.GetToken() != nil {
				line = n.GetToken().Position.Line
			}
		}
		return fmt.Errorf("%d: %s: %s; %s", line, list, what, fix)
	}
	known := func(c string) bool {
		return knowledge.CategoryByID(exchange.Category(c)) != nil || slices.ContainsFunc(l.Categories, func(x Category) bool { return x.ID == c })
	}
	for i, c := range l.Categories {
		_, levelKnown := levels[c.Level]
		switch {
		case !id.MatchString(c.ID):
			return at("categories", i, "the id is missing or has other letters than a-z, 0-9, _ and -", "for example id: project_code")
		case knowledge.CategoryByID(exchange.Category(c.ID)) != nil:
			return at("categories", i, "there is a category of this id", "choose another id")
		case c.JA == "" || c.EN == "":
			return at("categories", i, "ja or en is missing", "say what it is called")
		case !levelKnown:
			return at("categories", i, "the level is unknown", "use needed, optional, unneeded or never")
		}
	}
	for i, e := range l.Deny {
		if err := e.check(); err != "" {
			return at("deny", i, err, "give text or pattern, in RE2 syntax")
		}
		if !known(e.Category) {
			return at("deny", i, "the category is missing or unknown", "name an id of data/categories or of your categories")
		}
	}
	for i, e := range l.Allow {
		if err := e.check(); err != "" {
			return at("allow", i, err, "give text or pattern, in RE2 syntax")
		}
	}
	for i, w := range l.Windows {
		switch {
		case !id.MatchString(w.ID):
			return at("windows", i, "the id is missing or has other letters than a-z, 0-9 and -", "for example id: our-company")
		case knowledge.OrganizationByID(w.ID) != nil:
			return at("windows", i, "the directory has an organization of this id", "choose another id")
		case w.JA == "":
			return at("windows", i, "ja is missing", "give its name")
		case len(w.Domains)+len(w.Phones) == 0:
			return at("windows", i, "no domain and no phone", "give one")
		}
		for _, d := range w.Domains {
			if !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`).MatchString(d) {
				return at("windows", i, "a domain is no host name", "write it as mihon.co.jp, without https:// and without a path")
			}
		}
	}
	return nil
}

func (e Entry) check() string {
	switch {
	case (e.Text == "") == (e.Pattern == ""):
		return "text and pattern are both missing, or both there"
	case len(e.Pattern) > maxPattern:
		return fmt.Sprintf("the pattern is longer than %d bytes", maxPattern)
	}
	if re, err := syntax.Parse(e.Pattern, syntax.Perl); err != nil {
		return "the pattern cannot be used"
	} else if e.Pattern != "" && re.Op == syntax.OpEmptyMatch {
		return "the pattern fits nothing"
	}
	return ""
}

func (e Entry) rule() *regexp.Regexp {
	if e.Text != "" {
		return regexp.MustCompile("(?i)" + regexp.QuoteMeta(e.Text))
	}
	return regexp.MustCompile(e.Pattern)
}

// Apply adds the lists to what the program knows. It must come before anything is
// looked up, once.
func (l *Lists) Apply() {
	var cats []knowledge.Category
	source := knowledge.SourceRecord{ID: "own", Publisher: "own lists", Kind: "organization"}
	for _, c := range l.Categories {
		level := levels[c.Level]
		cats = append(cats, knowledge.Category{ID: exchange.Category(c.ID), Name: exchange.Text{JA: c.JA, Easy: c.JA, EN: c.EN}, Kind: map[bool]string{true: "secret", false: "identifier"}[level == "never"], Value: "id", Labels: c.Labels,
			DefaultNeed: knowledge.NeedCell{Level: exchange.NeedLevel(level), Purpose: exchange.PurposeNone, Basis: "direct", SourceID: "own"}, Provenance: knowledge.Provenance{Sources: []knowledge.SourceRecord{source}, Status: knowledge.Verified}})
	}
	var orgs []knowledge.Organization
	for _, w := range l.Windows {
		o := knowledge.Organization{ID: w.ID, Name: knowledge.OrganizationName{JA: w.JA, EN: w.EN}, Sector: "other", Aliases: []knowledge.Alias{{Text: w.JA}}, Provenance: knowledge.Provenance{Sources: []knowledge.SourceRecord{source}, Status: knowledge.Verified, Reviewed: "9999-12-31"}}
		for _, a := range w.Also {
			o.Aliases = append(o.Aliases, knowledge.Alias{Text: a})
		}
		for _, d := range w.Domains {
			o.Domains = append(o.Domains, knowledge.Domain{Name: d, Roles: []string{"site"}, Sources: []string{"own"}})
		}
		for _, p := range w.Phones {
			o.Phones = append(o.Phones, knowledge.Phone{Number: p, Use: "窓口", Sources: []string{"own"}, Status: knowledge.Verified})
		}
		orgs = append(orgs, o)
	}
	knowledge.Extend(cats, orgs)
	var rules []pii.OwnRule
	for _, e := range l.Deny {
		rules = append(rules, pii.OwnRule{Category: exchange.Category(e.Category), Pattern: e.rule()})
	}
	var allow []*regexp.Regexp
	for _, e := range l.Allow {
		allow = append(allow, e.rule())
	}
	pii.SetOwn(rules, allow)
}
