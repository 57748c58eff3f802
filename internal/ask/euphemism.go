package ask

import (
	"regexp"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// euphemisms are ways to ask for an item without its name: data/phrases.
var euphemisms = sync.OnceValue(func() []euphemism {
	var out []euphemism
	for _, p := range knowledge.PhrasesOf("asked_without_name") {
		out = append(out, euphemism{p.Category, text.NewSubstringMatcher(p.Words), regexp.MustCompile(p.Pattern)})
	}
	return out
})

type euphemism struct {
	cat  exchange.Category
	gate *text.Matcher // a sentence without one of its words cannot match
	re   *regexp.Regexp
}

// counted are asks for so many digits, without a name: three are a card's,
// four a PIN, six a code, sixteen a card's number.
var counted = regexp.MustCompile(`(3|4|6|16|三|四|六|十六)\s?(?:桁|けた|ケタ|つの数字|digits?)(の[ぁ-んァ-ヶ一-龠ーA-Za-z]{0,8}|)`)

var countedNumbers = knowledge.WordsOf("counted_numbers")

// countedCategory tells what so many digits are, "" where the words around
// them name something else (6桁の予約番号).
func countedCategory(v string, loc []int) exchange.Category {
	around := v[max(0, loc[0]-60):min(len(v), loc[1]+24)]
	noun := v[loc[4]:loc[5]]
	for _, w := range countedNumbers {
		if strings.Contains(noun, w) || strings.HasSuffix(v[:loc[0]], w) || strings.HasSuffix(v[:loc[0]], w+"番号(") || strings.HasSuffix(v[:loc[0]], w+"番号") {
			return ""
		}
	}
	if strings.HasSuffix(v[:loc[0]], "下") || strings.HasSuffix(v[:loc[0]], "末尾") || strings.HasSuffix(v[:loc[0]], "番号(") || strings.HasSuffix(v[:loc[0]], "の(") {
		return ""
	}
	arrived := strings.Contains(around, "届") || strings.Contains(around, "SMS") || strings.Contains(around, "ショートメール") || strings.Contains(around, "表示") || strings.Contains(around, "認証")
	switch v[loc[2]:loc[3]] {
	case "3", "三":
		if strings.Contains(around, "カード") || strings.Contains(around, "期限") || strings.Contains(around, "裏") {
			return "card_cvv"
		}
	case "4", "四":
		if arrived {
			return "otp"
		}
		return "pin"
	case "6", "六":
		return "otp"
	case "16", "十六":
		return "card_number"
	}
	return ""
}
