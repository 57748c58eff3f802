// Package dossier puts a case of the casebook on paper for those who help: a
// page (HTML), a PDF with its own Japanese font, a cover sheet with what each
// place of consultation wants to know, and a report of a mail to those who
// collect them (ARF, RFC 5965). Papers are in Japanese, as they go to places in
// Japan.
//
// Personal data in them is masked unless the person asks to show it.
package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/report"
)

// ErrNoPlace is returned for a cover sheet for a place that is not known.
var ErrNoPlace = errors.New("dossier: no such place of consultation")

// Options say how a paper is made. The zero value masks, without a cover sheet.
type Options struct {
	For  string         // id of a data/consultation record: a cover sheet for it, "" without
	Show bool           // personal data as it was noted
	Zone *time.Location // of the times shown; nil is the machine's
}

// Paper is a case as it is printed.
type Paper struct {
	Title  string
	Masked bool
	Cover  *Cover
	Facts  []Fact
	Lines  []Line
}

// Fact is a row of the head.
type Fact struct{ Name, Value string }

// Cover is the sheet on top: for whom, and what they will ask.
type Cover struct {
	For, Phone, Hours, Wants, Site string
	Story                          []Fact
}

// Line is one entry.
type Line struct {
	When, Kind, Who, Text string
	Level                 exchange.Level // of a verdict
}

var kinds = map[casebook.Kind]string{
	casebook.Opened: "始まり", casebook.Message: "やり取り", casebook.Verdict: "判定", casebook.Call: "電話", casebook.Attachment: "ファイル",
	casebook.Remark: "覚え書き", casebook.StateSet: "状態",
}

// States are the states in Japanese.
var States = map[casebook.State]string{
	casebook.Open: "対応中", casebook.Suspicious: "あやしい", casebook.Stopped: "止めた", casebook.Reconfirmed: "公式に確かめた", casebook.Reported: "届け出た", casebook.Closed: "終わり",
}

// channels and initiators as a paper names them.
var channels = map[string]string{"email": "メール", "sms": "SMS", "chat": "チャット", "phone": "電話", "form": "入力フォーム", "letter": "郵便", "popup": "画面の警告"}
var initiators = map[string]string{"person": "本人から", "window": "相手から"}

// Of makes a paper of a casebook's case.
func Of(b *casebook.Book, id string, o Options) (*Paper, error) {
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	entries, err := b.Entries(id)
	if err != nil {
		return nil, err
	}
	return New(c, entries, o)
}

// New makes a paper of a case.
func New(c casebook.Case, entries []casebook.Entry, o Options) (*Paper, error) {
	m := newMasker(o.Show, c.Subject.Title, entries)
	zone := o.Zone
	if zone == nil {
		zone = time.Local
	}
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05") }
	p := &Paper{Title: m.text(c.Subject.Title), Masked: !o.Show}
	fact := func(name, value string) {
		if value != "" {
			p.Facts = append(p.Facts, Fact{name, value})
		}
	}
	fact("名乗った相手", c.Subject.Organization)
	fact("連絡の手段", or(channels[c.Subject.Channel], c.Subject.Channel))
	fact("先に連絡した側", or(initiators[c.Subject.Initiator], c.Subject.Initiator))
	if q := knowledge.InquiryByID(exchange.Inquiry(c.Subject.Inquiry)); q != nil {
		fact("用件", q.Name.JA)
	}
	fact("状態", States[c.State])
	fact("始まり", at(c.Opened))
	fact("最後の記録", at(c.Last))
	fact("記録の番号", c.ID)
	for i := range entries {
		e := &entries[i]
		if e.Kind == casebook.Opened {
			continue
		}
		p.Lines = append(p.Lines, m.line(e, at))
	}
	if o.For != "" {
		cover, err := m.cover(c, entries, o.For, at)
		if err != nil {
			return nil, err
		}
		p.Cover = cover
	}
	return p, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// masker masks what was found in any text of a case wherever it stands in the
// case: a name that one entry introduces, another only mentions.
type masker struct {
	show   bool
	values []string
}

func newMasker(show bool, title string, entries []casebook.Entry) masker {
	m := masker{show: show}
	if show {
		return m
	}
	seen := map[string]bool{}
	find := func(s string) {
		for _, f := range pii.Find(s) {
			if utf8.RuneCountInString(f.Text) > 1 && !seen[f.Text] {
				seen[f.Text] = true
				m.values = append(m.values, f.Text)
			}
		}
	}
	find(title)
	for i := range entries {
		if k := entries[i].Kind; k == casebook.Message || k == casebook.Remark || k == casebook.Call {
			find(entries[i].Text)
		}
	}
	return m
}

// text masks the personal data of a text, unless it is to be shown.
func (m masker) text(s string) string {
	if m.show || s == "" {
		return s
	}
	var pieces []redact.Piece
	for _, f := range pii.Find(s) {
		pieces = append(pieces, redact.Piece{Span: f.Span})
	}
	for _, v := range m.values {
		if i := strings.Index(s, v); i >= 0 { // Cover finds the others
			pieces = append(pieces, redact.Piece{Span: exchange.Span{Start: i, End: i + len(v)}})
		}
	}
	return redact.Cover(s, pieces, redact.Masked).Text
}

func (m masker) line(e *casebook.Entry, at func(time.Time) string) Line {
	l := Line{When: at(e.At), Kind: kinds[e.Kind], Who: map[string]string{"window": "相手", "person": "本人"}[e.From], Text: m.text(e.Text)}
	switch e.Kind {
	case casebook.StateSet:
		l.Text = States[casebook.State(e.Text)]
	case casebook.Attachment:
		sum := sha256.Sum256(e.Data)
		l.Text = fmt.Sprintf("%s（%d バイト）\nSHA-256 %s", e.Name, len(e.Data), hex.EncodeToString(sum[:]))
	case casebook.Call:
		l.Text = strings.TrimRight(call(e.Call, at)+"\n"+l.Text, "\n")
	case casebook.Verdict:
		l.Level, l.Text = verdict(e.Text)
	}
	return l
}

// call puts the notes of a call into a line. The caller is no person of ours:
// what they said of themselves is what those who help want to know.
func call(n *casebook.Notes, at func(time.Time) string) string {
	if n == nil {
		return ""
	}
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	add("番号", n.Number)
	add("会社", n.Company)
	add("部署", n.Department)
	add("名前", n.Name)
	if !n.Start.IsZero() {
		add("開始", at(n.Start))
	}
	if !n.End.IsZero() {
		add("終了", at(n.End))
	}
	return strings.Join(parts, "、")
}

// verdict puts a noted verdict into words.
func verdict(text string) (exchange.Level, string) {
	var r report.Stored
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return "", text
	}
	lines := []string{report.Headline(exchange.Level(r.Level), exchange.Japanese)}
	for _, w := range r.Reasons {
		if s := report.AdviceSentence(w.ID, exchange.Category(w.Category), r.Where.Organization, exchange.Japanese); s != "" {
			lines = append(lines, "・"+s)
		}
	}
	var where windows
	for _, e := range r.Where.Evidence {
		where.add(e.Value)
	}
	if len(where) > 0 {
		lines = append(lines, "・相手の連絡先: "+strings.Join(where, "、"))
	}
	if r.Knowledge != "" {
		lines = append(lines, "知識データ "+r.Knowledge)
	}
	return exchange.Level(r.Level), strings.Join(lines, "\n")
}

// windows are the other side's numbers and addresses, each once in whatever form
// it was written first.
type windows []string

func (w *windows) add(v string) {
	if v == "" {
		return
	}
	for _, have := range *w {
		if a, b := digits(have), digits(v); have == v || len(a) >= 9 && len(b) >= 9 && a[len(a)-9:] == b[len(b)-9:] {
			return
		}
	}
	*w = append(*w, v)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// cover makes the sheet for a place of consultation.
func (m masker) cover(c casebook.Case, entries []casebook.Entry, id string, at func(time.Time) string) (*Cover, error) {
	to := report.Contact(id, exchange.Japanese)
	if to == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoPlace, id)
	}
	s := &Cover{For: to.Name, Phone: to.Phone, Hours: to.Hours, Wants: to.Bring, Site: to.URL}
	tell := func(name, value string) {
		if value != "" {
			s.Story = append(s.Story, Fact{name, value})
		}
	}
	tell("いつ", at(c.Opened)+" から "+at(c.Last)+" まで")
	tell("だれから（名乗り）", c.Subject.Organization)
	tell("どうやって", or(channels[c.Subject.Channel], c.Subject.Channel))
	tell("どちらから", or(initiators[c.Subject.Initiator], c.Subject.Initiator))
	tell("何があったか", m.text(c.Subject.Title))
	var where windows
	var what, files []string
	ask := func(v string) {
		if !slices.Contains(what, v) {
			what = append(what, v)
		}
	}
	for i := range entries {
		e := &entries[i]
		switch e.Kind {
		case casebook.Call:
			if e.Call != nil {
				where.add(e.Call.Number)
			}
		case casebook.Attachment:
			files = append(files, e.Name)
		case casebook.Verdict:
			var r report.Stored
			if json.Unmarshal([]byte(e.Text), &r) != nil {
				continue
			}
			for _, x := range r.Where.Evidence {
				where.add(x.Value)
			}
			for _, a := range r.Asks {
				if a.Category != "" {
					ask(knowledge.NameOf(exchange.Category(a.Category)).JA)
				} else if t := knowledge.TacticByID(exchange.Action(a.Action)); t != nil {
					ask(t.Name.JA)
				}
			}
		}
	}
	tell("相手の連絡先", strings.Join(where, "、"))
	tell("求められたこと", strings.Join(what, "、"))
	tell("残してあるもの", strings.Join(files, "、"))
	tell("今の状態", States[c.State])
	s.Story = append(s.Story, Fact{"伝えたもの・払ったもの", ""}, Fact{"連絡の取れる番号", ""})
	return s, nil
}
