package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
	"github.com/madoguchi/madoguchi/wire"
)

// MaxText is how many bytes one text may have that comes as an exchange.
const MaxText = 2 << 20

// Exchange is an exchange as programs, forms and commands give it: the one form in
// which all doors take it. Fields that are missing or empty are not known.
type Exchange wire.Exchange

// ID is an exchange's id.
type ID = wire.ID

// FieldError is an error about what a field says. Its text holds nothing of the
// exchange: who puts a text into the wrong field must not find it in a log.
type FieldError struct {
	ID      string // the exchange's
	Field   string
	What    string   // what is wrong
	Choices []string // the words that the field may hold, where it is one of few
}

func (e *FieldError) Error() string {
	if len(e.Choices) > 0 {
		return e.What + ": use one of " + strings.Join(e.Choices, ", ")
	}
	return e.What
}

// Decode reads a JSON value into v. Fields that v does not have are passed over:
// they may be a later version's. Errors hold nothing of the values.
func Decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(v); err != nil {
		var te *json.UnmarshalTypeError
		switch {
		case errors.Is(err, wire.ErrID):
			return wire.ErrID
		case errors.As(err, &te) && te.Field != "":
			return fmt.Errorf("field %q must be a %s", te.Field, te.Type)
		}
		return errors.New("not a JSON object: write one object, as {\"text\":\"…\"}")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value: write one object")
	}
	return nil
}

// DecodeExchange reads an exchange from JSON.
func DecodeExchange(b []byte) (*exchange.Exchange, error) {
	var e Exchange
	if err := Decode(b, &e); err != nil {
		return nil, &FieldError{ID: string(e.ID), What: err.Error()}
	}
	return e.Exchange()
}

// Exchange checks the fields' words and returns the exchange.
func (e *Exchange) Exchange() (*exchange.Exchange, error) {
	ex := &exchange.Exchange{ID: string(e.ID), Organization: e.Organization, WindowConfirmed: e.WindowConfirmed, From: e.From, Subject: e.Subject, Text: e.Text}
	if err := e.words(ex); err != nil {
		return nil, err
	}
	switch {
	case len(e.Text) > MaxText:
		return nil, &FieldError{ID: ex.ID, Field: "text", What: fmt.Sprintf("the text is longer than %d bytes: check it in parts", MaxText)}
	case text.Blank(e.Text) && text.Blank(e.From) && text.Blank(e.Subject):
		return nil, &FieldError{ID: ex.ID, Field: "text", What: "there is nothing to judge: give the text, or the sender"}
	}
	return ex, nil
}

// words reads the fields that hold one of few words.
func (e *Exchange) words(ex *exchange.Exchange) error {
	for _, f := range []struct {
		name, value string
		choices     []string
		set         func(string)
	}{
		{"direction", e.Direction, Directions, func(s string) { ex.Direction = exchange.Direction(s) }},
		{"channel", spoken(e.Channel), Channels, func(s string) { ex.Channel = exchange.Channel(s) }},
		{"inquiry", e.Inquiry, Inquiries(), func(s string) { ex.Inquiry = exchange.Inquiry(s) }},
		{"initiator", e.Initiator, Initiators, func(s string) { ex.Initiator = exchange.Initiator(s) }},
		{"listener", e.Listener, Listeners, func(s string) { ex.Listener = exchange.Listener(s) }},
	} {
		if f.value != "" && !slices.Contains(f.choices, f.value) {
			return &FieldError{ex.ID, f.name, "unknown " + f.name, f.choices}
		}
		f.set(f.value)
	}
	return nil
}

// spoken are the names that notes for a call and its transcript have in corpora:
// both are the phone.
func spoken(channel string) string {
	if channel == "phone_note" || channel == "phone_transcript" {
		return "phone"
	}
	return channel
}

// Apply puts what e says of an exchange onto one that was read from elsewhere, but
// its text. What the person says counts more than what was read.
func (e *Exchange) Apply(ex *exchange.Exchange) error {
	var said exchange.Exchange
	if err := e.words(&said); err != nil {
		return err
	}
	set(&ex.Direction, said.Direction)
	set(&ex.Channel, said.Channel)
	set(&ex.Inquiry, said.Inquiry)
	set(&ex.Initiator, said.Initiator)
	set(&ex.Listener, said.Listener)
	set(&ex.Organization, e.Organization)
	set(&ex.From, e.From)
	set(&ex.Subject, e.Subject)
	ex.WindowConfirmed = ex.WindowConfirmed || e.WindowConfirmed
	return nil
}

func set[T ~string](to *T, v T) {
	if v != "" {
		*to = v
	}
}

// The words that the fields may hold.
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

// Inquiry reads an inquiry's id; empty is not known.
func Inquiry(s string) (exchange.Inquiry, error) {
	var ex exchange.Exchange
	err := (&Exchange{Inquiry: s}).words(&ex)
	return ex.Inquiry, err
}

// Window is a question after one contact point: a URL, a mail address or a number,
// or a contact of which nobody said which of them it is.
type Window wire.Window

// DecodeWindow reads a question after a contact point from JSON.
func DecodeWindow(b []byte) (*Window, error) {
	var w Window
	if err := Decode(b, &w); err != nil {
		return nil, &FieldError{ID: string(w.ID), What: err.Error()}
	}
	return &w, w.Check()
}

// Query is the question as package contact takes it.
func (w *Window) Query() contact.Query {
	return contact.Query{Organization: w.Organization, URL: w.URL, Email: w.Email, Phone: w.Phone, Contact: w.Contact}
}

// Check reports a question that asks after nothing.
func (w *Window) Check() error {
	if text.Blank(w.URL + w.Email + w.Phone + w.Contact) {
		return &FieldError{ID: string(w.ID), What: `none of the fields "url", "email", "phone", "contact" is given`}
	}
	if address, _ := contact.Within(w.Contact); text.Blank(w.URL+w.Email+w.Phone) && address == "" {
		return &FieldError{ID: string(w.ID), What: `"contact" holds no URL, no mail address and no number`}
	}
	return nil
}
