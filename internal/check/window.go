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
	ex := exchange.Exchange{Direction: exchange.Incoming, Organization: q.Organization, Initiator: exchange.InitiatorUnknown}
	switch address, sender := contact.Within(q.Value()); {
	case sender: // the name that is shown before it claims something
		ex.From = address
	default:
		ex.Text = address
	}
	out.Verdict = Check(&ex)
	return out
}
