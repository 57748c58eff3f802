// Package gateway judges mails where they arrive: for a mail server by the milter
// protocol, and for a filter of its own by HTTP. Nothing of a mail is kept, written to a
// disk or logged; what is put into a mail is levels and names of records.
package gateway

import (
	"context"
	"errors"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/intake"
)

// ErrNotMail is returned for bytes that are no mail (RFC 5322).
var ErrNotMail = errors.New("the body is no mail: send its raw source, with headers")

// Judge judges a mail and the mails within it, as `madoguchi check FILE.eml` does; of
// several verdicts the worst counts. cut is true where the mail goes on behind raw.
func Judge(ctx context.Context, raw []byte, cut bool) (worst exchange.Verdict, err error) {
	items, err := intake.Recognize(raw)
	if err != nil {
		return worst, err
	}
	for i := range items {
		it := &items[i]
		if it.Kind != intake.Mail {
			return worst, ErrNotMail
		}
		it.Exchange.Direction = exchange.Incoming
		if cut {
			it.Exchange.Add(exchange.Gap{Kind: exchange.GapRest})
		}
		v, err := check.CheckContext(ctx, &it.Exchange)
		if err != nil {
			return worst, err
		}
		if i == 0 || v.Level != worst.Level && v.Level.Worse(worst.Level) == v.Level {
			worst = v
		}
	}
	return worst, nil
}
