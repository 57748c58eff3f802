// Package auth tells whether a mail is from the domain that its From field
// shows: SPF (RFC 7208), DKIM (RFC 6376, Ed25519 by RFC 8463) and DMARC (RFC
// 7489) against a resolver that the caller gives, or what a receiving server
// that the caller trusts has written into Authentication-Results (RFC 8601) or
// sealed into the chain of a forwarded mail (ARC, RFC 8617).
//
// A pass proves the domain, not the sender's honesty: whose domain it is is
// for package contact to say.
package auth

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"github.com/madoguchi/madoguchi/mail"
)

// Resolver looks names up; *net.Resolver is one. Tests give their own.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) (names []string, err error)
}

// Outcome is the result of one method: "pass", "fail", "softfail", "neutral",
// "none", "temperror", "permerror".
type Outcome string

const (
	Pass      Outcome = "pass"
	Fail      Outcome = "fail"
	None      Outcome = "none"
	TempError Outcome = "temperror"
)

// Result is what is known about a mail's origin.
type Result struct {
	SPF, DKIM, DMARC Outcome
	Policy           string // what the From domain's DMARC record asks for: none, quarantine, reject; "" without a record
	Domain           string // organizational domain of From
	Authentic        string // that domain where SPF or DKIM passes in alignment with it, else ""
	By               string // who says so: "" for lookups of our own, else the trusted server
}

// Forged reports whether the mail fails what its From domain's owner asks
// receivers to check.
func (r *Result) Forged() bool {
	return r.Authentic == "" && r.DMARC == Fail
}

// maxSignatures bounds the work that one mail can cause.
const maxSignatures = 10

// Check looks up and verifies. The sending server is taken from the topmost
// Received field with a public address, which the receiver's own server wrote;
// without one SPF is "none".
func Check(ctx context.Context, raw []byte, r Resolver) (Result, error) {
	m, err := mail.Parse(raw)
	if err != nil {
		return Result{}, err
	}
	res := Result{SPF: None, DKIM: None, DMARC: None, Domain: organizational(domainOf(m.FromAddress))}
	if res.Domain == "" {
		return res, nil
	}
	txt := func(name string) ([]string, error) { return r.LookupTXT(ctx, name) }
	record, err := dmarc.LookupWithOptions(domainOf(m.FromAddress), &dmarc.LookupOptions{LookupTXT: txt})
	if errors.Is(err, dmarc.ErrNoPolicy) {
		record, err = dmarc.LookupWithOptions(res.Domain, &dmarc.LookupOptions{LookupTXT: txt})
	}
	switch {
	case err == nil:
		res.Policy, res.DMARC = string(record.Policy), Fail
	case errors.Is(err, dmarc.ErrNoPolicy):
		record = &dmarc.Record{}
	case dmarc.IsTempFail(err):
		res.DMARC, record = TempError, &dmarc.Record{}
	default:
		res.DMARC, record = "permerror", &dmarc.Record{}
	}
	from := domainOf(m.FromAddress)
	if ip, helo, sender, ok := envelope(m); ok {
		got, _ := spf.CheckHostWithSender(ip, helo, sender, spf.WithContext(ctx), spf.WithResolver(r))
		res.SPF = Outcome(got)
		if got == spf.Pass && aligned(domainOf(sender), from, record.SPFAlignment) {
			res.Authentic = res.Domain
		}
	}
	checks, err := dkim.VerifyWithOptions(bytes.NewReader(crlf(raw)), &dkim.VerifyOptions{LookupTXT: txt, MaxVerifications: maxSignatures})
	if err == nil || errors.Is(err, dkim.ErrTooManySignatures) {
		for _, v := range checks {
			switch {
			case v.Err == nil:
				res.DKIM = Pass
				if aligned(v.Domain, from, record.DKIMAlignment) {
					res.Authentic = res.Domain
				}
			case res.DKIM == Pass:
			case dkim.IsTempFail(v.Err):
				res.DKIM = TempError
			default:
				res.DKIM = Fail
			}
		}
	}
	if res.Authentic != "" && res.DMARC == Fail {
		res.DMARC = Pass
	}
	return res, nil
}

// Read takes over what the receiving servers say that trusted names: of their
// Authentication-Results the topmost counts, as those below may have come with
// the mail. Without a trusted one it returns ok false.
func Read(raw []byte, trusted []string) (res Result, ok bool) {
	m, err := mail.Parse(raw)
	if err != nil {
		return Result{}, false
	}
	res = Result{SPF: None, DKIM: None, DMARC: None, Domain: organizational(domainOf(m.FromAddress))}
	if len(m.AuthResults) == 0 || res.Domain == "" {
		return res, false
	}
	by, results, err := authres.Parse(m.AuthResults[0])
	if err != nil || !slices.Contains(trusted, strings.ToLower(by)) {
		return res, false
	}
	res.By = strings.ToLower(by)
	res.take(results, domainOf(m.FromAddress))
	return res, true
}

// take reads what a trusted server saw.
func (res *Result) take(results []authres.Result, from string) {
	for _, x := range results {
		switch v := x.(type) {
		case *authres.SPFResult:
			res.SPF = Outcome(v.Value)
			if res.SPF == Pass && aligned(domainOf(v.From), from, dmarc.AlignmentRelaxed) {
				res.Authentic = res.Domain
			}
		case *authres.DKIMResult:
			if res.DKIM != Pass {
				res.DKIM = Outcome(v.Value)
			}
			if Outcome(v.Value) == Pass && aligned(v.Domain, from, dmarc.AlignmentRelaxed) {
				res.Authentic = res.Domain
			}
		case *authres.DMARCResult:
			res.DMARC = Outcome(v.Value)
			if res.DMARC == Pass && (v.From == "" || organizational(v.From) == res.Domain) {
				res.Authentic = res.Domain
			}
		}
	}
}

func domainOf(address string) string {
	return strings.ToLower(strings.Trim(address[strings.LastIndexByte(address, '@')+1:], " <>."))
}

// organizational is the registrable domain, "" where there is none.
func organizational(domain string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return d
}

// aligned reports identifier alignment (RFC 7489 section 3.1).
func aligned(domain, from string, mode dmarc.AlignmentMode) bool {
	if mode == dmarc.AlignmentStrict {
		return strings.EqualFold(domain, from)
	}
	return organizational(strings.ToLower(domain)) != "" && organizational(strings.ToLower(domain)) == organizational(from)
}

var receivedFrom = regexp.MustCompile(`(?i)^\s*from\s+(\S+)`)
var bracketed = regexp.MustCompile(`\[(?:IPv6:)?([0-9a-fA-F.:]+)\]`)

// envelope reads who handed the mail over, and as whom.
func envelope(m *mail.Message) (ip net.IP, helo, sender string, ok bool) {
	for _, field := range m.Received {
		host := receivedFrom.FindStringSubmatch(field)
		addr := bracketed.FindStringSubmatch(field)
		if host == nil || addr == nil {
			continue
		}
		a, err := netip.ParseAddr(addr[1])
		if err != nil || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
			continue
		}
		return net.IP(a.AsSlice()), strings.Trim(host[1], "[]"), strings.Trim(m.ReturnPath, "<> "), true
	}
	return nil, "", "", false
}

// crlf gives the line ends of the wire back to a mail that a file keeps with
// bare line feeds: signatures are over those.
func crlf(raw []byte) []byte {
	if bytes.Contains(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
