package check

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

var alreadyWords = sync.OnceValue(func() *text.Matcher { return text.NewSubstringMatcher(knowledge.WordsOf("already")) })

// goesOn are letters behind such a word that end what somebody says of himself; others make it
// a condition or somebody else's: 「渡してしまった方は」, 「送ってしまった場合」.
const goesOn = "。、!?.,\n 」』)のんけがかみしよわねさぁー〜…"

// already reports whether a text says that its writer has told, paid, handed over or done
// something: not in what is quoted, nor in a talk with names before its turns.
func already(n string) bool {
	const name = 40 // bytes of a name before a turn, at most
	from, line, quoted := 0, 0, false
	for _, m := range alreadyWords().Append(nil, n) {
		for i, r := range n[from:m.Start] { // each letter once, however many words there are
			switch r {
			case '\n':
				line = from + i + 1
			case '「':
				quoted = true
			case '」':
				quoted = false
			}
		}
		from = m.Start
		if quoted || strings.Contains(n[line:min(m.Start, line+name)], ":") {
			continue
		}
		r, _ := utf8.DecodeRuneInString(n[m.End:])
		if m.End == len(n) || strings.ContainsRune(goesOn, r) {
			return true
		}
	}
	return false
}
