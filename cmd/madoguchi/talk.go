package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/internal/talk"
)

type talkCmd struct {
	Input []string `arg:"" optional:"" help:"A talk: exported from LINE, SMS Backup & Restore XML, or a transcript with a speaker before each line (担当：… 私：…)."`
	circumstances
	Lang   string `help:"ja, easy or en." default:"ja" enum:"ja,easy,en"`
	Format string `help:"text or json." default:"text" enum:"text,json"`
}

// noteWords say what a turn shows.
var noteWords = map[talk.Note]exchange.Text{
	talk.AskedAgain:    {JA: "同じことを、もう一度聞いています", Easy: "同じことを、また聞いています", EN: "asks the same thing again"},
	talk.TurnsToSecret: {JA: "ふつうの質問のあとで、だれにも教えない番号や言葉を聞き始めました", Easy: "ここから、教えてはいけないことを聞いています", EN: "after harmless questions, asks for a secret"},
	talk.TurnsToMoney:  {JA: "話の途中から、お金・遠隔操作・口止めの話になりました", Easy: "ここから、お金やパソコンの話になりました", EN: "turns to money, remote control or secrecy"},
	talk.SecretTold:    {JA: "だれにも教えないものを伝えています", Easy: "教えてはいけないことを、言いました", EN: "a secret was told"},
	talk.ToldUnneeded:  {JA: "この用件に要らないことを伝えています", Easy: "言わなくてもいいことを、言いました", EN: "something this inquiry does not need was told"},
	talk.NotNamed:      {JA: "会社名と名前を、まだ名乗っていません", Easy: "会社と名前を、まだ言っていません", EN: "has not yet said company and name"},
}

func (c *talkCmd) Run(s *streams) error {
	items, err := readInput(s, c.Input)
	if err != nil {
		return err
	}
	if len(items) > 1 && items[0].Kind == intake.Mbox {
		var mails []exchange.Exchange
		for i := range items {
			if err := c.apply(&items[i].Exchange, items[i].Kind); err != nil {
				return err
			}
			mails = append(mails, items[i].Exchange)
		}
		k, steps := talk.FollowAll(mails)
		if err := c.show(s, &k, steps); err != nil {
			return err
		}
		return statusOf(k.Level)
	}
	worst := exchange.OK
	for i := range items {
		ex := &items[i].Exchange
		ex.Direction = exchange.Incoming
		if err := c.apply(ex, items[i].Kind); err != nil {
			return err
		}
		k, steps := talk.Follow(ex)
		worst = worst.Worse(k.Level)
		c.tellUnread(s, ex, &worst)
		if k.Skipped > 0 {
			fmt.Fprintf(s.err, "madoguchi: the first %d turns of a very long talk were left out\n", k.Skipped)
		}
		if err := c.show(s, &k, steps); err != nil {
			return err
		}
	}
	return statusOf(worst)
}

// tellUnread says what of a talk was not read; it is not waved through.
func (c *talkCmd) tellUnread(s *streams, ex *exchange.Exchange, worst *exchange.Level) {
	v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: "。", Unread: ex.Unread})
	*worst = worst.Worse(v.Level)
	if v.Level != exchange.OK {
		for _, r := range report.NewView(&v, exchange.Lang(c.Lang)).Reasons {
			fmt.Fprintln(s.err, "madoguchi:", r.Text)
		}
	}
}

func (c *talkCmd) show(s *streams, k *talk.Case, steps []talk.Step) error {
	if c.Format == "json" {
		return c.json(s, k, steps)
	}
	c.print(s, k, steps)
	return nil
}

// talkRow is the JSON of a talk; offsets are Unicode code points of its text.
type talkRow struct {
	Level  string      `json:"level"`
	Turns  []turnRow   `json:"turns"`
	Told   []string    `json:"told"`
	Asked  []string    `json:"asked"`
	Caller talk.Caller `json:"caller"`
	Next   []string    `json:"already_told_next"`
}

type turnRow struct {
	Mine  bool     `json:"mine"`
	Who   string   `json:"who,omitempty"`
	Level string   `json:"level"`
	Asks  []string `json:"asks"`
	Told  []string `json:"told"`
	Notes []string `json:"notes"`
}

func (c *talkCmd) json(s *streams, k *talk.Case, steps []talk.Step) error {
	row := talkRow{Level: string(k.Level), Caller: k.Caller, Told: ids(k.Told), Asked: ids(k.Asked), Next: ids(k.AlreadyTold())}
	for i := range steps {
		t := turnRow{Mine: steps[i].Mine, Who: steps[i].Who, Level: string(steps[i].Level), Asks: []string{}, Told: []string{}, Notes: ids(steps[i].Notes)}
		for _, a := range steps[i].Asks {
			t.Asks = append(t.Asks, string(a.Category)+string(a.Action))
		}
		for _, f := range steps[i].Findings {
			t.Told = append(t.Told, string(f.Category))
		}
		row.Turns = append(row.Turns, t)
	}
	e := json.NewEncoder(exact(s.out))
	e.SetEscapeHTML(false)
	return e.Encode(row)
}

func ids[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

// print shows the talk without repeating what was told.
func (c *talkCmd) print(s *streams, k *talk.Case, steps []talk.Step) {
	lang := exchange.Lang(c.Lang)
	say := func(ja, easy, en string) string { return exchange.Text{JA: ja, Easy: easy, EN: en}.In(lang) }
	fmt.Fprintln(s.out, report.Headline(k.Level, lang))
	fmt.Fprintln(s.out)
	for i := range steps {
		st := &steps[i]
		who, verb, things := st.Who, say("聞かれたこと", "聞かれたこと", "asked for"), []string{}
		if st.Mine {
			who, verb = say("あなた", "あなた", "you"), say("伝えたこと", "言ったこと", "told")
			for _, f := range st.Findings {
				things = append(things, knowledge.NameOf(f.Category).In(lang))
			}
		} else {
			if who == "" {
				who = say("相手", "相手", "they")
			}
			for _, a := range st.Asks {
				if a.Category != "" {
					things = append(things, knowledge.NameOf(a.Category).In(lang))
				} else if t := knowledge.TacticByID(a.Action); t != nil {
					things = append(things, t.Name.In(lang))
				}
			}
		}
		if len(things) == 0 && len(st.Notes) == 0 {
			continue
		}
		mark := " "
		switch st.Level {
		case exchange.Stop:
			mark = "!"
		case exchange.Caution:
			mark = "?"
		}
		line := fmt.Sprintf("%s %3d  %s", mark, i+1, who)
		if len(things) > 0 {
			line += "  " + verb + ": " + strings.Join(things, say("、", "、", ", "))
		}
		fmt.Fprintln(s.out, line)
		for _, n := range st.Notes {
			fmt.Fprintln(s.out, "       → "+noteWords[n].In(lang))
		}
	}
	unknown := say("まだ聞いていません", "まだ聞いていません", "not said yet")
	or := func(v string) string {
		if v == "" {
			return unknown
		}
		return v
	}
	fmt.Fprintf(s.out, "\n%s\n  %s %s\n  %s %s\n  %s %s\n  %s %s\n", say("相手が名乗ったこと（公式の番号で確かめてください）", "相手が言った名前（正しい番号でたしかめます）", "who they say they are (check it by the official number)"),
		say("会社:", "会社:", "company:"), or(k.Caller.Company), say("部署:", "どこの人:", "department:"), or(k.Caller.Department),
		say("名前:", "名前:", "name:"), or(k.Caller.Name), say("番号:", "電話番号:", "number:"), or(k.Caller.Number))
	if o := knowledge.OrganizationByID(k.Caller.Organization); o != nil {
		page := o.ContactPage
		if page == "" && len(o.Domains) > 0 {
			page = o.Domains[0].Name
		}
		fmt.Fprintf(s.out, "  %s %s  %s\n", say("名簿にある会社:", "名簿の会社:", "in the directory:"), o.Name.JA, page)
	}
	if k.Caller.Number != "" && k.Caller.NumberStatus != exchange.Official {
		fmt.Fprintln(s.out, "  "+say("この番号は、その会社の公式の番号と確かめられません。かけ直さないでください。", "この番号は、本物かわかりません。かけません。", "This number is not known to be theirs; do not call it back."))
	}
	if told := k.AlreadyTold(); k.Level != exchange.OK && len(told) > 0 {
		fmt.Fprintln(s.out, "\n"+say("もう伝えたり、したりしたときは（急ぐ順）", "もう言ったとき・したとき（いそぐ順）", "If you have told or done it already (most urgent first)"))
		for i, id := range told {
			fmt.Fprintf(s.out, "  %d. %s\n", i+1, knowledge.AdviceByID(id).Text.In(lang))
		}
	}
}
