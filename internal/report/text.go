package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/madoguchi/madoguchi/exchange"
)

// TextOptions say how a report is printed. The zero value is Japanese, plain,
// 80 columns.
type TextOptions struct {
	Lang     exchange.Lang
	Color    bool
	Columns  int
	TakenFor string // what the input was taken for: a kind of package intake
	Full     bool   // all that is known, not only what to do now
}

// printer writes wrapped lines and remembers the first error.
type printer struct {
	w       io.Writer
	lang    exchange.Lang
	words   *words
	color   bool
	columns int
	err     error
}

// Text prints a verdict for a person.
func Text(w io.Writer, v *exchange.Verdict, o TextOptions) error {
	if o.Lang == "" {
		o.Lang = exchange.Japanese
	}
	if o.Columns <= 0 {
		o.Columns = 80
	}
	p := &printer{w: w, lang: o.Lang, words: vocabulary[o.Lang], color: o.Color, columns: o.Columns}
	if p.words == nil {
		return fmt.Errorf("report: no words for language %q", o.Lang)
	}
	x := NewView(v, o.Lang)
	p.headline(&x, o.Full)
	p.firstAid(x.FirstAid)
	if o.TakenFor != "" {
		taken := p.words.kinds[o.TakenFor]
		if dir := p.words.kinds[string(v.Exchange.Direction)]; dir != "" && o.TakenFor == "text" {
			taken += " (" + dir + ")"
		}
		if v.BothWays && o.Full {
			taken += p.words.bothWays
		}
		p.line(0, p.words.took+": "+taken)
	}
	if !o.Full {
		p.short(&x)
		return p.err
	}
	p.where(&x.Where)
	p.what(&x.What)
	p.numbered(&x.Next)
	p.say(&x.Say)
	p.numbered(&x.Already)
	p.draft(x.Draft)
	p.consult(&x.Consult)
	p.last(&x)
	return p.err
}

// few are how many reasons and steps the short answer gives.
const few = 2

// short prints what to do now, whom to call, and how to see the rest.
func (p *printer) short(x *View) {
	steps := Section{Title: x.Next.Title}
	for _, s := range x.Next.Sentences {
		if s != x.Act && len(steps.Sentences) < few {
			steps.Sentences = append(steps.Sentences, s)
		}
	}
	p.numbered(&steps)
	p.draft(x.Draft)
	shown := false
	for i := range x.Consult.List {
		c := &x.Consult.List[i]
		if x.Level == exchange.OK || x.Draft != nil || c.Phone == "" && (c.At == "" || shown) {
			continue
		}
		if !shown {
			p.title(x.Consult.Title)
			shown = true
		}
		if c.Phone != "" {
			p.line(2, named(c))
			break
		}
		p.line(2, c.Name+"  "+c.At) // one's own bank: and whom to call besides
	}
	p.raw("\n")
	p.line(0, p.words.rest)
	p.last(x)
}

// named is a desk's name with its number, which some have in their name.
func named(c *ViewContact) string {
	if strings.Contains(c.Name, c.Phone) {
		return c.Name
	}
	return c.Name + "  " + c.Phone
}

// last repeats the answer: of a long one, the end is what stays on the screen.
func (p *printer) last(x *View) {
	p.raw("\n" + marks[x.Level] + " " + x.Headline + "\n")
}

// marks go with the colours, so that nothing is told by colour alone.
var marks = map[exchange.Level]string{exchange.OK: "[ ok ]", exchange.Caution: "[ !! ]", exchange.Stop: "[STOP]"}
var colors = map[exchange.Level]string{exchange.OK: "\x1b[1;30;42m", exchange.Caution: "\x1b[1;30;43m", exchange.Stop: "\x1b[1;37;41m"}

// Headline is a level in a word, with its mark.
func Headline(l exchange.Level, lang exchange.Lang) string {
	return marks[l] + " " + vocabulary[lang].level[l]
}

func (p *printer) headline(x *View, full bool) {
	head := marks[x.Level] + " " + x.Headline
	if p.color {
		head = colors[x.Level] + " " + head + " \x1b[0m"
	}
	p.raw(head + "\n")
	if x.Act != "" {
		p.line(2, x.Act)
	}
	p.raw("\n")
	for i, r := range x.Reasons {
		if full || i < few {
			p.bullet(2, "- ", r.Text)
		}
	}
	p.raw("\n")
}

func (p *printer) firstAid(x *ViewFirstAid) {
	if x == nil {
		return
	}
	p.raw("[" + x.Title + "]\n")
	for _, line := range x.Lines {
		p.bullet(2, "- ", line)
	}
	p.raw("\n")
}

func (p *printer) title(s string) {
	if p.color {
		s = "\x1b[1m" + s + "\x1b[0m"
	}
	p.raw("\n" + s + "\n")
}

func (p *printer) where(x *ViewWhere) {
	p.title(x.Title)
	status := x.StatusText
	if x.Organization != "" {
		status = x.Organization + ": " + status
	}
	p.line(2, status)
	for _, n := range x.Notes {
		s := n.Text
		if len(n.Sources) > 0 && x.Status == exchange.Official {
			s += " (" + p.words.source + ": " + n.Sources[0].URL + ")"
		}
		p.bullet(2, "- ", s)
	}
	if len(x.OwnDomains) > 0 {
		p.bullet(2, "> ", x.OwnTitle+": "+strings.Join(x.OwnDomains, ", "))
	}
}

func (p *printer) what(x *ViewWhat) {
	p.title(x.Title)
	if len(x.Items) == 0 {
		p.line(2, x.Empty)
	}
	for i := range x.Items {
		p.item(&x.Items[i])
	}
}

func (p *printer) item(item *ViewItem) {
	mark := levelMark(item.Need)
	if item.Action != "" {
		mark = map[exchange.Level]string{exchange.Stop: "x", exchange.Caution: "-"}[item.Level]
		if mark == "" {
			mark = "*"
		}
	}
	p.row(mark, item.NeedText, item.Name, item.Value)
	if item.Note != "" {
		note := item.Note
		if item.Basis != "" {
			note += " [" + item.Basis + "]"
		}
		p.line(6, note)
	}
	if item.Instead != "" {
		p.line(6, "-> "+item.Instead)
	}
}

// levelMark is a mark of a need's level that is not a colour.
func levelMark(l exchange.NeedLevel) string {
	switch l {
	case exchange.Never:
		return "x"
	case exchange.Unneeded:
		return "-"
	case exchange.Optional:
		return "o"
	}
	return "*"
}

func (p *printer) numbered(x *Section) {
	if len(x.Sentences) == 0 {
		return
	}
	p.title(x.Title)
	for i, t := range x.Sentences {
		p.bullet(2, fmt.Sprintf("%d. ", i+1), t)
	}
}

func (p *printer) say(x *Section) {
	if len(x.Sentences) == 0 {
		return
	}
	p.title(x.Title)
	for _, t := range x.Sentences {
		if p.lang == exchange.English {
			p.bullet(2, "- ", "“"+t+"”")
		} else {
			p.bullet(2, "- ", "「"+t+"」")
		}
	}
}

func (p *printer) draft(x *Paragraph) {
	if x == nil {
		return
	}
	p.title(x.Title)
	for _, l := range strings.Split(strings.TrimRight(x.Text, "\n"), "\n") {
		p.bullet(2, "| ", l)
	}
}

func (p *printer) consult(x *ViewConsult) {
	if len(x.List) == 0 {
		return
	}
	p.title(x.Title)
	for i := range x.List {
		c := &x.List[i]
		s := c.Name
		if c.Phone != "" {
			s += "  " + c.Phone
			if c.Unsure != "" {
				s += " (" + c.Unsure + ")"
			}
		}
		p.bullet(2, "- ", s)
		p.line(4, c.For)
		p.line(4, p.words.hours+": "+c.Hours)
	}
}

// row prints mark, level, name and value in columns.
func (p *printer) row(mark, level, name, value string) {
	left := "  " + mark + " " + pad(level, 14) + " " + pad(name, 22) + " "
	p.wrap(left, strings.Repeat(" ", width(left)), value)
}

// pad fills a string up to n columns; a longer one stays.
func pad(s string, n int) string {
	if w := width(s); w < n {
		return s + strings.Repeat(" ", n-w)
	}
	return s
}

func (p *printer) line(indent int, s string) {
	in := strings.Repeat(" ", indent)
	p.wrap(in, in, s)
}

func (p *printer) bullet(indent int, mark, s string) {
	in := strings.Repeat(" ", indent)
	p.wrap(in+mark, in+strings.Repeat(" ", width(mark)), s)
}

// condition counts characters as wide as terminals in Japan show them.
var condition = func() *runewidth.Condition {
	c := runewidth.NewCondition()
	c.EastAsianWidth = false
	return c
}()

func width(s string) int { return condition.StringWidth(s) }

// noLineStart are characters that do not begin a line (行頭禁則).
const noLineStart = "。、）」』】〕!?！？ー・…ぁぃぅぇぉっゃゅょァィゥェォッャュョ:;,.)"

// wrap prints s in lines of at most p.columns columns. Japanese breaks
// anywhere but before a character of noLineStart; Latin words stay whole.
func (p *printer) wrap(first, rest, s string) {
	indent := first
	line, col := indent, width(indent)
	begun := false
	flush := func() {
		p.raw(strings.TrimRight(line, " ") + "\n")
		indent = rest
		line, col, begun = indent, width(indent), false
	}
	for _, unit := range units(s) {
		if unit == "\n" {
			flush()
			continue
		}
		w := width(unit)
		if begun && col+w > p.columns && !strings.ContainsRune(noLineStart, []rune(unit)[0]) {
			flush()
		}
		if !begun && unit == " " {
			continue
		}
		line += unit
		col += w
		begun = true
	}
	flush()
}

// units cuts a text into what may not be broken: Latin words, single other
// characters.
func units(s string) []string {
	var out []string
	word := ""
	for _, r := range s {
		if r > ' ' && r < 0x2E80 && r != '…' && r != '“' && r != '”' {
			word += string(r)
			continue
		}
		if word != "" {
			out = append(out, word)
			word = ""
		}
		out = append(out, string(r))
	}
	if word != "" {
		out = append(out, word)
	}
	return out
}

func (p *printer) raw(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}
