// Package exchange holds the nouns that madoguchi's packages hand each other.
//
// A person is about to tell a support window (窓口) something, or somebody who
// says that they are one asks for something. The packages pii, ask, contact
// and need each answer one question about that [Exchange]; package check turns
// the answers into a [Verdict]: ok, caution or stop, with reasons and next
// steps. No package that this one stands under uses the network.
//
// Spans are UTF-8 byte offsets into the text as it was given, never into a
// normalized copy. The command's JSON gives Unicode code points instead; see
// [CodePoints].
package exchange

import "unicode/utf8"

// Direction tells which way an [Exchange] goes.
type Direction string

const (
	Outgoing Direction = "outgoing" // the person is about to send or say this
	Incoming Direction = "incoming" // the person received this
)

// Channel is the means by which an [Exchange] travels.
type Channel string

const (
	ChannelEmail  Channel = "email"
	ChannelSMS    Channel = "sms"
	ChannelChat   Channel = "chat"
	ChannelPhone  Channel = "phone" // a call: a transcript, or notes for one
	ChannelForm   Channel = "form"
	ChannelLetter Channel = "letter"
	ChannelPopup  Channel = "popup" // a browser warning that asks to be called or clicked
)

// Initiator is who started the contact.
type Initiator string

const (
	InitiatorPerson  Initiator = "person"  // I called the published number, I opened the official form
	InitiatorWindow  Initiator = "window"  // they contacted me
	InitiatorUnknown Initiator = "unknown" // not said; judged as carefully as window for what arrives
)

// Listener is who or what takes in what the person tells.
type Listener string

const (
	ListenerHuman   Listener = "human"
	ListenerKeypad  Listener = "keypad" // digits pressed into a machine during a call
	ListenerForm    Listener = "form"   // a field on a screen
	ListenerUnknown Listener = "unknown"
)

// Category names a kind of personal data. The ids are those of the records in
// data/categories, for example "name" or "otp".
type Category string

// Action names something that a message wants done instead of told, for
// example "click_link". The ids are those of data/tactics.
type Action string

// Inquiry names what the person contacts a window about. The ids are those of
// data/inquiries, for example "order_delivery".
type Inquiry string

// NeedLevel tells how much an inquiry needs a category.
type NeedLevel string

const (
	Required NeedLevel = "required" // the window cannot do what is asked without it
	Common   NeedLevel = "common"   // usually asked, for a good reason
	Optional NeedLevel = "optional" // sometimes asked or helpful, may be left out
	Unneeded NeedLevel = "unneeded" // nothing in this inquiry needs it
	Never    NeedLevel = "never"    // no window may be told this
)

// Purpose is why a window needs something.
type Purpose string

const (
	PurposeIdentity Purpose = "identity_verification" // W3C DPV: IdentityVerification
	PurposeSupport  Purpose = "support"               // W3C DPV: CustomerCare
	PurposeCallback Purpose = "callback"              // W3C DPV: CommunicationForCustomerCare
	PurposeNone     Purpose = "none"                  // nothing needs it
)

// Basis tells how well a need is known.
type Basis string

const (
	BasisDirect    Basis = "direct"    // the organization's own page or a law states it
	BasisSecondary Basis = "secondary" // another party's page states it
	BasisGeneric   Basis = "generic"   // a like organization's general statement
	BasisDerived   Basis = "derived"   // inference, for example from purpose limitation
)

// Stated reports whether the basis is good enough to say "windows say so"
// rather than "as a general guide".
func (b Basis) Stated() bool { return b == BasisDirect || b == BasisSecondary }

// Level is a verdict's word.
type Level string

const (
	OK      Level = "ok"      // no reason to hold back was found; never "safe"
	Caution Level = "caution" // confirm first
	Stop    Level = "stop"    // do not tell, do not do
)

// rank orders levels: a later step of a case never softens by accident.
func (l Level) rank() int {
	switch l {
	case Stop:
		return 2
	case Caution:
		return 1
	}
	return 0
}

// Worse returns the more serious of two levels.
func (l Level) Worse(m Level) Level {
	if m.rank() > l.rank() {
		return m
	}
	return l
}

// Compare is negative where m is the worse of two levels, positive where l is.
func (l Level) Compare(m Level) int { return l.rank() - m.rank() }

// Status tells what is known of a window against the organization it claims.
type Status string

const (
	Official    Status = "official"    // it stands on the organization's own site or domain
	Announced   Status = "announced"   // one source names it as theirs: not yet confirmed twice, and not green by itself
	Unconfirmed Status = "unconfirmed" // nothing proves it, nothing disproves it
	Impostor    Status = "impostor"    // it claims an organization whose window it is not
)

// Open reports whether a window is neither proven nor disproven.
func (s Status) Open() bool { return s == Unconfirmed || s == Announced }

// Suspicion tells how much a contact point looks like a trap by itself,
// whatever organization it claims.
type Suspicion string

const (
	SuspicionNone   Suspicion = "none"
	SuspicionSome   Suspicion = "some"
	SuspicionStrong Suspicion = "strong"
)

// Span is a half-open range [Start, End) of UTF-8 byte offsets into the text
// as it was given.
type Span struct{ Start, End int }

// Len is the span's length in bytes.
func (s Span) Len() int { return s.End - s.Start }

// Overlaps reports whether two spans share a byte.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// Contains reports whether t lies within s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Source is where a fact comes from.
type Source struct {
	URL       string `json:"url"`
	Publisher string `json:"publisher"`
	Retrieved string `json:"retrieved"` // YYYY-MM-DD
}

// Evidence is one observation that a result rests on.
type Evidence struct {
	Rule    string   `json:"rule"`              // stable id of the rule that observed it, for example "domain-not-official"
	Detail  string   `json:"detail,omitempty"`  // the value observed: a host, a matched label, a checksum's outcome
	Record  string   `json:"record,omitempty"`  // id of the data record behind it, for example "organizations/smbc-card"
	Sources []Source `json:"sources,omitempty"` // where the record's fact comes from
	Span    *Span    `json:"-"`                 // where in the text, if anywhere
}

// Finding is one piece of personal data in a text.
type Finding struct {
	Category Category   // as fine as the rules tell, for example "supply_point_number"
	Span     Span       // of the value alone, without label or honorific
	Text     string     // the value as written
	Score    float64    // probability in (0, 1] that this is what Category says
	Idle     float64    // probability, by the words around it, that the inquiry does not need it; 0 where the reader found nothing
	Why      []Evidence // rule, context words, checksum outcome
}

// Ask is one thing that a message asks the person to tell or to do. Exactly
// one of Category and Action is set.
type Ask struct {
	Category Category
	Action   Action
	Span     Span
	Quote    string  // the exact words
	Score    float64 // the reader's probability that it is asked for; 0 where a rule alone takes it so
	Why      []Evidence
}

// ContactPoint is one address by which a window is reached or shows itself.
type ContactPoint struct {
	Kind         ContactKind
	Value        string // in normal form: host in lower case, number in E.164 where it parses
	Shown        string // as written
	Span         Span   // in the text; zero when it came from a header
	Organization string // id of the organization that it belongs to, or ""
	Status       Status // against the claimed organization
	Suspicion    Suspicion
	Evidence     []Evidence
}

// ContactKind tells what a [ContactPoint] is.
type ContactKind string

const (
	ContactURL   ContactKind = "url"
	ContactEmail ContactKind = "email"
	ContactPhone ContactKind = "phone"
	ContactName  ContactKind = "name" // a display name or handle without an address
)

// Need is how much an inquiry needs a category, and who says so.
type Need struct {
	Inquiry  Inquiry
	Category Category
	Level    NeedLevel
	Purpose  Purpose
	Basis    Basis
	Note     Text
	Instead  Text // what to offer instead; empty where nothing is
	Source   Source
	Record   string // id of the data record that decided
}

// Text is a sentence in the three languages of the product.
type Text struct {
	JA   string `json:"ja"`
	Easy string `json:"easy"` // やさしい日本語
	EN   string `json:"en"`
}

// In returns the sentence in a language, Japanese where it lacks that one.
func (t Text) In(l Lang) string {
	switch {
	case l == English && t.EN != "":
		return t.EN
	case l == Easy && t.Easy != "":
		return t.Easy
	}
	return t.JA
}

// IsZero reports whether there is no sentence in any language.
func (t Text) IsZero() bool { return t == Text{} }

// Lang is a language of the product.
type Lang string

const (
	Japanese Lang = "ja"
	Easy     Lang = "easy"
	English  Lang = "en"
)

// Exchange is one step between a person and a window.
type Exchange struct {
	ID              string
	Direction       Direction // "" if nobody said: it is judged both ways, and the worse counts
	Channel         Channel
	Organization    string // the claimed or intended organization, as the person names it
	Inquiry         Inquiry
	Initiator       Initiator
	Listener        Listener
	WindowConfirmed bool   // the person says: I looked this window up on the official site
	From            string // sender as shown: mail address with display name, number, handle, page URL
	Subject         string
	Text            string // what is told or was received, decoded
	Links           []Link // links whose target differs from what Text shows
	Mail            *Mail  // facts of the mail that Text came from, if any
	Unread          []Gap  // what of the message was not read
	Turns           []Turn // who says which part of Text, in order; nil if only labels in the text tell
}

// Turn is a part of an exchange's text that one of several says. That an export
// tells it makes it sure: labels within a text anybody can write.
type Turn struct {
	Who  string // as the export names it
	Mine bool   // the person says it; false also where the export does not tell
	Span Span
}

// Gap is something of a message that was not read, and so may hold anything.
type Gap struct {
	Kind GapKind
	Name string // of the part or file as its sender calls it, a count, a language; "" if there is none
}

// GapKind tells what was not read. A reason's id is "unread_" and the kind.
type GapKind string

const (
	GapPart       GapKind = "part"       // a part of a mail that is broken or encrypted
	GapAttachment GapKind = "attachment" // a file that came with it
	GapPicture    GapKind = "picture"    // words that may stand in a picture
	GapLetters    GapKind = "letters"    // characters of a charset that could not be told
	GapRest       GapKind = "rest"       // what lies behind a bound
	GapMessages   GapKind = "messages"   // messages of an export
	GapLanguage   GapKind = "language"   // words in a language that is not read; Name is its ISO 639-1 code
)

// Add notes a gap, each once.
func (ex *Exchange) Add(g Gap) {
	for _, x := range ex.Unread {
		if x == g {
			return
		}
	}
	ex.Unread = append(ex.Unread, g)
}

// Link is a link of a marked-up message: what is shown, and where it leads.
type Link struct{ Shown, Target string }

// Mail is what a parsed mail tells about its sender.
type Mail struct {
	FromName    string
	FromAddress string
	ReplyTo     string // address, "" where there is none
	Authentic   string // domain that authenticated the mail with alignment, "" where none did or nobody looked
	Failed      bool   // a receiving server, or a lookup, says that the mail fails its sender's own policy (DMARC)
	Attachments int
	Talk        bool     // an answer within a thread, or a post to a mailing list
	FromBroken  bool     // the From field names no sender that a mail program would write
	Pictures    []string // hosts that its pictures would be loaded from
	Authors     int      // addresses in its From fields: of more than one none is proven
	Differs     bool     // its plain text says other things than the page beside it
}

// Reason is one ground of a verdict.
type Reason struct {
	ID       string     // id of a data/advice record of kind reason
	Level    Level      // the level that this reason alone calls for
	Category Category   // what it is about, "" where nothing
	Action   Action     // what it is about, "" where nothing
	Evidence []Evidence // records and spans it rests on
}

// Step is one thing to do or to say next.
type Step struct {
	ID       string   // id of a data/advice record of kind next, say or told_already
	Category Category // fills {item}, "" where there is none
}

// Where is the answer to: is this window really the organization's own?
type Where struct {
	Organization   string // the claimed organization's name as the directory or the exchange has it
	OrganizationID string // "" where the directory does not know it
	Status         Status
	Points         []ContactPoint
	Evidence       []Evidence
}

// JudgedFinding is a finding with the answer to: how much?
type JudgedFinding struct {
	Finding
	Need Need
}

// JudgedAsk is an ask with the answer to: how much? Level is empty for
// actions that need no telling.
type JudgedAsk struct {
	Ask
	Need  Need  // zero for actions
	Level Level // what this ask alone calls for
}

// Reading is what the reader makes of a received message by its words alone: evidence,
// never a verdict.
type Reading struct {
	Scenarios map[string]float64 // probabilities of the situations, by the id of data/scenarios
	Fake      float64            // probability that an impostor wrote it
	Levels    [3]float64         // probabilities that people would call it ok, caution, stop
}

// Verdict is the answer to an [Exchange].
type Verdict struct {
	Exchange      *Exchange // as it was judged: its direction is the one that counts
	BothWays      bool      // nobody said the direction; of both the worse is this
	Level         Level
	Inquiry       Inquiry // as given, or as guessed from the text
	Guessed       bool    // the inquiry was guessed
	Where         Where
	Findings      []JudgedFinding // outgoing: what the draft tells
	Asks          []JudgedAsk     // incoming: what the message asks for
	Read          Reading         // incoming: what the reader makes of the whole
	Scenario      string          // incoming: id of the situation (data/scenarios), "" where none is recognized
	Certain       bool            // the situation is recognized beyond doubt: its record speaks
	Reasons       []Reason        // most serious first
	Next          []Step          // most urgent first
	Say           []Step
	Already       []string // ids of advice for one who has told or done it already, most urgent first
	Consultations []string // ids of data/consultation records, most fitting first
	Knowledge     string   // hash of the knowledge bundle, "sha256:…"
}

// WindowVerdict is the answer to where alone: is this address or number the
// organization's own?
type WindowVerdict struct {
	Organization   string // as asked
	OrganizationID string // of the directory, "" if it does not know the one that was asked
	Point          ContactPoint
	Verdict        Verdict // what follows from it for a person
}

// CodePoints returns a function that turns byte offsets of s into Unicode
// code point offsets. Offsets must be asked for in any order but lie on rune
// boundaries; invalid UTF-8 counts one code point a byte, as in a Go range
// loop.
func CodePoints(s string) func(byteOffset int) int {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return func(b int) int { return b }
	}
	const every = 64 // code points between two marks
	marks := make([]int, 0, len(s)/(every*2)+1)
	n := 0
	for b := range s {
		if n%every == 0 {
			marks = append(marks, b)
		}
		n++
	}
	return func(b int) int {
		lo, hi := 0, len(marks)
		for lo < hi {
			if m := (lo + hi) / 2; marks[m] <= b {
				lo = m + 1
			} else {
				hi = m
			}
		}
		if lo == 0 {
			return 0
		}
		return (lo-1)*every + utf8.RuneCountInString(s[marks[lo-1]:b])
	}
}
