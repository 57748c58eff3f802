package contact

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Judge answers where: whom the exchange claims to be, and what its sender,
// links, addresses and numbers say about that.
func Judge(ex *exchange.Exchange) exchange.Where {
	return JudgeIn(ex, text.Normalize(ex.Text))
}

// JudgeIn is Judge for an exchange whose text is normalized already.
func JudgeIn(ex *exchange.Exchange, t *text.Text) exchange.Where {
	w := exchange.Where{Organization: ex.Organization, Status: exchange.Unconfirmed}
	claimed, ev := claim(ex, t)
	if claimed != nil {
		w.OrganizationID = claimed.ID
		if w.Organization == "" {
			w.Organization = claimed.Name.JA
		}
	}
	w.Evidence = append(w.Evidence, ev...)
	if ex.Direction == exchange.Outgoing {
		judgeCounterpart(ex, claimed, &w)
		return w
	}
	if alone(ex) {
		judgeAlone(ex, claimed, &w)
		return w
	}
	sender := judgeSender(ex, claimed, &w)
	points, all := textPoints(t, claimed)
	if !all {
		w.Evidence = append(w.Evidence, exchange.Evidence{Rule: AddressesLeftOut})
	}
	for _, l := range ex.Links {
		p := JudgeURL(l.Target, claimed)
		linkText(&p, l)
		points = append(points, p)
	}
	w.Points = append(w.Points, points...)
	conclude(ex, claimed, sender, &w)
	return w
}

// AddressesLeftOut is the rule of the evidence that a text has more addresses
// than are looked at.
const AddressesLeftOut = "addresses-left-out"

// Alone tells what a text is that is a URL, a mail address or a telephone number
// and nothing else; "" where it is more, or none of them.
func Alone(s string) exchange.ContactKind {
	t := strings.TrimSpace(s)
	if len(t) > 2000 || t == "" {
		return ""
	}
	if !strings.ContainsAny(t, "\n \u3000") {
		if _, a := SplitAddress(t); a != "" && strings.EqualFold(a, strings.Trim(t, "<>")) {
			return exchange.ContactEmail
		}
		if urlAlone.MatchString(t) {
			return exchange.ContactURL
		}
	}
	if _, _, ok := ParsePhone(t); ok && len(t) <= 48 && strings.ContainsAny(t, "0123456789０１２３４５６７８９") {
		return exchange.ContactPhone
	}
	return ""
}

var urlAlone = regexp.MustCompile(`(?i)^(?:h(?:tt|xx)ps?:[/\\]\S+|(?:javascript|data):\S+|(?:[a-z0-9-]+(?:\.|%2e|\[\.\]|[。．｡]))+[a-z]{2,}\.?(?:[:/?#%]\S*)?)$`)

// alone reports an exchange that asks after an address and says nothing else.
func alone(ex *exchange.Exchange) bool {
	return ex.Mail == nil && len(ex.Links) == 0 && strings.TrimSpace(ex.From) == "" && strings.TrimSpace(ex.Subject) == "" && Alone(ex.Text) != ""
}

// judgeAlone judges an address that somebody looks up: its status is the window's.
func judgeAlone(ex *exchange.Exchange, claimed *knowledge.Organization, w *exchange.Where) {
	p := Query{Contact: strings.TrimSpace(ex.Text)}.judge(claimed)
	start := strings.Index(ex.Text, strings.TrimSpace(ex.Text))
	p.Span = exchange.Span{Start: start, End: start + len(strings.TrimSpace(ex.Text))}
	if p.Kind == exchange.ContactEmail && p.Status == exchange.Official {
		// The domain is theirs; a sender's address can be written by anybody.
		p.Status = exchange.Unconfirmed
		observe(&p, "sender-not-authenticated", "", exchange.SuspicionNone)
	}
	w.Points = []exchange.ContactPoint{p}
	w.Status = p.Status
	if p.Status != exchange.Official && p.Suspicion == exchange.SuspicionStrong {
		w.Status = exchange.Impostor
		w.Evidence = append(w.Evidence, exchange.Evidence{Rule: "signs-of-impostor"})
	}
	if w.Status == exchange.Impostor && claimed != nil {
		w.Evidence = append(w.Evidence, exchange.Evidence{Rule: "link-to-stranger", Detail: p.Value, Record: recordOf(claimed)})
	}
	if (w.Status == exchange.Official || w.Status == exchange.Announced) && unknown(claimed, ex.Organization, &p) {
		w.Status = exchange.Unconfirmed // somebody's own, but not theirs of whom nothing is known
	}
	if c := deskNumbers()[dialled(p.Value)]; c != nil && p.Kind == exchange.ContactPhone && w.Organization == "" {
		w.Organization = c.Name.JA
	}
	if len(w.OrganizationID) == 0 && w.Organization == "" {
		if o := knowledge.OrganizationByID(p.Organization); o != nil {
			w.Organization, w.OrganizationID = o.Name.JA, o.ID
		}
	}
}

// Within returns the address that a person asks after with words around it: a mail
// address with the name that is shown before it, a URL, a number; of several the first. It is ""
// where there is none. sender reports what only a sender's line holds: a mail address with its name, what cannot
// be read as a number.
func Within(s string) (address string, sender bool) {
	s = strings.TrimSpace(s)
	if Alone(s) != "" && !forwards(s) {
		return s, false
	}
	if forwards(s) {
		return s, true
	}
	if _, a := SplitAddress(s); a != "" {
		return s, true
	}
	points, _ := textPoints(text.Normalize(s), nil)
	for i := range points {
		if p := &points[i]; p.Span.End > p.Span.Start {
			return s[p.Span.Start:p.Span.End], false
		}
	}
	if n := text.Normalize(s).Norm; digits(n) >= 3 || strings.ContainsAny(n, "*#") && digits(n) > 0 || slices.ContainsFunc(withheld, func(w string) bool { return strings.Contains(n, w) }) {
		return s, true
	}
	return "", false
}

// withheld is what a telephone shows in the place of a number.
var withheld = knowledge.WordsOf("number_withheld")

func digits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// Query asks after one address: of a kind that is known, or a Contact of any.
type Query struct{ Organization, URL, Email, Phone, Contact string }

// Claimed is the organization that the query names, by name or by id; nil where it
// names none or one that the directory does not know.
func (q Query) Claimed() *knowledge.Organization {
	if o := Resolve(q.Organization); o != nil {
		return o
	}
	return knowledge.OrganizationByID(q.Organization)
}

// Value is the address that is asked after.
func (q Query) Value() string {
	for _, s := range []string{q.URL, q.Email, q.Phone} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return q.Contact
}

// Judge judges the address. A claim that the directory does not know is proven by
// nobody's domain.
func (q Query) Judge() exchange.ContactPoint {
	claimed := q.Claimed()
	p := q.judge(claimed)
	if p.Status == exchange.Official && unknown(claimed, q.Organization, &p) {
		p.Status = exchange.Unconfirmed
		p.Evidence = append(p.Evidence, exchange.Evidence{Rule: "organization-unknown", Detail: q.Organization})
	}
	return p
}

// unknown reports whether an address is claimed for somebody of whom nothing is known: no
// organization of the directory, and not what people call the desk whose number it is.
func unknown(claimed *knowledge.Organization, name string, p *exchange.ContactPoint) bool {
	name = strings.TrimSpace(name)
	if claimed != nil || name == "" {
		return false
	}
	c := deskNumbers()[dialled(p.Value)]
	return c == nil || !slices.ContainsFunc(c.Called, func(s string) bool { return strings.EqualFold(s, name) })
}

func (q Query) judge(claimed *knowledge.Organization) exchange.ContactPoint {
	switch {
	case strings.TrimSpace(q.URL) != "":
		return JudgeURL(q.URL, claimed)
	case strings.TrimSpace(q.Email) != "":
		return JudgeEmail(q.Email, claimed)
	case strings.TrimSpace(q.Phone) != "":
		return JudgePhone(q.Phone, claimed)
	}
	switch Alone(q.Contact) {
	case exchange.ContactURL:
		return JudgeURL(strings.TrimSpace(q.Contact), claimed)
	case exchange.ContactPhone:
		return JudgePhone(strings.TrimSpace(q.Contact), claimed)
	}
	return JudgeAny(q.Contact, claimed)
}

// claim finds whom an exchange claims to be: the organization named by the
// person, else by the sender's display name, else by the subject, else by the
// text's opening.
func claim(ex *exchange.Exchange, t *text.Text) (*knowledge.Organization, []exchange.Evidence) {
	found := func(o *knowledge.Organization, how string) (*knowledge.Organization, []exchange.Evidence) {
		return o, []exchange.Evidence{{Rule: "claims-to-be", Detail: how, Record: "organizations/" + o.ID}}
	}
	if ex.Organization != "" {
		if o := Resolve(ex.Organization); o != nil {
			return found(o, "organization")
		}
		return nil, []exchange.Evidence{{Rule: "organization-unknown", Detail: ex.Organization}}
	}
	name, address := SplitAddress(ex.From)
	if o := Resolve(name); o != nil && name != address && !personsName(name) {
		return found(o, "display-name")
	}
	if ex.Direction == exchange.Outgoing {
		return nil, nil
	}
	if o := announced(ex.Subject); o != nil {
		return found(o, "subject")
	}
	if ex.Mail != nil && ex.Mail.Talk {
		return nil, nil // what people quote to each other
	}
	opening := t.Norm
	if len(opening) > 600 {
		opening = opening[:600]
	}
	if o := announced(opening); o != nil {
		return found(o, "text")
	}
	return nil, nil
}

// personsName reports whether a display name is written as a person's, whose
// family or given name may be a company's too: 「Surname, Given」, a handle.
func personsName(s string) bool {
	family, given, ok := strings.Cut(s, ", ")
	if ok && isASCII(s) && !strings.ContainsAny(family+given, " .") && len(given) > 1 {
		return true
	}
	return strings.Contains(s, "@") && !strings.Contains(s[strings.LastIndexByte(s, '@'):], ".")
}

var behindClaims = knowledge.WordsOf("behind_claims")

// announced returns the organization that a text names as its sender: an
// alias in 【】, or before です, より, をご利用, 事務局 and their like. A shop that
// mentions gift cards does not claim to be who issues them.
func announced(s string) *knowledge.Organization {
	n := text.Normalize(s).Norm
	d := loadDirectory()
	for _, m := range d.aliases.Append(nil, n) {
		a := d.alias[m.Pattern]
		before, after := n[:m.Start], n[m.End:]
		inBrackets := strings.HasSuffix(before, "【") || strings.HasSuffix(before, "[") || strings.HasSuffix(before, "<") || strings.HasSuffix(before, "〈")
		speaks := false
		for _, w := range behindClaims {
			if strings.HasPrefix(strings.ToLower(after), w) {
				speaks = true
				break
			}
		}
		if inBrackets && utf8.RuneCountInString(a.Text) >= 2 || speaks && !a.OrdinaryWord || a.OrdinaryWord && inBrackets && (strings.HasPrefix(after, "】") || strings.HasPrefix(after, "]")) {
			return a.org
		}
	}
	return nil
}

// judgeCounterpart judges the window that a draft is meant for, where the
// exchange gives its address.
func judgeCounterpart(ex *exchange.Exchange, claimed *knowledge.Organization, w *exchange.Where) {
	if ex.From != "" {
		p := JudgeAny(ex.From, claimed)
		w.Points = append(w.Points, p)
		w.Status = p.Status
		if p.Status.Open() && p.Suspicion == exchange.SuspicionStrong {
			w.Status = exchange.Impostor
		}
	}
	if ex.WindowConfirmed && w.Status.Open() {
		w.Evidence = append(w.Evidence, exchange.Evidence{Rule: "window-confirmed-by-person"})
	}
}

// JudgeAny judges a string that is an address, a URL or a number.
func JudgeAny(s string, claimed *knowledge.Organization) exchange.ContactPoint {
	if _, a := SplitAddress(s); a != "" {
		return JudgeEmail(a, claimed)
	}
	if _, _, ok := ParsePhone(numberIn(s)); ok && numberIn(s) != "" {
		return JudgePhone(numberIn(s), claimed)
	}
	if strings.Contains(s, "://") || urlWord.MatchString(text.Normalize(s).Norm) && !strings.Contains(s, " ") {
		return JudgeURL(s, claimed)
	}
	return exchange.ContactPoint{Kind: exchange.ContactName, Value: strings.TrimSpace(s), Shown: s, Status: exchange.Unconfirmed, Suspicion: exchange.SuspicionNone}
}

var numberWord = regexp.MustCompile(`\+?[0-9][0-9()\-. ]{7,18}[0-9]|#9110|#7119|#8000|#8891`)

// numberIn returns the telephone number within a caller's line, "" where
// there is none.
func numberIn(s string) string { return numberWord.FindString(text.Normalize(s).Norm) }

var (
	urlWord = regexp.MustCompile(`(?i)(?:h(?:tt|xx)ps?://[^\s　<>"'()（）「」『』、。［］]+|(?:data|javascript):[^\s<>"']+|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|info|biz|jp|cn|top|xyz|shop|icu|cfd|club|vip|asia|buzz|cyou|pw|monster|site|online|live|work|link|fun|space|website|app|dev|io|me|tv|cc|co|tk|ml|ga|cf|gq|bond|ltd|ru|us|uk|de|fr|eu|tokyo|life|store|tech|cloud|help|support|click|sbs|ink|rest|bar|fit|group|win|art|city|world|today|center|email|page|one|pro|ly|gd|gl)(?:/[^\s　<>"'()（）「」『』、。［］]*)?)`)
	// dottedOn is what goes on behind a host with a dot of Japanese, which browsers
	// read as a dot: https://www.例.co.jp。example.com/
	dottedOn  = regexp.MustCompile(`(?i)^。[a-z0-9](?:[a-z0-9-]*\.)+[a-z]{2,}(?:/[^\s<>"'、。]*)?`)
	emailWord = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}`)
)

// maxPoints bounds the addresses of each kind that are looked at in a text.
const maxPoints = 1000

// textPoints finds and judges the addresses and numbers of a text. all is false
// where it has more than are looked at.
func textPoints(t *text.Text, claimed *knowledge.Organization) (out []exchange.ContactPoint, all bool) {
	all = true
	find := func(re *regexp.Regexp) [][]int {
		list := re.FindAllStringIndex(t.Norm, maxPoints+1)
		all = all && len(list) <= maxPoints
		return list[:min(len(list), maxPoints)]
	}
	var mails [][]int
	for _, m := range find(emailWord) {
		if m[0] > 0 && (t.Norm[m[0]-1] == '/' || t.Norm[m[0]-1] == ':') {
			continue // user info of a URL: https://amazon.co.jp@example.com
		}
		mails = append(mails, m)
		p := JudgeEmail(t.Norm[m[0]:m[1]], claimed)
		p.Span = t.Span(m[0], m[1])
		out = append(out, p)
	}
	if strings.ContainsAny(t.Norm, ".:") {
		for _, m := range find(urlWord) {
			if m[0] > 0 && t.Norm[m[0]-1] == '@' || within(mails, m) {
				continue
			}
			m[1] += len(dottedOn.FindString(t.Norm[m[1]:min(len(t.Norm), m[1]+260)]))
			p := JudgeURL(strings.TrimRight(t.Norm[m[0]:m[1]], ".,;:!?"), claimed)
			p.Span = t.Span(m[0], m[1])
			out = append(out, p)
		}
	}
	for _, m := range find(numberWord) {
		if _, _, ok := ParsePhone(t.Norm[m[0]:m[1]]); !ok {
			continue
		}
		p := JudgePhone(t.Norm[m[0]:m[1]], claimed)
		p.Span = t.Span(m[0], m[1])
		out = append(out, p)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Span.Start < out[j].Span.Start })
	return out, all
}

// within reports whether m overlaps one of a list, which is in order and without
// overlaps.
func within(list [][]int, m []int) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i][1] > m[0] })
	return i < len(list) && list[i][0] < m[1]
}

// linkText compares what a link shows with where it leads.
func linkText(p *exchange.ContactPoint, l exchange.Link) {
	shown := urlWord.FindString(text.Normalize(l.Shown).Norm)
	if shown == "" {
		return
	}
	if a, ok := parseURL(shown); ok {
		if to, ok := parseURL(l.Target); ok && registrable(a.host) != registrable(leadsTo(to).host) {
			// Newsletters send their links through counters; a page of an
			// organization that is shown and not led to is a lie.
			s := exchange.SuspicionSome
			if len(loadDirectory().owners(a.host)) > 0 {
				s = exchange.SuspicionStrong
			}
			observe(p, "link-shows-another-host", a.host, s)
		}
	}
}

// conclude brings the points together: one point that is an impostor's makes
// the window one, unless it only mentions another organization's page.
func conclude(ex *exchange.Exchange, claimed *knowledge.Organization, sender *exchange.ContactPoint, w *exchange.Where) {
	senderListed := sender != nil && sender.Organization != "" && sender.Status != exchange.Impostor
	official := false
	for i := range w.Points {
		p := &w.Points[i]
		isSender := sender != nil && i == 0
		switch {
		case p.Status == exchange.Impostor && isSender && p.Kind != exchange.ContactPhone:
			w.Status = exchange.Impostor
			w.Evidence = append(w.Evidence, exchange.Evidence{Rule: "sender-not-theirs", Detail: p.Value, Record: recordOf(claimed)})
		case p.Status == exchange.Impostor && p.Kind == exchange.ContactURL:
			// A page of another known organization is a mention; a stranger's
			// page, beside a sender that is theirs, may be a service they use.
			if p.Organization != "" {
				p.Status = exchange.Unconfirmed
				break
			}
			if p.Suspicion != exchange.SuspicionStrong && (senderListed && ex.Mail != nil && ex.Mail.Authentic != "" || sender != nil && sameHost(sender, p)) {
				p.Status = exchange.Unconfirmed
				break
			}
			w.Status = exchange.Impostor
			w.Evidence = append(w.Evidence, exchange.Evidence{Rule: "link-to-stranger", Detail: p.Value, Record: recordOf(claimed)})
		case p.Status == exchange.Impostor && !isSender:
			p.Status = exchange.Unconfirmed
		case p.Status == exchange.Official:
			official = true
		}
	}
	if w.Status == exchange.Impostor {
		return
	}
	if strange := strangerSigns(ex, claimed, sender, w); strange != "" {
		w.Status = exchange.Impostor
		w.Evidence = append(w.Evidence, exchange.Evidence{Rule: strange})
		return
	}
	if sender != nil && strings.TrimSpace(ex.Text) == "" && ex.Mail == nil && ex.Channel == exchange.ChannelPhone && ex.Initiator == exchange.InitiatorUnknown {
		w.Status = sender.Status
		return
	}
	// The window is official only if its sender is proven, or if the person
	// stands on the organization's own page.
	if official && sender != nil && sender.Status == exchange.Official {
		w.Status = exchange.Official
	}
}

// sameHost reports whether a link leads to the sender's own domain.
func sameHost(sender, p *exchange.ContactPoint) bool {
	return sender.Kind == exchange.ContactEmail && registrable(sender.Value[strings.LastIndexByte(sender.Value, '@')+1:]) == registrable(p.Value)
}

func recordOf(o *knowledge.Organization) string {
	if o == nil {
		return ""
	}
	return "organizations/" + o.ID
}

// strangerSigns tells an impostor of an organization that the directory does
// not know by its own contradictions. It returns the rule, "" where it found
// none.
func strangerSigns(ex *exchange.Exchange, claimed *knowledge.Organization, sender *exchange.ContactPoint, w *exchange.Where) string {
	strong := false
	few := fewHosts(ex, w)
	leads := ex.Mail == nil || len(ex.Links) > 0 || claimed != nil // a page in plain text that nobody vouches for is mentioned, not led to
	talk := ex.Mail != nil && ex.Mail.Talk                         // what people quote to each other shows nothing of the sender
	for i := range w.Points {
		p := &w.Points[i]
		isSender := sender != nil && i == 0
		if p.Kind == exchange.ContactURL && !talk && (few && leads || p.Suspicion != exchange.SuspicionStrong || !looksBad(p)) || isSender && (!talk || !looksBad(p)) {
			strong = strong || p.Suspicion == exchange.SuspicionStrong && (claimed != nil || !onlyLooks(p))
		}
		if p.Kind == exchange.ContactURL && p.Organization == "" {
			if sender != nil && sender.Kind == exchange.ContactEmail && !sameHost(sender, p) && few && leads && strangeHost(ex, p.Value, look.strong) {
				return "link-and-sender-differ"
			}
			if foreignSuffix(p.Value) && (ex.Channel == exchange.ChannelSMS || sender == nil || sender.Kind == exchange.ContactName || sender.Kind == exchange.ContactPhone) && (claimed != nil || p.Suspicion != exchange.SuspicionNone) {
				return "link-on-abused-suffix"
			}
		}
		if isSender && p.Kind == exchange.ContactEmail && p.Organization == "" && strangeHost(ex, p.Value[strings.LastIndexByte(p.Value, '@')+1:], look.some) {
			return "sender-on-abused-suffix"
		}
	}
	if strong {
		return "signs-of-impostor"
	}
	if !talk && hidesWhereItLeads(ex, sender, w) {
		return "hidden-behind-shortener"
	}
	return ""
}

// onlyLooks reports whether nothing but the look of its host speaks against a point.
// Beside the name of an organization that is known, that is enough; alone it is not: a
// small company's host may look like that.
func onlyLooks(p *exchange.ContactPoint) bool {
	looks := false
	for _, e := range p.Evidence {
		if e.Rule == "host-looks-like-phishing" {
			looks = true
		} else if signOfStranger[e.Rule] || strongAlone[e.Rule] {
			return false
		}
	}
	return looks
}

// strongAlone are observations that are strong whoever is claimed.
var strongAlone = map[string]bool{"host-mixed-scripts": true, "host-confusable-with-brand": true, "host-one-edit-from-brand": true, "host-ip-literal": true, "url-scheme": true, "link-shows-another-host": true}

// hidesWhereItLeads reports whether a mail leads away by short links, and to
// its sender's own site by none.
func hidesWhereItLeads(ex *exchange.Exchange, sender *exchange.ContactPoint, w *exchange.Where) bool {
	if ex.Mail == nil || len(ex.Links) == 0 || sender == nil || sender.Kind != exchange.ContactEmail {
		return false
	}
	hidden := false
	sites := map[string]bool{}
	for i := range w.Points {
		p := &w.Points[i]
		if p.Kind != exchange.ContactURL {
			continue
		}
		if sameHost(sender, p) {
			return false
		}
		sites[registrable(p.Value)] = true
		short := among(shorteners, registrable(p.Value))
		hidden = hidden || short
	}
	return hidden && len(sites) <= 2
}

// fewHosts reports whether a mail leads to so few sites that one of them says
// something of the sender: a newsletter links to many, and one odd address
// among them is somebody else's.
func fewHosts(ex *exchange.Exchange, w *exchange.Where) bool {
	if ex.Mail == nil {
		return true
	}
	sites := map[string]bool{}
	for i := range w.Points {
		if w.Points[i].Kind == exchange.ContactURL && w.Points[i].Organization == "" {
			sites[registrable(w.Points[i].Value)] = true
		}
	}
	return len(sites) <= manySites
}

const manySites = 5

// looksBad reports whether it is its look alone that makes a host suspicious.
func looksBad(p *exchange.ContactPoint) bool {
	for _, e := range p.Evidence {
		if e.Rule == "host-looks-like-phishing" {
			return true
		}
	}
	return false
}

// strangeHost reports whether a host is nowhere that organizations in Japan
// stand. Real mails come from all the world: of them only those from where
// phishing comes from are strange, and those that belong to a talk are not.
func strangeHost(ex *exchange.Exchange, host string, least float64) bool {
	if ex.Mail == nil {
		return foreignSuffix(host)
	}
	if ex.Mail.Talk || attributeType(host) || !strings.Contains(host, ".") {
		return false
	}
	suffix, _ := publicSuffix(host)
	return among(suspiciousSuffixes, suffix) || look.score(host, nil) >= least
}

// usualSuffixes are suffixes under which organizations in Japan ordinarily
// stand.
var usualSuffixes = []string{".jp", ".com", ".net", ".org", ".edu", ".gov"}

// foreignSuffix reports whether a host stands under none of them.
func foreignSuffix(host string) bool {
	if !strings.Contains(host, ".") {
		return false
	}
	for _, s := range usualSuffixes {
		if strings.HasSuffix(host, s) && !strings.HasSuffix(host, ".jp.net") && !strings.HasSuffix(host, ".co.com") {
			return false
		}
	}
	return !strings.HasSuffix(host, ".example") && !strings.HasSuffix(host, ".test")
}
