package contact

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// JudgeURL judges a URL by itself and against the claimed organization, which
// may be nil.
func JudgeURL(raw string, claimed *knowledge.Organization) exchange.ContactPoint {
	return judgeURL(raw, claimed, 0)
}

// judgeURL is JudgeURL for an address that hops others led to.
func judgeURL(raw string, claimed *knowledge.Organization, hops int) exchange.ContactPoint {
	p := exchange.ContactPoint{Kind: exchange.ContactURL, Shown: raw, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
	a, ok := parseURL(raw)
	if !ok {
		p.Value = strings.TrimSpace(raw)
		observe(&p, "url-unreadable", "", exchange.SuspicionSome)
		return p
	}
	switch a.scheme {
	case "http", "https":
	case "mailto":
		return JudgeEmail(unescape(a.path), claimed)
	case "tel":
		return JudgePhone(unescape(a.path), claimed)
	default:
		p.Value = a.scheme + ":"
		observe(&p, "url-scheme", a.scheme, exchange.SuspicionStrong)
		return p
	}
	if to := unwrap(a); to != "" {
		return unwrapped(raw, a, to, claimed, hops)
	}
	p.Value = a.host
	own := judgeHost(&p, a.host, claimed)
	if !a.userInfo {
		onOpenStage(&p, a)
	}
	if own && !a.userInfo {
		if to := forwardsTo(a); to != "" {
			return forwarded(p, to, claimed, hops)
		}
		carriesAnother(&p, a, knowledge.OrganizationByID(p.Organization))
	}
	if !own {
		likeClaimed(&p, a.host, claimed)
		hostShape(&p, a)
		pathShape(&p, a)
		stranger(&p)
	} else if a.userInfo {
		observe(&p, "url-user-info", a.user, exchange.SuspicionStrong)
	} else if strings.Contains(raw, `\`) { // other programs read another host than browsers
		p.Status = exchange.Unconfirmed
		observe(&p, "url-backslash", "", exchange.SuspicionStrong)
	}
	if a.mended && p.Status == exchange.Official {
		p.Status = exchange.Unconfirmed // what is written opens nothing, or something else
		observe(&p, "url-not-as-written", "", exchange.SuspicionNone)
	}
	return p
}

// onOpenStage takes back what a genuine host proves where anybody may publish on
// it, and says so of one that is not listed.
func onOpenStage(p *exchange.ContactPoint, a address) {
	if anybodys(a) {
		p.Status = exchange.Unconfirmed
		observe(p, "anybody-publishes-here", a.host, exchange.SuspicionSome)
	}
	if bucketPage(p, a) {
		p.Status, p.Organization = exchange.Unconfirmed, ""
	}
}

// bucketPage notes a page in a store of files that anybody lays there: an
// organization's pages have a host of their own.
func bucketPage(p *exchange.ContactPoint, a address) bool {
	host := a.host
	bucket := strings.HasSuffix(host, ".amazonaws.com") && (strings.HasPrefix(host, "s3") || strings.Contains(host, ".s3"))
	for _, h := range knowledge.HostsOf("buckets") {
		bucket = bucket || strings.HasSuffix("."+host, "."+h.Host)
	}
	if !bucket || !strings.HasSuffix(strings.ToLower(a.path), ".html") {
		return false
	}
	observe(p, "page-in-storage-bucket", host, exchange.SuspicionStrong)
	return true
}

// observe adds an observation; suspicion only grows.
func observe(p *exchange.ContactPoint, rule, detail string, s exchange.Suspicion) {
	p.Evidence = append(p.Evidence, exchange.Evidence{Rule: rule, Detail: detail})
	if suspicionRank(s) > suspicionRank(p.Suspicion) {
		p.Suspicion = s
	}
}

func suspicionRank(s exchange.Suspicion) int {
	switch s {
	case exchange.SuspicionStrong:
		return 2
	case exchange.SuspicionSome:
		return 1
	}
	return 0
}

// judgeHost holds a host against the directory and the claim. It reports
// whether the host belongs to an organization of the directory.
func judgeHost(p *exchange.ContactPoint, host string, claimed *knowledge.Organization) bool {
	owners := loadDirectory().owners(host)
	if len(owners) == 0 {
		if claimed != nil && governmentHost(host) && governmentSector(claimed.Sector) {
			// Only the state and its agencies may hold go.jp, only local
			// governments lg.jp (JPRS, 属性型JPドメイン名登録等に関する規則).
			p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "government-domain", Detail: host})
			return true
		}
		if claimed != nil {
			p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "domain-not-listed", Detail: host, Record: "organizations/" + claimed.ID, Sources: claimed.All()})
		}
		return false
	}
	// A domain may stand with an organization and its child: that of the claim
	// counts, and of those the better sourced.
	o := owners[0]
	for _, c := range owners[1:] {
		mine, theirs := claimed != nil && related(c.org, claimed), claimed != nil && related(o.org, claimed)
		if mine && !theirs || mine == theirs && statusOf(c) == exchange.Official && statusOf(o) != exchange.Official {
			o = c
		}
	}
	p.Organization = o.org.ID
	ev := exchange.Evidence{Rule: "domain-official", Detail: o.domain.Name, Record: "organizations/" + o.org.ID, Sources: o.org.All(o.domain.Sources...)}
	switch {
	case claimed == nil || related(o.org, claimed):
		p.Status = statusOf(o)
		if p.Status != exchange.Official {
			ev.Rule = "domain-listed-one-source"
			switch o.org.StatusOf(o.domain) {
			case knowledge.Unverified:
				ev.Rule = "domain-listed-unverified"
			case knowledge.Verified:
				ev.Rule, ev.Detail = "domain-record-old", o.domain.Name+" "+o.org.Reviewed
			}
		}
	default:
		// A real organization's domain, but not that of the one it claims: a partner's, or
		// a service of the same group that the directory does not know as such.
		ev.Rule = "domain-of-another"
	}
	p.Evidence = append(p.Evidence, ev)
	return true
}

// stranger makes an impostor of a host that the claimed organization's record does not
// list, where something speaks for it: how the host looks, where it lies, what it
// imitates. Absence alone does not, as no record lists everything; nor does the
// organization's name in the host, which its own hosts bear too.
func stranger(p *exchange.ContactPoint) {
	for i := range p.Evidence {
		if p.Evidence[i].Rule != "domain-not-listed" {
			continue
		}
		signs := p.Suspicion == exchange.SuspicionStrong
		for _, e := range p.Evidence {
			signs = signs || signOfStranger[e.Rule] && !(e.Rule == "host-looks-odd" && brandItself(p.Value))
		}
		if signs {
			p.Status = exchange.Impostor
			p.Evidence[i].Rule = "domain-not-official"
		}
		return
	}
}

// brandItself reports whether a host is a brand's name itself under a suffix that
// companies use: more often a site that is not listed than an imitation of one.
func brandItself(value string) bool {
	a, ok := parseURL(value)
	if !ok {
		return false
	}
	switch suffix, _ := publicSuffix(a.host); suffix {
	case "com", "jp", "net":
		return loadDirectory().brands[strings.ReplaceAll(secondLevel(a.host), "-", "")] != nil || loadDirectory().brands[secondLevel(a.host)] != nil
	}
	return false
}

// signOfStranger are observations by which a host that is not listed is a stranger's.
var signOfStranger = map[string]bool{
	"host-looks-odd": true, "suffix-often-abused": true, "free-hosting": true, "url-shortener": true, "url-user-info": true, "url-port": true,
	"page-in-storage-bucket": true, "redirects-elsewhere": true, "host-imitates-suffix": true, "official-domain-in-front": true,
}

// governmentHost reports whether only a public body can hold the host.
func governmentHost(host string) bool {
	return strings.HasSuffix(host, ".go.jp") || strings.HasSuffix(host, ".lg.jp")
}

func governmentSector(s string) bool {
	switch s {
	case "government", "police", "consumer_centre", "water", "medical", "school", "road":
		return true
	}
	return false
}

// hostShape looks for tricks in the host itself.
func hostShape(p *exchange.ContactPoint, a address) {
	host := a.host
	if a.userInfo {
		observe(p, "url-user-info", a.user, exchange.SuspicionStrong)
	}
	if a.port != "" && a.port != "80" && a.port != "443" {
		observe(p, "url-port", a.port, exchange.SuspicionSome)
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		observe(p, "host-ip-literal", host, exchange.SuspicionStrong)
		return
	}
	shown, err := idna.Display.ToUnicode(host)
	if err == nil && shown != host {
		p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "host-punycode", Detail: shown})
	} else {
		shown = host
	}
	if mixedScripts(shown) {
		observe(p, "host-mixed-scripts", shown, exchange.SuspicionStrong)
	}
	if !isASCII(shown) {
		if o := lookalike(shown); o != nil {
			observe(p, "host-confusable-with-brand", o.ID, exchange.SuspicionStrong)
		}
	}
	suffix, hosting := publicSuffix(host)
	if short, ok := shorteners(registrable(host)); ok {
		observe(p, "url-shortener", short.Name, exchange.SuspicionSome)
	}
	if hosting {
		observe(p, "free-hosting", suffix, exchange.SuspicionSome)
	}
	bucketPage(p, a)
	if among(suspiciousSuffixes, suffix) && host != suffix {
		observe(p, "suffix-often-abused", suffix, exchange.SuspicionSome)
	}
	for _, w := range []string{"co-jp", "cojp", "co.jp.", "go-jp", "go.jp.", "lg-jp", "lg.jp.", "ac-jp", "ac.jp.", "ne-jp", "ne.jp.", "or-jp", "or.jp.", "-jp-"} {
		if strings.Contains(strings.TrimSuffix(host, suffix), w) {
			observe(p, "host-imitates-suffix", w, exchange.SuspicionStrong)
			break
		}
	}
	brandShape(p, host, suffix)
	judgeLook(p, host)
}

// brandShape looks for an organization's name in a host that is not its own.
// The name alone is some suspicion: companies have more domains than the
// directory lists. It is strong as a whole official domain in front of another;
// how much else it tells, judgeLook weighs.
func brandShape(p *exchange.ContactPoint, host, suffix string) {
	own := strings.TrimSuffix(strings.TrimSuffix(host, suffix), ".")
	domain := registrable(host)
	if own == "" || infrastructure[domain] {
		return
	}
	d := loadDirectory()
	// amazon.co.jp.example.net: an official domain as the front of a host.
	labels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(host, domain), "."), ".")
	for from := range labels {
		for to := from + 2; to <= len(labels) && to <= from+4; to++ {
			if o := d.byDomain[strings.Join(labels[from:to], ".")]; o != nil {
				observe(p, "official-domain-in-front", o[0].org.ID, exchange.SuspicionStrong)
				return
			}
		}
	}
	for _, label := range strings.Split(own, ".") { // npa-go.jp, line-me.cc
		if o := d.hyphened[strings.TrimPrefix(label, "www-")]; o != nil && len(label) > len("x-com") {
			observe(p, "official-domain-in-front", o.ID, exchange.SuspicionStrong)
			return
		}
	}
	sl := strings.TrimSuffix(strings.TrimSuffix(domain, suffix), ".")
	for _, t := range strings.FieldsFunc(own, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		o := d.brands[t]
		if o == nil && t != sl {
			o = d.brands[unleet(t)]
		}
		if o != nil {
			observe(p, "brand-in-foreign-host", o.ID, exchange.SuspicionSome)
			return
		}
	}
	if m, ok := d.within.First(own); ok {
		o := d.brands[d.longer[m.Pattern]]
		observe(p, "brand-in-foreign-host", o.ID, exchange.SuspicionSome)
		return
	}
	plain := unleet(sl)
	if governmentHost(host) { // the registry gives it to no imitator
		return
	}
	if o := d.brands[plain]; o != nil && plain != sl && len(plain) >= 6 { // arnazon
		observe(p, "host-confusable-with-brand", o.ID, exchange.SuspicionStrong)
		return
	}
	if len(plain) < 7 || len(plain) > 40 {
		return
	}
	for _, n := range neighbours(plain) {
		for _, w := range d.nearby[n] {
			if sl != w && len(w) >= 7 && oneEdit(plain, w) {
				s := exchange.SuspicionSome
				if len(w) >= 8 { // shorter ones are near to ordinary words
					s = exchange.SuspicionStrong
				}
				observe(p, "host-one-edit-from-brand", d.brands[w].ID, s)
				return
			}
		}
	}
}

// likeClaimed notes a host whose letters only look like the name of whom it claims to be: srnbc
// for smbc. Names that are this short say nothing where nobody claims them.
func likeClaimed(p *exchange.ContactPoint, host string, claimed *knowledge.Organization) {
	if claimed == nil {
		return
	}
	for _, dom := range claimed.Domains {
		name := secondLevel(dom.Name)
		for _, t := range strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' }) {
			if len(name) > 2 && t != name && unleet(t) == name {
				observe(p, "host-confusable-with-brand", claimed.ID, exchange.SuspicionStrong)
				return
			}
		}
	}
}

// infrastructure are domains of content networks, whose hosts bear their
// customers' names.
var infrastructure = map[string]bool{
	"akadns.net": true, "akamaiedge.net": true, "akamai.net": true, "akamaized.net": true, "edgesuite.net": true, "edgekey.net": true, "fastly.net": true, "fastlylb.net": true, "cloudflare.net": true, "cloudfront.net": true, "trafficmanager.net": true, "msedge.net": true, "azureedge.net": true, "azurefd.net": true, "office.net": true, "googleapis.com": true, "googleusercontent.com": true, "gstatic.com": true, "1e100.net": true, "ntp.org": true, "llnwd.net": true, "alibabadns.com": true, "aaplimg.com": true, "apple-dns.net": true, "medallia.com": true, "omtrdc.net": true, "demdex.net": true, "salesforce.com": true, "force.com": true,
}

// unleet turns digits that stand for letters into them.
func unleet(s string) string { return leet.Replace(s) }

var leet = strings.NewReplacer("0", "o", "1", "l", "3", "e", "5", "s", "vv", "w", "rn", "m")

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
func pathShape(p *exchange.ContactPoint, a address) {
	path := strings.ToLower(unescape(a.path))
	for _, w := range []string{"/wp-content/", "/wp-includes/", "/wp-admin/", "/.well-known/", "/cgi-sys/"} {
		if strings.HasPrefix(path, w) && !strings.HasPrefix(path, "/.well-known/security") {
			observe(p, "path-of-taken-over-site", w, exchange.SuspicionStrong)
		}
	}
	d := loadDirectory()
	if m, ok := d.within.First(path); ok {
		observe(p, "brand-in-foreign-path", d.brands[d.longer[m.Pattern]].ID, exchange.SuspicionSome)
	}
}
