package official

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"
)

// MaxPages is how many pages of a site Learn reads.
const MaxPages = 20

// Learned is what a site says of its own windows.
type Learned struct {
	Site    string   `json:"site"`              // registrable domain
	Name    string   `json:"name,omitempty"`    // of the organization, as the pages' schema.org says
	Windows *Windows `json:"windows,omitempty"` // of /.well-known/contact-windows.json
	Points  []Point  `json:"points"`
	Pages   []Read   `json:"pages"`
	Failed  []string `json:"failed,omitempty"` // paths that were not read, with the reason
}

// Point is one contact point and where it stands.
type Point struct {
	Kind  string `json:"kind"` // phone, email, form, chat, app, security
	Value string `json:"value"`
	Use   string `json:"use,omitempty"`
	How   string `json:"how"` // schema.org, link, form, script, or the file below /.well-known
	Page  string `json:"page"`
}

// Read is a page that was read, when, and the hash of what it was.
type Read struct {
	URL    string `json:"url"`
	Time   string `json:"time"` // RFC 3339
	SHA256 string `json:"sha256"`
}

// contactWords stand in links to pages that are worth reading first.
var contactWords = []string{"問い合わせ", "問合せ", "お問合", "サポート", "窓口", "ヘルプ", "会社概要", "よくある", "プライバシー", "個人情報", "contact", "support", "help", "inquiry", "faq", "privacy", "company", "about", "security"}

// chatHosts serve chats that stand on other companies' pages.
var chatHosts = map[string]string{
	"zdassets.com": "Zendesk", "zendesk.com": "Zendesk", "intercom.io": "Intercom", "intercomcdn.com": "Intercom", "karte.io": "KARTE", "channel.io": "Channel Talk",
	"chatplus.jp": "ChatPlus", "livechatinc.com": "LiveChat", "drift.com": "Drift", "hubspot.com": "HubSpot", "salesforceliveagent.com": "Salesforce", "tayori.com": "Tayori", "helpfeel.com": "Helpfeel",
}

// Learn reads a site from a page on: that page, then those that its links call
// contact, help or privacy, at most MaxPages of the same registrable domain.
func (c *Client) Learn(ctx context.Context, start string) (*Learned, error) {
	first, err := c.Get(ctx, start)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(first.URL)
	if err != nil {
		return nil, ErrScheme
	}
	l := &Learned{Site: siteOf(u)}
	seen := map[string]bool{pageKey(u): true}
	queue := []*Page{first}
	var links []link
	for n := 0; len(queue) > 0 && n < MaxPages; n++ {
		p := queue[0]
		queue = queue[1:]
		links = append(links, l.read(p)...)
		sort.SliceStable(links, func(i, j int) bool { return links[i].worth > links[j].worth })
		for len(queue) == 0 && len(links) > 0 && n+1 < MaxPages {
			next := links[0]
			links = links[1:]
			if seen[pageKey(next.u)] || next.worth == 0 {
				continue
			}
			seen[pageKey(next.u)] = true
			p, err := c.Get(ctx, next.u.String())
			if ctx.Err() != nil {
				return l, ctx.Err()
			}
			if err != nil {
				l.Failed = append(l.Failed, next.u.Path+": "+err.Error())
				continue
			}
			if got, err := url.Parse(p.URL); err != nil || siteOf(got) != l.Site {
				continue // a redirect off the site
			}
			queue = append(queue, p)
		}
	}
	c.published(ctx, l, u)
	return l, nil
}

type link struct {
	u     *url.URL
	worth int
}

func siteOf(u *url.URL) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err == nil {
		return d
	}
	return u.Hostname()
}

func pageKey(u *url.URL) string { return u.Host + strings.TrimSuffix(u.Path, "/") + "?" + u.RawQuery }

func (l *Learned) note(p *Page) {
	sum := sha256.Sum256(p.Body)
	l.Pages = append(l.Pages, Read{p.URL, p.Time.Format("2006-01-02T15:04:05Z07:00"), hex.EncodeToString(sum[:])})
}

func (l *Learned) add(p Point) {
	for _, x := range l.Points {
		if x.Kind == p.Kind && x.Value == p.Value {
			return
		}
	}
	l.Points = append(l.Points, p)
}

// read takes the contact points of a page and returns its links within the
// site.
func (l *Learned) read(p *Page) (links []link) {
	l.note(p)
	base, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	root, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "a":
			l.anchor(n, base, p.URL, &links)
		case "form":
			if u, err := base.Parse(attribute(n, "action")); err == nil && asks(n) {
				l.add(Point{"form", u.Scheme + "://" + u.Host + u.Path, "", "form", p.URL})
			}
		case "script", "iframe":
			if u, err := base.Parse(attribute(n, "src")); err == nil {
				if name := chatHosts[siteOf(u)]; name != "" {
					l.add(Point{"chat", siteOf(u), name, "script", p.URL})
				}
			}
			if strings.EqualFold(attribute(n, "type"), "application/ld+json") && n.FirstChild != nil {
				var v any
				if json.Unmarshal([]byte(n.FirstChild.Data), &v) == nil {
					l.structured(v, p.URL, 0)
				}
			}
		}
	}
	return links
}

func (l *Learned) anchor(n *html.Node, base *url.URL, page string, links *[]link) {
	href := strings.TrimSpace(attribute(n, "href"))
	shown := textOf(n)
	switch scheme, rest, _ := strings.Cut(href, ":"); strings.ToLower(scheme) {
	case "tel":
		l.add(Point{"phone", strings.TrimSpace(rest), clip(shown), "link", page})
		return
	case "mailto":
		address, _, _ := strings.Cut(rest, "?")
		l.add(Point{"email", address, clip(shown), "link", page})
		return
	}
	u, err := base.Parse(href)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || siteOf(u) != siteOf(base) {
		return
	}
	u.Fragment = ""
	worth := 0
	for _, w := range contactWords {
		if strings.Contains(strings.ToLower(shown), w) || strings.Contains(strings.ToLower(u.Path), w) {
			worth++
		}
	}
	*links = append(*links, link{u, worth})
}

// structured finds schema.org contact points in JSON-LD.
func (l *Learned) structured(v any, page string, depth int) {
	if depth > 20 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			l.structured(x, page, depth+1)
		}
	case map[string]any:
		use, _ := v["contactType"].(string)
		if name, ok := v["name"].(string); ok && l.Name == "" && v["@type"] == "Organization" {
			l.Name = strings.TrimSpace(name)
		}
		if s, ok := v["telephone"].(string); ok && s != "" {
			l.add(Point{"phone", s, use, "schema.org", page})
		}
		if s, ok := v["email"].(string); ok && s != "" {
			l.add(Point{"email", strings.TrimPrefix(s, "mailto:"), use, "schema.org", page})
		}
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			l.structured(v[k], page, depth+1)
		}
	}
}

// asks reports whether a form has a field to write in, so that it is more than
// a search.
func asks(form *html.Node) bool {
	fields := 0
	for n := range form.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch t := attribute(n, "type"); {
		case n.Data == "textarea", n.Data == "input" && (t == "email" || t == "tel" || t == "password"):
			return true
		case n.Data == "input" && (t == "" || t == "text"):
			fields++
		}
	}
	return fields > 1
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

var spaces = regexp.MustCompile(`[ \t\r\f\x{3000}]+`)

// textOf is the text that a node shows, blocks on lines of their own.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
			return
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "noscript" || n.Data == "template"):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode {
			switch n.Data {
			case "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "dt", "dd", "br", "section", "table":
				b.WriteString("\n")
			}
		}
	}
	walk(n)
	return strings.TrimSpace(spaces.ReplaceAllString(b.String(), " "))
}

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// String is for a person's eyes: a line a point.
func (p Point) String() string { return fmt.Sprintf("%-8s %s", p.Kind, p.Value) }
