// Package wire is what goes over the wire: the questions that the API, the command's JSON
// and the stream take, and the answers that the API gives. Package intake turns a question
// into an exchange, package client asks.
package wire

import (
	"encoding/json"
	"errors"

	"github.com/madoguchi/madoguchi/internal/report"
)

// Exchange is an exchange as programs, forms and commands give it: the one form in
// which all doors take it. Fields that are missing or empty are not known.
type Exchange struct {
	ID              ID     `json:"id,omitempty" maxLength:"200" doc:"Comes back in the answer."`
	Direction       string `json:"direction,omitempty" enum:"outgoing,incoming" doc:"outgoing: a draft; incoming: something received. Judged both ways if it is missing; the worse counts."`
	Channel         string `json:"channel,omitempty" enum:"email,sms,chat,phone,form,letter,popup"`
	Organization    string `json:"organization,omitempty" maxLength:"200" doc:"Who they claim to be."`
	Inquiry         string `json:"inquiry,omitempty" maxLength:"60" doc:"An id of /v1/needs; guessed if it is missing."`
	Initiator       string `json:"initiator,omitempty" enum:"person,window,unknown" doc:"Who started the contact."`
	Listener        string `json:"listener,omitempty" enum:"human,keypad,form,unknown"`
	WindowConfirmed bool   `json:"window_confirmed,omitempty" doc:"The person looked the window up on the official site."`
	From            string `json:"from,omitempty" maxLength:"1000" doc:"Sender as shown: mail address with display name, number, handle, page URL."`
	Subject         string `json:"subject,omitempty" maxLength:"2000"`
	Text            string `json:"text" maxLength:"2097152" example:"暗証番号を教えてください。"`
}

// ID is an exchange's id: a string, or a number whose digits are kept.
type ID string

// UnmarshalJSON takes strings and numbers.
func (id *ID) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*id = ID(s)
		return nil
	}
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		*id = ID(b)
		return nil
	}
	return ErrID
}

// ErrID is returned for an id that is neither.
var ErrID = errors.New(`field "id" must be a string or a number`)

// Window is a question after one contact point: a URL, a mail address or a number, or a
// contact of which nobody said which of them it is.
type Window struct {
	ID           ID     `json:"id,omitempty" maxLength:"200" doc:"Comes back in the answer."`
	Organization string `json:"organization,omitempty" maxLength:"200" doc:"Who they claim to be: a name, or an id of the directory."`
	URL          string `json:"url,omitempty" maxLength:"8000"`
	Email        string `json:"email,omitempty" maxLength:"1000"`
	Phone        string `json:"phone,omitempty" maxLength:"100"`
	Contact      string `json:"contact,omitempty" maxLength:"8000" doc:"A URL, a mail address or a telephone number."`
}

// Checked is the answer to an exchange.
type Checked struct {
	report.Row
	View *report.View `json:"view,omitempty"`
}

// RedactQuery is a text to cover, and what it is about.
type RedactQuery struct {
	Only  string `json:"only,omitempty" enum:"all,unneeded,everybody" doc:"Cover all that is found; only what the inquiry does not need and what nobody may be told; or everybody: names of staff, role addresses, windows' numbers and private networks, too. All if it is missing."`
	Style string `json:"style,omitempty" enum:"placeholder,mask,partial" doc:"Placeholder if it is missing."`
	Exchange
}

// Redacted is a text with its personal data covered.
type Redacted struct {
	Text    string            `json:"text"`
	Values  map[string]string `json:"values" doc:"What each placeholder stands for: keep it like the original."`
	Shorter string            `json:"shorter" doc:"The text without the sentences that would hold nothing but covered values."`
}

// Needs are the inquiries, or what one of them needs.
type Needs struct {
	Inquiries []Named           `json:"inquiries,omitempty"`
	Needs     []report.ViewItem `json:"needs,omitempty"`
}

// Named is an id and its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
