package check

import (
	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/contact"
)

// Window judges one address.
func Window(q contact.Query) madoguchi.WindowVerdict {
	out := madoguchi.WindowVerdict{Organization: q.Organization, Point: q.Judge()}
	if o := q.Claimed(); o != nil {
		out.OrganizationID = o.ID
	}
	out.Verdict = Check(&madoguchi.Exchange{Direction: madoguchi.Incoming, Organization: q.Organization, Initiator: madoguchi.InitiatorUnknown, Text: q.Value()})
	return out
}
