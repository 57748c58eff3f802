package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Form is what a person has typed so far, so that a page gives it back.
type Form struct {
	Text, From, Organization, Inquiry, Channel, Initiator string
	Confirmed                                             bool
	Department, Name                                      string // of a call
	Inquiries                                             []Group
	Channels                                              []string
	Error                                                 string // key of words
	Results                                               []*Result
	Says, Asks, Wants                                     []Choice // buttons of the call
}

// Choice is one of several.
type Choice struct{ ID, Name string }

// Group is choices under a heading.
type Group struct {
	Name    string
	Choices []Choice
}

// groups are the headings of the inquiries, in the order in which they are shown.
var groups = []string{"shopping", "money", "lines", "account", "care", "public", "life", "other"}

// Answered reports whether a page holds an answer: it then stands before the form.
func (f *Form) Answered() bool { return len(f.Results) > 0 || f.Error != "" }

func inquiries(lang exchange.Lang) (out []Group) {
	for _, id := range groups {
		g := Group{Name: words["group-"+id].In(lang)}
		for _, coarse := range []bool{true, false} { // the wide ones first
			for _, q := range knowledge.Inquiries() {
				if q.Group == id && (q.Parent == "") == coarse {
					g.Choices = append(g.Choices, Choice{string(q.ID), q.Name.In(lang)})
				}
			}
		}
		out = append(out, g)
	}
	return out
}

func (v *visit) form() *Form {
	f := &Form{
		Text: v.r.PostFormValue("text"), From: v.value("from"), Organization: v.value("organization"), Inquiry: v.value("inquiry"), Channel: v.value("channel"), Initiator: v.value("initiator"),
		Confirmed: v.value("confirmed") != "", Department: v.value("department"), Name: v.value("name"), Channels: intake.Channels,
	}
	f.Inquiries = inquiries(v.Lang)
	return f
}

// apply puts what the form says onto an exchange.
func (f *Form) apply(ex *exchange.Exchange) {
	from := f.From
	if ex.From != "" {
		from = "" // what was handed over says it
	}
	e := intake.Exchange{Channel: f.Channel, Initiator: f.Initiator, Inquiry: f.Inquiry, Organization: f.Organization, From: from, WindowConfirmed: f.Confirmed}
	if e.Apply(ex) != nil { // words that are not the page's own
		e.Channel, e.Initiator, e.Inquiry = "", "", ""
		_ = e.Apply(ex) // nothing is left that could be wrong
	}
}

func (v *visit) draftForm() error    { return v.show("draft", v.form()) }
func (v *visit) receivedForm() error { return v.show("received", v.form()) }

func (v *visit) draft() error {
	f := v.form()
	if text.Blank(f.Text) {
		f.Error = "empty"
		return v.show("draft", f)
	}
	ex := exchange.Exchange{Direction: exchange.Outgoing, Text: f.Text}
	f.apply(&ex)
	f.Results = []*Result{v.judge(&ex, "")}
	return v.show("draft", f)
}

// judge checks an exchange and puts the answer into words.
func (v *visit) judge(ex *exchange.Exchange, kind string) *Result {
	verdict, err := check.CheckContext(v.r.Context(), ex)
	if err != nil {
		return &Result{Text: ex.Text} // nobody waits for it
	}
	r := &Result{View: report.NewView(&verdict, v.Lang), Kind: kind, Text: ex.Text}
	r.Parts = parts(ex.Text, r.What.Items)
	for _, n := range r.Next.Sentences {
		if n != r.Act && len(r.Two) < 2 {
			r.Two = append(r.Two, n)
		}
	}
	for i := range r.Consult.List {
		if c := &r.Consult.List[i]; c.Phone != "" {
			r.Desk = c
			break
		}
	}
	if row, err := json.Marshal(report.NewStored(&verdict)); err == nil {
		r.Keep = &Keep{Organization: verdict.Where.Organization, Channel: string(ex.Channel), Initiator: string(ex.Initiator), Inquiry: string(verdict.Inquiry), From: ex.From, Row: string(row)}
	}
	return r
}

// MaxShown bounds how many mails of a mailbox one page answers.
const MaxShown = 20

func (v *visit) received() error {
	f := v.form()
	if u := v.value("url"); u != "" && !strings.Contains(f.Text, u) { // shared by another app
		f.Text = strings.TrimSpace(f.Text + "\n" + u)
	}
	items, key, err := v.taken(f)
	if err != nil {
		return err
	}
	if key != "" {
		f.Error = key
		return v.show("received", f)
	}
	for i := range items[:min(MaxShown, len(items))] {
		it := &items[i]
		if it.Exchange.Direction == "" {
			it.Exchange.Direction = exchange.Incoming
		}
		f.apply(&it.Exchange)
		r := v.judge(&it.Exchange, string(it.Kind))
		r.N, r.Of = i+1, len(items)
		f.Results = append(f.Results, r)
	}
	return v.show("received", f)
}

// taken returns what was handed over: a file, a text, or both; the words beside a
// picture are its own. key tells what is wrong with it.
func (v *visit) taken(f *Form) (items []intake.Item, key string, err error) {
	file, head, err := v.r.FormFile("file")
	if err != nil || head.Size == 0 {
		items, err = v.site.o.Read(strings.NewReader(f.Text))
		if errors.Is(err, intake.ErrEmpty) && f.From != "" {
			return []intake.Item{{Kind: intake.Text}}, "", nil
		}
		return items, wrong(err), nil
	}
	defer func() { _ = file.Close() }() // read only
	items, err = v.site.o.Read(file)
	if text.Blank(f.Text) {
		return items, wrong(err), nil
	}
	beside, textErr := v.site.o.Read(strings.NewReader(f.Text))
	switch {
	case textErr != nil:
		return items, wrong(textErr), nil
	case errors.Is(err, ErrPicture):
		return beside, "", nil
	case err != nil:
		return nil, wrong(err), nil
	case len(items) == 1 && items[0].Kind == intake.Picture && len(beside) == 1:
		ex := &items[0].Exchange
		ex.Text = strings.TrimSpace(f.Text + "\n" + ex.Text)
		ex.Unread = slices.DeleteFunc(ex.Unread, func(g exchange.Gap) bool { return g.Kind == exchange.GapPicture })
		return items, "", nil
	}
	return append(items, beside...), "", nil
}

// wrong names what is wrong with something handed over, by a key of words.
func wrong(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, intake.ErrEmpty):
		return "empty"
	case errors.Is(err, intake.ErrTooLarge):
		return "too-large"
	case errors.Is(err, ErrPicture):
		return "no-reader"
	}
	return "unreadable"
}

// What callers ask for and want done, as buttons; the most dangerous first.
var (
	callAsks  = []exchange.Category{"pin", "password", "otp", "card_number", "card_cvv", "bank_account", "my_number", "name", "birth_date", "address", "phone", "email", "member_id", "contract_number", "family", "finances"}
	callWants = []exchange.Action{"transfer_money", "buy_gift_card", "remote_control", "install_app", "screen_share", "keep_secret", "move_channel", "click_link", "hurry", "threat"}
)

func (v *visit) callPage() *Form {
	f := v.form()
	for _, c := range callAsks {
		f.Asks = append(f.Asks, Choice{string(c), knowledge.NameOf(c).In(v.Lang)})
	}
	scenarios := knowledge.Scenarios()
	for i := range scenarios {
		if s := &scenarios[i]; s.Said != "" {
			f.Says = append(f.Says, Choice{s.ID, s.Tap.In(v.Lang)})
		}
	}
	for _, a := range callWants {
		if t := knowledge.TacticByID(a); t != nil {
			f.Wants = append(f.Wants, Choice{string(a), t.Name.In(v.Lang)})
		}
	}
	return f
}

func (v *visit) callForm() error { return v.show("call", v.callPage()) }

// call answers a tap: what the caller asked becomes words of the caller's, and
// the whole call so far is judged as any other.
func (v *visit) call() error {
	f := v.callPage()
	log := strings.Fields(v.value("log"))
	switch tap := v.value("tap"); {
	case tap == "undo":
		log = log[:max(0, len(log)-1)]
	case tap != "" && len(log) < 200:
		log = append(log, tap)
	}
	var said []string
	for _, id := range log {
		if s := callWords(id); s != "" {
			said = append(said, s)
		}
	}
	if strings.TrimSpace(f.Text) != "" {
		said = append(said, f.Text)
	}
	if len(said) == 0 {
		f.Results = nil
		return v.show("call", f)
	}
	ex := exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Initiator: exchange.InitiatorWindow, Text: strings.Join(said, "\n")}
	f.apply(&ex)
	r := v.judge(&ex, "")
	r.Call, r.Log, r.Parts = true, strings.Join(log, " "), nil
	for _, c := range slices.Concat(f.Says, f.Asks, f.Wants) {
		if slices.Contains(log, c.ID) {
			r.Asked = append(r.Asked, c.Name)
		}
	}
	f.Results = []*Result{r}
	return v.show("call", f)
}

// callWords are the words of a caller who asks for a category, wants a thing done, or tells
// one of the stories that have a button; "" for an id that is none of them.
func callWords(id string) string {
	if c := knowledge.CategoryByID(exchange.Category(id)); c != nil {
		return c.Name.JA + "を教えてください。"
	}
	if t := knowledge.TacticByID(exchange.Action(id)); t != nil && len(t.Match) > 0 {
		return t.Match[0]
	}
	if s := knowledge.ScenarioByID(id); s != nil {
		return s.Said
	}
	return ""
}

// Told is what somebody has told or done already, and what to do now.
type Told struct {
	Items, Things []Box
	Steps         []string
	Desks         []report.ViewContact
	Asked         bool
	Nothing       bool // the form was sent with nothing ticked
}

// Box is something to tick.
type Box struct {
	Choice
	On bool
}

// What can have been told and done, the most dangerous first.
var (
	toldItems  = []exchange.Category{"card_number", "card_cvv", "pin", "password", "otp", "bank_account", "my_number", "id_document", "address", "phone"}
	toldThings = []exchange.Action{"transfer_money", "buy_gift_card", "remote_control", "install_app", "click_link"}
)

func (v *visit) told() error {
	t := &Told{}
	said := v.r.PostForm["told"]
	var told []exchange.Category
	var done []exchange.Action
	for _, c := range toldItems {
		on := slices.Contains(said, string(c))
		if on {
			told = append(told, c)
		}
		t.Items = append(t.Items, Box{Choice{string(c), knowledge.NameOf(c).In(v.Lang)}, on})
	}
	for _, a := range toldThings {
		on := slices.Contains(said, string(a))
		if on {
			done = append(done, a)
		}
		t.Things = append(t.Things, Box{Choice{string(a), words["did-"+string(a)].In(v.Lang)}, on})
	}
	t.Nothing = v.r.Method == http.MethodPost && len(told)+len(done) == 0
	if t.Asked = len(told)+len(done) > 0; t.Asked {
		for _, id := range check.ToldAdvice(told, done) {
			t.Steps = append(t.Steps, report.AdviceSentence(id, "", "", v.Lang))
		}
		for _, id := range check.ToldDesks(told, done) {
			if c := report.Contact(id, v.Lang); c != nil {
				t.Desks = append(t.Desks, *c)
			}
		}
	}
	return v.show("told", t)
}

// Found is what the directory has on a name.
type Found struct {
	Query         string
	Asked         bool
	Desks         []report.ViewContact // that give advice
	Organizations []knowledge.Organization
	More          bool // than are shown
}

// Empty reports that nothing was found.
func (f *Found) Empty() bool { return f.Asked && len(f.Desks)+len(f.Organizations) == 0 }

func (v *visit) findForm() error { return v.show("find", &Found{}) }

const maxFound = 20

func (v *visit) find() error {
	f := &Found{Query: v.value("q"), Asked: true}
	if f.Query != "" {
		for _, d := range contact.FindDesks(f.Query) {
			f.Desks = append(f.Desks, *report.Contact(d.ID, v.Lang))
		}
		f.Organizations = contact.Find(f.Query, maxFound+1)
		if f.More = len(f.Organizations) > maxFound; f.More {
			f.Organizations = f.Organizations[:maxFound]
		}
	}
	return v.show("find", f)
}

// Why is what an inquiry needs.
type Why struct {
	Inquiry   string
	Name      string
	Inquiries []Group
	Needs     []Needed
}

// Needed is what an inquiry needs equally much.
type Needed struct {
	Level exchange.NeedLevel
	Name  string
	Items []report.ViewItem
}

func (v *visit) why() error {
	w := &Why{Inquiry: v.value("inquiry"), Inquiries: inquiries(v.Lang)}
	if id, err := intake.Inquiry(w.Inquiry); err == nil && id != "" {
		w.Name = knowledge.InquiryByID(id).Name.In(v.Lang)
		table := need.Table(id, need.Circumstances{})
		for _, level := range []exchange.NeedLevel{exchange.Required, exchange.Common, exchange.Optional, exchange.Unneeded, exchange.Never} {
			g := Needed{Level: level}
			for _, n := range table {
				if n.Level == level && (level != exchange.Unneeded || strings.HasPrefix(n.Record, "inquiries/")) {
					g.Items = append(g.Items, report.NeedItem(n, v.Lang))
					g.Name = g.Items[0].NeedText
				}
			}
			if len(g.Items) > 0 {
				w.Needs = append(w.Needs, g)
			}
		}
	}
	return v.show("why", w)
}
