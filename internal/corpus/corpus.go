// Package corpus reads the messages of corpus/hands: marked texts, one file a
// writer (a hand), and turns them into gold items with spans.
package corpus

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Item is one message of a hand. Offsets are Unicode code points of Text, half-open.
type Item struct {
	ID          string   `json:"id"` // hand and number
	Hand        string   `json:"hand"`
	Channel     string   `json:"channel"`
	Counterpart *string  `json:"counterpart,omitempty"` // of a draft
	Scenario    string   `json:"scenario,omitempty"`    // of a received message, as the next four
	Claimed     *string  `json:"claimed,omitempty"`
	From        *string  `json:"from,omitempty"`
	Subject     *string  `json:"subject,omitempty"`
	Genuine     *bool    `json:"genuine,omitempty"`
	Inquiry     *string  `json:"inquiry"` // none: nobody had asked for anything
	Text        string   `json:"text"`
	Spans       []Span   `json:"spans,omitempty"`    // of a draft
	Asks        []Asked  `json:"asks,omitempty"`     // what a received message asks for
	Mentions    []Asked  `json:"mentions,omitempty"` // what it names and does not ask for
	Verdict     string   `json:"verdict"`            // ok, caution, stop
	Line        int      `json:"-"`                  // of its head, in the hand's file
	Outgoing    bool     `json:"-"`
	Faults      []string `json:"-"` // what is wrong with it, in words
}

// Span is personal data in a draft.
type Span struct {
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Category string `json:"category"`
	Text     string `json:"text"`
	Level    string `json:"level"` // needed, optional, unneeded, never
}

// Asked is what a received message asks for, or names; either a category or an action.
type Asked struct {
	Category string `json:"category,omitempty"`
	Action   string `json:"action,omitempty"`
	Quote    string `json:"quote"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
}

// What returns the category or the action.
func (a *Asked) What() string { return a.Category + a.Action }

// The words of the format; corpus/hands/ANNOTATION.md says what they mean.
var (
	Categories = strings.Fields(`name address postal_code phone email birth_date age gender account_id contract_number order_number tracking_number serial_number card_number
		card_last4 card_expiry card_cvv bank_account password pin otp secret_answer my_number drivers_license passport health_insurance pension_number residence_card
		employer family health finances ip_address location`)
	Actions   = strings.Fields("click_link open_attachment install_app remote_control screen_share transfer_money buy_gift_card call_number move_channel keep_secret hurry scan_qr log_in")
	Inquiries = strings.Fields(`account_login password_reset order_delivery return_refund billing card_lost_stolen unauthorized_use bank_account_service mobile_contract internet_provider
		utilities_move insurance travel_booking product_repair subscription_cancel account_deletion data_request tax_government product_question job_application other`)
	OutChannels = strings.Fields("form email chat sms phone_note")
	InChannels  = strings.Fields("email sms chat phone_transcript popup letter")
	Levels      = strings.Fields("needed optional unneeded never")
	Verdicts    = strings.Fields("ok caution stop")
	Never       = strings.Fields("password pin card_cvv otp secret_answer")
	Fraud       = strings.Fields(`family_emergency police_arrest refund_atm card_pickup fake_bill service_stops support_popup paste_command investment pay_to_withdraw romance gift_card
		fake_job account_lending parcel account_lock securities_account tax_link etc_toll utility census_benefit prize friend_account sextortion landlord hotel_chat
		private_account_shop supplier_account doorstep embassy other_fraud`)
	Genuine = strings.Fields("delivered_code use_notice security_notice bill_reminder redelivery appointment identity_check keypad_pin sealed_form first_answer survey newsletter other_genuine")
)

// Files reads hands from files, faulty items included.
func Files(paths ...string) ([]Item, error) {
	var all []Item
	seen := map[string]string{}
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			return nil, fmt.Errorf("corpus: %w", err)
		}
		items, err := Read(f, strings.TrimSuffix(filepath.Base(p), ".txt"))
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("corpus: %s: %w", p, err)
		}
		for i := range items {
			it := &items[i]
			if at, ok := seen[it.Text]; ok && it.Text != "" {
				it.Faults = append(it.Faults, "the same text as "+at)
			} else {
				seen[it.Text] = fmt.Sprintf("%s:%d", p, it.Line)
			}
		}
		all = append(all, items...)
	}
	return all, nil
}

// Read reads one hand: items, each a head line that begins with === and the text up
// to the next head.
func Read(r io.Reader, hand string) ([]Item, error) {
	var items []Item
	var head string
	var body []string
	line, at := 0, 0
	begun := false
	end := func() {
		if begun {
			items = append(items, parse(hand, len(items)+1, at, head, strings.Trim(strings.Join(body, "\n"), "\n")))
		}
	}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		line++
		l := s.Text()
		if h, ok := strings.CutPrefix(l, "==="); ok {
			end()
			begun, head, at, body = true, strings.TrimSpace(h), line, nil
			continue
		}
		if !begun && strings.TrimSpace(l) != "" {
			begun, head, at = true, "", line
		}
		if begun {
			body = append(body, l)
		}
	}
	end()
	return items, s.Err()
}

var mark = regexp.MustCompile(`(?s)\[\[([a-z0-9_]+):([a-z0-9_]+)\|(.*?)\]\]`)

type marked struct {
	start, end         int
	first, second, raw string
}

// strip takes the marks out of a text.
func strip(raw string) (string, []marked) {
	var b strings.Builder
	var out []marked
	n, pos := 0, 0
	put := func(s string) { b.WriteString(s); n += len([]rune(s)) }
	for _, m := range mark.FindAllStringSubmatchIndex(raw, -1) {
		put(raw[pos:m[0]])
		from := n
		put(raw[m[6]:m[7]])
		out = append(out, marked{from, n, raw[m[2]:m[3]], raw[m[4]:m[5]], raw[m[6]:m[7]]})
		pos = m[1]
	}
	put(raw[pos:])
	return b.String(), out
}

func parse(hand string, number, line int, head, raw string) Item {
	it := Item{ID: fmt.Sprintf("%s-%04d", hand, number), Hand: hand, Line: line}
	text, marks := strip(raw)
	it.Text = text
	for _, sign := range []string{"[[", "]]"} {
		if i := strings.Index(text, sign); i >= 0 {
			it.fault("a mark that cannot be read: %s", clip(text[i:]))
			break
		}
	}
	if strings.TrimSpace(text) == "" {
		it.fault("no text")
	}
	parts := strings.Split(head, " | ")
	w := strings.Fields(parts[0])
	opt := map[string]*string{}
	for _, p := range parts[1:] {
		if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok {
			opt[k] = &v
		}
	}
	switch {
	case len(w) == 3 && w[0] == "out":
		it.Outgoing, it.Channel, it.Inquiry, it.Counterpart = true, w[1], &w[2], opt["counterpart"]
		it.oneOf("channel", w[1], OutChannels)
		it.oneOf("inquiry", w[2], Inquiries)
		it.told(marks)
	case len(w) == 5 && w[0] == "in":
		it.Channel, it.Claimed, it.From, it.Subject, it.Verdict = w[1], opt["claimed"], opt["from"], opt["subject"], w[4]
		if w[2] != "-" {
			it.Inquiry = &w[2]
			it.oneOf("inquiry", w[2], Inquiries)
		}
		genuine := w[3] == "genuine"
		it.Genuine = &genuine
		it.oneOf("channel", w[1], InChannels)
		it.oneOf("genuine or fake", w[3], []string{"genuine", "fake"})
		it.oneOf("verdict", w[4], Verdicts)
		if s := opt["scenario"]; s != nil {
			it.Scenario = *s
		}
		if genuine {
			it.oneOf("scenario of a genuine message", it.Scenario, Genuine)
		} else {
			it.oneOf("scenario of a fake", it.Scenario, Fraud)
		}
		it.received(marks)
	default:
		it.fault("the head is neither «out CHANNEL INQUIRY» nor «in CHANNEL INQUIRY|- genuine|fake ok|caution|stop»")
	}
	return it
}

func (it *Item) fault(format string, a ...any) {
	it.Faults = append(it.Faults, fmt.Sprintf(format, a...))
}

func (it *Item) oneOf(what, word string, words []string) {
	if !slices.Contains(words, word) {
		it.fault("%s %q is not one of %s", what, word, strings.Join(words, " "))
	}
}

// told takes a draft's marks in; its verdict follows from their levels.
func (it *Item) told(marks []marked) {
	it.Verdict = "ok"
	for _, m := range marks {
		it.oneOf("category", m.first, Categories)
		it.oneOf("level", m.second, Levels)
		if slices.Contains(Never, m.first) && m.second != "never" {
			it.fault("%s is always never", m.first)
		}
		it.edges(m)
		it.Spans = append(it.Spans, Span{m.start, m.end, m.first, m.raw, m.second})
		switch {
		case m.second == "never":
			it.Verdict = "stop"
		case m.second == "unneeded" && it.Verdict == "ok":
			it.Verdict = "caution"
		}
	}
}

func (it *Item) received(marks []marked) {
	for _, m := range marks {
		a := Asked{Quote: m.raw, Start: m.start, End: m.end}
		if slices.Contains(Categories, m.second) {
			a.Category = m.second
		} else {
			a.Action = m.second
			it.oneOf("what is asked", m.second, Actions)
		}
		it.edges(m)
		switch m.first {
		case "ask":
			it.Asks = append(it.Asks, a)
			if slices.Contains(Never, m.second) && it.Verdict != "stop" {
				it.fault("a never item (%s) is asked: the verdict is stop", m.second)
			}
		case "not":
			it.Mentions = append(it.Mentions, a)
		default:
			it.fault("a mark %q: ask or not", m.first)
		}
	}
	if it.Genuine != nil && !*it.Genuine && it.Verdict == "ok" {
		it.fault("a fake is never ok")
	}
}

func (it *Item) edges(m marked) {
	if strings.TrimSpace(m.raw) != m.raw || m.raw == "" {
		it.fault("blank at the edge of a mark: %q", clip(m.raw))
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
