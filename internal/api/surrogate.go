package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"
)

// surrogate gives a value that looks like another one of its kind and is nobody's:
// digits for digits, letters for letters, a common name for a name, a domain that is
// reserved for examples (RFC 2606). The same value gives the same one for one key.
func surrogate(value, entity string, key []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(entity + "\x00" + value)) // a hash takes everything
	seed := h.Sum(nil)
	n := 0
	next := func(below int) int {
		if n+4 > len(seed) {
			s := sha256.Sum256(seed)
			seed, n = s[:], 0
		}
		v := binary.BigEndian.Uint32(seed[n:])
		n += 4
		return int(v % uint32(below))
	}
	switch entity {
	case "PERSON":
		if family, given, ok := splitName(value); ok {
			return pick(families, next) + family + pick(givens, next) + given
		}
		if isLatin(value) {
			return pick(latinNames, next)
		}
		return pick(families, next)
	case "EMAIL_ADDRESS":
		return pick(latinWords, next) + digits(3, next) + "@example.jp"
	case "IP_ADDRESS":
		return "192.0.2." + strings.TrimLeft(digits(2, next), "0") + "1" // RFC 5737
	}
	var b strings.Builder
	for _, r := range value {
		switch {
		case unicode.IsDigit(r) && r < 0x80:
			b.WriteByte(byte('0' + next(10)))
		case r >= 'a' && r <= 'z':
			b.WriteByte(byte('a' + next(26)))
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte('A' + next(26)))
		case r >= 0x4E00 && r <= 0x9FFF && entity != "LOCATION":
			b.WriteString(pick(kanji, next))
		default:
			b.WriteRune(r)
		}
	}
	if entity == "LOCATION" { // an address keeps its prefecture alone
		for _, end := range []string{"都", "道", "府", "県"} {
			if i := strings.Index(value, end); i > 0 && i <= 12 {
				return value[:i+len(end)] + "見本市例町" + digits(1, next) + "-" + digits(1, next)
			}
		}
	}
	return b.String()
}

func pick(list []string, next func(int) int) string { return list[next(len(list))] }

func digits(n int, next func(int) int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('1' + next(9)))
	}
	return b.String()
}

func isLatin(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) && r > unicode.MaxLatin1 }) < 0
}

// splitName tells what stands between and behind a name's two parts.
func splitName(s string) (between, behind string, ok bool) {
	if isLatin(s) {
		return "", "", false
	}
	if i := strings.IndexAny(s, " \u3000"); i > 0 {
		return s[i : i+len(string([]rune(s[i:])[0]))], "", true
	}
	return "", "", len([]rune(s)) >= 3
}

var (
	families   = []string{"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々木", "山口", "松本", "井上"}
	givens     = []string{"花子", "太郎", "一郎", "恵子", "健", "由美", "誠", "明", "直子", "翔", "さくら", "陽子"}
	latinNames = []string{"Alex Morgan", "Sam Carter", "Robin Hill", "Chris Lane", "Kim Porter", "Lee Fisher"}
	latinWords = []string{"sakura", "kaede", "hinata", "momiji", "tsubaki", "ayame"}
	kanji      = []string{"見", "本", "例", "示", "試", "仮"}
)
