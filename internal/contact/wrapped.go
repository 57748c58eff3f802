package contact

import (
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// Links that lead through another host: those that a mail service wraps around
// every link of a mail, and pages of real organizations that send whoever opens
// them on. Both are judged by where they lead, and say so.

// wrapper is a service that wraps the links of the mails that it delivers.
type wrapper struct {
	host   string // the host, or with a dot in front its subdomains
	prefix string // of the path
	unwrap func(a address) string
}

// wrappers rewrite links for the protection of who gets them. Sources:
// Safe Links: https://learn.microsoft.com/en-us/defender-office-365/safe-links-about
// URL Defense: https://help.proofpoint.com/Threat_Insight_Dashboard/API_Documentation/URL_Decoder_API
// Barracuda Link Protect, Cisco Secure Email, Trend Micro: the parameters in links
// of theirs, as cardi/proofpoint-url-decoder and ClearURLs/Rules have them.
var wrappers = []wrapper{
	{".safelinks.protection.outlook.com", "/", byParam("url")},
	{"urldefense.com", "/v3/", proofpoint3},
	{"urldefense.us", "/v3/", proofpoint3},
	{"urldefense.proofpoint.com", "/v2/", proofpoint2},
	{"urldefense.proofpoint.com", "/v1/", byParam("u")},
	{"linkprotect.cudasvc.com", "/url", byParam("a")},
	{"secure-web.cisco.com", "/", ciscoPath},
	{".trendmicro.com", "/wis/clicktime/", byParam("url")},
	{".fireeye.com", "/v1/url", byParam("u")},
}

func byParam(names ...string) func(address) string {
	return func(a address) (to string) {
		params(a.query, func(name, value string) {
			for _, n := range names {
				if to == "" && name == n {
					to = value
				}
			}
		})
		return to
	}
}

// proofpoint2 decodes /v2/url?u=https-3A__example.jp_path: - is % and _ is /.
func proofpoint2(a address) string {
	to := byParam("u")(a)
	return unescape(strings.NewReplacer("-", "%", "_", "/").Replace(to))
}

// proofpoint3 decodes /v3/__https://example.jp/path__;…: a * stands for a byte
// that the part behind the semicolon holds; such bytes are never of the host.
func proofpoint3(a address) string {
	s := a.path
	if a.query != "" {
		s += "?" + a.query
	}
	s, ok := strings.CutPrefix(s, "/v3/__")
	if !ok {
		return ""
	}
	i := strings.LastIndex(s, "__;")
	if i < 0 {
		return ""
	}
	s = s[:i]
	// Two slashes behind the scheme are written as one by some.
	for _, p := range []string{"https:/", "http:/"} {
		if rest, ok := strings.CutPrefix(s, p); ok && !strings.HasPrefix(rest, "/") {
			s = p + "/" + rest
		}
	}
	return s
}

// ciscoPath decodes secure-web.cisco.com/TOKEN/https%3A%2F%2Fexample.jp.
func ciscoPath(a address) string {
	return unescape(a.path[strings.LastIndexByte(a.path, '/')+1:])
}

// unwrap returns the address that a mail service has wrapped, "" where a is no
// wrapped one.
func unwrap(a address) string {
	for i := range wrappers {
		w := &wrappers[i]
		if (a.host == w.host || w.host[0] == '.' && strings.HasSuffix(a.host, w.host)) && strings.HasPrefix(a.path, w.prefix) {
			if to := w.unwrap(a); isURL(to) {
				return to
			}
		}
	}
	return ""
}

func isURL(s string) bool {
	l := strings.ToLower(s[:min(len(s), 8)])
	return strings.HasPrefix(l, "http://") || strings.HasPrefix(l, "https://")
}

// maxHops bounds how often a link may lead through another.
const maxHops = 4

// forwardsTo returns the address that a page of a genuine host sends people on
// to, "" where it is none that does.
func forwardsTo(a address) (to string) {
	if strings.HasPrefix(a.host, "www.google.") {
		if s, ok := strings.CutPrefix(a.path, "/amp/s/"); ok {
			return "https://" + s
		}
	}
	names, ok := forwarders()[a.host+a.path]
	if !ok {
		return ""
	}
	if to = byParam(names...)(a); isURL(to) {
		return to
	}
	return ""
}

// forwarded judges a page of a genuine host by where it leads.
func forwarded(p exchange.ContactPoint, to string, claimed *knowledge.Organization, hops int) exchange.ContactPoint {
	if hops >= maxHops {
		p.Status = exchange.Unconfirmed
		observe(&p, "redirects-elsewhere", "", exchange.SuspicionStrong)
		return p
	}
	t := judgeURL(to, claimed, hops+1)
	s := t.Suspicion
	if s == exchange.SuspicionNone && t.Organization == "" {
		s = exchange.SuspicionSome
	}
	p.Value, p.Status, p.Organization = t.Value, t.Status, t.Organization
	observe(&p, "redirects-elsewhere", t.Value, s)
	p.Evidence = append(p.Evidence, t.Evidence...)
	stranger(&p)
	return p
}

// unwrapped judges a wrapped link by the address within.
func unwrapped(raw string, a address, to string, claimed *knowledge.Organization, hops int) exchange.ContactPoint {
	p := exchange.ContactPoint{Kind: exchange.ContactURL, Shown: raw, Value: a.host, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
	if hops >= maxHops {
		observe(&p, "link-wrapped", a.host, exchange.SuspicionStrong)
		return p
	}
	t := judgeURL(to, claimed, hops+1)
	t.Shown = raw
	t.Evidence = append([]exchange.Evidence{{Rule: "link-wrapped", Detail: a.host}}, t.Evidence...)
	return t
}

// carriesAnother takes back what a genuine host proves where the address holds
// another one's: a page that sends people on may be any page.
func carriesAnother(p *exchange.ContactPoint, a address, org *knowledge.Organization) {
	look := func(value string) {
		for range 3 { // escaped once for each page that it is handed through
			if host := otherHost(value); host != "" && !ownedBy(host, org) && registrable(host) != registrable(a.host) {
				if p.Status == exchange.Official {
					p.Status = exchange.Unconfirmed
				}
				observe(p, "address-within-address", host, exchange.SuspicionSome)
				return
			}
			next := unescape(value)
			if next == value {
				return
			}
			value = next
		}
	}
	params(a.query, func(_, value string) { look(value) })
	look(a.fragment)
	if i := strings.IndexByte(a.fragment, '='); i >= 0 {
		params(a.fragment, func(_, value string) { look(value) })
	}
	if path := unescape(a.path); strings.Contains(path, "//") {
		for _, mark := range []string{"http://", "https://", "http:/", "https:/", "//"} {
			if i := strings.Index(path, mark); i >= 0 {
				look(path[i:])
				break
			}
		}
	}
}

// otherHost returns the host of a value that a page would take for an address, ""
// where it is none.
func otherHost(value string) string {
	v := strings.TrimLeft(value, " \t\r\n")
	l := strings.ToLower(v[:min(len(v), 12)])
	switch {
	case strings.HasPrefix(l, "http:"), strings.HasPrefix(l, "https:"):
	case strings.HasPrefix(l, "//"), strings.HasPrefix(l, `\\`), strings.HasPrefix(l, `/\`):
		v = "https:" + v
	default:
		return ""
	}
	if a, ok := parseURL(v); ok {
		return a.host
	}
	return "?"
}

// ownedBy reports whether a host stands with an organization or one of its group.
func ownedBy(host string, org *knowledge.Organization) bool {
	for _, o := range loadDirectory().owners(host) {
		if org != nil && related(o.org, org) {
			return true
		}
	}
	return false
}

// leadsTo returns the address that a wrapped one leads to, the address itself
// where it is none.
func leadsTo(a address) address {
	for range maxHops {
		to := unwrap(a)
		if to == "" {
			break
		}
		inner, ok := parseURL(to)
		if !ok {
			break
		}
		a = inner
	}
	return a
}
