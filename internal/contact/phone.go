package contact

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// NumberKind is what a telephone number is by the Japanese numbering plan
// (電気通信番号計画, 令和元年総務省告示第6号).
type NumberKind string

const (
	NumberTollFree   NumberKind = "toll_free"     // 0120, 0800
	NumberSharedCost NumberKind = "shared_cost"   // 0570: anybody may rent one
	NumberPremium    NumberKind = "premium"       // 0990
	NumberIP         NumberKind = "ip"            // 050: easily had, often by impostors
	NumberMobile     NumberKind = "mobile"        // 060, 070, 080, 090
	NumberFixed      NumberKind = "fixed"         // 0AB-J: tied to an area
	NumberShort      NumberKind = "short"         // 1XX, #XXXX, 188
	NumberForeign    NumberKind = "foreign"       // a country code other than 81
	NumberFreephone  NumberKind = "international" // +800: universal freephone
	NumberUnknown    NumberKind = "unknown"
)

// ParsePhone brings a telephone number into E.164 (+81…; short numbers stay)
// and says what it is. ok is false where the string is no number.
func ParsePhone(s string) (e164 string, kind NumberKind, ok bool) {
	var b strings.Builder
	for i, r := range text.Normalize(s).Norm {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0, r == '#' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune("-() .‐ー", r) || i == 0:
		default:
			return "", NumberUnknown, false
		}
	}
	d := b.String()
	switch {
	case strings.HasPrefix(d, "#") && len(d) >= 4 && len(d) <= 6:
		return d, NumberShort, true
	case strings.HasPrefix(d, "+81"):
		d = "0" + strings.TrimPrefix(d[3:], "0")
	case strings.HasPrefix(d, "010") && len(d) > 10: // dialled abroad from Japan
		d = "+" + strings.TrimPrefix(d[3:], "0")
	}
	switch {
	case strings.HasPrefix(d, "+800"):
		return d, NumberFreephone, len(d) == 12
	case strings.HasPrefix(d, "+"):
		return d, NumberForeign, len(d) >= 8 && len(d) <= 16
	case len(d) == 3 && d[0] == '1':
		return d, NumberShort, true
	case len(d) < 9 || len(d) > 11 || d[0] != '0' || d[1] == '0' && !strings.HasPrefix(d, "0005"):
		return "", NumberUnknown, false
	}
	e164 = "+81" + d[1:]
	switch {
	case strings.HasPrefix(d, "0120") && len(d) == 10, strings.HasPrefix(d, "0800") && len(d) == 11 && !mobileGrouping(s):
		return e164, NumberTollFree, true
	case strings.HasPrefix(d, "0570") && len(d) == 10:
		return e164, NumberSharedCost, true
	case strings.HasPrefix(d, "0990"):
		return e164, NumberPremium, true
	case strings.HasPrefix(d, "050") && len(d) == 11:
		return e164, NumberIP, true
	case d[2] == '0' && strings.IndexByte("6789", d[1]) >= 0 && len(d) == 11:
		return e164, NumberMobile, true
	case len(d) == 10:
		return e164, NumberFixed, true
	}
	return "", NumberUnknown, false
}

// mobileGrouping reports whether a number is written as a mobile one, 080-0…:
// without separators 0800 is toll-free.
func mobileGrouping(s string) bool {
	n := text.Normalize(s).Norm
	return strings.HasPrefix(strings.TrimLeft(n, "( "), "080-") || strings.HasPrefix(n, "080 ") || strings.HasPrefix(n, "+8180") || strings.HasPrefix(n, "+81 80") || strings.HasPrefix(n, "+81-80")
}

// JudgePhone judges a telephone number against the claimed organization,
// which may be nil. A number that matches proves a window only when the
// person calls it: a caller's number can be forged.
func JudgePhone(number string, claimed *knowledge.Organization) exchange.ContactPoint {
	p := exchange.ContactPoint{Kind: exchange.ContactPhone, Shown: number, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
	if c := deskNumbers()[dialled(number)]; c != nil {
		p.Value = c.Phone
		p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "number-of-desk", Detail: c.Phone + " " + c.Name.JA, Record: "consultation/" + c.ID, Sources: c.All()})
		switch mine := claimed == nil || slices.Contains(c.Of, claimed.ID) || slices.Contains(c.OfSectors, claimed.Sector); {
		case mine && c.PhoneStatus == knowledge.Verified:
			p.Status = exchange.Official
		case mine:
			p.Status = exchange.Announced
		}
		return p
	}
	if forwards(number) {
		p.Value = strings.TrimSpace(number)
		observe(&p, "number-forwards-calls", p.Value, exchange.SuspicionStrong)
		return p
	}
	e164, kind, ok := ParsePhone(number)
	if !ok {
		p.Value = strings.TrimSpace(number)
		observe(&p, "number-unreadable", "", exchange.SuspicionSome)
		return p
	}
	p.Value = e164
	observe(&p, "number-kind", string(kind), exchange.SuspicionNone)
	if owners := phoneOwners(e164); len(owners) > 0 {
		o := owners[0]
		p.Organization = o.org.ID
		ev := exchange.Evidence{Rule: "number-published", Detail: o.phone.Number, Record: "organizations/" + o.org.ID, Sources: o.org.All(o.phone.Sources...)}
		if i := slices.IndexFunc(owners, func(o phoneOwner) bool { return claimed != nil && related(o.org, claimed) }); i > 0 {
			o = owners[i]
			p.Organization = o.org.ID
			ev = exchange.Evidence{Rule: "number-published", Detail: o.phone.Number, Record: "organizations/" + o.org.ID, Sources: o.org.All(o.phone.Sources...)}
		}
		if claimed != nil && !related(o.org, claimed) {
			if p.Status = exchange.Impostor; kind == NumberShort { // each carrier has its own of these
				p.Status = exchange.Unconfirmed
			}
			ev.Rule = "number-of-another"
		} else if o.phone.Status == knowledge.Verified || o.phone.Status == "" && o.org.Status == knowledge.Verified {
			p.Status = exchange.Official
		}
		p.Evidence = append(p.Evidence, ev)
		return p
	}
	switch kind {
	case NumberForeign:
		// Support windows for people in Japan are reached by Japanese numbers.
		observe(&p, "number-abroad", e164, exchange.SuspicionStrong)
	case NumberPremium:
		observe(&p, "number-premium", e164, exchange.SuspicionStrong)
	case NumberMobile:
		observe(&p, "number-personal-mobile", "", exchange.SuspicionSome)
	case NumberIP:
		observe(&p, "number-050", "", exchange.SuspicionSome)
	}
	return p
}

// forwards reports whether what is to be dialled has calls of one's own go to another
// telephone: the codes of 3GPP TS 22.030, annex B (from memory, not read again).
func forwards(s string) bool { return forwarding.MatchString(dialled(s)) }

var forwarding = regexp.MustCompile(`^(?:\*{1,2}(?:21|61|62|67|002|004)\*)`)

type phoneOwner struct {
	org   *knowledge.Organization
	phone knowledge.Phone
}

// phoneOwners returns the organizations that publish the number.
func phoneOwners(e164 string) []phoneOwner { return published()[e164] }

// published are the organizations' numbers.
var published = sync.OnceValue(func() map[string][]phoneOwner {
	m := map[string][]phoneOwner{}
	orgs := knowledge.Organizations()
	for i := range orgs {
		for _, ph := range orgs[i].Phones {
			if n, _, ok := ParsePhone(ph.Number); ok {
				m[n] = append(m[n], phoneOwner{&orgs[i], ph})
			}
		}
	}
	return m
})

// deskNumbers are the numbers of data/consultation, as they are dialled: 188, #9110.
var deskNumbers = sync.OnceValue(func() map[string]*knowledge.Consultation {
	m := map[string]*knowledge.Consultation{}
	all := knowledge.Consultations()
	for i := range all {
		if n := dialled(all[i].Phone); n != "" {
			m[n] = &all[i]
		}
	}
	return m
})

// dialled is a number as it is typed: digits and signs alone.
func dialled(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '#' || r == '*' || r == '+' {
			return r
		}
		return -1
	}, text.Normalize(s).Norm)
}
