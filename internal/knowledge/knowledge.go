// Package knowledge gives the rest of the program what data/ says: the kinds
// of personal data, what windows need them for, the organizations and their
// windows, tactics, advice, and whom to consult.
//
// The YAML files under data/ are the source. Package knowledge/curate lints
// them and compiles them into the records_*.go files, which the linker lays
// out: nothing is decoded at a program's start. A test compiles again and
// compares. What this package returns belongs to it; nobody may change it.
package knowledge

import (
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
)

// Parts are the folders of data/ that hold records, in the order in which the
// bundle's hash covers them.
var Parts = []string{"categories", "inquiries", "tactics", "scenarios", "never", "advice", "consultation", "words", "phrases", "hosts", "sentences", "firstaid", "organizations"}

// Hash returns the hash of all records, "sha256:" and 64 hex digits. It
// changes whenever any record does.
func Hash() string { return hash }

// Provenance is what every record bears.
type Provenance struct {
	Sources          []SourceRecord `json:"sources"`
	Status           RecordStatus   `json:"status"`
	Reviewed         string         `json:"reviewed"` // YYYY-MM-DD
	RecheckAfterDays int            `json:"recheck_after_days"`
}

// SourceRecord is a source as a record names it.
type SourceRecord struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Publisher string `json:"publisher"`
	Kind      string `json:"kind"` // organization, government, dataset, secondary
	Retrieved string `json:"retrieved"`
	Note      string `json:"note,omitempty"`
}

// RecordStatus tells how well a record is confirmed; see data/CRITERIA.md.
type RecordStatus string

const (
	Verified   RecordStatus = "verified"   // two independent sources agree
	Imported   RecordStatus = "imported"   // one source
	Unverified RecordStatus = "unverified" // none that could be read; never shown as certain
)

// Source returns the source with an id, the zero Source where there is none.
func (p Provenance) Source(id string) exchange.Source {
	for _, s := range p.Sources {
		if s.ID == id {
			return s.Source()
		}
	}
	return exchange.Source{}
}

// All returns the sources with the given ids, every source where none is
// given.
func (p Provenance) All(ids ...string) []exchange.Source {
	var out []exchange.Source
	for _, s := range p.Sources {
		if len(ids) == 0 || contains(ids, s.ID) {
			out = append(out, s.Source())
		}
	}
	return out
}

// Source is the source as verdicts cite it.
func (s SourceRecord) Source() exchange.Source {
	return exchange.Source{URL: s.URL, Publisher: s.Publisher, Retrieved: s.Retrieved}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Category is a kind of personal data.
type Category struct {
	ID          exchange.Category `json:"id"`
	Parent      exchange.Category `json:"parent,omitempty"`
	Name        exchange.Text     `json:"name"`
	Kind        string            `json:"kind"`
	Value       string            `json:"value"`             // name of the value reader in package pii
	Told        string            `json:"told,omitempty"`    // record of advice for one who has told it
	Trouble     string            `json:"trouble,omitempty"` // situation of data/consultation of one who has told it
	DefaultNeed NeedCell          `json:"default_need"`
	Labels      []string          `json:"labels"`
	AskedAs     []string          `json:"asked_as,omitempty"`
	Beside      []string          `json:"beside,omitempty"`
	Match       []Example         `json:"match,omitempty"`
	NoMatch     []string          `json:"no_match,omitempty"`
	Provenance
}

// Example is a text in which a value is found.
type Example struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Secret reports whether the category is a secret: something whose only use
// is to prove or to open.
func (c *Category) Secret() bool { return c.Kind == "secret" }

// NeedCell is what data/ says of one inquiry and one category.
type NeedCell struct {
	Category   exchange.Category  `json:"category,omitempty"`
	Level      exchange.NeedLevel `json:"level"`
	Purpose    exchange.Purpose   `json:"purpose"`
	Basis      exchange.Basis     `json:"basis"`
	SourceID   string             `json:"source"`
	Note       exchange.Text      `json:"note"`
	Instead    exchange.Text      `json:"instead,omitzero"`
	Exceptions []Exception        `json:"exceptions,omitempty"`
}

// Exception changes a cell for an initiator, a listener or a channel; empty
// fields match anything.
type Exception struct {
	Initiator exchange.Initiator `json:"initiator,omitempty"`
	Listener  exchange.Listener  `json:"listener,omitempty"`
	Channel   exchange.Channel   `json:"channel,omitempty"`
	Level     exchange.NeedLevel `json:"level"`
	Basis     exchange.Basis     `json:"basis"`
	SourceID  string             `json:"source"`
	Note      exchange.Text      `json:"note"`
}

// Inquiry is what a person contacts a window about.
type Inquiry struct {
	ID     exchange.Inquiry `json:"id"`
	Group  string           `json:"group"` // heading under which it is listed
	Parent exchange.Inquiry `json:"parent,omitempty"`
	Name   exchange.Text    `json:"name"`
	Cues   []string         `json:"cues"`
	Needs  []NeedCell       `json:"needs"`
	Provenance
}

// FirstAid is what to do about a message in a language that is not read, in that language.
type FirstAid struct {
	ID    string   `json:"id"`    // ISO 639-1
	Title string   `json:"title"` // the language's own name
	Lines []string `json:"lines"` // {ID} stands for the telephone number of a consultation
	Provenance
}

// Tactic is something that a message wants done.
type Tactic struct {
	ID       exchange.Action `json:"id"`
	Parent   exchange.Action `json:"parent,omitempty"`     // coarser action of the annotation guide
	Lure     bool            `json:"lure,omitempty"`       // what a message promises, not what it wants done
	Subject  bool            `json:"in_subject,omitempty"` // counts where it stands in the subject or the sender's name alone
	Done     string          `json:"done,omitempty"`       // record of advice for one who has done it
	Trouble  string          `json:"trouble,omitempty"`    // situation of data/consultation of one who has done it
	Name     exchange.Text   `json:"name"`
	Explain  exchange.Text   `json:"explain"`
	Phrases  []string        `json:"phrases,omitempty"`
	Together []Together      `json:"together,omitempty"`
	Unless   []string        `json:"unless,omitempty"`
	Match    []string        `json:"match"`
	NoMatch  []string        `json:"no_match"`
	Provenance
}

// Scenario is a situation that a received message belongs to, and what a person does
// in it.
type Scenario struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`             // fraud, genuine
	Online  bool            `json:"online,omitempty"` // its act is about a page or a link
	Name    exchange.Text   `json:"name"`
	Level   exchange.Level  `json:"level"` // what it calls for once it is recognized
	Act     exchange.Text   `json:"act"`   // the one thing to do now
	Reason  exchange.Text   `json:"reason"`
	Steps   []exchange.Text `json:"steps"`
	Say     []exchange.Text `json:"say"`
	Done    exchange.Text   `json:"done"`               // for one who has told or paid already
	Signs   [][]string      `json:"signs,omitempty"`    // where a word of each list stands in it, a message is never waved through unless it is surely genuine; of a genuine one: it has arrived
	SignsEN [][]string      `json:"signs_en,omitempty"` // the same for English texts, of which the reader knows little
	Tap     exchange.Text   `json:"tap,omitzero"`       // what a caller says, as the call companion's button says it
	Said    string          `json:"said,omitempty"`     // and in the caller's words
	Consult []string        `json:"consult"`            // records of data/consultation, the first one first
	Match   []string        `json:"match"`
	NoMatch []string        `json:"no_match"`
	Provenance
}

// Together is a pair of word lists of which one each must stand in one
// sentence.
type Together struct {
	Object []string `json:"object"`
	Verb   []string `json:"verb"`
}

// NeverItem is something that is never told, and who says so.
type NeverItem struct {
	ID        string            `json:"id"`
	Category  exchange.Category `json:"category"`
	Scope     string            `json:"scope"`
	Statement exchange.Text     `json:"statement"`
	Provenance
}

// Advice is a sentence that the program says.
type Advice struct {
	ID      string        `json:"id"`
	Kind    string        `json:"kind"`              // reason, next, say, told_already
	Urgency int           `json:"urgency,omitempty"` // smaller goes first
	When    []When        `json:"when,omitempty"`    // when it is said: the first row that holds counts
	Text    exchange.Text `json:"text"`
	Provenance
}

// When is a row of a sentence's conditions. All that are named must hold; of a list one
// must. Where Item is given the sentence is about one item of a draft or a message,
// and the row is asked for each.
type When struct {
	Level   exchange.Level       `json:"level,omitempty"`  // of a reason: what it calls for
	Item    []string             `json:"item,omitempty"`   // actions, categories, "data" for every category
	Need    []exchange.NeedLevel `json:"need,omitempty"`   // how much the inquiry needs the item
	Beside  []string             `json:"beside,omitempty"` // one of these is asked for, too
	All     []string             `json:"all,omitempty"`    // all of these are asked for
	Channel []exchange.Channel   `json:"channel,omitempty"`
	Verdict []exchange.Level     `json:"verdict,omitempty"` // the verdict so far
	Says    []string             `json:"says,omitempty"`    // of each of these lists of data/words a word stands in the text
	If      []Fact               `json:"if,omitempty"`      // all hold
	Unless  []Fact               `json:"unless,omitempty"`  // none holds
	Doubt   bool                 `json:"doubt,omitempty"`   // laid aside where the reader takes the message for harmless
	Firm    bool                 `json:"firm,omitempty"`    // but not what a rule takes for asked, too
}

// Fact is something that is so of an exchange, or of an item of it; package check tells
// which, data/schema/advice.schema.json what each means.
type Fact string

// WordList is a list of words that the rules look for.
type WordList struct {
	ID      string   `json:"id"`
	What    string   `json:"what"` // what they are, for who adds one
	Words   []string `json:"words"`
	Match   []string `json:"match"`
	NoMatch []string `json:"no_match"`
	Provenance
}

// PhraseList is wordings that a list of words cannot tell.
type PhraseList struct {
	ID      string   `json:"id"`
	What    string   `json:"what"` // what they are, for who adds one
	Phrases []Phrase `json:"phrases"`
	NoMatch []string `json:"no_match"`
	Provenance
}

// Phrase is one wording: a pattern (RE2) over normalized text. One of its words must stand
// in the sentence; without them a pattern is not tried.
type Phrase struct {
	Category exchange.Category `json:"category"`
	Words    []string          `json:"words"`
	Pattern  string            `json:"pattern"`
	Match    []string          `json:"match"`
}

// HostList is hosts of one kind, whoever may use them.
type HostList struct {
	ID    string `json:"id"`
	What  string `json:"what"` // what they are, for who adds one
	Hosts []Host `json:"hosts"`
	Provenance
}

// Host is one of a [HostList].
type Host struct {
	Host       string   `json:"host"`
	Path       string   `json:"path,omitempty"`       // what the path begins with
	Parameters []string `json:"parameters,omitempty"` // of the query, that hold an address
	Own        []string `json:"own,omitempty"`        // of open stages: what paths begin with that are the service's own
	Tenants    bool     `json:"tenants,omitempty"`    // of open stages: each name under the host is somebody's
	Name       string   `json:"name,omitempty"`       // of the service
}

// SentenceList is the fixed sentences of one surface.
type SentenceList struct {
	ID        string     `json:"id"`
	What      string     `json:"what"` // where they stand, for who changes one
	Sentences []Sentence `json:"sentences"`
	Provenance
}

// Sentence is one of them, in each language.
type Sentence struct {
	Key  string `json:"key"`
	JA   string `json:"ja"`
	Easy string `json:"easy"`
	EN   string `json:"en"`
}

// Consultation is somebody to consult.
type Consultation struct {
	ID          string        `json:"id"`
	Name        exchange.Text `json:"name"`
	Phone       string        `json:"phone,omitempty"`
	NumberAt    exchange.Text `json:"number_at,omitzero"` // where its number stands, where everybody has another such desk
	PhoneStatus RecordStatus  `json:"phone_status,omitempty"`
	URL         string        `json:"url,omitempty"`
	Email       string        `json:"email,omitempty"`
	Hours       exchange.Text `json:"hours"`
	For         exchange.Text `json:"for"`
	Bring       exchange.Text `json:"bring"`
	When        []string      `json:"when"`
	Words       []string      `json:"words,omitempty"`      // of a message that is about this desk's own business
	Link        bool          `json:"link,omitempty"`       // its business is a message whose trap is a link
	Of          []string      `json:"of,omitempty"`         // organizations whose number this is
	OfSectors   []string      `json:"of_sectors,omitempty"` // or all of a sector: any police for 110
	Called      []string      `json:"called,omitempty"`     // what people call whoever answers, where that is no organization's name: 警察
	Order       int           `json:"order,omitempty"`
	Provenance
}

// Organization is an organization that people contact, and its own windows.
type Organization struct {
	ID          string            `json:"id"`
	Name        OrganizationName  `json:"name"`
	Parent      string            `json:"parent,omitempty"`
	Sector      string            `json:"sector"`
	Aliases     []Alias           `json:"aliases"`
	Domains     []Domain          `json:"domains"`
	Phones      []Phone           `json:"phones,omitempty"`
	SMSSenders  []SMSSender       `json:"sms_senders,omitempty"`
	ContactPage string            `json:"contact_page,omitempty"`
	NeverAsks   []NeverAsksRecord `json:"never_asks,omitempty"`
	Provenance
}

// OrganizationName is an organization's official name.
type OrganizationName struct {
	JA   string `json:"ja"`
	Kana string `json:"kana,omitempty"`
	EN   string `json:"en"`
}

// Alias is a string by which an organization or its service is called.
type Alias struct {
	Text         string `json:"text"`
	OrdinaryWord bool   `json:"ordinary_word,omitempty"`
	Service      bool   `json:"service,omitempty"`
}

// Domain is a domain of an organization and what it is used for.
type Domain struct {
	Name    string       `json:"name"`
	Roles   []string     `json:"roles"`
	Sources []string     `json:"sources"`
	Status  RecordStatus `json:"status,omitempty"` // of this domain alone; empty: the record's
}

// Phone is a published number of an organization.
type Phone struct {
	Number  string       `json:"number"`
	Use     string       `json:"use"`
	Hours   string       `json:"hours,omitempty"`
	Sources []string     `json:"sources"`
	Status  RecordStatus `json:"status,omitempty"`
}

// SMSSender is a sender name that an organization's text messages bear.
type SMSSender struct {
	Sender  string   `json:"sender"`
	Sources []string `json:"sources"`
}

// NeverAsksRecord is an organization's own statement that it does not ask for
// something.
type NeverAsksRecord struct {
	Categories []exchange.Category `json:"categories,omitempty"`
	Statement  string              `json:"statement"`
	Sources    []string            `json:"sources"`
}

// Risk is how much is lost by a wrong record: 1 where it is money.
func (o *Organization) Risk() int {
	switch o.Sector {
	case "bank", "card", "securities", "insurance", "consumer_finance", "payment":
		return 1
	}
	return 0
}

// StatusOf returns the status of a domain of the organization.
func (o *Organization) StatusOf(d Domain) RecordStatus {
	if d.Status != "" {
		return d.Status
	}
	return o.Status
}

// The parts, in the order of their ids.

func Categories() []Category        { return categories }
func Inquiries() []Inquiry          { return inquiries }
func Tactics() []Tactic             { return tactics }
func Scenarios() []Scenario         { return scenarios }
func NeverItems() []NeverItem       { return never }
func AdviceRecords() []Advice       { return advice }
func Consultations() []Consultation { return consultation }
func WordLists() []WordList         { return words }
func PhraseLists() []PhraseList     { return phrases }
func HostLists() []HostList         { return hosts }
func SentenceLists() []SentenceList { return sentences }
func FirstAids() []FirstAid         { return firstaid }
func Organizations() []Organization { return organizations }

// SentencesOf returns the sentences of a surface by their keys. It is a fault of the program
// to ask for one that is not there.
func SentencesOf(surface string) map[string]exchange.Text {
	for i := range sentences {
		if l := &sentences[i]; l.ID == surface {
			m := make(map[string]exchange.Text, len(l.Sentences))
			for _, s := range l.Sentences {
				m[s.Key] = exchange.Text{JA: s.JA, Easy: s.Easy, EN: s.EN}
			}
			return m
		}
	}
	panic("knowledge: no sentences of " + surface)
}

// WordsOf returns the words of a list, PhrasesOf its phrases in their order, HostsOf its
// hosts. It is a fault of the program to ask for a list that is not there.
func WordsOf(list string) []string {
	return listed(words, list, func(l *WordList) (string, []string) { return l.ID, l.Words })
}

func PhrasesOf(list string) []Phrase {
	return listed(phrases, list, func(l *PhraseList) (string, []Phrase) { return l.ID, l.Phrases })
}

func HostsOf(list string) []Host {
	return listed(hosts, list, func(l *HostList) (string, []Host) { return l.ID, l.Hosts })
}

func listed[L, T any](lists []L, id string, of func(*L) (string, []T)) []T {
	for i := range lists {
		if name, held := of(&lists[i]); name == id {
			return held
		}
	}
	panic("knowledge: no list " + id)
}

// Extend adds categories and organizations of one's own to what data/ says. It must
// come before anything is looked up: a program's main function calls it, or nobody.
func Extend(c []Category, o []Organization) {
	categories = append(slices.Clip(categories), c...)
	organizations = append(slices.Clip(organizations), o...)
	CategoryByID = index(Categories, func(c *Category) exchange.Category { return c.ID })
	OrganizationByID = index(Organizations, func(o *Organization) string { return o.ID })
}

// index turns a part into a lookup by id.
func index[K comparable, T any](records func() []T, key func(*T) K) func(K) *T {
	m := sync.OnceValue(func() map[K]*T {
		m := map[K]*T{}
		list := records()
		for i := range list {
			m[key(&list[i])] = &list[i]
		}
		return m
	})
	return func(k K) *T { return m()[k] }
}

// Lookups by id; nil where there is no such record.
var (
	CategoryByID     = index(Categories, func(c *Category) exchange.Category { return c.ID })
	InquiryByID      = index(Inquiries, func(i *Inquiry) exchange.Inquiry { return i.ID })
	ScenarioByID     = index(Scenarios, func(s *Scenario) string { return s.ID })
	TacticByID       = index(Tactics, func(t *Tactic) exchange.Action { return t.ID })
	AdviceByID       = index(AdviceRecords, func(a *Advice) string { return a.ID })
	FirstAidByID     = index(FirstAids, func(f *FirstAid) string { return f.ID })
	ConsultationByID = index(Consultations, func(c *Consultation) string { return c.ID })
	OrganizationByID = index(Organizations, func(o *Organization) string { return o.ID })
)

// Parent returns the category of the annotation guide that c belongs to: c
// itself where it has no parent.
func Parent(c exchange.Category) exchange.Category {
	if r := CategoryByID(c); r != nil && r.Parent != "" {
		return r.Parent
	}
	return c
}

// ParentInquiry returns the coarse inquiry that i belongs to, i itself where
// it has no parent.
func ParentInquiry(i exchange.Inquiry) exchange.Inquiry {
	if r := InquiryByID(i); r != nil && r.Parent != "" {
		return r.Parent
	}
	return i
}

// ParentAction returns the action of the annotation guide that a belongs to, a
// itself where it has no parent.
func ParentAction(a exchange.Action) exchange.Action {
	if r := TacticByID(a); r != nil && r.Parent != "" {
		return r.Parent
	}
	return a
}

// NameOf returns what a category is called, its id where it is unknown.
func NameOf(c exchange.Category) exchange.Text {
	if r := CategoryByID(c); r != nil {
		return r.Name
	}
	s := string(c)
	return exchange.Text{JA: s, Easy: s, EN: strings.ReplaceAll(s, "_", " ")}
}
