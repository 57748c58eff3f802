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

	"github.com/madoguchi/madoguchi/internal/mail"
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

// Read takes over what the receiving servers say that trusted names: what stands
// above the field in which the server says that it received the mail; what stands
// below came with the mail (RFC 8601 section 5). Of several the topmost counts.
// Without a trusted one it returns ok false, and of a mail of several authors
// (RFC 7489 section 6.6.1).
func Read(raw []byte, trusted []string) (res Result, ok bool) {
	m, err := mail.Parse(raw)
	if err != nil {
		return Result{}, false
	}
	res = Result{SPF: None, DKIM: None, DMARC: None, Domain: organizational(domainOf(m.FromAddress))}
	field, by := said(m, trusted)
	if field == "" || res.Domain == "" || m.Authors != 1 {
		return res, false
	}
	_, results, err := authres.Parse(field)
	if err != nil {
		return res, false
	}
	res.By = by
	res.take(results, domainOf(m.FromAddress))
	return res, true
}

// said returns the topmost Authentication-Results of a trusted server that stands
// above its own Received, and the server.
func said(m *mail.Message, trusted []string) (field, by string) {
	for _, f := range m.Trace {
		switch f.Name {
		case "authentication-results":
			id, _, err := authres.Parse(f.Value)
			if id = strings.ToLower(id); err == nil && field == "" && slices.Contains(trusted, id) {
				field, by = f.Value, id
			}
		case "received":
			host := receivedBy.FindStringSubmatch(f.Value)
			if field != "" && host != nil && sameServer(strings.ToLower(host[1]), by) {
				return field, by
			}
			if host != nil && slices.ContainsFunc(trusted, func(t string) bool { return sameServer(strings.ToLower(host[1]), t) }) {
				return "", "" // what follows came with the mail
			}
		}
	}
	return "", ""
}

// sameServer reports whether a host is a server by its name in
// Authentication-Results, which may be that of its domain.
func sameServer(host, server string) bool {
	host = strings.TrimSuffix(host, ".")
	return host == server || strings.HasSuffix(host, "."+server)
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

var receivedBy = regexp.MustCompile(`(?i)(?:^|\s)by\s+(\S+)`)
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
