package text

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
)

// How many letters of another language make a text that the reader does not know:
// fewer are a name or a greeting.
const (
	fewInScript = 10 // of a script that neither Japanese nor English uses
	fewHan      = 16
	manyHan     = 40 // without kana, and without a character of Japanese or Chinese alone
	fewLatin    = 40
	mostLatin   = 20_000 // what is looked at
)

// Foreign returns the language (ISO 639-1) in which a good part of a text stands
// that is neither Japanese nor English, "" if there is none. Addresses do not count.
func Foreign(s string) string {
	letters := map[string]int{}
	var latin strings.Builder
	kana := strings.ContainsFunc(s, isKana)
	for line := range strings.Lines(s) {
		c := count(line)
		for code, n := range c.scripts {
			letters[code] += n
		}
		if c.kana == 0 && c.han > 0 {
			if chinese := c.chinese > 1 || c.chinese > 0 && c.han < fewHan; chinese || !kana && c.japanese == 0 && c.han >= manyHan {
				letters["zh"] += c.han
			}
		}
		if c.latin > c.kana+c.han && c.latin >= 8 && latin.Len() < mostLatin {
			latin.WriteString(withoutAddresses(line[:min(len(line), mostLatin)]) + "\n")
		}
	}
	if letters["zh"] < fewHan/3 {
		delete(letters, "zh")
	}
	if code := latinLanguage(latin.String()); code != "" {
		letters[code] += fewLatin
	}
	best, most := "", fewInScript-1
	for code, n := range letters {
		if n > most || n == most && best != "" && code < best {
			best, most = code, n
		}
	}
	return best
}

func isKana(r rune) bool { return r >= 0x3041 && r <= 0x30FA || r >= 0xFF66 && r <= 0xFF9D }

// Common characters that Chinese alone writes, simplified or traditional, and that
// Japanese alone does.
const (
	chineseOnly  = "您你们們这這吗嗎请哪么麼没啦吧呢谁说话时间给还对开关网账户银际业务专员尔录冻问题邮递运戶號點擊與匯轉單證關對變從當嘅咗佢喺"
	japaneseOnly = "県駅円広沢関転価続気楽戻検験経済総図仏発売変対実権歩毎圧桜黒込働畑様営処応観帰歳齢険労薬満焼鉄読択従拠団囲辺郎々〆枠峠"
)

// hanSet is a set of characters from U+4E00 to U+9FFF.
type hanSet [(0x9FFF-0x4E00)/64 + 1]uint64

func (h *hanSet) has(r rune) bool { return h[(r-0x4E00)/64]&(1<<((r-0x4E00)%64)) != 0 }

func setOf(s string) (h hanSet) {
	for _, r := range s {
		if r >= 0x4E00 && r <= 0x9FFF {
			h[(r-0x4E00)/64] |= 1 << ((r - 0x4E00) % 64)
		}
	}
	return h
}

var chineseHan, japaneseHan = setOf(chineseOnly), setOf(japaneseOnly)

type lineCount struct {
	kana, han, latin  int
	chinese, japanese int            // of the Han characters
	scripts           map[string]int // letters of other scripts, by language
}

func count(line string) (c lineCount) {
	for _, r := range line {
		switch {
		case r < 0x80:
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				c.latin++
			}
		case isKana(r):
			c.kana++
		case r >= 0x4E00 && r <= 0x9FFF:
			c.han++
			if chineseHan.has(r) {
				c.chinese++
			} else if japaneseHan.has(r) {
				c.japanese++
			}
		case r < 0x250 || r >= 0x1E00 && r <= 0x1EFF:
			if unicode.IsLetter(r) {
				c.latin++
			}
		case unicode.IsLetter(r):
			for _, s := range scripts {
				if unicode.Is(s.table, r) {
					if c.scripts == nil {
						c.scripts = map[string]int{}
					}
					c.scripts[s.code]++
					break
				}
			}
		}
	}
	return c
}

// scripts are those of languages that people in Japan are written to in, with the
// most likely one.
var scripts = []struct {
	table *unicode.RangeTable
	code  string
}{
	{unicode.Hangul, "ko"}, {unicode.Cyrillic, "ru"}, {unicode.Thai, "th"}, {unicode.Devanagari, "ne"}, {unicode.Myanmar, "my"}, {unicode.Arabic, "ar"},
	{unicode.Khmer, "km"}, {unicode.Lao, "lo"}, {unicode.Bengali, "bn"}, {unicode.Sinhala, "si"}, {unicode.Tamil, "ta"}, {unicode.Mongolian, "mn"},
	{unicode.Hebrew, "he"}, {unicode.Greek, "el"}, {unicode.Georgian, "ka"}, {unicode.Armenian, "hy"}, {unicode.Ethiopic, "am"}, {unicode.Telugu, "te"}, {unicode.Gujarati, "gu"}, {unicode.Gurmukhi, "pa"}, {unicode.Tibetan, "bo"},
}

// withoutAddresses leaves out words that are addresses, numbers or code.
func withoutAddresses(line string) string {
	words := strings.Fields(line)
	kept := words[:0]
	for _, w := range words {
		if !strings.ContainsAny(w, "@/_=<>{}\\0123456789") && !strings.Contains(strings.TrimRight(w, ".,;:!?"), ".") {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// latinLanguages are those in Latin letters that people in Japan are written to in.
var latinLanguages = map[whatlanggo.Lang]string{
	whatlanggo.Vie: "vi", whatlanggo.Por: "pt", whatlanggo.Spa: "es", whatlanggo.Tgl: "tl", whatlanggo.Ind: "id", whatlanggo.Fra: "fr", whatlanggo.Deu: "de", whatlanggo.Ita: "it", whatlanggo.Tur: "tr", whatlanggo.Pol: "pl", whatlanggo.Nld: "nl",
}

var latinOptions = func() whatlanggo.Options {
	o := whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{whatlanggo.Eng: true}}
	for l := range latinLanguages {
		o.Whitelist[l] = true
	}
	return o
}()

// latinLanguage tells the language of words in Latin letters, "" for English and
// for what is too little to tell.
func latinLanguage(s string) string {
	letters, own := 0, 0
	for _, r := range s {
		switch {
		case r < 0x80:
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				letters++
			}
		case unicode.IsLetter(r):
			letters++
			own++
		}
	}
	if letters < fewLatin || !sentences(s) || englishWords(s) {
		return ""
	}
	info := whatlanggo.DetectWithOptions(s, latinOptions)
	code := latinLanguages[info.Lang]
	if code == "" || own*50 < letters && info.Confidence < 0.2 { // without letters of its own it must be plain
		return ""
	}
	return code
}

// sentences reports whether words stand in a text that are no names and no titles.
func sentences(s string) bool {
	n := 0
	for _, w := range strings.Fields(s) {
		if r := []rune(w)[0]; unicode.IsLower(r) {
			n++
		}
	}
	return n >= 4
}

// englishWords reports whether a good part of the words are the little ones of
// English, which a list of names or products has not.
func englishWords(s string) bool {
	words := strings.Fields(strings.ToLower(s))
	n := 0
	for _, w := range words {
		switch strings.Trim(w, ".,;:!?()\"'") {
		case "the", "to", "of", "and", "you", "your", "is", "for", "we", "i", "my", "that", "this", "please", "with", "have", "be", "are", "was", "it", "not", "from", "or", "if", "will":
			n++
		}
	}
	return n*6 > len(words)
}

// Japanese reports whether a text is written in Japanese, if not wholly: of ten of its
// letters at least one is kana or kanji.
func Japanese(s string) bool {
	letters, own := 0, 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) {
			own++
		}
	}
	return own*10 >= letters && own > 0
}
