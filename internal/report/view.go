package report

import (
	"slices"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/redact"
)

// View is a verdict in the words of one language, in the order in which it is
// shown: what pages, commands and papers print.
type View struct {
	Lang      exchange.Lang      `json:"lang"`
	Level     exchange.Level     `json:"level"`
	Headline  string             `json:"headline"`
	Act       string             `json:"act,omitempty"` // the one thing to do now
	Direction exchange.Direction `json:"direction"`
	BothWays  bool               `json:"both_ways,omitempty"` // nobody said the direction: of both readings this is the worse
	Reasons   []Sentence         `json:"reasons"`
	Where     ViewWhere          `json:"where"`
	What      ViewWhat           `json:"what"`
	Next      Section            `json:"next"`
	Say       Section            `json:"say"`
	Already   Section            `json:"already"`
	Draft     *Paragraph         `json:"draft,omitempty"`     // the draft with what should not be told covered
	FirstAid  *ViewFirstAid      `json:"first_aid,omitempty"` // of a message in a language that is not read
	Consult   ViewConsult        `json:"consult"`
	Knowledge string             `json:"knowledge"` // hash of the records that it rests on
}

// Sentence is one sentence and the pages that say so.
type Sentence struct {
	Text    string            `json:"text"`
	Level   exchange.Level    `json:"level,omitempty"`
	Sources []exchange.Source `json:"sources,omitempty"`
}

// Section is a title and its sentences.
type Section struct {
	Title     string   `json:"title"`
	Sentences []string `json:"sentences"`
}

// Paragraph is a title and a text.
type Paragraph struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// ViewWhere is the answer to where.
type ViewWhere struct {
	Title        string          `json:"title"`
	Organization string          `json:"organization,omitempty"`
	Status       exchange.Status `json:"status"`
	StatusText   string          `json:"status_text"`
	Notes        []Sentence      `json:"notes"`
	OwnTitle     string          `json:"own_title,omitempty"`
	OwnDomains   []string        `json:"own_domains,omitempty"`
}

// ViewWhat is the answer to what and how much.
type ViewWhat struct {
	Title string     `json:"title"`
	Empty string     `json:"empty,omitempty"` // what to say where there are no items
	Items []ViewItem `json:"items"`
}

// ViewItem is one thing told or asked for. Start and End are code points of the
// exchange's text.
type ViewItem struct {
	Category string             `json:"category,omitempty"`
	Action   string             `json:"action,omitempty"`
	Name     string             `json:"name"`
	Need     exchange.NeedLevel `json:"need,omitempty"`
	NeedText string             `json:"need_text,omitempty"`
	Level    exchange.Level     `json:"level"`
	Value    string             `json:"value"` // of secrets only a mask
	Start    int                `json:"start"`
	End      int                `json:"end"`
	Note     string             `json:"note,omitempty"`
	Basis    string             `json:"basis,omitempty"`
	Instead  string             `json:"instead,omitempty"`
	Source   *exchange.Source   `json:"source,omitempty"`
}

// ViewFirstAid is what to do now, in the language of the message.
type ViewFirstAid struct {
	Lang  string   `json:"lang"` // ISO 639-1
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// ViewConsult is whom to consult.
type ViewConsult struct {
	Title string        `json:"title"`
	List  []ViewContact `json:"list"`
}

// ViewContact is somebody to consult.
type ViewContact struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty"`
	At     string `json:"number_at,omitempty"` // where its number stands
	Unsure string `json:"unsure,omitempty"`    // "to be checked", where the number is
	For    string `json:"for"`
	Hours  string `json:"hours"`
	Bring  string `json:"bring,omitempty"`
	URL    string `json:"url,omitempty"`
}

// maxReasons and maxAlready bound what a person is told at once.
const (
	maxReasons = 6
	maxAlready = 3
	maxOwn     = 4
)

// NewView puts a verdict into words. A language that is not known is Japanese.
func NewView(v *exchange.Verdict, lang exchange.Lang) View {
	w := vocabulary[lang]
	if w == nil {
		lang, w = exchange.Japanese, vocabulary[exchange.Japanese]
	}
	b := viewer{v, lang, w, exchange.CodePoints(v.Exchange.Text)}
	out := View{Lang: lang, Level: v.Level, Headline: w.level[v.Level], Direction: v.Exchange.Direction, BothWays: v.BothWays, Where: b.where(), Next: b.section(w.next, v.Next), Say: b.section(w.say, v.Say), Draft: b.draft(), Consult: b.consult(), Knowledge: v.Knowledge}
	atOnce := 0 // steps that go before those of any situation
	for atOnce < len(v.Next) && knowledge.AdviceByID(v.Next[atOnce].ID).Urgency == 0 {
		atOnce++
	}
	if atOnce > 0 {
		out.Act = out.Next.Sentences[0]
	}
	if s := knowledge.ScenarioByID(v.Scenario); s != nil {
		b.situation(&out, s, atOnce)
	}
	switch {
	case out.Act != "":
	case v.Level != exchange.OK && len(out.Next.Sentences) > 0:
		out.Act = out.Next.Sentences[0]
	case v.Level == exchange.OK && v.Read.Scenarios != nil: // a message that was read, and no situation
		out.Act = knowledge.ScenarioByID(ordinary).Act.In(lang)
	}
	for i, r := range v.Reasons {
		if i == maxReasons {
			break
		}
		if s := b.reason(&r); s != "" {
			out.Reasons = append(out.Reasons, Sentence{s, r.Level, sourcesOf(r.Evidence)})
		}
	}
	if v.Exchange.Direction == exchange.Incoming {
		out.FirstAid = b.firstAid()
		out.What = b.asks()
	} else {
		out.What = b.findings()
	}
	out.Already.Title = w.already
	if s := knowledge.ScenarioByID(v.Scenario); s != nil && v.Certain && v.Level == exchange.Stop {
		out.Already.Sentences = append(out.Already.Sentences, s.Done.In(lang))
	}
	for _, id := range v.Already[:min(maxAlready, len(v.Already))] {
		out.Already.Sentences = append(out.Already.Sentences, b.advice(id, ""))
	}
	return out
}

// ordinary is the situation whose words do for every message that is waved through.
const ordinary = "other_genuine"

// situation puts the words of a situation's record first, if it is certain. Of a genuine
// one, and where doubts are left, only the act is told; at a stop the steps go before the
// general ones, and the words instead of them.
func (b *viewer) situation(out *View, s *knowledge.Scenario, atOnce int) {
	if s.Online && b.v.Exchange.Channel == exchange.ChannelPhone {
		return
	}
	if !b.v.Certain && out.Level == exchange.OK {
		s = knowledge.ScenarioByID(ordinary)
	} else if !b.v.Certain {
		return
	}
	if atOnce == 0 {
		out.Act = s.Act.In(b.lang)
	}
	if out.Level != exchange.Stop {
		return
	}
	var steps, say []string
	for _, t := range s.Steps {
		steps = append(steps, t.In(b.lang))
	}
	for _, t := range s.Say {
		say = append(say, t.In(b.lang))
	}
	out.Next.Sentences = slices.Insert(out.Next.Sentences, atOnce, steps...)
	out.Say.Sentences = say
}

// reason is a reason's sentence, with what was observed in its gap.
func (b *viewer) reason(r *exchange.Reason) string {
	if s := knowledge.ScenarioByID(b.v.Scenario); s != nil && r.ID == "scenario" {
		return s.Reason.In(b.lang)
	}
	s := b.advice(r.ID, r.Category)
	if !strings.Contains(s, "{v}") {
		return s
	}
	v := ""
	if len(r.Evidence) > 0 {
		v = clipTo(r.Evidence[0].Detail, 40)
	}
	if r.ID == "unread_language" {
		return strings.ReplaceAll(s, "{v}", languageName(v, b.lang))
	}
	if v != "" {
		v = map[bool]string{true: " (" + v + ")", false: "（" + v + "）"}[b.lang == exchange.English]
	}
	return strings.ReplaceAll(s, "{v}", v)
}

// firstAid is what to do in the language that the message stands in, nil where it was
// read or there is no card for it.
func (b *viewer) firstAid() *ViewFirstAid {
	for _, r := range b.v.Reasons {
		if r.ID != "unread_language" || len(r.Evidence) == 0 {
			continue
		}
		card := knowledge.FirstAidByID(r.Evidence[0].Detail)
		if card == nil {
			return nil
		}
		var numbers []string
		for _, c := range knowledge.Consultations() {
			numbers = append(numbers, "{"+c.ID+"}", c.Phone)
		}
		fill := strings.NewReplacer(numbers...)
		out := &ViewFirstAid{Lang: card.ID, Title: card.Title}
		for _, line := range card.Lines {
			out.Lines = append(out.Lines, fill.Replace(line))
		}
		return out
	}
	return nil
}

// AdviceSentence is the sentence of a record of data/advice with its gaps
// filled, "" where there is none such.
func AdviceSentence(id string, c exchange.Category, organization string, lang exchange.Lang) string {
	b := viewer{v: &exchange.Verdict{Where: exchange.Where{Organization: organization}}, lang: lang}
	return b.advice(id, c)
}

type viewer struct {
	v      *exchange.Verdict
	lang   exchange.Lang
	words  *words
	points func(int) int
}

func sourcesOf(list []exchange.Evidence) []exchange.Source {
	var out []exchange.Source
	for _, e := range list {
		for _, s := range e.Sources {
			if s.URL != "" && len(out) < 3 && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (b *viewer) where() ViewWhere {
	v, w := b.v, b.words
	out := ViewWhere{Title: w.where, Organization: v.Where.Organization, Status: v.Where.Status, StatusText: w.status[v.Where.Status]}
	org := knowledge.OrganizationByID(v.Where.OrganizationID)
	if org != nil {
		out.Organization = org.Name.JA
		if b.lang == exchange.English {
			out.Organization = org.Name.EN
		}
	}
	if v.Exchange.WindowConfirmed && v.Where.Status.Open() {
		out.StatusText = w.yourself
	}
	if out.Organization != "" && v.Where.OrganizationID == "" {
		out.Notes = append(out.Notes, Sentence{Text: w.unknownOrg})
	}
	seen := map[string]bool{}
	note := func(e exchange.Evidence, value string) {
		t, ok := observations[e.Rule]
		if !ok || e.Rule == "claims-to-be" || e.Rule == "organization-unknown" || e.Rule == "window-confirmed-by-person" || e.Rule == "signs-of-impostor" {
			return
		}
		detail := e.Detail
		if detail == "" {
			detail = value
		}
		s := strings.ReplaceAll(t.In(b.lang), "{v}", detail)
		if !seen[s] {
			seen[s] = true
			out.Notes = append(out.Notes, Sentence{Text: s, Sources: sourcesOf([]exchange.Evidence{e})})
		}
	}
	for _, pt := range v.Where.Points {
		for _, e := range pt.Evidence {
			note(e, pt.Value)
		}
	}
	for _, e := range v.Where.Evidence {
		note(e, "")
	}
	if org != nil && out.Status != exchange.Official {
		for _, d := range org.Domains {
			if org.StatusOf(d) != knowledge.Unverified && len(out.OwnDomains) < maxOwn {
				out.OwnDomains = append(out.OwnDomains, d.Name)
			}
		}
		out.OwnTitle = w.own
	}
	return out
}

func (b *viewer) findings() ViewWhat {
	w := b.words
	out := ViewWhat{Title: w.what + " / " + w.much + "  (" + b.inquiry() + ")", Empty: w.noFinding}
	for _, f := range b.v.Findings {
		value := f.Text
		if f.Need.Level == exchange.Never {
			value = redact.Mask(value)
		}
		level := exchange.OK
		switch f.Need.Level {
		case exchange.Never:
			level = exchange.Stop
		case exchange.Unneeded:
			level = exchange.Caution
		}
		item := ViewItem{Category: string(f.Category), Name: knowledge.NameOf(f.Category).In(b.lang), Level: level, Value: strings.Join(strings.Fields(value), " "), Start: b.points(f.Span.Start), End: b.points(f.Span.End)}
		b.need(&item, f.Need)
		out.Items = append(out.Items, item)
	}
	return out
}

// NeedItem puts one cell of an inquiry's table into words.
func NeedItem(n exchange.Need, lang exchange.Lang) ViewItem {
	b := viewer{lang: lang, words: vocabulary[lang]}
	item := ViewItem{Category: string(n.Category), Name: knowledge.NameOf(n.Category).In(lang)}
	b.need(&item, n)
	return item
}

// need says why, and how well it is known.
func (b *viewer) need(item *ViewItem, n exchange.Need) {
	item.Need, item.NeedText, item.Note = n.Level, b.words.need[n.Level], n.Note.In(b.lang)
	if n.Source.URL != "" {
		item.Source = &n.Source
	}
	if item.Note == "" {
		return
	}
	item.Basis = b.words.general
	if n.Basis.Stated() {
		item.Basis = b.words.says
	}
	if (n.Level == exchange.Never || n.Level == exchange.Unneeded) && !n.Instead.IsZero() {
		item.Instead = n.Instead.In(b.lang)
	}
}

func (b *viewer) asks() ViewWhat {
	v := b.v
	out := ViewWhat{Title: b.words.asks, Empty: b.words.noAsk}
	if v.Inquiry != "" {
		out.Title += "  (" + b.inquiry() + ")"
	}
	seen := map[string]bool{}
	asks := append([]exchange.JudgedAsk(nil), v.Asks...)
	sort.SliceStable(asks, func(i, j int) bool { // the worst first
		return asks[i].Level != asks[j].Level && asks[i].Level.Worse(asks[j].Level) == asks[i].Level
	})
	for _, a := range asks {
		key := string(a.Category) + string(a.Action)
		if seen[key] {
			continue
		}
		seen[key] = true
		item := ViewItem{Category: string(a.Category), Action: string(a.Action), Level: a.Level, Value: "「" + clipTo(a.Quote, 40) + "」", Start: b.points(a.Span.Start), End: b.points(a.Span.End)}
		if a.Category != "" {
			item.Name = knowledge.NameOf(a.Category).In(b.lang)
			b.need(&item, a.Need)
		} else if t := knowledge.TacticByID(a.Action); t != nil {
			item.Name = t.Name.In(b.lang)
			if a.Level != exchange.OK || v.Level == exchange.Stop {
				item.Note = t.Explain.In(b.lang)
			}
		} else {
			continue
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// clipTo shortens a quotation to n code points.
func clipTo(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return string(r)
}

func (b *viewer) inquiry() string {
	name := string(b.v.Inquiry)
	if q := knowledge.InquiryByID(b.v.Inquiry); q != nil {
		name = q.Name.In(b.lang)
	}
	if b.v.Guessed {
		name += "; " + b.words.guessed
	}
	return name
}

// section puts steps into sentences, each once.
func (b *viewer) section(title string, steps []exchange.Step) Section {
	out := Section{Title: title}
	seen := map[string]bool{}
	for _, s := range steps {
		if t := b.advice(s.ID, s.Category); t != "" && !seen[t] {
			seen[t] = true
			out.Sentences = append(out.Sentences, t)
		}
	}
	return out
}

func (b *viewer) draft() *Paragraph {
	var pieces []redact.Piece
	for _, f := range b.v.Findings {
		if f.Need.Level == exchange.Never || f.Need.Level == exchange.Unneeded {
			pieces = append(pieces, redact.Piece{Span: f.Span, Name: knowledge.NameOf(f.Category).In(b.lang)})
		}
	}
	if len(pieces) == 0 {
		return nil
	}
	return &Paragraph{b.words.draft, redact.Cover(b.v.Exchange.Text, pieces, redact.Placeholder).Text}
}

func (b *viewer) consult() ViewConsult {
	out := ViewConsult{Title: b.words.consult}
	for _, id := range b.v.Consultations {
		if c := Contact(id, b.lang); c != nil {
			out.List = append(out.List, *c)
		}
	}
	return out
}

// Contact is a record of data/consultation in words, nil where there is none.
func Contact(id string, lang exchange.Lang) *ViewContact {
	c := knowledge.ConsultationByID(id)
	if c == nil {
		return nil
	}
	out := &ViewContact{ID: id, Name: c.Name.In(lang), Phone: c.Phone, At: c.NumberAt.In(lang), For: c.For.In(lang), Hours: c.Hours.In(lang), Bring: c.Bring.In(lang), URL: c.URL}
	if w := vocabulary[lang]; w != nil && c.Phone != "" && c.PhoneStatus == knowledge.Unverified {
		out.Unsure = w.unsure
	}
	return out
}

// advice returns the sentence of a record of data/advice with its gaps filled.
func (b *viewer) advice(id string, c exchange.Category) string {
	a := knowledge.AdviceByID(id)
	if a == nil {
		return ""
	}
	item := knowledge.NameOf(c).In(b.lang)
	if c == "" {
		item = map[exchange.Lang]string{exchange.Japanese: "その情報", exchange.Easy: "そのこと", exchange.English: "that information"}[b.lang]
	}
	org := b.v.Where.Organization
	if org == "" {
		org = map[exchange.Lang]string{exchange.Japanese: "相手の会社", exchange.Easy: "相手の会社", exchange.English: "the organization"}[b.lang]
	}
	domain, number := "", ""
	for _, pt := range b.v.Where.Points {
		if pt.Kind == exchange.ContactPhone && number == "" {
			number = pt.Shown
		} else if domain == "" {
			domain = pt.Value
		}
	}
	return strings.NewReplacer("{item}", item, "{organization}", org, "{domain}", domain, "{number}", number).Replace(a.Text.In(b.lang))
}
