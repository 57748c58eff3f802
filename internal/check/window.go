package check

import (
	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
)

// Window judges one address.
func Window(q contact.Query) exchange.WindowVerdict {
	address, sender := contact.Within(q.Value())
	if !sender && address != "" { // one address is judged, by both
		if q.URL != "" {
			q.URL = address
		} else if q.Email == "" && q.Phone == "" {
			q.Contact = address
		}
	}
	out := exchange.WindowVerdict{Organization: q.Organization, Point: q.Judge()}
	if o := q.Claimed(); o != nil {
		out.OrganizationID = o.ID
	}
	ex := exchange.Exchange{Direction: exchange.Incoming, Organization: q.Organization, Initiator: exchange.InitiatorUnknown}
	if sender { // the name that is shown before it claims something
		ex.From = address
	} else {
		ex.Text = address
	}
	out.Verdict = Check(&ex)
	return out
}
