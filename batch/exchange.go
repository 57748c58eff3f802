package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/check"
	"github.com/madoguchi/madoguchi/contact"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/report"
)

// exchangeLine is an exchange as a line of the batch input gives it.
type exchangeLine struct {
	ID              json.RawMessage `json:"id"`
	Direction       string          `json:"direction"`
	Channel         string          `json:"channel"`
	Organization    string          `json:"organization"`
	Inquiry         string          `json:"inquiry"`
	Initiator       string          `json:"initiator"`
	Listener        string          `json:"listener"`
	WindowConfirmed bool            `json:"window_confirmed"`
	From            string          `json:"from"`
	Subject         string          `json:"subject"`
	Text            *string         `json:"text"`
}

// lineID reads an id that is a string or a number; numbers keep their digits.
func lineID(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(raw))
}

// Strict decoding would refuse fields of a later version; unknown ones are
// passed over.
func decodeLine(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(v); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			return fmt.Errorf("field %q must be a %s", te.Field, te.Type)
		}
		return errors.New("not a JSON object: write one object a line, as {\"id\":\"1\",\"text\":\"…\"}")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value on the line: write one object a line")
	}
	return nil
}

// Exchange decodes a line of the batch input. Unknown words for direction,
// channel, inquiry, initiator or listener are errors that name the choices.
func Exchange(line []byte) (*madoguchi.Exchange, error) {
	var l exchangeLine
	if err := decodeLine(line, &l); err != nil {
		return nil, &LineError{lineID(l.ID), err}
	}
	id := lineID(l.ID)
	fail := func(field, got string, choices []string) error {
		return &LineError{id, fmt.Errorf("unknown %s %q: use one of %s", field, clip(got), strings.Join(choices, ", "))}
	}
	if l.Text == nil {
		return nil, &LineError{id, errors.New(`field "text" is missing`)}
	}
	ex := &madoguchi.Exchange{ID: id, Organization: l.Organization, WindowConfirmed: l.WindowConfirmed, From: l.From, Subject: l.Subject, Text: *l.Text}
	var ok bool
	if ex.Direction, ok = ParseDirection(l.Direction); !ok {
		return nil, fail("direction", l.Direction, Directions)
	}
	if ex.Channel, ok = ParseChannel(l.Channel); !ok {
		return nil, fail("channel", l.Channel, Channels)
	}
	if ex.Inquiry, ok = ParseInquiry(l.Inquiry); !ok {
		return nil, fail("inquiry", l.Inquiry, Inquiries())
	}
	if ex.Initiator, ok = ParseInitiator(l.Initiator); !ok {
		return nil, fail("initiator", l.Initiator, Initiators)
	}
	if ex.Listener, ok = ParseListener(l.Listener); !ok {
		return nil, fail("listener", l.Listener, Listeners)
	}
	return ex, nil
}

// clip shortens a word for an error message.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}

// The words that the input may use.
var (
	Directions = []string{"outgoing", "incoming"}
	Channels   = []string{"email", "sms", "chat", "phone", "form", "letter", "popup"}
	Initiators = []string{"person", "window", "unknown"}
	Listeners  = []string{"human", "keypad", "form", "unknown"}
)

// Inquiries returns the ids of data/inquiries.
func Inquiries() []string {
	var out []string
	for _, q := range knowledge.Inquiries() {
		out = append(out, string(q.ID))
	}
	return out
}

// ParseDirection reads a direction; empty is outgoing.
func ParseDirection(s string) (madoguchi.Direction, bool) {
	if s == "" {
		s = "outgoing"
	}
	return madoguchi.Direction(s), slices.Contains(Directions, s)
}

// ParseChannel reads a channel; empty is not known. Notes for a call and its
// transcript are the phone.
func ParseChannel(s string) (madoguchi.Channel, bool) {
	if s == "phone_note" || s == "phone_transcript" {
		s = "phone"
	}
	return madoguchi.Channel(s), s == "" || slices.Contains(Channels, s)
}

// ParseInquiry reads an inquiry; empty is not known.
func ParseInquiry(s string) (madoguchi.Inquiry, bool) {
	return madoguchi.Inquiry(s), s == "" || knowledge.InquiryByID(madoguchi.Inquiry(s)) != nil
}

// ParseInitiator reads an initiator; empty is unknown.
func ParseInitiator(s string) (madoguchi.Initiator, bool) {
	if s == "" {
		s = "unknown"
	}
	return madoguchi.Initiator(s), slices.Contains(Initiators, s)
}

// ParseListener reads a listener; empty is unknown.
func ParseListener(s string) (madoguchi.Listener, bool) {
	if s == "" {
		s = "unknown"
	}
	return madoguchi.Listener(s), slices.Contains(Listeners, s)
}

// CheckLine is an [Each] that judges an exchange.
func CheckLine(line []byte) ([]byte, error) {
	ex, err := Exchange(line)
	if err != nil {
		return nil, err
	}
	v := check.Check(ex)
	return encode(report.NewRow(&v))
}

// encode is json.Marshal without escaping < > &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// windowLine is a line of the batch input of windows.
type windowLine struct {
	ID           json.RawMessage `json:"id"`
	Organization string          `json:"organization"`
	URL          string          `json:"url"`
	Email        string          `json:"email"`
	Phone        string          `json:"phone"`
}

// windowRow is a line of its output.
type windowRow struct {
	ID             string               `json:"id"`
	Organization   string               `json:"organization"`
	OrganizationID *string              `json:"organization_id"`
	Status         string               `json:"status"`
	Suspicion      string               `json:"suspicion"`
	Evidence       []report.RowEvidence `json:"evidence"`
}

// WindowLine is an [Each] that judges a URL, a mail address or a number
// against an organization's name.
func WindowLine(line []byte) ([]byte, error) {
	var l windowLine
	if err := decodeLine(line, &l); err != nil {
		return nil, &LineError{lineID(l.ID), err}
	}
	claimed := contact.Resolve(l.Organization)
	var p madoguchi.ContactPoint
	switch {
	case l.URL != "":
		p = contact.JudgeURL(l.URL, claimed)
	case l.Email != "":
		p = contact.JudgeEmail(l.Email, claimed)
	case l.Phone != "":
		p = contact.JudgePhone(l.Phone, claimed)
	default:
		return nil, &LineError{lineID(l.ID), errors.New(`none of the fields "url", "email", "phone" is given`)}
	}
	row := windowRow{ID: lineID(l.ID), Organization: l.Organization, Status: string(p.Status), Suspicion: string(p.Suspicion), Evidence: report.Evidence(p)}
	if claimed != nil {
		row.OrganizationID = &claimed.ID
	}
	return encode(row)
}
