package mail

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/madoguchi/madoguchi"
)

// page is what an HTML mail shows a person, and where it leads.
type page struct {
	shown    string
	links    []madoguchi.Link
	alts     []string // alt texts of images
	pictures []string // hosts that images would be loaded from
}

// readHTML reads an HTML mail. Scripts, styles and hidden parts are left out;
// nothing is loaded.
func readHTML(s string) (p page) {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(MaxText)
	var b, link strings.Builder
	skip, inLink := 0, false
	target := ""
	var hidden []atom.Atom // open elements from the hidden one on
	for {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			if inLink {
				p.links = append(p.links, madoguchi.Link{Shown: clean(link.String()), Target: target})
			}
			p.shown = clean(b.String())
			return p
		case html.TextToken:
			if skip > 0 || len(hidden) > 0 {
				continue
			}
			t := strings.Join(strings.Fields(string(z.Text())), " ")
			if t == "" {
				continue
			}
			b.WriteString(t + " ")
			if inLink {
				link.WriteString(t + " ")
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			if len(hidden) > 0 {
				if tt == html.StartTagToken && !voidElement(tok.DataAtom) {
					hidden = append(hidden, tok.DataAtom)
				}
				continue
			}
			switch tok.DataAtom {
			case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript:
				if tt == html.StartTagToken {
					skip++
				}
				continue
			case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Blockquote:
				b.WriteString("\n")
			case atom.Td, atom.Th:
				b.WriteString(" ")
			case atom.A, atom.Area:
				if href := attr(tok, "href"); href != "" && !strings.HasPrefix(href, "#") {
					if inLink {
						p.links = append(p.links, madoguchi.Link{Shown: clean(link.String()), Target: target})
					}
					inLink, target = true, strings.TrimSpace(href)
					link.Reset()
				}
			case atom.Form:
				if a := attr(tok, "action"); a != "" {
					p.links = append(p.links, madoguchi.Link{Shown: "", Target: strings.TrimSpace(a)})
				}
			case atom.Img:
				if u, err := url.Parse(strings.TrimSpace(attr(tok, "src"))); err == nil && u.Host != "" {
					p.pictures = append(p.pictures, strings.ToLower(u.Hostname()))
				}
				if alt := strings.TrimSpace(attr(tok, "alt")); alt != "" {
					p.alts = append(p.alts, alt)
					if inLink {
						link.WriteString(alt + " ")
					}
				}
			}
			if tt == html.StartTagToken && isHidden(attr(tok, "style")) && !voidElement(tok.DataAtom) {
				hidden = append(hidden, tok.DataAtom)
			}
		case html.EndTagToken:
			tok := z.Token()
			if n := len(hidden); n > 0 {
				for i := n - 1; i >= 0; i-- {
					if hidden[i] == tok.DataAtom {
						hidden = hidden[:i]
						break
					}
				}
				continue
			}
			switch tok.DataAtom {
			case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript:
				if skip > 0 {
					skip--
				}
			case atom.A:
				if inLink {
					p.links = append(p.links, madoguchi.Link{Shown: clean(link.String()), Target: target})
					inLink = false
				}
			case atom.P, atom.Div, atom.Tr, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4:
				b.WriteString("\n")
			}
		}
	}
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// isHidden reports whether an inline style hides an element: text for filters,
// not for people.
func isHidden(style string) bool {
	s := strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "font-size:0;") || strings.HasSuffix(s, "font-size:0") || strings.Contains(s, "font-size:0px")
}

func voidElement(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Img, atom.Hr, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// clean trims lines and folds empty ones.
func clean(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimSpace(l)
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
