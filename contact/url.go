package contact

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/knowledge"
)

// parseURL reads a URL as people and messages write it: with or without a
// scheme, full-width dots, hxxp. The host is in lower case and in Unicode.
func parseURL(s string) (*url.URL, string, bool) {
	s = strings.TrimSpace(s)
	s = strings.NewReplacer("。", ".", "．", ".", "[.]", ".", "\\", "/").Replace(s)
	lower := strings.ToLower(s)
	switch {
	case strings.HasPrefix(lower, "hxxp"):
		s = "http" + s[4:]
	case !strings.Contains(s, "://") && !strings.HasPrefix(lower, "data:") && !strings.HasPrefix(lower, "javascript:") && !strings.HasPrefix(lower, "mailto:") && !strings.HasPrefix(lower, "tel:"):
		s = "http://" + strings.TrimPrefix(s, "//")
	}
	u, err := url.Parse(s)
	if err != nil {
		// A broken escape in the path must not hide the host.
		if i := strings.IndexAny(s, "%?#"); i > 0 {
			if u, err = url.Parse(s[:i]); err != nil {
				return nil, "", false
			}
		} else {
			return nil, "", false
		}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "" && u.Opaque == "" {
		return nil, "", false
	}
	return u, host, true
}

// JudgeURL judges a URL by itself and against the claimed organization, which
// may be nil.
func JudgeURL(raw string, claimed *knowledge.Organization) madoguchi.ContactPoint {
	p := madoguchi.ContactPoint{Kind: madoguchi.ContactURL, Shown: raw, Status: madoguchi.Unconfirmed, Suspicion: madoguchi.SuspicionNone}
	u, host, ok := parseURL(raw)
	if !ok {
		p.Value = strings.TrimSpace(raw)
		observe(&p, "url-unreadable", "", madoguchi.SuspicionSome)
		return p
	}
	switch u.Scheme {
	case "http", "https":
	case "mailto":
		return JudgeEmail(u.Opaque, claimed)
	case "tel":
		return JudgePhone(u.Opaque, claimed)
	default:
		p.Value = u.Scheme + ":"
		observe(&p, "url-scheme", u.Scheme, madoguchi.SuspicionStrong)
		return p
	}
	p.Value = host
	own := judgeHost(&p, host, claimed)
	if !own {
		hostShape(&p, u, host)
		pathShape(&p, u)
	} else if u.User != nil {
		observe(&p, "url-user-info", u.User.Username(), madoguchi.SuspicionStrong)
	}
	return p
}

// observe adds an observation; suspicion only grows.
func observe(p *madoguchi.ContactPoint, rule, detail string, s madoguchi.Suspicion) {
	p.Evidence = append(p.Evidence, madoguchi.Evidence{Rule: rule, Detail: detail})
	if suspicionRank(s) > suspicionRank(p.Suspicion) {
		p.Suspicion = s
	}
}

func suspicionRank(s madoguchi.Suspicion) int {
	switch s {
	case madoguchi.SuspicionStrong:
		return 2
	case madoguchi.SuspicionSome:
		return 1
	}
	return 0
}

// judgeHost holds a host against the directory and the claim. It reports
// whether the host belongs to an organization of the directory.
func judgeHost(p *madoguchi.ContactPoint, host string, claimed *knowledge.Organization) bool {
	owners := loadDirectory().owners(host)
	if len(owners) == 0 {
		if claimed != nil {
			p.Status = madoguchi.Impostor
			p.Evidence = append(p.Evidence, madoguchi.Evidence{Rule: "domain-not-official", Detail: host, Record: "organizations/" + claimed.ID, Sources: claimed.All()})
		}
		return false
	}
	o := owners[0]
	for _, c := range owners {
		if claimed != nil && related(c.org, claimed) {
			o = c
		}
	}
	p.Organization = o.org.ID
	ev := madoguchi.Evidence{Rule: "domain-official", Detail: o.domain.Name, Record: "organizations/" + o.org.ID, Sources: o.org.All(o.domain.Sources...)}
	switch {
	case claimed == nil || related(o.org, claimed):
		p.Status = statusOf(o)
		if p.Status != madoguchi.Official {
			ev.Rule = "domain-listed-one-source"
			if o.org.StatusOf(o.domain) == knowledge.Unverified {
				ev.Rule = "domain-listed-unverified"
			}
		}
	default:
		// A real organization's domain, but not that of the one it claims.
		p.Status = madoguchi.Impostor
		ev.Rule = "domain-of-another"
	}
	p.Evidence = append(p.Evidence, ev)
	return true
}

// hostShape looks for tricks in the host itself.
func hostShape(p *madoguchi.ContactPoint, u *url.URL, host string) {
	if u.User != nil {
		observe(p, "url-user-info", u.User.Username(), madoguchi.SuspicionStrong)
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		observe(p, "url-port", port, madoguchi.SuspicionSome)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		observe(p, "host-ip-literal", host, madoguchi.SuspicionStrong)
		return
	}
	shown, err := idna.Display.ToUnicode(host)
	if err == nil && shown != host {
		p.Evidence = append(p.Evidence, madoguchi.Evidence{Rule: "host-punycode", Detail: shown})
	} else {
		shown = host
	}
	if mixedScripts(shown) {
		observe(p, "host-mixed-scripts", shown, madoguchi.SuspicionStrong)
	}
	suffix, _ := publicsuffix.PublicSuffix(host)
	if name, ok := shorteners[registrable(host)]; ok {
		observe(p, "url-shortener", name, madoguchi.SuspicionSome)
	}
	if suspiciousSuffix[suffix] {
		observe(p, "suffix-often-abused", suffix, madoguchi.SuspicionSome)
	}
	for _, w := range []string{"co-jp", "cojp", "co.jp.", "go-jp", "ne-jp", "or-jp", "-jp-", "www-"} {
		if strings.Contains(strings.TrimSuffix(host, suffix), w) {
			observe(p, "host-imitates-suffix", w, madoguchi.SuspicionStrong)
			break
		}
	}
	brandShape(p, host, suffix)
}

// brandShape looks for an organization's name in a host that is not its own.
func brandShape(p *madoguchi.ContactPoint, host, suffix string) {
	own := strings.TrimSuffix(strings.TrimSuffix(host, suffix), ".")
	if own == "" {
		return
	}
	tokens := strings.FieldsFunc(own, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	for _, b := range loadDirectory().brands {
		if holdsBrand(own, tokens, b.word) {
			observe(p, "brand-in-foreign-host", b.org.ID, madoguchi.SuspicionStrong)
			return
		}
	}
	sl := secondLevel(host)
	for _, b := range loadDirectory().brands {
		if len(b.word) >= 6 && abs(len(sl)-len(b.word)) <= 1 && sl != b.word && oneEdit(unleet(sl), b.word) {
			observe(p, "host-one-edit-from-brand", b.org.ID, madoguchi.SuspicionStrong)
			return
		}
	}
}

// holdsBrand reports whether a brand's word is one of the host's tokens, or
// within it and long enough to be no accident.
func holdsBrand(own string, tokens []string, word string) bool {
	for _, t := range tokens {
		if t == word || unleet(t) == word {
			return true
		}
	}
	return len(word) >= 6 && strings.Contains(own, word)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// unleet turns digits that stand for letters into them.
func unleet(s string) string {
	return strings.NewReplacer("0", "o", "1", "l", "3", "e", "5", "s", "vv", "w", "rn", "m").Replace(s)
}

// oneEdit reports whether a and b differ by at most one insertion, deletion,
// replacement or swap of neighbours.
func oneEdit(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return len(b) == len(a)+1 && a[i:] == b[i+1:]
}

// mixedScripts reports whether one label of a host mixes Latin letters with
// Greek, Cyrillic and their like (UTS #39, highly restrictive level: Latin
// with Han and kana is one writing system).
func mixedScripts(host string) bool {
	for _, label := range strings.Split(host, ".") {
		latin, japanese, other := false, false, false
		for _, r := range label {
			switch {
			case unicode.Is(unicode.Latin, r):
				latin = true
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
				japanese = true
			case unicode.IsLetter(r):
				other = true
			}
		}
		if other && (latin || japanese) {
			return true
		}
	}
	return false
}

// pathShape looks for tricks in the path and the query.
func pathShape(p *madoguchi.ContactPoint, u *url.URL) {
	path := strings.ToLower(u.Path)
	for _, w := range []string{"/wp-content/", "/wp-includes/", "/wp-admin/", "/.well-known/", "/cgi-sys/"} {
		if strings.HasPrefix(path, w) && !strings.HasPrefix(path, "/.well-known/security") {
			observe(p, "path-of-taken-over-site", w, madoguchi.SuspicionStrong)
		}
	}
	for _, b := range loadDirectory().brands {
		if len(b.word) >= 6 && strings.Contains(path, b.word) {
			observe(p, "brand-in-foreign-path", b.org.ID, madoguchi.SuspicionSome)
			return
		}
	}
}
