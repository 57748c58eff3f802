// Package madoguchi tells whether a support window (窓口) may be told what it asks for:
// it answers on the machine where it runs, without the network, in Japanese, easy
// Japanese and English.
//
// [Check] judges a message that somebody received or is about to send and says tell (ok),
// confirm first (caution) or stop, [Find] finds the personal data of a text, [Redact]
// covers it, [Needs] says what an inquiry needs, and [Words] puts a verdict into
// sentences. All are safe for concurrent use. Spans are UTF-8 byte offsets into the text
// as it was given.
package madoguchi

import (
	"context"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/internal/text"
)

// The nouns; package exchange has all of them.
type (
	Message  = exchange.Exchange // what was received or is about to be sent, and what is known of it
	Verdict  = exchange.Verdict
	Finding  = exchange.Finding
	Need     = exchange.Need
	Category = exchange.Category // a kind of personal data, an id of data/categories
	Inquiry  = exchange.Inquiry  // what a person contacts a window about, an id of data/inquiries
	Answer   = report.View       // a verdict in the words of one language
)

// What a verdict calls for.
const (
	OK      = exchange.OK      // nothing speaks against it
	Caution = exchange.Caution // confirm first
	Stop    = exchange.Stop
)

// Which way a message goes; where nobody says it is judged as both, and the worse counts.
const (
	Received = exchange.Incoming
	Draft    = exchange.Outgoing
)

// The languages of [Words].
const (
	Japanese = exchange.Japanese
	Easy     = exchange.Easy
	English  = exchange.English
)

// Check judges one message. The error is the context's, if that ends first.
func Check(ctx context.Context, m *Message) (Verdict, error) {
	return check.CheckContext(ctx, m)
}

// Words puts a verdict into the sentences of one language, the one thing to do first.
func Words(v *Verdict, lang exchange.Lang) Answer { return report.NewView(v, lang) }

// FindOptions narrow or widen what [Find] looks for. The zero value looks for what is a
// private person's.
type FindOptions struct {
	Without   []Category // not looked for
	Everybody bool       // also what is nobody's own: staff, role addresses, windows' numbers
}

// Find finds the personal data of a text, in the order in which it stands there.
func Find(ctx context.Context, s string, o FindOptions) ([]Finding, error) {
	return pii.Options{Without: o.Without, Everybody: o.Everybody}.FindContext(ctx, text.Normalize(s))
}

// RedactOptions say what [Redact] covers, and how. The zero value covers everything with
// placeholders, which [Restore] undoes.
type RedactOptions struct {
	Inquiry Inquiry // where given, what it needs stays
	Mask    bool    // 〇 for each letter, which nothing undoes
	Find    FindOptions
}

// Redacted is a covered text. Values has what stood behind each placeholder: keep it
// where the text does not go.
type Redacted = redact.Result

// Redact covers personal data.
func Redact(ctx context.Context, s string, o RedactOptions) (Redacted, error) {
	c := check.RedactOptions{Find: pii.Options{Without: o.Find.Without, Everybody: o.Find.Everybody}}
	if o.Inquiry != "" {
		c.Only = check.CoverUnneeded
	}
	if o.Mask {
		c.Style = redact.Masked
	}
	return check.Redact(ctx, &Message{Direction: Draft, Inquiry: o.Inquiry, Text: s}, c)
}

// Restore puts the values back in the place of a covered text's placeholders, and names
// the placeholders that have none.
func Restore(s string, values map[string]string) (restored string, missing []string) {
	return redact.Restore(s, values)
}

// Circumstances are what else a need depends on; the zero value is what nobody said.
type Circumstances = need.Circumstances

// Needs says of each kind of personal data how much an inquiry needs it, for what, and who
// says so. An inquiry that is not known needs what any other does.
func Needs(inquiry Inquiry, c Circumstances) []Need { return need.Table(inquiry, c) }

// Inquiries are the ids that [Needs] knows.
func Inquiries() []Inquiry {
	var out []Inquiry
	for _, q := range knowledge.Inquiries() {
		out = append(out, q.ID)
	}
	return out
}
