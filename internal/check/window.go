package check

import (
	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
)

// Window judges one address.
func Window(q contact.Query) exchange.WindowVerdict {
	out := exchange.WindowVerdict{Organization: q.Organization, Point: q.Judge()}
	if o := q.Claimed(); o != nil {
		out.OrganizationID = o.ID
	}
	out.Verdict = Check(&exchange.Exchange{Direction: exchange.Incoming, Organization: q.Organization, Initiator: exchange.InitiatorUnknown, Text: q.Value()})
	return out
}
