package ask

import (
	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Turn is what one side says before the other speaks again.
type Turn struct {
	Who  string // as the transcript names it; "" where it names nobody
	Mine bool   // the person whom the window talks to says it
	Span exchange.Span
	Text string
}

// Turns takes a transcript apart: as an export tells, or 「担当：…」「私：…」. A text
// in which nobody is named is one turn of the other side.
func Turns(ex *exchange.Exchange) []Turn {
	s := ex.Text
	t := text.Normalize(s)
	var out []Turn
	sentences := split(t.Norm)
	if len(ex.Turns) > 0 {
		sentences = splitTurns(t, ex.Turns)
	}
	for _, x := range sentences {
		sp := t.Span(x.start, x.end)
		if n := len(out) - 1; n >= 0 && out[n].Who == x.speaker && out[n].Mine == x.person {
			out[n].Span.End = sp.End
			out[n].Text = s[out[n].Span.Start:sp.End]
			continue
		}
		out = append(out, Turn{x.speaker, x.person, sp, s[sp.Start:sp.End]})
	}
	return out
}
