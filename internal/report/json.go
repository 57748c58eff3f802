// Package report shows a verdict to people (Japanese, easy Japanese, English)
// and to programs (JSON). It is pure: the same verdict gives the same bytes.
package report

import (
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// Row is a verdict as the batch mode writes it, one line each. Offsets are
// Unicode code points of the exchange's text. Categories are those of the
// annotation guide; finer ones are named by their parent, with the finer id
// beside it.
type Row struct {
	ID        string    `json:"id"`
	Level     string    `json:"level"`
	Direction string    `json:"direction"`           // as which it was judged
	BothWays  bool      `json:"both_ways,omitempty"` // nobody said the direction: of both readings this is the worse
	Inquiry   string    `json:"inquiry,omitempty"`
	Where     RowWhere  `json:"where"`
	Findings  []RowFind `json:"findings"`
	Asks      []RowAsk  `json:"asks"`
	Scenario  string    `json:"scenario,omitempty"` // of something received: the situation that it is, a record of data/scenarios
	Reasons   []RowWhy  `json:"reasons"`
	Next      []string  `json:"next"`
	Consult   []string  `json:"consult"` // records of data/consultation, the first one first
}

// RowWhere is where, in a [Row].
type RowWhere struct {
	Status         string        `json:"status"`
	Organization   string        `json:"organization,omitempty"`
	OrganizationID string        `json:"organization_id,omitempty"`
	Evidence       []RowEvidence `json:"evidence"`
}

// RowEvidence is one observation. Value is a host or number of the window,
// never the person's data.
type RowEvidence struct {
	Rule      string `json:"rule"`
	Value     string `json:"value,omitempty"`
	Detail    string `json:"detail,omitempty"`
	Suspicion string `json:"suspicion,omitempty"`
	Record    string `json:"record,omitempty"`
	Source    string `json:"source,omitempty"`
}

// RowFind is a finding, in a [Row].
type RowFind struct {
	Category string  `json:"category"`
	Finer    string  `json:"finer,omitempty"`
	Start    int     `json:"start"`
	End      int     `json:"end"`
	Text     string  `json:"text"`
	Level    string  `json:"level"`
	Score    float64 `json:"score"`
	Rule     string  `json:"rule"`
}

// RowAsk is an ask, in a [Row].
type RowAsk struct {
	Category string `json:"category,omitempty"`
	Finer    string `json:"finer,omitempty"`
	Action   string `json:"action,omitempty"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Quote    string `json:"quote"`
	Level    string `json:"level"`
	Rule     string `json:"rule"`
}

// RowWhy is a reason, in a [Row].
type RowWhy struct {
	ID       string   `json:"id"`
	Level    string   `json:"level"`
	Detail   string   `json:"detail,omitempty"` // of unread_…: the file's name, how many, the language
	Category string   `json:"category,omitempty"`
	Action   string   `json:"action,omitempty"`
	Records  []string `json:"records,omitempty"`
	Sources  []string `json:"sources,omitempty"`
}

// Stored is a row as a record keeps it: with the hash of the knowledge that it
// rests on.
type Stored struct {
	Row
	Knowledge string `json:"knowledge"`
}

// NewStored turns a verdict into what a record keeps.
func NewStored(v *exchange.Verdict) Stored { return Stored{NewRow(v), v.Knowledge} }

// NewRow turns a verdict into a row.
func NewRow(v *exchange.Verdict) Row {
	at := exchange.CodePoints(v.Exchange.Text)
	r := Row{
		ID: v.Exchange.ID, Level: string(v.Level), Direction: string(v.Exchange.Direction), BothWays: v.BothWays, Inquiry: string(knowledge.ParentInquiry(v.Inquiry)),
		Where:    RowWhere{Status: string(v.Where.Status), Organization: v.Where.Organization, OrganizationID: v.Where.OrganizationID, Evidence: []RowEvidence{}},
		Findings: []RowFind{}, Asks: []RowAsk{}, Scenario: v.Scenario, Reasons: []RowWhy{}, Next: []string{}, Consult: append([]string{}, v.Consultations...),
	}
	for _, e := range v.Where.Evidence {
		r.Where.Evidence = append(r.Where.Evidence, evidence(e, "", ""))
	}
	for _, p := range v.Where.Points {
		for _, e := range p.Evidence {
			r.Where.Evidence = append(r.Where.Evidence, evidence(e, p.Value, string(p.Suspicion)))
		}
	}
	for _, f := range v.Findings {
		parent := knowledge.Parent(f.Category)
		row := RowFind{Category: string(parent), Start: at(f.Span.Start), End: at(f.Span.End), Text: f.Text, Level: string(f.Need.Level), Score: f.Score}
		if parent != f.Category {
			row.Finer = string(f.Category)
		}
		if len(f.Why) > 0 {
			row.Rule = f.Why[0].Rule
		}
		r.Findings = append(r.Findings, row)
	}
	for _, a := range v.Asks {
		if t := knowledge.TacticByID(a.Action); t != nil && t.Lure {
			continue // promised, not asked for; the reasons tell
		}
		parent := knowledge.Parent(a.Category)
		row := RowAsk{Category: string(parent), Action: string(knowledge.ParentAction(a.Action)), Start: at(a.Span.Start), End: at(a.Span.End), Quote: a.Quote, Level: string(a.Level)}
		if parent != a.Category {
			row.Finer = string(a.Category)
		} else if string(a.Action) != row.Action {
			row.Finer = string(a.Action)
		}
		if len(a.Why) > 0 {
			row.Rule = a.Why[0].Rule
		}
		r.Asks = append(r.Asks, row)
	}
	for _, x := range v.Reasons {
		why := RowWhy{ID: x.ID, Level: string(x.Level), Category: string(knowledge.Parent(x.Category)), Action: string(x.Action)}
		seen := map[string]bool{}
		if strings.HasPrefix(x.ID, "unread_") && len(x.Evidence) > 0 {
			why.Detail = x.Evidence[0].Detail
		}
		for _, e := range x.Evidence {
			if e.Record != "" && !seen[e.Record] {
				seen[e.Record] = true
				why.Records = append(why.Records, e.Record)
			}
			for _, s := range e.Sources {
				if s.URL != "" && !seen[s.URL] {
					seen[s.URL] = true
					why.Sources = append(why.Sources, s.URL)
				}
			}
		}
		sort.Strings(why.Sources)
		r.Reasons = append(r.Reasons, why)
	}
	for _, s := range v.Next {
		r.Next = append(r.Next, s.ID)
	}
	return r
}

func evidence(e exchange.Evidence, value, suspicion string) RowEvidence {
	out := RowEvidence{Rule: e.Rule, Value: value, Detail: e.Detail, Suspicion: suspicion, Record: e.Record}
	if suspicion == string(exchange.SuspicionNone) {
		out.Suspicion = ""
	}
	if len(e.Sources) > 0 {
		out.Source = e.Sources[0].URL
	}
	return out
}

// Window is the answer to where alone: the one JSON in which all doors give it.
type Window struct {
	ID             string        `json:"id"`
	Organization   string        `json:"organization"` // as asked
	OrganizationID *string       `json:"organization_id" doc:"Of the directory; null if it does not know the organization that was asked."`
	Level          string        `json:"level" enum:"ok,caution,stop" doc:"What follows for a person."`
	Status         string        `json:"status" enum:"official,announced,unconfirmed,impostor"`
	Suspicion      string        `json:"suspicion" enum:"none,some,strong" doc:"How much it looks like a trap, whoever it claims to be."`
	Value          string        `json:"value" doc:"What was judged, in normal form: a host, an address, a number."`
	Evidence       []RowEvidence `json:"evidence"`
}

// NewWindow turns a judgement into its JSON.
func NewWindow(id string, w *exchange.WindowVerdict) Window {
	p := &w.Point
	out := Window{ID: id, Organization: w.Organization, Level: string(w.Verdict.Level), Status: string(p.Status), Suspicion: string(p.Suspicion), Value: p.Value, Evidence: []RowEvidence{}}
	if w.OrganizationID != "" {
		out.OrganizationID = &w.OrganizationID
	}
	for _, e := range p.Evidence {
		out.Evidence = append(out.Evidence, evidence(e, p.Value, ""))
	}
	return out
}
