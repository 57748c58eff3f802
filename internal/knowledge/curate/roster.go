package curate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// rosters is the folder of data/ in which many organizations stand in one file.
const rosters = "rosters"

// roster is one such file.
type roster struct {
	Sector        string `json:"sector"`
	OrdinaryWords bool   `json:"ordinary_words"`
	Entries       []struct {
		ID      string   `json:"id"`
		Same    bool     `json:"same"`
		JA      string   `json:"ja"`
		Kana    string   `json:"kana"`
		EN      string   `json:"en"`
		Also    []string `json:"also"`
		Domains []string `json:"domains"`
	} `json:"entries"`
	knowledge.Provenance
}

// restricted are names below .jp that the registry gives to such bodies alone: a list
// and such a name are two anchors.
var restricted = regexp.MustCompile(`(\.|^)(lg|go|ac|ed)\.jp$|^(city|town|vill|pref|metro)\.[a-z0-9-]+(\.[a-z0-9-]+)?\.jp$`)

// registry is the source of restricted.
var registry = knowledge.SourceRecord{ID: "jprs", URL: "https://jprs.jp/glossary/index.php?ID=0080", Publisher: "JPRS", Kind: "organization", Retrieved: "2026-11-26",
	Note: "go.jp, lg.jp, ac.jp, ed.jp and city., town., vill., pref., metro. below a region are given to such bodies alone"}

// expand makes an organization's record of each line of the rosters.
func (d *Data) expand() error {
	list, err := fs.Glob(d.fsys, rosters+"/*.yaml")
	if err != nil {
		return fmt.Errorf("curate: %w", err)
	}
	byID := map[string]int{}
	for i := range d.records {
		if d.records[i].part == "organizations" {
			byID[d.records[i].id] = i
		}
	}
	for _, file := range list {
		if err := d.add(rosters, strings.TrimPrefix(file, rosters+"/")); err != nil {
			return err
		}
		if len(d.records) == 0 || d.records[len(d.records)-1].file != file {
			continue // told by Lint
		}
		of := d.records[len(d.records)-1]
		var r roster
		if json.Unmarshal(of.json, &r) != nil {
			continue // the schema says so
		}
		for n := range r.Entries {
			e := &r.Entries[n]
			var o knowledge.Organization
			i, there := byID[e.ID]
			switch {
			case there && e.Same:
				if err := json.Unmarshal(d.records[i].json, &o); err != nil {
					continue // its own schema says so
				}
			case e.Same:
				d.broken = append(d.broken, Problem{File: file, Line: of.line("entries", fmt.Sprint(n)), Rule: "same-exists", Message: fmt.Sprintf("no organization %q", e.ID), Fix: "remove same and give its names, or mend the id"})
				continue
			default:
				o = knowledge.Organization{ID: e.ID, Name: knowledge.OrganizationName{JA: e.JA, Kana: e.Kana, EN: e.EN}, Sector: r.Sector, Domains: []knowledge.Domain{}, Provenance: r.Provenance}
				o.Sources = slices.Clone(r.Sources)
				o.Aliases = append(o.Aliases, knowledge.Alias{Text: e.JA, OrdinaryWord: r.OrdinaryWords || short(e.JA)})
				for _, a := range e.Also {
					o.Aliases = append(o.Aliases, knowledge.Alias{Text: a, OrdinaryWord: short(a)})
				}
			}
			r.anchor(&o, e.Domains)
			encoded, err := json.Marshal(o)
			if err != nil {
				return fmt.Errorf("curate: %w", err)
			}
			rec := record{part: "organizations", file: "organizations/" + e.ID + ".yaml", id: e.ID, tree: of.tree, json: encoded, line1: of.line("entries", fmt.Sprint(n)), roster: file}
			if there && e.Same {
				rec.tree, rec.line1, rec.roster = d.records[i].tree, 0, ""
			}
			if err := json.Unmarshal(encoded, &rec.data); err != nil {
				return fmt.Errorf("curate: %w", err)
			}
			if there && e.Same {
				d.records[i] = rec
				continue
			}
			if !there {
				byID[e.ID] = len(d.records)
			}
			d.records = append(d.records, rec)
		}
	}
	return nil
}

// short reports whether a name is too short, or too like other words, to be a claim
// alone.
func short(name string) bool { return len([]rune(name)) <= 4 }

// anchor adds the roster's source, and the registry's rule where it holds, to the
// domains of an organization.
func (r *roster) anchor(o *knowledge.Organization, domains []string) {
	source := func(s knowledge.SourceRecord) {
		if !slices.ContainsFunc(o.Sources, func(x knowledge.SourceRecord) bool { return x.ID == s.ID }) {
			o.Sources = append(o.Sources, s)
		}
	}
	for _, name := range domains {
		i := slices.IndexFunc(o.Domains, func(x knowledge.Domain) bool { return x.Name == name })
		if i < 0 {
			i = len(o.Domains)
			o.Domains = append(o.Domains, knowledge.Domain{Name: name, Roles: []string{"site"}})
		}
		dom := &o.Domains[i]
		had := len(dom.Sources)
		for _, s := range r.Sources {
			source(s)
			if !slices.Contains(dom.Sources, s.ID) {
				dom.Sources = append(dom.Sources, s.ID)
			}
		}
		if restricted.MatchString(name) {
			source(registry)
			if !slices.Contains(dom.Sources, registry.ID) {
				dom.Sources = append(dom.Sources, registry.ID)
			}
		}
		if had > 0 && len(dom.Sources) > had || restricted.MatchString(name) {
			dom.Status = knowledge.Verified
		}
	}
}
