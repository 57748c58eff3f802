package check

import (
	"cmp"
	"context"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/text"
)

// What to cover.
const (
	CoverAll       = "all"       // everything that was found
	CoverUnneeded  = "unneeded"  // what the inquiry does not need, and what nobody may be told
	CoverEverybody = "everybody" // everything, and what is nobody's own: staff, role addresses, windows' numbers
)

// Covering are the words for what to cover.
var Covering = []string{CoverAll, CoverUnneeded, CoverEverybody}

// RedactOptions say how a text is covered. The zero value covers everything with
// placeholders.
type RedactOptions struct {
	Only  string // a word of Covering; CoverAll if empty
	Style redact.Style
	Find  pii.Options
}

// Redact covers the personal data of a text: the one way in which all doors do it.
// It returns the context's error where that ends first.
func Redact(ctx context.Context, ex *exchange.Exchange, o RedactOptions) (redact.Result, error) {
	pieces, err := o.pieces(ctx, ex)
	if err != nil {
		return redact.Result{}, err
	}
	return redact.Cover(ex.Text, pieces, o.style()), nil
}

func (o *RedactOptions) style() redact.Style {
	if o.Style == "" {
		return redact.Placeholder
	}
	return o.Style
}

// pieces are what is to be covered of a text.
func (o *RedactOptions) pieces(ctx context.Context, ex *exchange.Exchange) (pieces []redact.Piece, err error) {
	inquiry := ex.Inquiry
	if inquiry == "" {
		inquiry = guess(ex)
	}
	c := need.Circumstances{Initiator: ex.Initiator, Listener: ex.Listener, Channel: ex.Channel}
	find := o.Find
	find.Inquiry, find.Channel = cmp.Or(find.Inquiry, inquiry), cmp.Or(find.Channel, ex.Channel) // as check reads it
	find.Everybody = find.Everybody || o.Only == CoverEverybody
	found, err := find.FindContext(ctx, text.Normalize(ex.Text))
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if o.Only == CoverUnneeded {
			if l := need.Of(inquiry, f.Category, c).Level; l != exchange.Never && l != exchange.Unneeded {
				continue
			}
		}
		pieces = append(pieces, redact.Piece{Span: f.Span, Name: knowledge.NameOf(f.Category).JA, Labels: labelsOf(f.Category)})
	}
	return pieces, nil
}

// labelsOf are the words by which a value of a category is announced.
func labelsOf(c exchange.Category) []string {
	k := knowledge.CategoryByID(c)
	if k == nil {
		return nil
	}
	return append([]string{k.Name.JA, strings.ToLower(k.Name.EN)}, k.Labels...)
}
