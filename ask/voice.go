package ask

import (
	"strings"

	"github.com/madoguchi/madoguchi"
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
