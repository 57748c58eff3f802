// Package contact judges windows: whom a message claims to be, and whether
// its sender, links and numbers are that organization's own.
//
// What proves a window is that it stands on a domain which the directory
// (data/organizations) gives to the organization with two independent
// sources. A display name, a caller's number and good Japanese prove nothing;
// an unknown window is unconfirmed, never official.
package contact

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// owner is an organization and the domain by which it owns a host.
type owner struct {
	org    *knowledge.Organization
	domain knowledge.Domain
}

// directory indexes data/organizations.
type directory struct {
	byDomain map[string][]owner
	byAlias  map[string]*knowledge.Organization // folded alias
	written  map[string]*knowledge.Organization // the same, with kana as they are written: マイナビ is not まいなび
	aliases  *text.Matcher                      // folded aliases, for finding names in text
	alias    []aliasEntry                       // by pattern
	brands   map[string]*knowledge.Organization // Latin words of official domains and aliases
	within   *text.Matcher                      // of the brands, those long enough to be no accident within a word
	longer   []string                           // by pattern of within
	nearby   map[string][]string                // a brand less one letter, and itself, to brands
	hyphened map[string]*knowledge.Organization // official domains with hyphens for dots: npa-go-jp, npa-go, line-me
}

type aliasEntry struct {
	org *knowledge.Organization
	knowledge.Alias
}

var loadDirectory = sync.OnceValue(func() *directory {
	d := &directory{hyphened: map[string]*knowledge.Organization{}, byDomain: map[string][]owner{}, byAlias: map[string]*knowledge.Organization{}, written: map[string]*knowledge.Organization{}}
	orgs := knowledge.Organizations()
	var words []string
	brands := map[string]*knowledge.Organization{}
	for i := range orgs {
		o := &orgs[i]
		place := o.Sector == "government" && len(o.Aliases) > 0 && o.Aliases[0].OrdinaryWord // hosts of many bear a place's name
		for _, dom := range o.Domains {
			d.byDomain[dom.Name] = append(d.byDomain[dom.Name], owner{o, dom})
			d.hyphened[strings.ReplaceAll(dom.Name, ".", "-")] = o
			if i := strings.LastIndexByte(dom.Name, '.'); strings.Contains(dom.Name[:i], ".") {
				d.hyphened[strings.ReplaceAll(dom.Name[:i], ".", "-")] = o
			}
			if w := secondLevel(dom.Name); len(w) >= 4 && !genericWord(w) && !place {
				brands[w] = o
			}
		}
		names := append([]knowledge.Alias{{Text: o.Name.JA}, {Text: o.Name.EN}}, o.Aliases...)
		for _, a := range names {
			if a.Text == "" {
				continue
			}
			first(d.byAlias, Fold(a.Text), o)
			first(d.written, plainName(a.Text), o)
			words = append(words, strings.ToLower(text.Normalize(a.Text).Norm))
			d.alias = append(d.alias, aliasEntry{o, a})
			if w := latinWordOf(a.Text); len(w) >= 5 && !a.OrdinaryWord && !genericWord(w) && !place {
				if _, ok := brands[w]; !ok {
					brands[w] = o
				}
			}
		}
	}
	for _, list := range d.byDomain { // of several that share a domain, the head speaks: 札幌市, not its water works
		slices.SortStableFunc(list, func(a, b owner) int {
			return cmp.Or(cmp.Compare(len(a.org.Parent), len(b.org.Parent)), cmp.Compare(len(a.org.Name.JA), len(b.org.Name.JA)))
		})
	}
	d.aliases = text.NewMatcher(words)
	d.brands = brands
	d.nearby = map[string][]string{}
	for w := range brands {
		if len(w) < 6 {
			continue
		}
		d.longer = append(d.longer, w)
		for _, n := range neighbours(w) {
			d.nearby[n] = append(d.nearby[n], w)
		}
	}
	sort.Strings(d.longer)
	for _, list := range d.nearby {
		sort.Strings(list)
	}
	d.within = text.NewSubstringMatcher(d.longer)
	return d
})

// first gives a name to the first organization that has it.
func first(names map[string]*knowledge.Organization, name string, o *knowledge.Organization) {
	if names[name] == nil {
		names[name] = o
	}
}

// neighbours returns a word and the words that are left when one letter is
// taken out: two words within one edit share one of them.
func neighbours(w string) []string {
	out := []string{w}
	for i := range len(w) {
		out = append(out, w[:i]+w[i+1:])
	}
	return out
}

// Fold brings an organization's name into the form by which aliases are
// compared: NFKC, case folded, without spaces, dots, corporate forms and
// brackets' contents; hiragana and katakana are one.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x3041 && r <= 0x3096 {
			return r + 0x60
		}
		return r
	}, plainName(name))
}

// plainName is Fold, with kana as they are written.
func plainName(name string) string {
	s := cases.Fold().String(text.Normalize(name).Norm)
	for _, form := range []string{"株式会社", "(株)", "有限会社", "合同会社", "一般社団法人", "一般財団法人", "co., ltd.", "co.,ltd.", ", inc.", " inc.", " ltd."} {
		s = strings.ReplaceAll(s, form, "")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("・.,_-'’「」『』\"!®™", r) {
			return -1
		}
		return r
	}, s)
}

// named returns the organization that has a name.
func (d *directory) named(name string) *knowledge.Organization {
	return cmp.Or(d.written[plainName(name)], d.byAlias[Fold(name)])
}

// Resolve returns the organization that a name means: an alias itself, or the
// longest alias that stands whole within the name and is no ordinary word (北海道大学
// is not 北海道). It returns nil where the directory does not know the name.
func Resolve(name string) *knowledge.Organization {
	if strings.TrimSpace(name) == "" {
		return nil
	}
	d := loadDirectory()
	if o := d.named(name); o != nil {
		return o
	}
	if i := strings.IndexAny(name, "(（【[「"); i > 0 {
		if o := d.named(name[:i]); o != nil {
			return o
		}
	}
	var best aliasEntry
	n := text.Normalize(name).Norm
	for _, m := range d.aliases.Append(nil, n) {
		a := d.alias[m.Pattern]
		if !a.OrdinaryWord && wholeName(n, m.Start, m.End) && utf8.RuneCountInString(a.Text) >= 3 && utf8.RuneCountInString(a.Text) > utf8.RuneCountInString(best.Text) {
			best = a
		}
	}
	return best.org
}

// besides are words that stand beside an organization's name and make no other name
// of it.
var besides = knowledge.WordsOf("beside_names")

// wholeName reports whether what stands at [start, end) of a name is no part of a
// longer word.
func wholeName(n string, start, end int) bool {
	before, after := n[:start], n[end:]
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	if before != "" && wordRune(last) && !endsWithAny(before, besides) {
		return false
	}
	return after == "" || !wordRune(first) || text.HasAnyPrefix(strings.ToLower(after), besides...)
}

// wordRune reports whether a letter may go on a name: hiragana are particles.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) && (r < 0x3041 || r > 0x309F) || unicode.IsDigit(r)
}

func endsWithAny(s string, list []string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(list, func(w string) bool { return strings.HasSuffix(s, w) })
}

// folded are the names and domains of every organization, as Find compares them.
var folded = sync.OnceValue(func() [][]string {
	var out [][]string
	for _, o := range knowledge.Organizations() {
		names := []string{Fold(o.Name.JA), Fold(o.Name.EN), Fold(o.Name.Kana)}
		for _, a := range o.Aliases {
			names = append(names, Fold(a.Text))
		}
		for _, d := range o.Domains {
			names = append(names, Fold(d.Name))
		}
		out = append(out, names)
	}
	return out
})

// Find returns at most limit organizations that a name, a domain or a part of
// one stands in: those that are called so first, then in the order of their ids.
func Find(words string, limit int) []knowledge.Organization {
	want := Fold(words)
	var exact, partly []knowledge.Organization
	orgs := knowledge.Organizations()
	for i, names := range folded() {
		switch {
		case slices.Contains(names, want):
			exact = append(exact, orgs[i])
		case slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.Contains(n, want) }):
			partly = append(partly, orgs[i])
		}
	}
	out := append(exact, partly...)
	if e164, _, ok := ParsePhone(words); ok { // a number that somebody wants to know the owner of
		for _, o := range phoneOwners(e164) {
			out = append(out, *o.org)
		}
	}
	return out[:min(limit, len(out))]
}

// FindDesks finds desks that give advice, by name or by number.
func FindDesks(words string) (out []knowledge.Consultation) {
	want, number := Fold(words), dialled(words)
	for _, c := range knowledge.Consultations() {
		if number != "" && dialled(c.Phone) == number || utf8.RuneCountInString(want) > 1 && strings.Contains(Fold(c.Name.JA+" "+c.Name.EN), want) {
			out = append(out, c)
		}
	}
	return out
}

// Owners returns the organizations whose domains hold the host, nearest
// first; nil where the directory knows none.
func (d *directory) owners(host string) []owner {
	for h := host; h != ""; {
		if o := d.byDomain[h]; o != nil {
			return o
		}
		i := strings.IndexByte(h, '.')
		if i < 0 {
			break
		}
		h = h[i+1:]
	}
	return nil
}

// related reports whether two organizations are one by parentage.
func related(a, b *knowledge.Organization) bool {
	root := func(o *knowledge.Organization) string {
		id := o.ID
		for range 10 {
			p := knowledge.OrganizationByID(id)
			if p == nil || p.Parent == "" {
				break
			}
			id = p.Parent
		}
		return id
	}
	return root(a) == root(b)
}

// secondLevel returns the label that a registrant chose: "smbc-card" of
// www.smbc-card.com.
func secondLevel(host string) string {
	d := registrable(host)
	if i := strings.IndexByte(d, '.'); i > 0 {
		return d[:i]
	}
	return d
}

// latinWordOf returns an alias as it could stand in a host name, "" where it
// has other letters than Latin ones.
func latinWordOf(alias string) string {
	s := strings.ToLower(text.Normalize(alias).Norm)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '.' || r == '!' || r == ':' || r == '\'' || r == '&':
		default:
			return ""
		}
	}
	return b.String()
}

// genericWord reports whether a word is too common in host names to point to
// one organization.
func genericWord(w string) bool {
	switch w {
	case "line", "card", "bank", "mail", "login", "japan", "tokyo", "support", "point", "online", "shop", "store", "mobile", "family", "team", "teams", "office", "live", "outlook", "visa", "chase", "square", "orange", "global", "security", "service", "services", "square-enix", "plus", "home", "pay", "money", "news", "travel", "global-jcb", "express", "prime", "music", "video", "cloud", "drive", "windows", "apps", "play", "google-play", "suica", "point-club", "web", "plala", "city", "metro", "life", "next", "smart", "direct", "first", "club", "my", "nta", "pref", "info", "gift", "game", "games", "photo", "book", "books", "world", "max", "auth", "account", "accounts", "cards", "matsui", "nomura", "daiwa", "rokin", "target", "discover", "apple":
		return w != "apple" && w != "visa"
	}
	return false
}

// today is the day by which records grow old; 0 where nobody said: then none does.
var today atomic.Int64

// SetDay tells the day, YYYY-MM-DD: what is answered depends on no clock of its own. A
// program's main function calls it.
func SetDay(day string) { today.Store(int64(dayNumber(day))) }

// dayNumber counts days, so that two can be compared; 0 for what is no day.
func dayNumber(s string) int {
	var y, m, d int
	if n, err := fmt.Sscanf(s, "%4d-%2d-%2d", &y, &m, &d); n != 3 || err != nil {
		return 0
	}
	if m <= 2 { // the year begins in March
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d
}

// tooOld reports whether a record should have been looked at again so long ago that it
// is no proof any more: sooner where money is lost.
func tooOld(o *knowledge.Organization) bool {
	const risky, others = 90, 365 // days
	now := int(today.Load())
	if now == 0 {
		return false
	}
	grace := others
	if o.Risk() > 0 {
		grace = risky
	}
	return now-dayNumber(o.Reviewed) > o.RecheckAfterDays+grace
}

// statusOf turns a domain's record status into what may be said of a window
// on it.
func statusOf(o owner) exchange.Status {
	if o.org.StatusOf(o.domain) == knowledge.Verified {
		if tooOld(o.org) {
			return exchange.Announced
		}
		return exchange.Official
	}
	if o.org.StatusOf(o.domain) == knowledge.Imported {
		return exchange.Announced
	}
	return exchange.Unconfirmed
}
