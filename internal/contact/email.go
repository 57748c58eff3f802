package contact

import (
	"net/mail"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// SplitAddress takes a sender as shown apart into display name and address.
// Either may be empty.
func SplitAddress(from string) (name, address string) {
	if a, err := mail.ParseAddress(from); err == nil {
		return a.Name, strings.ToLower(a.Address)
	}
	n := text.Normalize(from).Norm
	at := strings.LastIndexByte(n, '@')
	if at <= 0 || at+1 >= len(n) || n[at+1] == ' ' {
		return strings.TrimSpace(from), ""
	}
	start, end := at, at+1
	for start > 0 && addressByte(n[start-1]) {
		start--
	}
	for end < len(n) && (addressByte(n[end])) {
		end++
	}
	if start == at || !strings.Contains(n[at:end], ".") {
		return strings.TrimSpace(from), ""
	}
	return strings.Trim(n[:start], " \"<>()"), strings.ToLower(strings.TrimRight(n[start:end], "."))
}

func addressByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("._%+-=", b) >= 0
}

// JudgeEmail judges a mail address by its domain and against the claimed
// organization, which may be nil. The domain alone does not prove who sent a
// mail: see package mail.
func JudgeEmail(address string, claimed *knowledge.Organization) exchange.ContactPoint {
	p := exchange.ContactPoint{Kind: exchange.ContactEmail, Shown: address, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
	_, a := SplitAddress(address)
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		p.Value = strings.TrimSpace(address)
		observe(&p, "address-unreadable", "", exchange.SuspicionSome)
		return p
	}
	host := a[at+1:]
	p.Value = a
	if len(host) > maxHost {
		observe(&p, "address-unreadable", "", exchange.SuspicionSome)
		return p
	}
	if among(freeMail, host) {
		if claimed != nil {
			p.Status = exchange.Impostor
			p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "free-mail-domain", Detail: host, Record: "organizations/" + claimed.ID})
			if p.Suspicion == exchange.SuspicionNone {
				p.Suspicion = exchange.SuspicionSome
			}
			return p
		}
		observe(&p, "free-mail-domain", host, exchange.SuspicionNone)
		return p
	}
	if judgeHost(&p, host, claimed) {
		return p
	}
	if a, ok := parseURL(host); ok {
		hostShape(&p, a)
		stranger(&p)
	}
	return p
}
