package report

import (
	"io"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// needHeads are the headings of a needs table, in the order in which they are
// printed.
var needHeads = []struct {
	levels []exchange.NeedLevel
	text   exchange.Text
}{
	{[]exchange.NeedLevel{exchange.Required}, exchange.Text{JA: "用意するもの", Easy: "用意（ようい）するもの", EN: "Have ready"}},
	{[]exchange.NeedLevel{exchange.Common, exchange.Optional}, exchange.Text{JA: "聞かれることがあるもの", Easy: "聞かれるかもしれないもの", EN: "You may be asked"}},
	{[]exchange.NeedLevel{exchange.Unneeded}, exchange.Text{JA: "要らないもの（聞かれたら理由を尋ねる）", Easy: "いらないもの", EN: "Not needed: ask why"}},
	{[]exchange.NeedLevel{exchange.Never}, exchange.Text{JA: "だれにも伝えないもの", Easy: "だれにも言わないもの", EN: "Never tell"}},
}

// Needs prints what windows need for an inquiry, each with why and how well it
// is known. Cells from the same page name it once, at the end.
func Needs(w io.Writer, inquiry exchange.Inquiry, table []exchange.Need, lang exchange.Lang, columns int) error {
	p := &printer{w: w, lang: lang, words: vocabulary[lang], columns: columns}
	name := string(inquiry)
	if q := knowledge.InquiryByID(inquiry); q != nil {
		name = q.Name.In(lang)
	}
	p.raw(name + "\n")
	pages := map[string]exchange.Source{}
	for _, h := range needHeads {
		var rows []exchange.Need
		for _, n := range table {
			for _, l := range h.levels {
				if n.Level == l && (n.Level != exchange.Unneeded || strings.HasPrefix(n.Record, "inquiries/")) {
					rows = append(rows, n)
				}
			}
		}
		if len(rows) == 0 {
			continue
		}
		p.title(h.text.In(lang))
		for _, n := range rows {
			item := NeedItem(n, lang)
			p.item(&item)
			if n.Basis.Stated() && n.Source.URL != "" {
				pages[n.Source.URL] = n.Source
			}
		}
	}
	if len(pages) > 0 {
		p.title(p.words.source)
		var urls []string
		for u := range pages {
			urls = append(urls, u)
		}
		sort.Strings(urls)
		for _, u := range urls {
			p.bullet(2, "- ", pages[u].Publisher+" "+u+" ("+pages[u].Retrieved+")")
		}
	}
	return p.err
}

// Organization prints a record of the directory with its sources.
func Organization(w io.Writer, o *knowledge.Organization, columns int) error {
	p := &printer{w: w, lang: exchange.Japanese, words: vocabulary[exchange.Japanese], columns: columns}
	p.raw(o.Name.JA + " / " + o.Name.EN + "  [" + string(o.Status) + "]\n")
	if o.Parent != "" {
		p.line(2, "parent: "+o.Parent)
	}
	var aliases []string
	for _, a := range o.Aliases {
		aliases = append(aliases, a.Text)
	}
	p.bullet(2, "別名: ", strings.Join(aliases, "、"))
	p.title("ドメイン")
	for _, d := range o.Domains {
		p.bullet(2, "- ", d.Name+"  "+strings.Join(d.Roles, ",")+"  ["+string(o.StatusOf(d))+"]  "+strings.Join(d.Sources, ","))
	}
	if len(o.Phones) > 0 {
		p.title("電話")
		for _, ph := range o.Phones {
			p.bullet(2, "- ", ph.Number+"  "+ph.Use)
		}
	}
	if len(o.NeverAsks) > 0 {
		p.title("聞かないと言っていること")
		for _, n := range o.NeverAsks {
			p.bullet(2, "- ", n.Statement)
		}
	}
	p.title("出典")
	for _, s := range o.Sources {
		p.bullet(2, "- ", s.ID+": "+s.Publisher+" "+s.URL+" ("+s.Kind+", "+s.Retrieved+")")
	}
	return p.err
}
