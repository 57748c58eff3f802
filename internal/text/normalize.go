// Package text brings Japanese text into one form for matching and keeps the
// way back: every span of the normalized text maps to the exact bytes it came
// from.
//
// The form is NFKC with these differences, each for a reason:
//
//   - hyphens and dashes of every kind become '-', and a long vowel mark (ー)
//     between digits too: numbers are written with all of them;
//   - spaces of every kind but the line feed become ' ', zero-width and bidi
//     control characters and variation selectors vanish: they hide words;
//   - circled numbers (①) stay where they number lists; several in a row are digits;
//   - letters keep their case: secrets are quoted as written;
//   - letters that only look like the ones that a word needs become those: 口グイン,
//     パスワ一ド, pаssword with a Cyrillic а (fold.go). How many letters hid so is
//     counted.
package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/madoguchi/madoguchi/exchange"
)

// Text is a text beside its normalized form.
type Text struct {
	Raw  string // as given; may hold invalid UTF-8
	Norm string // normalized, valid UTF-8

	// segs are the places where Norm and Raw part. An empty list means that
	// they are equal.
	segs []seg

	// Hidden is how many characters within words were hidden or in disguise:
	// invisible, laid over others, or of another script.
	Hidden int
}

// seg begins a stretch of Norm at n that came from Raw at o. In a stretch of
// equal bytes offsets run in step; otherwise the whole stretch of Norm stands
// for the whole stretch of Raw.
type seg struct {
	n, o  int
	equal bool
}

// Normalize returns s beside its normalized form.
func Normalize(s string) *Text {
	t := &Text{Raw: s}
	i := inFormUntil(s, 0)
	if i == len(s) {
		t.Norm = s
		return t
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	t.segs = append(t.segs, seg{0, 0, true})
	w := writer{b: &b, t: t, equal: true}
	for i < len(s) {
		if end := inFormUntil(s, i); end > i {
			w.copy(s[i:end], i)
			i = end
			continue
		}
		i += w.replace(s, i)
	}
	t.segs = append(t.segs, seg{b.Len(), len(s), true})
	t.Norm = b.String()
	return t
}

// writer appends to the normalized text and records the segments.
type writer struct {
	b     *strings.Builder
	t     *Text
	equal bool // the last segment is one of equal bytes
}

// copy appends bytes that stay as they are and came from Raw at o.
func (w *writer) copy(s string, o int) {
	if !w.equal {
		w.t.segs = append(w.t.segs, seg{w.b.Len(), o, true})
		w.equal = true
	}
	w.b.WriteString(s)
}

// put appends s for the stretch of Raw that begins at o.
func (w *writer) put(s string, o int) {
	w.t.segs = append(w.t.segs, seg{w.b.Len(), o, false})
	w.equal = false
	w.b.WriteString(s)
}

// replace handles the character at s[i], which is not in form, and returns how
// many bytes of s it used.
func (w *writer) replace(s string, i int) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == utf8.RuneError && n <= 1:
		w.put("\uFFFD", i)
		return 1
	case r == '\r':
		if strings.HasPrefix(s[i+1:], "\n") {
			w.put("", i)
		} else {
			w.put("\n", i)
		}
		return 1
	case isInvisible(r):
		if !isSelector(r) && betweenLetters(s, i, n) {
			w.t.Hidden++
		}
		w.put("", i)
		return n
	case isSpace(r):
		w.put(" ", i)
		return n
	case isDash(r):
		if to := lookalike(s, i, r, n); to != "" {
			w.put(to, i)
		} else {
			w.put("-", i)
		}
		return n
	case r == 'ー' || r == 'ｰ':
		// Only reached between digits; see longVowelIsHyphen.
		if longVowelIsHyphen(s, i, n) {
			w.put("-", i)
		} else {
			w.put("ー", i)
		}
		return n
	case isCircled(r):
		w.put(circledDigit(r), i)
		return n
	case r >= 0xFF01 && r <= 0xFF5E:
		w.put(asciiOf[r-0xFF01], i)
		return n
	case r >= 0xFF61 && r <= 0xFF9F:
		return w.halfKana(s, i, r, n)
	}
	// Anything else that NFKC changes, with the marks that combine with it.
	end := i + n
	for end < len(s) {
		m, mn := utf8.DecodeRuneInString(s[end:])
		if !combines(m) {
			break
		}
		end += mn
	}
	if end == i+n {
		if to := lookalike(s, i, r, n); to != "" {
			w.t.Hidden++
			w.put(to, i)
			return n
		}
		if to := squared(r); to != "" {
			w.put(to, i)
			return n
		}
	}
	out := norm.NFKC.String(s[i:end])
	if strings.ContainsFunc(out, isInvisible) { // among the marks
		out = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, out)
	}
	if bare := withoutMarks(out, r); bare != out {
		w.t.Hidden++
		out = bare
	}
	if out == s[i:end] {
		w.copy(out, i)
	} else {
		w.put(out, i)
	}
	return end - i
}

// halfKana turns half-width katakana, with a voicing mark behind it, into
// full-width.
func (w *writer) halfKana(s string, i int, r rune, n int) int {
	full := halfKana[r-0xFF61]
	if next, m := utf8.DecodeRuneInString(s[i+n:]); next == 'ﾞ' || next == 'ﾟ' {
		mark := "\u3099"
		if next == 'ﾟ' {
			mark = "\u309A"
		}
		if c := norm.NFC.String(string(full) + mark); utf8.RuneCountInString(c) == 1 {
			w.put(c, i)
			return n + m
		}
	}
	w.put(string(full), i)
	return n
}

// inFormUntil returns the end of the longest stretch of s from i on that needs
// no change. A character followed by a combining mark is not in form.
func inFormUntil(s string, i int) int {
	last := i // start of the last character passed, for combining marks
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != 0x1b || c == 0x7f || (c == '-' || c == '~' || c == '_') && i > 0 && s[i-1] >= 0x80 && lookalike(s, i, rune(c), 1) != "" {
				return i
			}
			last = i
			i++
			continue
		}
		if c >= 0xE4 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 && (c > 0xE4 || s[i+1] >= 0xB8) {
			// U+4E00..U+9FFF
			if !foldableHan.has(rune(c&0x0F)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)) {
				last = i
				i += 3
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			return i
		case mayLook(r) && lookalike(s, i, r, n) != "":
			return i
		case r == 'ー' && i > 0 && longVowelIsHyphen(s, i, n):
			return i
		case r >= 0x3041 && r <= 0x30FE && r != 0x3099 && r != 0x309A && r != 0x309F,
			r >= 0x3001 && r <= 0x3029:
		case isCircled(r):
			if circledRow(s, i, n) {
				return i
			}
		case combines(r):
			return last
		case changes(r):
			return i
		}
		last = i
		i += n
	}
	return i
}

// changes reports whether a rune outside the common blocks is not in form.
func changes(r rune) bool {
	switch {
	case isInvisible(r), isSpace(r), isDash(r):
		return true
	case r >= 0x24B6 && r <= 0x24E9: // letters in circles
		return true
	case r >= 0x2460 && r <= 0x24FF, r >= 0x2776 && r <= 0x2793, r == '…', r == '‥', r == '´', r == '¨', r == 'ﾞ', r == 'ﾟ':
		return r == 'ﾞ' || r == 'ﾟ'
	case r >= 0x1F150 && r <= 0x1F1FF:
		return squared(r) != ""
	case r < 0xA0:
		return r >= 0x80 // C1 controls
	case r >= 0xFF01 && r <= 0xFF9F:
		return true
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	return norm.NFKC.Properties(buf[:n]).Decomposition() != nil && !norm.NFKC.IsNormal(buf[:n])
}

// isInvisible reports a character that shows nothing: Default_Ignorable_Code_Point
// of Unicode (DerivedCoreProperties.txt: Other_Default_Ignorable_Code_Point, format
// characters and variation selectors), controls, those for private use, and blanks
// that are no spaces.
func isInvisible(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\r' && r != '\t' && r != '\v' && r != '\f' && r != 0x1b
	case r < 0x7F:
		return false
	case r < 0xA0 || r == 0xAD || r == 0x034F || r == 0x061C:
		return true
	case r < 0x1100:
		return false
	case r >= 0x3000 && r <= 0xDFFF:
		return false
	case r == 0x2800 || r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 || r >= 0xFFF0 && r <= 0xFFFC:
		return true
	case r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r >= 0x180B && r <= 0x180F || r >= 0xFE00 && r <= 0xFE0F:
		return true
	}
	return isSelector(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !isSpace(r)
}

// isSelector reports a variation selector: within names it chooses a form of a
// character and hides nothing.
func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

func isSpace(r rune) bool {
	return r == '\t' || r == '\v' || r == '\f' || r == 0xA0 || r == 0x1680 || r >= 0x2000 && r <= 0x200A ||
		r == 0x2028 || r == 0x2029 || r == 0x202F || r == 0x205F || r == 0x3000 || r == 0x3164 || r == 0xFFA0
}

func isDash(r rune) bool {
	return r >= 0x2010 && r <= 0x2015 || r == 0x2043 || r == 0x207B || r == 0x208B || r == 0x2212 ||
		r == 0x2500 || r == 0x2501 || r == 0xFE58 || r == 0xFE63 || r == 0xFF0D
}

// combines reports a mark that stands on the character before it.
func combines(r rune) bool {
	switch {
	case r < 0x0300:
		return false
	case r <= 0x036F || r == 0x3099 || r == 0x309A:
		return true
	case r >= 0x3041 && r <= 0xA66E || r >= 0xAC00 && r <= 0xFB1D:
		return false
	}
	return unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)
}

// longVowelIsHyphen reports whether the long vowel mark of n bytes at s[i]
// stands between digits, where it is a hyphen: ０９０ー１２３４.
func longVowelIsHyphen(s string, i, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	return anyDigit(before) && anyDigit(after)
}

func anyDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

// asciiOf is the full-width forms block as ASCII.
var asciiOf = func() (a [0x5E]string) {
	for i := range a {
		a[i] = string(rune(0x21 + i))
	}
	a['-'-0x21] = "-"
	return
}()

// halfKana is U+FF61..U+FF9F in full width.
var halfKana = []rune("。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜")

// Span maps a span of Norm to the bytes of Raw that it came from.
func (t *Text) Span(start, end int) exchange.Span {
	if len(t.segs) == 0 {
		return exchange.Span{Start: start, End: end}
	}
	if end <= start {
		o := t.rawStart(start)
		return exchange.Span{Start: o, End: o}
	}
	return exchange.Span{Start: t.rawStart(start), End: t.rawEnd(end)}
}

// find returns the last segment that begins at or before n and is not empty
// there.
func (t *Text) find(n int) int {
	return sort.Search(len(t.segs), func(i int) bool { return t.segs[i].n > n }) - 1
}

func (t *Text) rawStart(n int) int {
	i := t.find(n)
	if s := t.segs[i]; s.equal {
		return s.o + n - s.n
	} else {
		return s.o
	}
}

func (t *Text) rawEnd(n int) int {
	i := t.find(n - 1)
	if s := t.segs[i]; s.equal {
		return s.o + n - s.n
	}
	return t.segs[i+1].o
}

// NormOffset maps a byte offset of Raw to the offset of Norm at or after it.
func (t *Text) NormOffset(o int) int {
	if len(t.segs) == 0 {
		return o
	}
	i := sort.Search(len(t.segs), func(i int) bool { return t.segs[i].o > o }) - 1
	if i < 0 {
		return 0
	}
	s := t.segs[i]
	if s.equal {
		n := s.n + o - s.o
		if i+1 < len(t.segs) && n > t.segs[i+1].n {
			n = t.segs[i+1].n
		}
		return n
	}
	if o == s.o {
		return s.n
	}
	return t.segs[i+1].n
}

// HasAnyPrefix reports whether s begins with one of the prefixes.
func HasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// Blank reports whether a text shows nothing: it is empty, or all white space and
// characters that cannot be seen.
func Blank(s string) bool {
	for _, r := range s {
		if r != '\n' && r != '\r' && r != ' ' && !isInvisible(r) && !isSpace(r) {
			return false
		}
	}
	return true
}
