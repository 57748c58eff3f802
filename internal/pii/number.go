package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// number is a run of digits with the separators inside it.
type number struct {
	start, end int
	digits     string // ASCII digits alone
	count      int
	script     numberScript
	sep        bool // has separators
}

type numberScript uint8

const (
	arabic numberScript = iota
	kanji               // 〇九一五
	kana                // さんにーごー: digits read out
)

// kanjiDigit returns the ASCII digit that a kanji stands for, 0 where it is
// none.
func kanjiDigit(r rune) byte {
	switch r {
	case '〇', '零', '○':
		return '0'
	case '一':
		return '1'
	case '二':
		return '2'
	case '三':
		return '3'
	case '四':
		return '4'
	case '五':
		return '5'
	case '六':
		return '6'
	case '七':
		return '7'
	case '八':
		return '8'
	case '九':
		return '9'
	}
	return 0
}

// mayBeKanjiDigit has a bit for the last byte of each kanji digit.
var mayBeKanjiDigit = func() (bits [64]bool) {
	for _, r := range "〇零○一二三四五六七八九" {
		s := string(r)
		bits[s[len(s)-1]&63] = true
	}
	return bits
}()

// maySpeak tells by the last two bytes of a kana whether a spoken digit may
// begin with it, or 、 or ・ which may stand between two.
var maySpeak = func() (may [256]bool) {
	for _, r := range "きろなしはさよいゼぜれまマにごく、・" {
		may[kanaByte(string(r), 0)] = true
	}
	return may
}()

func kanaByte(s string, i int) uint8 { return s[i+1]<<6 | s[i+2]&63 }

// spokenDigit returns the digit that is spelled out at s[i], as people do, and
// its length, 0 where there is none: さん, にー, ゼロ.
func spokenDigit(s string, i int) (digit byte, size int) {
	if i+3 > len(s) || s[i] != 0xE3 {
		return 0, 0
	}
	var next rune
	if i+6 <= len(s) {
		next, _ = utf8.DecodeRuneInString(s[i+3:])
	}
	switch r, _ := utf8.DecodeRuneInString(s[i:]); r {
	case 'き':
		if next == 'ゅ' && (strings.HasPrefix(s[i+6:], "う") || strings.HasPrefix(s[i+6:], "ー")) {
			return '9', 9
		}
	case 'ろ':
		if next == 'く' {
			return '6', 6
		}
	case 'な':
		if next == 'な' {
			return '7', 6
		}
	case 'し':
		if next == 'ち' {
			return '7', 6
		}
		return '4', 3
	case 'は':
		if next == 'ち' {
			return '8', 6
		}
	case 'さ':
		if next == 'ん' {
			return '3', 6
		}
	case 'よ':
		if next == 'ん' {
			return '4', 6
		}
	case 'い':
		if next == 'ち' {
			return '1', 6
		}
	case 'ゼ':
		if next == 'ロ' {
			return '0', 6
		}
	case 'ぜ':
		if next == 'ろ' {
			return '0', 6
		}
	case 'れ':
		if next == 'い' {
			return '0', 6
		}
	case 'ま':
		if next == 'る' {
			return '0', 6
		}
	case 'マ':
		if next == 'ル' {
			return '0', 6
		}
	case 'に', 'ご':
		digit = '2'
		if r == 'ご' {
			digit = '5'
		}
		if next == 'ー' {
			return digit, 6
		}
		return digit, 3
	case 'く':
		return '9', 3
	}
	return 0, 0
}

// numbers notes every number of the text, and where words in Latin letters and
// digits begin.
func (d *document) numbers() {
	s := d.n
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if !isAlnum(c) {
				i++
				continue
			}
			if i == 0 || !isAlnum(s[i-1]) {
				d.tokens = append(d.tokens, i)
			}
			if isDigit(c) {
				i = d.arabicNumber(i)
			} else {
				d.latin = true
				i++
			}
			continue
		}
		switch {
		case c < 0xE0:
			i += 2
			continue
		case c >= 0xF0:
			i += 4
			continue
		}
		if c == 0xE3 && s[i+1] < 0x84 && (s[i+1] != 0x80 || s[i+2] != 0x87) { // kana, not 〇
			if maySpeak[kanaByte(s, i)] {
				if _, size := spokenDigit(s, i); size > 0 && i+size+2 < len(s) && (s[i+size] != 0xE3 || maySpeak[kanaByte(s, i+size)]) {
					if end := d.kanaNumber(i); end > 0 {
						i = end
						continue
					}
				}
			}
		} else if mayBeKanjiDigit[s[i+2]&63] {
			if end := d.kanjiNumber(i); end > 0 {
				i = end
				continue
			}
		}
		i += 3
	}
	digits := string(d.digits)
	at := 0
	for i := range d.nums {
		n := &d.nums[i]
		n.digits = digits[at : at+n.count]
		at += n.count
	}
}

// arabicNumber notes the number at i, digits joined by single hyphens or
// spaces, and returns its end. A space joins groups of three digits and more,
// or groups of equal length: 5 5 0 7, 58 02 93, 3300 0000 1199; not "10 20000".
func (d *document) arabicNumber(i int) int {
	s := d.n
	n := number{start: i, script: arabic}
	from := len(d.digits)
	last := 0 // length of the last group
	for i < len(s) {
		if i > n.start && isDigit(s[i]) && !isDigit(s[i-1]) {
			n.sep = true
		}
		j := digitsAt(s, i)
		d.digits = append(d.digits, s[i:j]...)
		group := j - i
		n.end = j
		if j+1 >= len(s) || !isDigit(s[j+1]) || s[j] != '-' && s[j] != ' ' {
			break
		}
		following := digitsAt(s, j+1) - j - 1
		if s[j] == ' ' && !(following == group && (last == 0 || last == group) || group >= 3 && following >= 2 || last >= 3 && group >= 2) {
			break
		}
		last = group
		i = j + 1
		if from+longest < len(d.digits) {
			break
		}
	}
	return d.noted(n, from)
}

// longest is how many digits of a number are kept: longer ones are nobody's
// data.
const longest = 48

// noted appends a number whose digits stand in d.digits from there on.
func (d *document) noted(n number, from int) int {
	d.digits = d.digits[:min(len(d.digits), from+longest)]
	n.count = len(d.digits) - from
	d.nums = append(d.nums, n)
	return n.end
}

// kanjiNumber notes the kanji digits at i and returns their end, 0 where
// there are not two of them.
func (d *document) kanjiNumber(i int) int {
	s := d.n
	n := number{start: i, end: i, script: kanji}
	from := len(d.digits)
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if c := kanjiDigit(r); c != 0 {
			d.digits = append(d.digits, c)
			i += size
			n.end = i
			continue
		}
		if len(d.digits) > from && (r == '-' || r == ' ' || r == '、' || r == '・' || r == ',' || r == 'ー' || r == 'の') {
			if next, _ := utf8.DecodeRuneInString(s[i+size:]); kanjiDigit(next) != 0 {
				n.sep = true
				i += size
				continue
			}
		}
		break
	}
	if len(d.digits)-from < 2 {
		d.digits = d.digits[:from]
		return 0
	}
	return d.noted(n, from)
}

// kanaNumber notes the digits spelled out at i and returns their end, 0 where
// there are not four of them.
func (d *document) kanaNumber(i int) int {
	s := d.n
	n := number{start: i, end: i, script: kana}
	from := len(d.digits)
	for i < len(s) {
		c, size := spokenDigit(s, i)
		if size == 0 {
			break
		}
		d.digits = append(d.digits, c)
		i += size
		n.end = i
		i = skipAny(s, i, " -")
		if strings.HasPrefix(s[i:], "、") || strings.HasPrefix(s[i:], "・") {
			i += len("、")
		}
	}
	if len(d.digits)-from < 4 {
		d.digits = d.digits[:from]
		return 0
	}
	return d.noted(n, from)
}

// unitsBehind are characters that make a number an amount, a date or a count.
var unitsBehind = knowledge.WordsOf("units")

// hasUnit reports whether a unit follows the number that ends at end.
func hasUnit(s string, end int) bool {
	for _, u := range unitsBehind {
		if strings.HasPrefix(s[end:], u) {
			return true
		}
	}
	return false
}

// isAmount reports whether the number reads as money, a decimal or a clock:
// 7,150円, ¥3000, 12:30, 1.5.
func isAmount(s string, start, end int) bool {
	if hasUnit(s, end) {
		return true
	}
	if start > 0 && (s[start-1] == ',' || s[start-1] == '.' || s[start-1] == ':') && start > 1 && isDigit(s[start-2]) {
		return true
	}
	if end+1 < len(s) && (s[end] == ',' || s[end] == '.' || s[end] == ':') && isDigit(s[end+1]) {
		return true
	}
	return start > 0 && (s[start-1] == '$' || strings.HasSuffix(s[:start], "¥") || strings.HasSuffix(s[:start], "\\"))
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isAlnum(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// bounded reports whether no Latin letter or digit touches [start, end).
func bounded(s string, start, end int) bool {
	return (start == 0 || !isAlnum(s[start-1])) && (end >= len(s) || !isAlnum(s[end]))
}

// luhn reports whether digits pass the Luhn check (ISO/IEC 7812-1 annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// myNumberCheck reports whether the last of 12 digits is the check digit of
// the other eleven (平成26年総務省令第85号 第5条).
func myNumberCheck(digits string) bool {
	if len(digits) != 12 {
		return false
	}
	sum := 0
	for n := 1; n <= 11; n++ {
		p := int(digits[11-n] - '0')
		q := n + 1
		if n >= 7 {
			q = n - 5
		}
		sum += p * q
	}
	c := 11 - sum%11
	if c >= 10 {
		c = 0
	}
	return c == int(digits[11]-'0')
}

// licenceCheck reports whether the eleventh of 12 digits is the check digit of
// the first ten (modulus 11, weights 5 4 3 2 7 6 5 4 3 2).
func licenceCheck(digits string) bool {
	if len(digits) != 12 {
		return false
	}
	sum := 0
	for i, w := range []int{5, 4, 3, 2, 7, 6, 5, 4, 3, 2} {
		sum += w * int(digits[i]-'0')
	}
	c := 11 - sum%11
	if c >= 10 {
		c -= 10
	}
	return c == int(digits[10]-'0')
}

func outcome(ok bool) string {
	if ok {
		return "check digit right"
	}
	return "check digit wrong"
}
