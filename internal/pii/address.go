package pii

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

var prefectures = []string{"北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県"}

// prefectureAt returns the length of the prefecture's name that s begins with.
func prefectureAt(s string) int {
	if m, ok := prefectureWords().At(s, 0); ok {
		return m.End
	}
	return 0
}

var prefectureWords = sync.OnceValue(func() *text.Matcher { return text.NewMatcher(prefectures) })

// findAddresses finds addresses: from the prefecture, or the city where none
// is named, to the room. A place without a number is an address only behind a
// label.
func findAddresses(d *document) {
	if !d.addresses {
		return
	}
	last := 0
	for _, h := range d.cues[cuePrefecture] {
		if h.Start < last {
			continue
		}
		if end := addressEnd(d.n, h.Start, h.End); end > 0 {
			d.add(h.Start, end, "address", 0.97, "address-from-prefecture", "", "")
			last = end
		}
	}
	d.cityAddresses()
	d.labelledAddresses()
	d.latinAddresses()
}

// addressEnd returns the end of the address that begins at start, whose names
// go on from i; 0 where no number follows.
func addressEnd(s string, start, i int) int {
	last := 0
	numbers := 0
	for i < len(s) && i-start < 240 {
		if e := addressNumber(s, i); e > i {
			if numbers == 0 && (hasUnit(s, e) && !strings.HasPrefix(s[e:], "番") && !strings.HasPrefix(s[e:], "階")) {
				return 0
			}
			numbers++
			i, last = e, e
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isKanji(r) || r >= 0x30A1 && r <= 0x30FF || r == '〇':
			if last > 0 && stopsAddress(s[i:]) {
				return last
			}
			if last > 0 {
				e := buildingEnd(s, i)
				if e == 0 {
					// Names between numbers: 北3条西7丁目, 七条下ル.
					if nextNumber(s, i, 24) {
						i += size
						continue
					}
					return last
				}
				i, last = e, e
				continue
			}
		case r >= 0x3041 && r <= 0x3096:
			if last > 0 {
				if r == 'の' && addressNumber(s, i+size) > i+size {
					break
				}
				return last
			}
			if stopsName(s[i:]) {
				return 0
			}
		case r == ' ' || r == '\n' && last == 0 && false:
			if last == 0 {
				break
			}
			e := buildingEnd(s, i+size)
			if e == 0 {
				return last
			}
			i, last = e, e
			continue
		case r < utf8.RuneSelf && isAlnum(byte(r)) && last > 0:
			e := buildingEnd(s, i)
			if e == 0 {
				return last
			}
			i, last = e, e
			continue
		default:
			if r == '-' && last == i && addressNumber(s, i+1) > i+1 {
				break
			}
			return last
		}
		i += size
	}
	return last
}

var addressMarks = knowledge.WordsOf("address_marks")

// addressNumber reads a block number with its mark: 5丁目, 88番地, 七番三号, 2-8,
// and returns its end, i where there is none.
func addressNumber(s string, i int) int {
	e := i
	for e < len(s) && (isDigit(s[e]) || s[e] == '-' && e > i && e+1 < len(s) && isDigit(s[e+1])) {
		e++
	}
	arabic := e > i
	if !arabic {
		for e < len(s) {
			r, size := utf8.DecodeRuneInString(s[e:])
			if kanjiDigit(r) == 0 && r != '十' && r != '百' && r != '千' {
				break
			}
			e += size
		}
		if e == i {
			return i
		}
	}
	for _, mark := range addressMarks {
		if strings.HasPrefix(s[e:], mark) {
			return e + len(mark)
		}
	}
	if arabic {
		return e
	}
	// A bare kanji numeral is a number only behind の or between hyphens.
	for _, w := range []string{"の", "番地", "丁目", "番"} {
		if strings.HasSuffix(s[:i], w) && !isKanji(firstRune(s[e:])) {
			return e
		}
	}
	if i > 0 && s[i-1] == '-' || e < len(s) && s[e] == '-' {
		return e
	}
	return i
}

// nextNumber reports whether a block number stands within n bytes of i.
func nextNumber(s string, i, n int) bool {
	end := min(len(s), i+n)
	for i < end {
		if addressNumber(s, i) > i {
			return true
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isKanji(r) && !(r >= 0x30A1 && r <= 0x30FF) {
			return false
		}
		i += size
	}
	return false
}

var notInAddresses = knowledge.WordsOf("not_in_addresses")

// stopsAddress reports whether words that follow an address begin here.
func stopsAddress(s string) bool {
	for _, w := range notInAddresses {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

var behindPlaces = knowledge.WordsOf("behind_places")

// stopsName reports whether hiragana that cannot be part of a place's name
// begin here.
func stopsName(s string) bool {
	for _, w := range behindPlaces {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

var buildingWords = knowledge.WordsOf("buildings")

// buildingEnd returns the end of the building and room that begin at i, 0
// where it is none: a name with a building word, or one that ends in a number.
func buildingEnd(s string, i int) int {
	e, runes := i, 0
	for e < len(s) && runes < 24 {
		r, size := utf8.DecodeRuneInString(s[e:])
		kana := r >= 0x3041 && r <= 0x30FF
		if !isKanji(r) && !kana && !(r < utf8.RuneSelf && (isAlnum(byte(r)) || r == '-' || r == '#' || r == '\'')) {
			break
		}
		if r >= 0x3041 && r <= 0x3096 && (strings.HasPrefix(s[e:], "です") || strings.HasPrefix(s[e:], "に") || strings.HasPrefix(s[e:], "を") || strings.HasPrefix(s[e:], "へ") || strings.HasPrefix(s[e:], "は") || strings.HasPrefix(s[e:], "で")) {
			break
		}
		e += size
		runes++
	}
	if runes == 0 {
		return 0
	}
	v := s[i:e]
	if stopsAddress(v) {
		return 0
	}
	if strings.Trim(v, "0123456789-FABC号室階") == "" {
		if strings.Trim(v, "0123456789") == "" && (len(v) > 4 || hasUnit(s, e)) || strings.Count(v, "-") > 1 {
			return 0
		}
		return e
	}
	end := v[len(v)-1]
	building := isDigit(end) || strings.HasSuffix(v, "号室") || strings.HasSuffix(v, "号") || strings.HasSuffix(v, "階") || strings.HasSuffix(v, "F")
	if !building {
		for _, w := range buildingWords {
			if strings.Contains(v, w) {
				building = true
				break
			}
		}
	}
	if !building && katakanaRun(v) >= 3 {
		building = true
	}
	if !building || hasUnit(s, e) || isDigit(v[0]) && !hasLetter(v) && utf8.RuneCountInString(v) > 12 {
		return 0
	}
	// 「プレミール泉中央 602」
	if k := e + 1; e < len(s) && s[e] == ' ' && k < len(s) && isDigit(s[k]) && !isDigit(end) {
		j := k
		for j < len(s) && (isDigit(s[j]) || s[j] == '-') {
			j++
		}
		if j-k <= 6 && !hasUnit(s, j) {
			e = j
			if strings.HasPrefix(s[e:], "号室") {
				e += len("号室")
			}
		}
	}
	return e
}

func katakanaRun(v string) int {
	best, n := 0, 0
	for _, r := range v {
		if r >= 0x30A1 && r <= 0x30FC {
			n++
			best = max(best, n)
		} else {
			n = 0
		}
	}
	return best
}

// cityAddresses finds addresses that begin with a city, ward or county.
func (d *document) cityAddresses() {
	s := d.n
	last := 0
	for _, h := range d.cues[cueMunicipality] {
		i, next := h.Start, h.End
		if i < last {
			continue
		}
		r := firstRune(s[i:])
		start, n := i, 0
		for start > 0 && n < 7 {
			p, ps := utf8.DecodeLastRuneInString(s[:start])
			if !isKanji(p) && p != 'ケ' && p != 'ヶ' && p != 'ノ' && !(p >= 0x30A1 && p <= 0x30FC) {
				break
			}
			start -= ps
			n++
		}
		if n == 0 || d.taken(start, next, 0.9) {
			continue
		}
		end := addressEnd(s, start, next)
		if end > 0 && (strings.ContainsAny(s[next:end], "-") || strings.Contains(s[next:end], "丁目") || strings.Contains(s[next:end], "番")) {
			labelled := d.labelledBy(start, "address")
			if r == '市' || r == '区' || r == '郡' || labelled {
				d.add(start, end, "address", 0.9, "address-from-city", "", "")
				last = end
			}
		}
	}
}

// labelledAddresses reads what stands behind an address label and is written
// in kana or without a city: up to its last number.
func (d *document) labelledAddresses() {
	for _, l := range d.labels {
		if l.cat.ID != "address" {
			continue
		}
		from, to := d.window(l)
		i := from
		for i < to && strings.ContainsRune(" :=>→「『【】』」()[]・はが,\n", firstRune(d.n[i:])) {
			_, size := utf8.DecodeRuneInString(d.n[i:])
			i += size
		}
		if i >= to || d.taken(i, i+1, 0.5) || !d.gapOK(l, i) {
			continue
		}
		line := d.n[i:min(to, lineEnd(d.n, i))]
		if j := strings.IndexAny(line, "。、\n"); j >= 0 {
			line = line[:j]
		}
		end, kana := 0, 0
		for k, r := range line {
			if isDigit(byte(r)) && r < utf8.RuneSelf || strings.HasPrefix(line[k:], "番地") || strings.HasPrefix(line[k:], "号") {
				end = k + utf8.RuneLen(r)
			}
			if r >= 0x30A1 && r <= 0x30FC || isKanji(r) {
				kana++
			}
		}
		if end == 0 || kana < 4 || strings.Count(line[:end], "-") == 0 && !strings.Contains(line[:end], "番") || strings.Contains(line[:end], "です") {
			continue
		}
		d.add(i, i+end, "address", 0.85, "labelled-address", l.word, "")
	}
}

var latinPlaces = []string{"-ku", "-shi", "-gun", " ku", " City"}

// latinAddresses finds addresses in Latin letters: 1-2-3 Honcho, Minato-ku,
// Tokyo, Room 4.
func (d *document) latinAddresses() {
	s := d.n
	if !d.latin {
		return
	}
	for _, w := range latinPlaces {
		for i := 0; ; {
			j := strings.Index(s[i:], w)
			if j < 0 {
				break
			}
			at := i + j
			i = at + len(w)
			if i < len(s) && isAlnum(s[i]) {
				continue
			}
			start := latinStart(s, at)
			end := latinEnd(s, i)
			if start < at && hasDigit(s[start:end]) {
				d.add(start, end, "address", 0.93, "latin-address", "", "")
			}
		}
	}
}

// latinStart walks back over comma-separated parts to the one that begins
// with a number.
func latinStart(s string, at int) int {
	i := at
	for i > 0 && at-i < 90 {
		c := s[i-1]
		if c == '\n' || c == ':' || c == ';' || c >= utf8.RuneSelf || c == '.' && !isDigit(s[max(0, i-2)]) {
			break
		}
		i--
	}
	part := s[i:at]
	for k := range len(part) {
		if isDigit(part[k]) && (k == 0 || part[k-1] == ' ' || part[k-1] == '#') {
			m := k
			for m < len(part) && (isDigit(part[m]) || part[m] == '-') {
				m++
			}
			if strings.Contains(part[k:m], "-") {
				return i + k
			}
		}
	}
	for k := range len(part) {
		if isDigit(part[k]) {
			return i + k
		}
	}
	for i < at && (s[i] == ' ' || s[i] == ',') {
		i++
	}
	return i
}

// latinEnd goes on over comma-separated parts: the prefecture, a postal code,
// a building and room.
func latinEnd(s string, i int) int {
	end := i
	for i < len(s) && s[i] == ',' {
		j := i + 1
		for j < len(s) && s[j] != ',' && s[j] != '\n' && s[j] != '.' && s[j] != ';' && s[j] != '(' && s[j] != '?' && s[j] < utf8.RuneSelf {
			j++
		}
		part := strings.TrimSpace(s[i+1 : j])
		if part == "" || len(part) > 40 || part[0] >= 'a' && part[0] <= 'z' || strings.Contains(part, " is ") {
			return end
		}
		words := strings.Fields(part)
		if len(words) > 4 {
			return end
		}
		end = j
		for s[end-1] == ' ' {
			end--
		}
		i = j
	}
	return end
}
