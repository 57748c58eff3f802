package check

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// spelled are the secrets whose names are known in kana alone and in languages that the
// reader has hardly seen: the lists spelled_… of data/words.
var spelled = sync.OnceValue(func() (out []spelling) {
	for _, c := range []exchange.Category{"otp", "pin", "password", "card_number", "wallet_seed"} {
		out = append(out, spelling{c, text.NewSubstringMatcher(knowledge.WordsOf("spelled_" + string(c)))})
	}
	return out
})

// wordsAsSpoken is the evidence that a gloss asks for something.
const wordsAsSpoken = "words-as-spoken"

type spelling struct {
	category exchange.Category
	words    *text.Matcher
}

var (
	spelledRequests = sync.OnceValue(func() *text.Matcher { return text.NewSubstringMatcher(knowledge.WordsOf("spelled_requests")) })
	spelledEntering = sync.OnceValue(func() *text.Matcher { return text.NewSubstringMatcher(knowledge.WordsOf("spelled_entering")) })
	spelledDenials  = sync.OnceValue(func() *text.Matcher { return text.NewSubstringMatcher(knowledge.WordsOf("spelled_denials")) })
)

// gloss says in Japanese which secrets a text asks for that is written in kana alone or in
// another language: 「ﾊﾟｽﾜｰﾄﾞｦ ｵｸﾚ」, «envie sua senha». It is "" for any other text, and where a sentence
// denies.
func gloss(n string) string {
	han, kana := strings.ContainsFunc(n, func(r rune) bool { return unicode.Is(unicode.Han, r) }), strings.ContainsFunc(n, isKana)
	if han && kana {
		return ""
	}
	folded := strings.ToLower(n)
	if kana {
		folded = inHiragana(folded)
	}
	var out strings.Builder
	for _, s := range strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune("。.!?！？\n", r) }) {
		told, typed := spelledRequests().Contains(s), spelledEntering().Contains(s)
		if spelledDenials().Contains(s) {
			continue
		}
		for _, x := range spelled() {
			if (told || typed && x.category != "otp") && x.words.Contains(s) { // a code that one asked for is typed in
				out.WriteString(knowledge.NameOf(x.category).JA + "を教えてください。")
			}
		}
	}
	return out.String()
}

// brought reports whether a text of another language brings a code and asks for none: that
// it is to be told to nobody is no secrecy.
func brought(n string) bool {
	return !strings.ContainsFunc(n, isKana) && gloss(n) == "" && spelled()[0].words.Contains(strings.ToLower(n)) && code.MatchString(n)
}

var code = regexp.MustCompile(`\d{4,8}`)

func isKana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

// inHiragana turns katakana into hiragana and takes out the blanks between kana.
func inHiragana(s string) string {
	out := make([]rune, 0, len(s)/3)
	letters := []rune(s)
	for i, r := range letters {
		switch {
		case r >= 'ァ' && r <= 'ヶ':
			r -= 'ァ' - 'ぁ'
		case unicode.IsSpace(r) && r != '\n' && i > 0 && i+1 < len(letters) && isKana(letters[i-1]) && isKana(letters[i+1]):
			continue
		}
		out = append(out, r)
	}
	return string(slices.Clip(out))
}
