package text

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What looks like a letter and is another one: folded where the letters beside it
// say which one is meant.

// confusables.txt holds, one a line, a letter and what it looks like among Latin
// letters. It is made by `contact/tables confusables` from Unicode's confusables.txt
// (UTS #39).
//
//go:embed confusables.txt
var confusablesText string

var confusables = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{}
	for line := range strings.Lines(confusablesText) {
		r, n := utf8.DecodeRuneInString(line)
		m[r] = strings.TrimSpace(line[n:])
	}
	return m
})

// Confusable returns the Latin letters that a letter looks like, "" where it looks
// like none.
func Confusable(r rune) string { return confusables()[r] }

// kanaOf are characters that stand for katakana among katakana, and the katakana.
var kanaOf = map[rune]string{
	'口': "ロ", '力': "カ", '二': "ニ", '一': "ー", '工': "エ", '夕': "タ", '卜': "ト", '八': "ハ", '三': "ミ", '千': "チ", '才': "オ", '又': "ヌ", '匕': "ヒ", '于': "テ", '乇': "モ", '七': "セ",
	'へ': "ヘ", 'べ': "ベ", 'ぺ': "ペ", 'り': "リ", '〇': "ロ",
	'-': "ー", '~': "ー", '_': "ー", '―': "ー", '—': "ー", '–': "ー", '‐': "ー", '‑': "ー", '−': "ー", '─': "ー", '━': "ー", '－': "ー", '〜': "ー", '～': "ー", '＿': "ー", '｜': "ー", '︱': "ー", '丨': "ー", '⼀': "ー",
}

// oldForms are forms of kanji that the words of windows are not written with today,
// and today's (常用漢字表, いわゆる康熙字典体).
var oldForms = map[rune]string{
	'證': "証", '號': "号", '眞': "真", '國': "国", '變': "変", '發': "発", '會': "会", '圓': "円", '當': "当", '豫': "予", '預': "", '續': "続", '轉': "転", '傳': "伝", '藏': "蔵", '銀': "", '卷': "巻", '單': "単", '獨': "独", '對': "対", '應': "応", '學': "学", '氣': "気", '驗': "験", '檢': "検", '舊': "旧", '賣': "売", '讀': "読", '廣': "広", '澤': "沢", '齋': "斎", '邊': "辺",
}

func init() {
	for r, to := range oldForms {
		if to == "" {
			delete(oldForms, r)
		}
	}
	for r, to := range kanaOf {
		if to == "" {
			delete(kanaOf, r)
		}
	}
}

// mayLook reports whether lookalike may have something to say of a character.
func mayLook(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r >= 0x370 && r <= 0x58F || r >= 0x13A0 && r <= 0x13FF || r >= 0x1C80 && r <= 0x1FFF || r >= 0xA640 && r <= 0xA69F || r >= 0xAB70 && r <= 0xABBF:
		return true // Greek, Cyrillic, Armenian, Cherokee
	case r == 'へ' || r == 'べ' || r == 'ぺ' || r == 'り' || r == '〇' || r == '〜' || r == '丨' || r == '︱':
		return true
	}
	return r >= 0x4E00 && r <= 0x9FFF
}

// foldableHan are the kanji that lookalike knows.
var foldableHan = func() (h hanSet) {
	for _, m := range []map[rune]string{kanaOf, oldForms} {
		for r := range m {
			if r >= 0x4E00 && r <= 0x9FFF {
				h[(r-0x4E00)/64] |= 1 << ((r - 0x4E00) % 64)
			}
		}
	}
	return h
}()

// lookalike returns what the character at s[i] stands for by the letters around it,
// "" where it stands for itself.
func lookalike(s string, i int, r rune, n int) string {
	if (r >= 0x370 && r < 0x2E80 || r >= 0xA640 && r <= 0xA69F || r >= 0xAB70 && r <= 0xABBF) && unicode.IsLetter(r) {
		to := confusables()[r]
		if to == "" || !latinWordAround(s, i, n) {
			return ""
		}
		return to
	}
	if to := oldForms[r]; to != "" {
		return to
	}
	to := kanaOf[r]
	if to == "" {
		return ""
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, an := utf8.DecodeRuneInString(s[i+n:])
	if i == 0 {
		before = 0
	}
	if i+n >= len(s) {
		after = 0
	}
	if to == "ー" {
		// A long vowel follows a syllable, and a little of the word follows it:
		// パスワ一ド, カ-ド. Of a longer rest it may be a hyphen.
		if !isKatakana(before) || before == 'ー' || before == 'ン' || before == 'ッ' {
			return ""
		}
		if isKatakana(after) || kanaOf[after] != "" && unicode.Is(unicode.Han, after) {
			if r == '一' || r == '丨' || r == '⼀' {
				return to
			}
			run := 0
			for j := i + n; j < len(s); {
				k, kn := utf8.DecodeRuneInString(s[j:])
				if !isKatakana(k) {
					break
				}
				run++
				j += kn
			}
			if run <= 2 {
				return to
			}
			return ""
		}
		if (r == '一' || r == '丨') && !unicode.Is(unicode.Han, after) && after != 'つ' && after != '々' {
			return to
		}
		return ""
	}
	next := after
	if kanaOf[after] == "ー" { // 口一ン
		next, _ = utf8.DecodeRuneInString(s[min(len(s), i+n+an):])
	}
	switch {
	case isKatakana(before) && (isKatakana(after) || isKatakana(next)):
		return to
	case isKatakana(before) && !unicode.IsLetter(after) && !unicode.Is(unicode.Hiragana, r) && r != '二' && r != '八' && r != '三' && r != '千' && r != '七':
		return to
	case isKatakana(after) && !unicode.Is(unicode.Han, before) && !unicode.Is(unicode.Hiragana, before) && !anyDigit(before) && r != '三' && r != '二' && r != '八' && r != '千' && r != '七' && r != 'り' && r != '一':
		return to
	}
	return ""
}

func isKatakana(r rune) bool { return r >= 0x30A1 && r <= 0x30FC || r >= 0xFF66 && r <= 0xFF9D }

// latinWordAround reports whether a letter of another script stands in a word that
// has Latin letters, too.
func latinWordAround(s string, i, n int) bool {
	const reach = 24 // letters
	for at, k := i, 0; at > 0 && k < reach; k++ {
		r, rn := utf8.DecodeLastRuneInString(s[:at])
		if !unicode.IsLetter(r) || isKatakana(r) || unicode.In(r, unicode.Han, unicode.Hiragana) {
			break
		}
		if r < 0x250 {
			return true
		}
		at -= rn
	}
	for at, k := i+n, 0; at < len(s) && k < reach; k++ {
		r, rn := utf8.DecodeRuneInString(s[at:])
		if !unicode.IsLetter(r) || isKatakana(r) || unicode.In(r, unicode.Han, unicode.Hiragana) {
			break
		}
		if r < 0x250 {
			return true
		}
		at += rn
	}
	return false
}

// betweenLetters reports whether letters stand on both sides of s[i:i+n].
func betweenLetters(s string, i, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	return unicode.IsLetter(before) && unicode.IsLetter(after)
}

// withoutMarks takes the marks off a character of Latin, kana or kanji that do not
// belong to it, and marks that have no character: what composes with it stays.
func withoutMarks(s string, base rune) string {
	if !(base < 0x250 || base >= 0x2E80 && base <= 0x9FFF || base >= 0xFF00 && base <= 0xFFEF || combines(base)) {
		return s
	}
	s = norm.NFC.String(s)
	if !strings.ContainsFunc(s, combines) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if combines(r) {
			return -1
		}
		return r
	}, s)
}

// isCircled reports a digit in a circle.
func isCircled(r rune) bool {
	return r >= 0x2460 && r <= 0x2468 || r == 0x24EA || r >= 0x2776 && r <= 0x277E || r >= 0x2780 && r <= 0x2788 || r >= 0x278A && r <= 0x2792
}

func circledDigit(r rune) string {
	for _, first := range []rune{0x2460, 0x2776, 0x2780, 0x278A} {
		if r >= first && r < first+9 {
			return string('1' + r - first)
		}
	}
	return "0"
}

// circledRow reports whether a digit in a circle stands beside another: one alone
// numbers a list.
func circledRow(s string, i, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	return isCircled(before) || isCircled(after)
}

// squared returns the letter in a square or circle that NFKC leaves as it is.
func squared(r rune) string {
	switch {
	case r >= 0x1F150 && r <= 0x1F169:
		return string('A' + r - 0x1F150)
	case r >= 0x1F170 && r <= 0x1F189:
		return string('A' + r - 0x1F170)
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return string('A' + r - 0x1F1E6)
	}
	return ""
}

// Collapse returns a text without what stands between the letters of a word that
// somebody has spread out: 暗 証 番 号, 暗/証/番/号, a line end within a word. Its
// spans are of the same original. changed is false where there is nothing to take
// out.
func (t *Text) Collapse() (c *Text, changed bool) {
	var b strings.Builder
	c = &Text{Raw: t.Raw, Hidden: t.Hidden}
	from := 0
	drop := func(start, end int) {
		if !changed {
			b.Grow(len(t.Norm))
			changed = true
		}
		c.take(t, &b, from, start)
		c.segs = append(c.segs, seg{b.Len(), t.rawAt(start), false})
		from = end
	}
	n := t.Norm
	for i := 0; i < len(n); {
		r, size := utf8.DecodeRuneInString(n[i:])
		if !isSeparator(r) {
			i += size
			continue
		}
		end := i
		for end < len(n) {
			x, k := utf8.DecodeRuneInString(n[end:])
			if !isSeparator(x) {
				break
			}
			end += k
		}
		before, _ := utf8.DecodeLastRuneInString(n[:i])
		after, _ := utf8.DecodeRuneInString(n[end:])
		const longest = 12 // bytes of what stands between two letters
		if end-i <= longest && joins(before) && joins(after) {
			drop(i, end)
		}
		i = end
	}
	if !changed {
		return t, false
	}
	c.take(t, &b, from, len(n))
	c.segs = append(c.segs, seg{b.Len(), len(t.Raw), true})
	c.Norm = b.String()
	return c, true
}

// CollapseDigits is Collapse for digits: 7/7/1/4, 4111・1111・1111・1111, a number over
// several lines. Only rows of at least three groups are numbers that somebody has
// spread out; two are a fraction or a range, unless a line ends between them.
func (t *Text) CollapseDigits() (c *Text, changed bool) {
	var b strings.Builder
	c = &Text{Raw: t.Raw, Hidden: t.Hidden}
	n := t.Norm
	from := 0
	type cut struct{ start, end int }
	var row []cut
	odd := false    // other separators than numbers are written with
	broken := false // a line ends within it
	flush := func() {
		if len(row) >= 2 && odd || broken {
			changed = true
			for _, x := range row {
				c.take(t, &b, from, x.start)
				c.segs = append(c.segs, seg{b.Len(), t.rawAt(x.start), false})
				from = x.end
			}
		}
		row, odd, broken = row[:0], false, false
	}
	group := 0 // digits since the last separator
	for i := 0; i < len(n); {
		if n[i] >= '0' && n[i] <= '9' {
			group++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(n[i:])
		if group == 0 || group > 4 && r != '\n' || !isSeparator(r) || r == ':' {
			flush()
			group = 0
			i += size
			continue
		}
		end := i
		for end < len(n) {
			x, k := utf8.DecodeRuneInString(n[end:])
			if !isSeparator(x) {
				break
			}
			end += k
		}
		const longest = 6 // bytes between two groups
		if end >= len(n) || n[end] < '0' || n[end] > '9' || end-i > longest {
			flush()
			group = 0
			i = end
			continue
		}
		row = append(row, cut{i, end})
		odd = odd || n[i:end] != "-" && n[i:end] != " "
		broken = broken || n[i:end] == "\n" || n[i:end] == "-\n"
		group = 0
		i = end
	}
	flush()
	if !changed {
		return t, false
	}
	c.take(t, &b, from, len(n))
	c.segs = append(c.segs, seg{b.Len(), len(t.Raw), true})
	c.Norm = b.String()
	return c, true
}

// Joined reports whether something was taken out within Norm[start:end].
func (c *Text) Joined(start, end int) bool {
	i := sort.Search(len(c.segs), func(i int) bool { return c.segs[i].n > start })
	for ; i < len(c.segs) && c.segs[i].n < end; i++ {
		if s := c.segs[i]; !s.equal && i+1 < len(c.segs) && c.segs[i+1].n == s.n {
			return true
		}
	}
	return false
}

// take appends t.Norm[from:to] with the way back.
func (c *Text) take(t *Text, b *strings.Builder, from, to int) {
	if from >= to {
		return
	}
	if len(t.segs) == 0 {
		c.segs = append(c.segs, seg{b.Len(), from, true})
		b.WriteString(t.Norm[from:to])
		return
	}
	for i := max(0, t.find(from)); i < len(t.segs) && t.segs[i].n < to; i++ {
		s := t.segs[i]
		end := to
		if i+1 < len(t.segs) {
			end = min(end, t.segs[i+1].n)
		}
		start := max(from, s.n)
		if start >= end {
			continue
		}
		if s.equal {
			c.segs = append(c.segs, seg{b.Len(), s.o + start - s.n, true})
		} else {
			c.segs = append(c.segs, seg{b.Len(), s.o, false})
		}
		b.WriteString(t.Norm[start:end])
	}
}

// rawAt is the place in Raw of a place in Norm.
func (t *Text) rawAt(n int) int {
	if len(t.segs) == 0 {
		return n
	}
	if n > 0 {
		return t.rawEnd(n)
	}
	return t.rawStart(n)
}

// isSeparator reports what people or enemies put between letters.
func isSeparator(r rune) bool {
	switch {
	case r == ' ' || r == '\n':
		return true
	case r < 0x80:
		return strings.ContainsRune("-_./|*+~^'`,:;=#<>\\", r)
	}
	return strings.ContainsRune("・、。…‥〜～★☆●○■□◆◇※♪♡♥❤→←↑↓⇒｜¦‖°´¨ˆ˙•·‧∙⋅●◦▪▫＊／＼゛゜ヽ", r) || unicode.In(r, unicode.So, unicode.Sk)
}

// joins reports a letter of Japanese, which words are spread out by.
func joins(r rune) bool {
	return r >= 0x3041 && r <= 0x30FC && r != '・' || r >= 0x4E00 && r <= 0x9FFF || r == '々'
}

// Reordered returns the text as it is shown where its letters are written from
// right to left by force (U+202E); ok is false where none are.
func Reordered(s string) (shown string, ok bool) {
	const start, pop = "\u202e", "\u202c"
	if !strings.Contains(s, start) {
		return s, false
	}
	var b strings.Builder
	for {
		i := strings.Index(s, start)
		if i < 0 {
			b.WriteString(s)
			return b.String(), true
		}
		b.WriteString(s[:i])
		s = s[i+len(start):]
		end := len(s)
		if j := strings.IndexAny(s, "\n"+pop); j >= 0 {
			end = j
		}
		r := []rune(s[:end])
		for k := len(r) - 1; k >= 0; k-- {
			b.WriteRune(r[k])
		}
		s = strings.TrimPrefix(s[end:], pop)
	}
}
