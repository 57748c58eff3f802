package ask

import (
	"strings"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/text"
)

// windowVoice are words of one who speaks for an organization to its
// customers.
var windowVoice = []string{"弊社", "当社", "当行", "お客様の", "お客さまの", "お客様各位", "ご利用いただき", "平素", "お客様へ", "【重要】", "ございます", "お知らせ", "Dear customer", "your account", "Your account"}

// GuessDirection tells a message received from a draft by its voice: a window
// asks, and speaks of 当社 and お客様. It serves surfaces where nobody said
// which of the two a text is.
func GuessDirection(s string) madoguchi.Direction {
	voices := 0
	for _, w := range windowVoice {
		if strings.Contains(s, w) {
			voices++
		}
	}
	if voices >= 2 || (voices == 1 || strings.Contains(s, "http")) && len(Find(s)) > 0 {
		return madoguchi.Incoming
	}
	return madoguchi.Outgoing
}

// Turn is what one side says before the other speaks again.
type Turn struct {
	Who  string // as the transcript names it; "" where it names nobody
	Mine bool   // the person whom the window talks to says it
	Span madoguchi.Span
	Text string
}

// Turns takes a transcript apart: 「担当：…」「私：…」. A text in which nobody is
// named is one turn of the other side.
func Turns(s string) []Turn {
	t := text.Normalize(s)
	var out []Turn
	for _, x := range split(t.Norm) {
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
