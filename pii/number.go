package pii

import (
	"strings"
	"unicode/utf8"
)

// number is a run of digits with the separators inside it.
type number struct {
	start, end int
	digits     string // ASCII digits alone
	script     numberScript
	sep        bool // has separators
}

type numberScript uint8

const (
	arabic numberScript = iota
	kanji               // 〇九一五
	kana                // さんにーごー: digits read out
)

var kanjiDigits = map[rune]byte{'〇': '0', '零': '0', '○': '0', '一': '1', '二': '2', '三': '3', '四': '4', '五': '5', '六': '6', '七': '7', '八': '8', '九': '9'}

// spokenDigits are digits as people spell them out, longest first.
var spokenDigits = []struct {
	word  string
	digit byte
}{
	{"きゅう", '9'}, {"きゅー", '9'}, {"ろく", '6'}, {"なな", '7'}, {"しち", '7'}, {"はち", '8'}, {"さん", '3'}, {"よん", '4'}, {"いち", '1'}, {"ゼロ", '0'}, {"ぜろ", '0'}, {"れい", '0'}, {"まる", '0'}, {"マル", '0'},
	{"にー", '2'}, {"ごー", '5'}, {"に", '2'}, {"ご", '5'}, {"し", '4'}, {"く", '9'},
}

// digitBuffer gathers the digits of a number without an allocation for each.
// Longer numbers than it holds are nobody's data; their rest is dropped.
type digitBuffer struct {
	b [48]byte
	n int
}

func (d *digitBuffer) put(c byte) {
	if d.n < len(d.b) {
		d.b[d.n] = c
		d.n++
	}
}

func (d *digitBuffer) add(s string) { d.n += copy(d.b[d.n:], s) }

func (d *digitBuffer) string() string { return string(d.b[:d.n]) }

// numbers appends every number of s, in order, to out.
func numbers(out []number, s string) []number {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			n := arabicNumber(s, i)
			out = append(out, n)
			i = n.end
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, ok := kanjiDigits[r]; ok {
				if n := kanjiNumber(s, i); len(n.digits) > 1 {
					out = append(out, n)
					i = n.end
					continue
				}
			} else if c == 0xE3 {
				if n := kanaNumber(s, i); len(n.digits) >= 4 {
					out = append(out, n)
					i = n.end
					continue
				}
			}
			i += size
		}
	}
	return out
}

// arabicNumber reads digits joined by single hyphens, dots or spaces. A space
// joins groups of three digits and more, or groups of equal length: 5 5 0 7,
// 58 02 93, 3300 0000 1199; not "10 20000".
func arabicNumber(s string, i int) number {
	n := number{start: i, script: arabic}
	if j := digitsAt(s, i); j+1 >= len(s) || s[j] != ' ' && s[j] != '-' || !isDigit(s[j+1]) {
		n.end, n.digits = j, s[i:j] // no separator: nothing to gather
		return n
	}
	var b digitBuffer
	last := 0 // length of the last group
	for i < len(s) {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		b.add(s[i:j])
		group := j - i
		n.end = j
		if j+1 >= len(s) || s[j+1] < '0' || s[j+1] > '9' {
			break
		}
		k := j + 1
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		following := k - j - 1
		switch s[j] {
		case '-':
		case ' ':
			if !(following == group && (last == 0 || last == group) || group >= 3 && following >= 2 || last >= 3 && group >= 2) {
				n.digits = b.string()
				return n
			}
		default:
			n.digits = b.string()
			return n
		}
		last = group
		n.sep = true
		i = j + 1
	}
	n.digits = b.string()
	return n
}

func kanjiNumber(s string, i int) number {
	n := number{start: i, end: i, script: kanji}
	var b digitBuffer
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if d, ok := kanjiDigits[r]; ok {
			b.put(d)
			i += size
			n.end = i
			continue
		}
		if b.n > 0 && (r == '-' || r == ' ' || r == '、' || r == '・' || r == ',' || r == 'ー' || r == 'の') {
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if _, ok := kanjiDigits[next]; ok {
				n.sep = true
				i += size
				continue
			}
		}
		break
	}
	n.digits = b.string()
	return n
}

func kanaNumber(s string, i int) number {
	n := number{start: i, end: i, script: kana}
	var b digitBuffer
next:
	for i < len(s) {
		for _, w := range spokenDigits {
			if strings.HasPrefix(s[i:], w.word) {
				b.put(w.digit)
				i += len(w.word)
				n.end = i
				for i < len(s) && (s[i] == ' ' || s[i] == '-') {
					i++
				}
				if strings.HasPrefix(s[i:], "、") || strings.HasPrefix(s[i:], "・") {
					i += len("、")
				}
				continue next
			}
		}
		break
	}
	n.digits = b.string()
	return n
}

// unitsBehind are characters that make a number an amount, a date or a count.
var unitsBehind = []string{"円", "万", "千", "月", "日", "年", "時", "分", "秒", "桁", "けた", "ケタ", "個", "本", "回", "人", "名", "歳", "才", "%", "点", "件", "枚", "冊", "台", "箱", "泊", "番目", "番線", "階", "ミリ", "センチ", "メートル", "キロ", "グラム", "kg", "km", "cm", "mm", "ml", "GB", "MB", "kWh", "ギガ", "インチ", "型", "ページ", "か月", "ヶ月", "カ月", "週", "代", "通"}

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
