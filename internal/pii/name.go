package pii

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

// surnames.txt holds surnames in kanji with their readings, one a line, from
// shuheilocale/japanese-personal-name-dataset (MIT, see NOTICE).
//
//go:embed surnames.txt
var surnamesText string

// isGivenName reports whether v is a given name of the tagger's lexicon.
func isGivenName(v string) bool {
	return tagger.Default().Lexicon().Classes(v)&tagger.Given != 0
}

type surnameList struct {
	kanji, kana map[string]bool // kana in katakana
}

var surnames = sync.OnceValue(func() surnameList {
	l := surnameList{map[string]bool{}, map[string]bool{}}
	for line := range strings.Lines(surnamesText) {
		k, reading, _ := strings.Cut(strings.TrimSpace(line), ",")
		l.kanji[k] = true
		for _, r := range strings.Split(reading, "/") {
			l.kana[katakana(r)] = true
		}
	}
	return l
})

// katakana turns hiragana into katakana.
func katakana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x3041 && r <= 0x3096 {
			return r + 0x60
		}
		return r
	}, s)
}

// readName reads the name behind a label.
func (d *document) readName(l label) {
	from, to := d.window(l)
	i := from
	colon := false
	for i < to {
		r := firstRune(d.n[i:])
		if r == '(' { // お名前（漢字）
			j := strings.IndexByte(d.n[i:to], ')')
			if j < 0 || j > 30 {
				return
			}
			i += j + 1
			continue
		}
		if !strings.ContainsRune(" :=>→⇒「『【】』」[]・-\n|", r) {
			break
		}
		if r == ':' || r == '\n' || r == '】' || r == ']' || r == ' ' || r == '「' || r == '→' || r == '=' {
			colon = true
		}
		i += utf8.RuneLen(r)
	}
	if i >= to {
		return
	}
	if !colon && i == from {
		switch {
		case strings.HasPrefix(d.n[i:], "は") || strings.HasPrefix(d.n[i:], "が"):
			i += len("は")
			for i < to && strings.ContainsRune(" 、「『", firstRune(d.n[i:])) {
				i += utf8.RuneLen(firstRune(d.n[i:]))
			}
			colon = true
		case l.cat.ID == "name" && (strings.HasSuffix(l.word, "名義") || strings.HasPrefix(l.word, "契約者") || l.word == "旧姓" || isKanji(firstRune(d.n[i:])) || isKata(firstRune(d.n[i:]))):
		default:
			return
		}
	}
	for _, p := range []string{"is ", "is: ", ": "} {
		if strings.HasPrefix(d.n[i:], p) {
			i += len(p)
			colon = true
		}
	}
	end := d.nameAt(i, to)
	if end == 0 {
		return
	}
	v := d.n[i:end]
	if notAName(v) {
		return
	}
	if !colon {
		// 「契約者高橋」 only with a surname of the list, else the label is part
		// of a longer word (名義変更).
		if !startsWithSurname(v) {
			return
		}
	}
	d.add(i, end, l.cat.ID, 0.93, "labelled-name", l.word, "")
	d.readingBehind(end)
}

func isKata(r rune) bool { return r >= 0x30A1 && r <= 0x30FC }
func isHira(r rune) bool { return r >= 0x3041 && r <= 0x3096 }

// nameAt returns the end of the name that begins at i, 0 where none does.
func (d *document) nameAt(i, to int) int {
	s := d.n
	r := firstRune(s[i:])
	switch {
	case r < utf8.RuneSelf && isAlnum(byte(r)) && !isDigit(byte(r)):
		return latinName(s, i, to)
	case isKata(r):
		return kataName(s, i, to)
	case isKanji(r), isHira(r):
		return d.kanjiName(i, to)
	}
	return 0
}

// latinName reads one to five capitalized words.
func latinName(s string, i, to int) int {
	end, words := 0, 0
	for i < to && words < 5 {
		c := s[i]
		if c < 'A' || c > 'Z' {
			break
		}
		j := i
		for j < to && (s[j] >= 'A' && s[j] <= 'Z' || s[j] >= 'a' && s[j] <= 'z' || s[j] == '-' || s[j] == '\'' || s[j] == '.' && j+1 < to && s[j+1] == ' ' && j-i <= 2 || s[j] >= 0xC3 && s[j] <= 0xC5 || s[j] >= 0x80 && s[j] < 0xC0 && s[j-1] >= 0xC3 && s[j-1] <= 0xC5) {
			j++
		}
		if j < to && isDigit(s[j]) {
			break
		}
		words++
		end = j
		if j >= to || s[j] != ' ' {
			break
		}
		i = j + 1
	}
	return end
}

// kataName reads katakana words with ・ or a space between them.
func kataName(s string, i, to int) int {
	end, parts := 0, 0
	for i < to && parts < 5 {
		j := i
		for j < to && isKata(firstRune(s[j:])) {
			j += utf8.RuneLen(firstRune(s[j:]))
		}
		if j == i {
			break
		}
		if parts > 0 && kataLabel(s[i:j]) {
			break
		}
		parts++
		end = j
		if strings.HasPrefix(s[j:], "・") || strings.HasPrefix(s[j:], " ") || strings.HasPrefix(s[j:], "=") {
			i = j + utf8.RuneLen(firstRune(s[j:]))
			continue
		}
		break
	}
	return end
}

// kataLabel reports whether a katakana word is the next label of a form in
// half-width kana, not a given name.
func kataLabel(w string) bool {
	switch w {
	case "デンワ", "ジュウショ", "メール", "ナマエ", "フリガナ", "セイベツ", "チュウモン", "カード", "パスワード", "コード", "ネンレイ":
		return true
	}
	return false
}

// kanjiName reads a surname, or surname and given name with a space or none
// between them.
func (d *document) kanjiName(i, to int) int {
	s := d.n
	first := nameWord(s, i, to, false)
	if first == 0 {
		return 0
	}
	if first < to && s[first] == ' ' {
		if second := nameWord(s, first+1, to, true); second > 0 {
			w := s[first+1 : second]
			n := utf8.RuneCountInString(w)
			if n <= 6 && utf8.RuneCountInString(s[i:first]) <= 5 && !notAName(w) && !d.labelWord(first+1) {
				return second
			}
		}
	}
	if utf8.RuneCountInString(s[i:first]) > 8 {
		return 0
	}
	return first
}

// labelWord reports whether a label begins at i: the next field of a form on
// the same line.
func (d *document) labelWord(i int) bool {
	k := d.labelsFrom(i)
	return k < len(d.labels) && d.labels[k].start == i
}

// labelEndsAt reports whether a label ends at i.
func (d *document) labelEndsAt(i int) bool {
	k := d.labelsFrom(i)
	return k > 0 && d.labels[k-1].end == i
}

// nameWord reads kanji and kana up to a copula, a particle or an honorific.
func nameWord(s string, i, to int, given bool) int {
	start := i
	for i < to {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isKanji(r) && !isHira(r) && !isKata(r) && r != 'ヶ' {
			break
		}
		if i > start || !given {
			if endsName(s[i:]) {
				break
			}
		}
		if isHira(r) && !given && i > start && strings.ContainsRune("のはがをにへでともや", r) {
			break
		}
		i += size
	}
	if i == start {
		return 0
	}
	return i
}

var nameEnders = knowledge.WordsOf("behind_names")

func endsName(s string) bool {
	for _, w := range nameEnders {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

var notNames = knowledge.WordsOf("not_names")

// notAName reports whether a word behind a label is something else: a verb, a
// company, a phrase.
func notAName(v string) bool {
	if v == "" {
		return true
	}
	for _, w := range notNames {
		if strings.Contains(v, w) {
			return true
		}
	}
	if v == "妻" || v == "夫" || v == "父" || v == "母" || v == "子" || v == "孫" || v == "私" || v == "姓" || v == "方" || v == "人" || v == "者" || v == "今" {
		return true
	}
	if isHira(firstRune(v)) && utf8.RuneCountInString(v) > 7 {
		return true
	}
	switch strings.ToLower(v) {
	case "is", "on", "and", "of", "the", "my", "please", "pdf", "url", "id", "no", "usb", "change", "card", "tokyo", "japan":
		return true
	}
	return false
}

// startsWithSurname reports whether v begins with a surname of the list.
func startsWithSurname(v string) bool {
	return surnamePrefix(v) > 0
}

// surnamePrefix returns the length in bytes of the longest surname that v
// begins with.
func surnamePrefix(v string) int {
	l := surnames()
	best := 0
	for i := range v {
		if i > 0 && l.kanji[v[:i]] {
			best = i
		}
		if i > 15 {
			break
		}
	}
	if len(v) <= 15 && l.kanji[v] {
		best = len(v)
	}
	return best
}

// readingBehind marks the reading in brackets behind a name: 一 はじめ（にのまえ）.
func (d *document) readingBehind(end int) {
	i := skipSpace(d.n, end)
	if i >= len(d.n) || d.n[i] != '(' {
		return
	}
	i++
	if strings.HasPrefix(d.n[i:], "旧姓") {
		i = skipAny(d.n, i+len("旧姓"), " :")
	}
	to := i + 60
	if j := strings.IndexAny(d.n[i:min(len(d.n), to)], ")、,"); j > 0 {
		to = i + j
	} else {
		return
	}
	if e := d.nameAt(i, to); e == to || e > 0 && strings.TrimSpace(d.n[e:to]) == "" {
		if v := d.n[i:e]; !notAName(v) && (isKata(firstRune(v)) || isHira(firstRune(v)) || v[0] < utf8.RuneSelf || startsWithSurname(v)) && utf8.RuneCountInString(v) >= 2 {
			d.add(i, e, "name", 0.85, "reading-behind-name", "", "")
		}
	}
}
