package report

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/redact"
)

// TextOptions say how a report is printed. The zero value is Japanese, plain,
// 80 columns.
type TextOptions struct {
	Lang     madoguchi.Lang
	Color    bool
	Columns  int
	TakenFor string   // what the input was taken for: a kind of package intake
	Problems []string // what of the input was broken or left out
}

// printer writes wrapped lines and remembers the first error.
type printer struct {
	w       io.Writer
	lang    madoguchi.Lang
	words   *words
	color   bool
	columns int
	err     error
}

// Text prints a verdict for a person.
func Text(w io.Writer, v *madoguchi.Verdict, o TextOptions) error {
	if o.Lang == "" {
		o.Lang = madoguchi.Japanese
	}
	if o.Columns <= 0 {
		o.Columns = 80
	}
	p := &printer{w: w, lang: o.Lang, words: vocabulary[o.Lang], color: o.Color, columns: o.Columns}
	if p.words == nil {
		return fmt.Errorf("report: no words for language %q", o.Lang)
	}
	p.headline(v)
	if o.TakenFor != "" {
		taken := p.words.kinds[o.TakenFor]
		if dir := p.words.kinds[string(v.Exchange.Direction)]; dir != "" && o.TakenFor == "text" {
			taken += " (" + dir + ")"
		}
		p.line(0, p.words.took+": "+taken)
	}
	for _, x := range o.Problems {
		p.line(0, "! "+x)
	}
	p.whereSection(v)
	if v.Exchange.Direction == madoguchi.Incoming {
		p.askSection(v)
	} else {
		p.findingSection(v)
	}
	p.nextSection(v)
	p.saySection(v)
	p.alreadySection(v)
	p.draftSection(v)
	p.consultSection(v)
	return p.err
}

// marks go with the colours, so that nothing is told by colour alone.
var marks = map[madoguchi.Level]string{madoguchi.OK: "[ ok ]", madoguchi.Caution: "[ !! ]", madoguchi.Stop: "[STOP]"}
var colors = map[madoguchi.Level]string{madoguchi.OK: "\x1b[1;30;42m", madoguchi.Caution: "\x1b[1;30;43m", madoguchi.Stop: "\x1b[1;37;41m"}

// Headline is a level in a word, with its mark.
func Headline(l madoguchi.Level, lang madoguchi.Lang) string {
	return marks[l] + " " + vocabulary[lang].level[l]
}

func (p *printer) headline(v *madoguchi.Verdict) {
	head := marks[v.Level] + " " + p.words.level[v.Level]
	if p.color {
		head = colors[v.Level] + " " + head + " \x1b[0m"
	}
	p.raw(head + "\n\n")
	for i, r := range v.Reasons {
		if i == 6 {
			break
		}
		if s := p.advice(r.ID, r.Category, v); s != "" {
			p.bullet(2, "- ", s)
		}
	}
	p.raw("\n")
}

func (p *printer) title(s string) {
	if p.color {
		s = "\x1b[1m" + s + "\x1b[0m"
	}
	p.raw("\n" + s + "\n")
}

func (p *printer) whereSection(v *madoguchi.Verdict) {
	p.title(p.words.where)
	name := v.Where.Organization
	if o := knowledge.OrganizationByID(v.Where.OrganizationID); o != nil {
		name = o.Name.JA
		if p.lang == madoguchi.English {
			name = o.Name.EN
		}
	}
	status := p.words.status[v.Where.Status]
	if v.Exchange.WindowConfirmed && v.Where.Status == madoguchi.Unconfirmed {
		status = p.words.yourself
	}
	if name != "" {
		status = name + ": " + status
	}
	p.line(2, status)
	if name != "" && v.Where.OrganizationID == "" {
		p.bullet(2, "- ", p.words.unknownOrg)
	}
	seen := map[string]bool{}
	show := func(e madoguchi.Evidence, value string) {
		t, ok := observations[e.Rule]
		if !ok || e.Rule == "claims-to-be" || e.Rule == "organization-unknown" || e.Rule == "window-confirmed-by-person" || e.Rule == "signs-of-impostor" {
			return
		}
		detail := e.Detail
		if detail == "" {
			detail = value
		}
		s := strings.ReplaceAll(t.In(p.lang), "{v}", detail)
		if seen[s] {
			return
		}
		seen[s] = true
		if len(e.Sources) > 0 && v.Where.Status == madoguchi.Official {
			s += " (" + p.words.source + ": " + e.Sources[0].URL + ")"
		}
		p.bullet(2, "- ", s)
	}
	for _, pt := range v.Where.Points {
		for _, e := range pt.Evidence {
			show(e, pt.Value)
		}
	}
	for _, e := range v.Where.Evidence {
		show(e, "")
	}
	if o := knowledge.OrganizationByID(v.Where.OrganizationID); o != nil && v.Where.Status != madoguchi.Official {
		var own []string
		for _, d := range o.Domains {
			if o.StatusOf(d) != knowledge.Unverified && len(own) < 4 {
				own = append(own, d.Name)
			}
		}
		if len(own) > 0 {
			p.bullet(2, "> ", map[madoguchi.Lang]string{madoguchi.Japanese: "この組織のドメイン: ", madoguchi.Easy: "本物のページ: ", madoguchi.English: "its own domains: "}[p.lang]+strings.Join(own, ", "))
		}
	}
}

func (p *printer) findingSection(v *madoguchi.Verdict) {
	p.title(p.words.what + " / " + p.words.much + "  (" + p.inquiryName(v) + ")")
	if len(v.Findings) == 0 {
		p.line(2, p.words.noFinding)
		return
	}
	for _, f := range v.Findings {
		value := f.Text
		if f.Need.Level == madoguchi.Never {
			value = redact.Mask(value)
		}
		value = strings.Join(strings.Fields(value), " ")
		p.row(levelMark(f.Need.Level), p.words.need[f.Need.Level], knowledge.NameOf(f.Category).In(p.lang), value)
		p.needNote(f.Need)
	}
}

// levelMark is a mark of a need's level that is not a colour.
func levelMark(l madoguchi.NeedLevel) string {
	switch l {
	case madoguchi.Never:
		return "x"
	case madoguchi.Unneeded:
		return "-"
	case madoguchi.Optional:
		return "o"
	}
	return "*"
}

// needNote prints why, and how well it is known.
func (p *printer) needNote(n madoguchi.Need) {
	s := n.Note.In(p.lang)
	if s == "" {
		return
	}
	if n.Basis.Stated() {
		s += " [" + p.words.says + "]"
	} else {
		s += " [" + p.words.general + "]"
	}
	p.line(6, s)
	if (n.Level == madoguchi.Never || n.Level == madoguchi.Unneeded) && !n.Instead.IsZero() {
		p.line(6, "-> "+n.Instead.In(p.lang))
	}
}

func (p *printer) askSection(v *madoguchi.Verdict) {
	head := p.words.asks
	if v.Inquiry != "" {
		head += "  (" + p.inquiryName(v) + ")"
	}
	p.title(head)
	if len(v.Asks) == 0 {
		p.line(2, p.words.noAsk)
		return
	}
	seen := map[string]bool{}
	asks := append([]madoguchi.JudgedAsk(nil), v.Asks...)
	sort.SliceStable(asks, func(i, j int) bool { // the worst first
		return asks[i].Level != asks[j].Level && asks[i].Level.Worse(asks[j].Level) == asks[i].Level
	})
	for _, a := range asks {
		key := string(a.Category) + string(a.Action)
		if seen[key] {
			continue
		}
		seen[key] = true
		if a.Category != "" {
			p.row(levelMark(a.Need.Level), p.words.need[a.Need.Level], knowledge.NameOf(a.Category).In(p.lang), "「"+clipTo(a.Quote, 40)+"」")
			p.needNote(a.Need)
			continue
		}
		if t := knowledge.TacticByID(a.Action); t != nil {
			mark := "*"
			if a.Level == madoguchi.Stop {
				mark = "x"
			} else if a.Level == madoguchi.Caution {
				mark = "-"
			}
			p.row(mark, "", t.Name.In(p.lang), "「"+clipTo(a.Quote, 40)+"」")
			if a.Level != madoguchi.OK || v.Level == madoguchi.Stop {
				p.line(6, t.Explain.In(p.lang))
			}
		}
	}
}

// clipTo shortens a quotation to n code points.
func clipTo(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return string(r)
}

func (p *printer) inquiryName(v *madoguchi.Verdict) string {
	name := string(v.Inquiry)
	if q := knowledge.InquiryByID(v.Inquiry); q != nil {
		name = q.Name.In(p.lang)
	}
	if v.Guessed {
		name += "; " + p.words.guessed
	}
	return name
}

func (p *printer) nextSection(v *madoguchi.Verdict) {
	if len(v.Next) == 0 {
		return
	}
	p.title(p.words.next)
	n := 0
	for _, s := range v.Next {
		if t := p.advice(s.ID, s.Category, v); t != "" {
			n++
			p.bullet(2, fmt.Sprintf("%d. ", n), t)
		}
	}
}

func (p *printer) saySection(v *madoguchi.Verdict) {
	if len(v.Say) == 0 {
		return
	}
	p.title(p.words.say)
	seen := map[string]bool{}
	for _, s := range v.Say {
		t := p.advice(s.ID, s.Category, v)
		if t == "" || seen[t] {
			continue
		}
		seen[t] = true
		if p.lang == madoguchi.English {
			p.bullet(2, "- ", "“"+t+"”")
		} else {
			p.bullet(2, "- ", "「"+t+"」")
		}
	}
}

// alreadySection says what to do where it has been told or done already.
func (p *printer) alreadySection(v *madoguchi.Verdict) {
	if len(v.Already) == 0 {
		return
	}
	p.title(p.words.already)
	for i, id := range v.Already[:min(3, len(v.Already))] {
		p.bullet(2, fmt.Sprintf("%d. ", i+1), p.advice(id, "", v))
	}
}

// draftSection prints the draft with what should not be told covered.
func (p *printer) draftSection(v *madoguchi.Verdict) {
	var pieces []redact.Piece
	for _, f := range v.Findings {
		if f.Need.Level == madoguchi.Never || f.Need.Level == madoguchi.Unneeded {
			pieces = append(pieces, redact.Piece{Span: f.Span, Name: knowledge.NameOf(f.Category).In(p.lang)})
		}
	}
	if len(pieces) == 0 {
		return
	}
	p.title(p.words.draft)
	for _, l := range strings.Split(strings.TrimRight(redact.Cover(v.Exchange.Text, pieces, redact.Placeholder).Text, "\n"), "\n") {
		p.bullet(2, "| ", l)
	}
}

func (p *printer) consultSection(v *madoguchi.Verdict) {
	if len(v.Consultations) == 0 {
		return
	}
	p.title(p.words.consult)
	for _, id := range v.Consultations {
		c := knowledge.ConsultationByID(id)
		if c == nil {
			continue
		}
		s := c.Name.In(p.lang)
		if c.Phone != "" {
			s += "  " + c.Phone
			if c.PhoneStatus == knowledge.Unverified {
				s += " (" + p.words.unsure + ")"
			}
		}
		p.bullet(2, "- ", s)
		p.line(4, c.For.In(p.lang))
		p.line(4, p.words.hours+": "+c.Hours.In(p.lang))
	}
}

// advice returns the sentence of a record of data/advice with its gaps filled.
func (p *printer) advice(id string, c madoguchi.Category, v *madoguchi.Verdict) string {
	a := knowledge.AdviceByID(id)
	if a == nil {
		return ""
	}
	item := knowledge.NameOf(c).In(p.lang)
	if c == "" {
		item = map[madoguchi.Lang]string{madoguchi.Japanese: "その情報", madoguchi.Easy: "そのこと", madoguchi.English: "that information"}[p.lang]
	}
	org := v.Where.Organization
	if org == "" {
		org = map[madoguchi.Lang]string{madoguchi.Japanese: "相手の会社", madoguchi.Easy: "相手の会社", madoguchi.English: "the organization"}[p.lang]
	}
	domain, number := "", ""
	for _, pt := range v.Where.Points {
		if pt.Kind == madoguchi.ContactPhone && number == "" {
			number = pt.Shown
		} else if domain == "" {
			domain = pt.Value
		}
	}
	return strings.NewReplacer("{item}", item, "{organization}", org, "{domain}", domain, "{number}", number).Replace(a.Text.In(p.lang))
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
