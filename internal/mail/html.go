package mail

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/madoguchi/madoguchi/exchange"
)

// page is what an HTML page shows a person, and where it leads.
type page struct {
	shown    string
	faint    string // the text with what may be shown, where that differs: tiny, white, hidden by a style sheet
	links    []exchange.Link
	alts     []string // alt texts of images, readings over words, titles
	pictures []string // hosts that images would be loaded from
	cut      bool     // not all of it was read
	scripted bool     // a script may write more
}

// Bounds of a page.
const (
	maxNesting = 400
	maxLinks   = 2000
)

// visibility is how an element is shown.
type visibility int

const (
	shown visibility = iota
	faint            // hardly seen, or perhaps
	hidden
)

// readHTML reads an HTML page as a mail program shows it: without scripts, and
// without what is hidden. Nothing is loaded.
func readHTML(s string) (p page) {
	if len(s) > MaxText {
		s, p.cut = s[:MaxText], true
	}
	root, err := html.ParseWithOptions(strings.NewReader(s), html.ParseOptionEnableScripting(false))
	if err != nil {
		// Nested deeper than anybody writes: its words are read, whatever hides them.
		p.cut = true
		p.shown = clean(wordsOf(s))
		return p
	}
	r := reader{p: &p, sheet: styleSheet(root, &p)}
	r.walk(root, state{}, 0)
	p.shown = clean(r.firm.String())
	if all := clean(r.all.String()); r.faint && all != p.shown {
		p.faint = all
	}
	return p
}

// wordsOf are the words between the tags.
func wordsOf(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(MaxText)
	skip := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if !skip {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch t := string(name); t {
			case "script", "style":
				skip = !skip
			case "p", "div", "br", "tr", "li", "td", "h1", "h2", "h3":
				b.WriteByte('\n')
			}
		}
	}
}

// reader walks over a page.
type reader struct {
	p         *page
	sheet     map[string]visibility // of selectors: .class, #id, tag
	base      *url.URL
	firm, all strings.Builder
	faint     bool // something is only in all
	link      *strings.Builder
}

// state is what an element takes over from those around it.
type state struct {
	vis     visibility
	unseen  bool // visibility: hidden; what is within may be seen again
	colored bool // a background is set
	rtl     bool // its letters are written from right to left
}

// seen is how what stands here is shown.
func (st state) seen() visibility {
	if st.unseen {
		return hidden
	}
	return st.vis
}

func (r *reader) write(s string, vis visibility) {
	if r.all.Len()+len(s) > 2*MaxText {
		r.p.cut = true
		return
	}
	switch vis {
	case shown:
		r.firm.WriteString(s)
		r.all.WriteString(s)
	case faint:
		r.faint = r.faint || strings.TrimSpace(s) != ""
		r.all.WriteString(s)
	}
	if r.link != nil && vis != hidden {
		r.link.WriteString(s)
	}
}

func (r *reader) walk(n *html.Node, st state, depth int) {
	if depth > maxNesting {
		r.p.cut = true
		r.write(wordsIn(n), st.seen())
		return
	}
	switch n.Type {
	case html.TextNode:
		s := fold(n.Data)
		if st.rtl {
			s = reversed(s)
		}
		r.write(s, st.seen())
		return
	case html.CommentNode:
		r.conditional(n.Data, st, depth)
		return
	case html.ElementNode:
		r.element(n, st, depth)
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, st, depth+1)
	}
}

// conditional reads what a comment holds that some mail programs show: <!--[if mso]>.
func (r *reader) conditional(s string, st state, depth int) {
	_, inner, ok := strings.Cut(s, "]>")
	if !ok || !strings.HasPrefix(strings.TrimSpace(s), "[if") || depth > maxNesting/2 {
		return
	}
	inner, _, _ = strings.Cut(inner, "<![endif]")
	r.within(inner, max(st.seen(), faint))
}

// within takes in a page that stands in this one.
func (r *reader) within(doc string, vis visibility) {
	if vis == hidden {
		return
	}
	p := readHTML(doc)
	r.write("\n"+p.shown+"\n", vis)
	for _, l := range p.links {
		r.addLink(l.Shown, l.Target)
	}
	r.p.alts, r.p.pictures = append(r.p.alts, p.alts...), append(r.p.pictures, p.pictures...)
	r.p.cut, r.p.scripted = r.p.cut || p.cut, r.p.scripted || p.scripted
}

func (r *reader) element(n *html.Node, st state, depth int) {
	switch n.DataAtom {
	case atom.Script:
		r.p.scripted = true
		return
	case atom.Style, atom.Template, atom.Title:
		return
	case atom.Head: // what a mail has in it that is none of it, the parser has moved
	case atom.Rt, atom.Rp, atom.Rtc:
		if n.DataAtom == atom.Rt && st.seen() == shown {
			r.p.alts = append(r.p.alts, clean(wordsIn(n)))
		}
		return
	case atom.Base:
		if u, err := url.Parse(strings.TrimSpace(attr(n, "href"))); err == nil && u.IsAbs() {
			r.base = u
		}
	case atom.Meta:
		if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			if _, to, ok := cutFold(attr(n, "content"), "url="); ok {
				r.addLink("", strings.Trim(to, `"' `))
			}
		}
	case atom.Br:
		r.write("\n", st.seen())
	case atom.Input, atom.Button, atom.Option, atom.Textarea, atom.Select:
		r.field(n, st)
	}
	st = r.look(n, st)
	if st.vis == hidden {
		return
	}
	switch n.DataAtom {
	case atom.Img, atom.Image:
		r.image(n, st)
	case atom.Form:
		if a := attr(n, "action"); a != "" {
			r.addLink("", a)
		}
	case atom.Iframe, atom.Frame, atom.Embed:
		r.addLink("", attr(n, "src"))
		if doc := attr(n, "srcdoc"); doc != "" && depth < maxNesting/2 {
			r.within(doc, st.seen())
		}
	case atom.Object:
		r.addLink("", attr(n, "data"))
	}
	block := blocks[n.DataAtom]
	if block {
		r.write("\n", st.seen())
	}
	cell := n.DataAtom == atom.Td || n.DataAtom == atom.Th
	if cell {
		r.write(" ", st.seen())
	}
	var outer *strings.Builder
	href := attr(n, "href")
	isLink := (n.DataAtom == atom.A || n.DataAtom == atom.Area) && href != "" && !strings.HasPrefix(href, "#") && !st.unseen
	if isLink {
		outer, r.link = r.link, &strings.Builder{}
		if alt := attr(n, "alt"); n.DataAtom == atom.Area && alt != "" {
			r.link.WriteString(alt)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, st, depth+1)
	}
	if isLink {
		r.addLink(clean(r.link.String()), href)
		r.link = outer
	}
	if block {
		r.write("\n", st.seen())
	}
}

// drawn are the words of a picture that is written into the page as SVG, "" of others.
func drawn(src string) string {
	head, data, ok := strings.Cut(strings.TrimSpace(src), ",")
	if !ok || !strings.HasPrefix(strings.ToLower(head), "data:image/svg+xml") {
		return ""
	}
	if strings.HasSuffix(strings.ToLower(head), ";base64") {
		b, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return ""
		}
		return clean(wordsOf(string(b)))
	}
	if plain, err := url.PathUnescape(data); err == nil {
		data = plain
	}
	return clean(wordsOf(data))
}

func (r *reader) addLink(shown, target string) {
	target = strings.TrimSpace(target)
	if target == "" {
		return
	}
	if len(r.p.links) >= maxLinks {
		r.p.cut = true
		return
	}
	if r.base != nil {
		if u, err := r.base.Parse(target); err == nil && !strings.Contains(target, ":") {
			target = u.String()
		}
	}
	r.p.links = append(r.p.links, exchange.Link{Shown: shown, Target: target})
}

func (r *reader) image(n *html.Node, st state) {
	if u, err := url.Parse(strings.TrimSpace(attr(n, "src"))); err == nil && u.Host != "" {
		r.p.pictures = append(r.p.pictures, strings.ToLower(u.Hostname()))
	}
	if words := drawn(attr(n, "src")); words != "" {
		r.p.alts = append(r.p.alts, words)
	}
	if alt := strings.TrimSpace(attr(n, "alt")); alt != "" && st.seen() != hidden {
		r.p.alts = append(r.p.alts, alt)
		if r.link != nil {
			r.link.WriteString(alt + " ")
		}
	}
}

// field writes what a form's field shows: its button's words, its hint, and that a
// password is to be typed.
func (r *reader) field(n *html.Node, st state) {
	if r.look(n, st).seen() == hidden {
		return
	}
	kind := strings.ToLower(attr(n, "type"))
	switch {
	case kind == "hidden":
		return
	case kind == "submit" || kind == "button" || kind == "reset" || kind == "image":
		r.write(" "+attr(n, "value")+" ", st.seen())
		if a := attr(n, "formaction"); a != "" {
			r.addLink(attr(n, "value"), a)
		}
		return
	case kind == "password" && attr(n, "placeholder") == "":
		r.write(" パスワード：＿＿＿\n", st.seen())
		return
	}
	if hint := attr(n, "placeholder"); hint != "" {
		r.write(" "+hint+"：＿＿＿\n", st.seen())
	} else if v := attr(n, "value"); v != "" && n.DataAtom == atom.Input {
		r.write(" "+v+" ", st.seen())
	}
}

var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Table: true, atom.Blockquote: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Center: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Main: true, atom.Nav: true, atom.Form: true, atom.Fieldset: true, atom.Pre: true, atom.Hr: true, atom.Address: true, atom.Figure: true, atom.Caption: true, atom.Legend: true, atom.Option: true, atom.Label: true, atom.Noscript: true, atom.Body: true,
}

// look tells how an element is shown.
func (r *reader) look(n *html.Node, st state) state {
	style := attr(n, "style")
	d := declarations(style)
	if has(n, "hidden") && d["display"] == "" {
		st.vis = hidden
	}
	if bg := attr(n, "bgcolor"); bg != "" && !white(bg) || attr(n, "background") != "" {
		st.colored = true
	}
	for _, k := range []string{"background", "background-color", "background-image"} {
		if v := d[k]; v != "" && !white(v) && v != "transparent" && v != "none" && v != "inherit" {
			st.colored = true
		}
	}
	switch dir := strings.ToLower(attr(n, "dir")); {
	case n.DataAtom == atom.Bdo && dir == "rtl", d["unicode-bidi"] == "bidi-override" && (d["direction"] == "rtl" || dir == "rtl"):
		st.rtl = true
	case n.DataAtom == atom.Bdo && dir == "ltr":
		st.rtl = false
	}
	switch d["visibility"] { // of all, only this is undone within
	case "hidden", "collapse":
		st.unseen = true
	case "visible", "initial":
		st.unseen = false
	}
	delete(d, "visibility")
	v := inline(d, st.colored)
	if n.DataAtom == atom.Font && white(attr(n, "color")) && !st.colored {
		v = max(v, faint)
	}
	for _, sel := range selectors(n) {
		if s, ok := r.sheet[sel]; ok && d["display"] == "" {
			v = max(v, min(s, faint)) // a sheet's rules may be undone by others
		}
	}
	st.vis = max(st.vis, v)
	return st
}

func selectors(n *html.Node) (out []string) {
	out = append(out, n.Data)
	for _, c := range strings.Fields(attr(n, "class")) {
		out = append(out, "."+c, n.Data+"."+c)
	}
	if id := attr(n, "id"); id != "" {
		out = append(out, "#"+id)
	}
	return out
}

// inline tells how a style shows an element.
func inline(d map[string]string, colored bool) visibility {
	zero := func(k string) bool {
		v := strings.TrimSpace(d[k])
		return v != "" && strings.Trim(v, "0.pxemrt%vhwin ") == "" && strings.Contains(v, "0") && !strings.ContainsAny(v, "123456789")
	}
	switch {
	case d["display"] == "none", d["visibility"] == "hidden", d["visibility"] == "collapse", d["mso-hide"] == "all" && d["display"] != "", zero("opacity"):
		return hidden
	case zero("font-size"), zero("max-height") && d["overflow"] == "hidden", zero("height") && d["overflow"] == "hidden", zero("max-width") && d["overflow"] == "hidden", zero("width") && d["overflow"] == "hidden":
		return hidden
	case tiny(d["font-size"]), tiny(d["max-height"]) && d["overflow"] == "hidden", strings.HasPrefix(d["text-indent"], "-") && len(d["text-indent"]) > 5, d["color"] == "transparent":
		return faint
	case strings.HasPrefix(d["left"], "-") && len(d["left"]) > 5, strings.HasPrefix(d["top"], "-") && len(d["top"]) > 5, strings.HasPrefix(d["margin-left"], "-") && len(d["margin-left"]) > 5, d["clip"] != "" && d["position"] == "absolute", strings.Contains(d["clip-path"], "100%"), strings.Contains(d["transform"], "scale(0)"):
		return faint
	case white(d["color"]) && !colored, d["color"] != "" && (d["color"] == d["background-color"] || d["color"] == d["background"]):
		return faint
	}
	return shown
}

// tiny reports a size that nobody reads.
func tiny(v string) bool {
	v = strings.TrimSpace(v)
	n, unit := v, ""
	if i := strings.IndexFunc(v, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }); i >= 0 {
		n, unit = v[:i], v[i:]
	}
	switch {
	case n == "":
		return false
	case unit == "px" || unit == "pt" || unit == "":
		return len(n) == 1 && n[0] <= '3' || strings.HasPrefix(n, "0.") || strings.HasPrefix(n, "1.") || strings.HasPrefix(n, "2.") || strings.HasPrefix(n, ".")
	case unit == "em" || unit == "rem":
		return strings.HasPrefix(n, "0.0") || strings.HasPrefix(n, "0.1") || strings.HasPrefix(n, ".0") || strings.HasPrefix(n, ".1")
	case unit == "%":
		return len(n) == 1
	}
	return false
}

// white reports a colour that cannot be told from paper.
func white(c string) bool {
	c = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(c)), " ", "")
	switch {
	case c == "white", c == "snow", c == "ivory", c == "whitesmoke", c == "ghostwhite", c == "floralwhite":
		return true
	case strings.HasPrefix(c, "#"):
		h := c[1:]
		if len(h) == 3 {
			return h == "fff" || strings.Trim(h, "ef") == ""
		}
		return len(h) == 6 && h[0] == 'f' && h[2] == 'f' && h[4] == 'f'
	case strings.HasPrefix(c, "rgb"):
		i := strings.IndexByte(c, '(')
		if i < 0 {
			return false
		}
		parts := strings.Split(strings.Trim(c[i+1:], ")"), ",")
		if len(parts) == 4 && strings.Trim(parts[3], "0.") == "" {
			return true
		}
		return len(parts) >= 3 && strings.HasPrefix(parts[0], "2") && strings.HasPrefix(parts[1], "2") && strings.HasPrefix(parts[2], "2") && len(parts[0]) == 3 && parts[0] >= "240" && parts[1] >= "240" && parts[2] >= "240"
	}
	return false
}

// declarations are a style's properties; of one that is given twice the last
// counts.
func declarations(style string) map[string]string {
	if style == "" {
		return nil
	}
	out := map[string]string{}
	for _, d := range strings.Split(withoutComments(style), ";") {
		k, v, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		v = strings.ToLower(strings.TrimSpace(v))
		v = strings.TrimSpace(strings.TrimSuffix(v, "!important"))
		out[strings.ToLower(strings.TrimSpace(k))] = v
	}
	return out
}

func withoutComments(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "/*")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if _, s, ok = strings.Cut(rest, "*/"); !ok {
			return b.String()
		}
	}
}

// styleSheet reads which simple selectors a page's own sheets hide.
// What they put before or behind elements, beyond a mark, is read with the alt texts.
func styleSheet(root *html.Node, p *page) map[string]visibility {
	const longContent = 12 // bytes
	sheet := map[string]visibility{}
	const most = 256 << 10 // bytes of style sheets that are looked at
	size := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.Style || n.FirstChild == nil {
			continue
		}
		css := n.FirstChild.Data
		if size += len(css); size > most {
			break
		}
		for _, rule := range strings.Split(strings.ReplaceAll(css, "/*", " /*"), "}") {
			sel, body, ok := strings.Cut(rule, "{")
			if !ok || strings.Contains(sel, "@") {
				continue // of some screens only
			}
			said := declarations(body)
			if words := strings.Trim(said["content"], `"'`); len(words) > longContent { // put before or behind an element
				p.alts = append(p.alts, words)
			}
			v := inline(said, true)
			for _, s := range strings.Split(sel, ",") {
				s = strings.TrimSpace(s)
				if s == "" || strings.ContainsAny(s, " >+~:[*") {
					continue
				}
				if v == shown {
					delete(sheet, s)
				} else {
					sheet[s] = v
				}
			}
		}
	}
	return sheet
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// cutFold is strings.Cut in either case of letters.
func cutFold(s, sep string) (before, after string, found bool) {
	if i := strings.Index(strings.ToLower(s), sep); i >= 0 && len(strings.ToLower(s)) == len(s) {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// wordsIn are all words below a node.
func wordsIn(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// fold makes of white space what a page shows of it. Between the letters of one
// word an element adds none.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f':
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// clean trims lines and folds empty ones. A line that was only broken in the
// source between two Japanese letters is one.
func clean(s string) string {
	var out []string
	for l := range strings.Lines(s) {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
