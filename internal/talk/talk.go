// Package talk follows a conversation turn by turn: what the window has asked
// for, what the person has told, what was asked again, when harmless questions
// turned to secrets, and who the caller says to be. The verdict of every turn
// is package check's; this package adds what only the whole talk shows.
package talk

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// MaxTurns is how many turns are followed; of a longer talk the last ones.
const MaxTurns = 5000

// Note is what a turn shows beyond its own words.
type Note string

const (
	AskedAgain    Note = "asked_again"     // the same thing is asked for once more
	TurnsToSecret Note = "turns_to_secret" // after harmless questions, a secret is asked for
	TurnsToMoney  Note = "turns_to_money"  // after harmless talk, money, remote control or secrecy is asked for
	SecretTold    Note = "secret_told"     // the person has told a secret
	ToldUnneeded  Note = "told_unneeded"   // the person has told what the inquiry does not need
	NotNamed      Note = "not_named"       // by the third turn the caller has not said company and name
)

// Step is a turn with what it shows.
type Step struct {
	ask.Turn
	Level    exchange.Level // of the talk up to here
	Asks     []exchange.JudgedAsk
	Findings []exchange.JudgedFinding // what the person tells
	Notes    []Note
}

// Caller is who the other side says to be, as far as it has said so, and what
// the directory knows of it. That the names fit proves nothing: only calling
// back by the organization's own number does.
type Caller struct {
	Company, Department, Name, Number string

	Organization string          // id of the organization that the company's name means, "" where it is not known
	NumberStatus exchange.Status // of the number that was given: official where that organization publishes it
}

// compare holds company and number against the directory.
func (c *Caller) compare() {
	c.Organization, c.NumberStatus = "", ""
	o := contact.Resolve(c.Company)
	if c.Company != "" && o != nil {
		c.Organization = o.ID
	}
	if c.Number != "" {
		c.NumberStatus = contact.JudgePhone(c.Number, o).Status
	}
}

// Case is a conversation as it goes on.
type Case struct {
	Exchange exchange.Exchange // who, by which channel, about what; its text is not read
	Level    exchange.Level
	Caller   Caller
	Told     []exchange.Category // in the order told, each once
	Asked    []exchange.Category
	Actions  []exchange.Action
	Skipped  int // turns of a very long talk that were left out

	turns int                 // of the other side
	open  []exchange.Category // what its last turn asked for
}

// kept is a Case as it is written down between turns.
type kept struct {
	whole
	Turns int                 `json:"turns"`
	Open  []exchange.Category `json:"open"`
}

type whole Case // without Case's methods

// MarshalJSON writes a case down, so that whoever reads it goes on with the talk.
func (c Case) MarshalJSON() ([]byte, error) { return json.Marshal(kept{whole(c), c.turns, c.open}) }

// UnmarshalJSON reads a case that MarshalJSON wrote.
func (c *Case) UnmarshalJSON(b []byte) error {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return err
	}
	*c = Case(k.whole)
	c.turns, c.open = k.Turns, k.Open
	return nil
}

// FollowAll takes messages that came one after the other, mails for example,
// each as one turn of the other side.
func FollowAll(list []exchange.Exchange) (Case, []Step) {
	c := Case{Level: exchange.OK}
	var steps []Step
	for i := range list {
		c.Exchange = list[i]
		steps = append(steps, c.Add(ask.Turn{Who: list[i].From, Text: list[i].Text}))
	}
	return c, steps
}

// Follow takes a transcript turn by turn.
func Follow(ex *exchange.Exchange) (Case, []Step) {
	c := Case{Exchange: *ex, Level: exchange.OK}
	turns := ask.Turns(ex)
	if len(turns) > MaxTurns {
		c.Skipped = len(turns) - MaxTurns
		turns = turns[c.Skipped:]
	}
	steps := make([]Step, 0, len(turns))
	for _, t := range turns {
		steps = append(steps, c.Add(t))
	}
	return c, steps
}

// Add takes the next turn.
func (c *Case) Add(t ask.Turn) Step {
	s := Step{Turn: t}
	ex := c.Exchange
	ex.Text = t.Text
	if t.Mine {
		ex.Subject = ""
		ex.Direction, ex.From, ex.WindowConfirmed = exchange.Outgoing, "", true
		c.tell(&s, &ex)
	} else {
		ex.Direction = exchange.Incoming
		c.asked(&s, &ex)
	}
	c.Level = c.Level.Worse(s.Level)
	s.Level = c.Level
	return s
}

// tell takes in what the person says.
func (c *Case) tell(s *Step, ex *exchange.Exchange) {
	inquiry := ex.Inquiry
	if inquiry == "" {
		inquiry = "other"
	}
	s.Level = exchange.OK
	for _, f := range answers(ex.Text, c.open) {
		n := need.Of(inquiry, f.Category, need.Circumstances{Initiator: ex.Initiator, Listener: ex.Listener, Channel: ex.Channel})
		s.Findings = append(s.Findings, exchange.JudgedFinding{Finding: f, Need: n})
		if !slices.Contains(c.Told, f.Category) {
			c.Told = append(c.Told, f.Category)
		}
		switch n.Level {
		case exchange.Never:
			s.note(SecretTold)
			s.Level = exchange.Stop
		case exchange.Unneeded:
			s.note(ToldUnneeded)
			s.Level = s.Level.Worse(exchange.Caution)
		}
	}
}

// answers finds the personal data in a turn, also what only the question
// before it makes one: 「7714です」 behind 「暗証番号は」.
func answers(s string, asked []exchange.Category) []exchange.Finding {
	out := pii.Find(s)
	const most = 8 // questions that one turn answers
	for _, c := range asked[:min(len(asked), most)] {
		label := knowledge.NameOf(c).JA + ":"
		var answered []exchange.Finding
		for _, o := range []pii.Options{{}, {RulesAlone: true}} { // a label so near is enough
			for _, f := range o.Find(label + s) {
				f.Span.Start -= len(label)
				f.Span.End -= len(label)
				if f.Span.Start >= 0 && knowledge.Parent(f.Category) == knowledge.Parent(c) {
					answered = append(answered, f)
				}
			}
			if len(answered) > 0 {
				break
			}
		}
		// Both lists are in order and without overlaps: what an answer touches
		// gives way to it.
		k := 0
		out = slices.DeleteFunc(out, func(x exchange.Finding) bool {
			for k < len(answered) && answered[k].Span.End <= x.Span.Start {
				k++
			}
			return k < len(answered) && answered[k].Span.Start < x.Span.End
		})
		out = append(out, answered...)
		slices.SortFunc(out, func(a, b exchange.Finding) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	return out
}

// asked takes in what the other side says.
func (c *Case) asked(s *Step, ex *exchange.Exchange) {
	v := check.Check(ex)
	s.Level, s.Asks = v.Level, v.Asks
	c.turns++
	c.Caller.read(ex.Text)
	c.Caller.compare()
	before := len(c.Asked) + len(c.Told)
	harmless := c.Level != exchange.Stop
	c.open = c.open[:0]
	for i := range v.Asks {
		a := &v.Asks[i]
		if a.Category != "" {
			if !slices.Contains(c.open, a.Category) {
				c.open = append(c.open, a.Category)
			}
			if slices.Contains(c.Asked, a.Category) {
				s.note(AskedAgain)
			} else {
				c.Asked = append(c.Asked, a.Category)
			}
			if a.Level == exchange.Stop && harmless && before > 0 {
				s.note(TurnsToSecret)
			}
			continue
		}
		if !slices.Contains(c.Actions, a.Action) {
			c.Actions = append(c.Actions, a.Action)
		}
		if a.Level == exchange.Stop && harmless && c.turns > 1 {
			s.note(TurnsToMoney)
		}
	}
	if c.turns == 3 && ex.Channel == exchange.ChannelPhone && (c.Caller.Company == "" || c.Caller.Name == "") {
		s.note(NotNamed)
	}
}

func (s *Step) note(n Note) {
	if !slices.Contains(s.Notes, n) {
		s.Notes = append(s.Notes, n)
	}
}

// read notes company, department and name from 「例銀行お客様センターの山田と申し
// ます」 and its like, and a number that is given to call back.
func (c *Caller) read(s string) {
	for _, cue := range []string{"と申します", "といいます", "と言います", "でございます", "です"} {
		at := strings.Index(s, cue)
		if at <= 0 {
			continue
		}
		said := s[:at]
		if i := strings.LastIndexAny(said, "。、\n:： 　"); i >= 0 {
			said = said[i:]
			said = strings.TrimLeft(said, "。、\n:： 　")
		}
		of := strings.LastIndex(said, "の")
		if of <= 0 {
			continue
		}
		org, name := said[:of], said[of+len("の"):]
		if n := len([]rune(name)); n < 1 || n > 8 || !isName(name) {
			continue
		}
		if c.Name == "" {
			c.Name = name
		}
		if c.Company == "" {
			c.Company = org
			for _, d := range departments {
				if i := strings.Index(org, d); i > 0 {
					c.Company, c.Department = org[:i], org[i:]
					break
				}
			}
		}
	}
	if c.Number == "" {
		for _, w := range []string{"折り返し", "こちらの番号", "おかけ直し", "番号は"} {
			if i := strings.Index(s, w); i >= 0 {
				if n := numberIn(s[i:]); n != "" {
					c.Number = n
				}
			}
		}
	}
}

var departments = knowledge.WordsOf("departments")

// isName reports whether the tagger or the lists take a word for a name.
func isName(s string) bool {
	for _, f := range pii.Find(s + "と申します") {
		if f.Category == "name" && f.Text == s {
			return true
		}
	}
	return false
}

// numberIn returns the first run of digits and hyphens that is long enough to
// be a number.
func numberIn(s string) string {
	start, digits := -1, 0
	for i, r := range s + " " {
		if r >= '0' && r <= '9' || r == '-' && start >= 0 {
			if start < 0 {
				start = i
			}
			if r != '-' {
				digits++
			}
			continue
		}
		if digits >= 9 {
			return strings.Trim(s[start:i], "-")
		}
		start, digits = -1, 0
	}
	return ""
}

// AlreadyTold returns what to do about what has been told: records of
// data/advice of kind told_already, the most urgent first.
func (c *Case) AlreadyTold() []string { return check.ToldAdvice(c.Told, c.Actions) }
