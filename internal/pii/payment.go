package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// findCards finds card numbers: 13 to 19 digits that pass Luhn and begin like
// a card (ISO/IEC 7812 major industry 3 to 6 and Mastercard's 2221..2720), or
// any such number behind a card label, right or wrong.
func findCards(d *document) {
	for _, n := range d.nums {
		if n.script == kana || len(n.digits) < 13 || len(n.digits) > 19 || !bounded(d.n, n.start, n.end) {
			continue
		}
		l, labelled := d.labelFor(n.start, "card_number")
		if goods(n.digits) {
			continue
		}
		pass := luhn(n.digits)
		switch {
		case labelled && len(n.digits) >= 14 && len(n.digits) <= 19 && len(n.digits) != 17:
			d.add(n.start, n.end, "card_number", 0.96, "labelled-card", l, luhnOutcome(pass))
		case pass && cardPrefix(n.digits) && !d.otherLabel(n.start, "card_number"):
			d.add(n.start, n.end, "card_number", 0.95, "card-shape", "", luhnOutcome(pass))
		case cardPrefix(n.digits) && !n.sep && len(n.digits) == 16 && d.cardNear(n.start) && !d.otherLabel(n.start, "card_number"):
			d.add(n.start, n.end, "card_number", 0.85, "card-prefix", "カード", luhnOutcome(pass))
		case cardPrefix(n.digits) && cardGroups(d.n[n.start:n.end]) && !d.otherLabel(n.start, "card_number"):
			d.add(n.start, n.end, "card_number", 0.9, "card-groups", "", luhnOutcome(pass))
		}
	}
}

// goods reports whether a number is a Japanese article's (JAN): 13 digits that begin with 45
// or 49 and end in their check digit (http://www.dsri.jp/seminar_book/e-learning/01/s04/indices/index4.html).
func goods(digits string) bool {
	if len(digits) != 13 || digits[:2] != "45" && digits[:2] != "49" {
		return false
	}
	sum := 0
	for i := range 13 {
		sum += int(digits[i]-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

func luhnOutcome(ok bool) string {
	if ok {
		return "Luhn right"
	}
	return "Luhn wrong"
}

// cardPrefix reports whether digits have an issuer's prefix and its length.
func cardPrefix(digits string) bool {
	n := len(digits)
	switch {
	case digits[0] == '4':
		return n == 13 || n == 16 || n == 19
	case digits[0] == '5' && digits[1] >= '1' && digits[1] <= '5':
		return n == 16
	case digits[:2] == "34" || digits[:2] == "37":
		return n == 15
	case digits[:2] == "35", digits[:2] == "62", digits[:2] == "65", digits[:2] == "60":
		return n >= 16
	case digits[:2] == "36" || digits[:2] == "30" || digits[:2] == "38" || digits[:2] == "39":
		return n >= 14
	case digits[:4] >= "2221" && digits[:4] <= "2720":
		return n == 16
	}
	return false
}

// cardGroups reports whether digits are written as cards print them: 4-4-4-4
// or 4-6-5.
func cardGroups(v string) bool {
	g := strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == ' ' })
	if len(g) == 4 {
		return len(g[0]) == 4 && len(g[1]) == 4 && len(g[2]) == 4 && len(g[3]) == 4
	}
	return len(g) == 3 && len(g[0]) == 4 && len(g[1]) == 6 && len(g[2]) == 5
}

// labelFor returns the nearest label of a category whose value begins at pos.
func (d *document) labelFor(pos int, cat string) (string, bool) {
	for i := d.labelsFrom(pos) - 1; i >= 0; i-- {
		l := d.labels[i]
		if l.end > pos {
			continue
		}
		if pos-l.end > reach {
			break
		}
		if string(l.cat.ID) == cat && d.gapOK(l, pos) {
			return l.word, true
		}
	}
	return "", false
}

// otherLabel reports whether the label right before pos names something else.
func (d *document) otherLabel(pos int, cat string) bool {
	for i := d.labelsFrom(pos) - 1; i >= 0; i-- {
		l := d.labels[i]
		if l.end > pos {
			continue
		}
		return pos-l.end < 30 && string(l.cat.ID) != cat && d.direct(l, pos) && l.cat.Kind != "context" && l.cat.Kind != "attribute"
	}
	return false
}

// readExpiry reads a card's expiry: MM/YY, MM/YYYY, YYYY年M月, MMYY, where a
// card is spoken of nearby.
func (d *document) readExpiry(l label) {
	from, to := d.window(l)
	if !d.cardNear(l.start) && !strings.Contains(l.word, "カード") && !strings.EqualFold(l.word, "exp") && !strings.EqualFold(l.word, "valid thru") {
		return
	}
	for i := from; i < to; i++ {
		if !isDigit(d.n[i]) || i > 0 && isAlnum(d.n[i-1]) {
			continue
		}
		if !d.gapOK(l, i) {
			return
		}
		if end := expiryAt(d.n, i); end > 0 {
			d.add(i, end, "card_expiry", 0.94, "labelled-expiry", l.word, "")
		}
		return
	}
}

// cardNear reports whether a card number or a card word stands within about
// two lines of pos.
func (d *document) cardNear(pos int) bool {
	beside := false
	d.touching(pos-160, pos+120, func(c *candidate) bool {
		beside = (c.cat == "card_number" || c.cat == "card_last4" || c.cat == "card_cvv") && c.start-pos < 120 && pos-c.end < 160
		return !beside
	})
	if beside {
		return true
	}
	near := d.n[max(0, pos-120):min(len(d.n), pos+120)]
	for _, w := range []string{"カード", "クレジット", "VISA", "Visa", "JCB", "Master", "アメックス", "card"} {
		if strings.Contains(near, w) {
			return true
		}
	}
	return false
}

// expiryAt returns the end of a card expiry that begins at i, 0 where there
// is none.
func expiryAt(s string, i int) int {
	j := i
	for j < len(s) && isDigit(s[j]) {
		j++
	}
	first := s[i:j]
	two := func(k int) int {
		e := k
		for e < len(s) && isDigit(s[e]) {
			e++
		}
		if e-k == 2 || e-k == 4 {
			return e
		}
		return 0
	}
	switch {
	case len(first) == 4 && validMonth(first[:2]):
		return j
	case len(first) <= 2 && validMonth(first) && j < len(s) && (s[j] == '/' || s[j] == '-' || s[j] == ' '):
		k := j + 1
		for k < len(s) && (s[k] == ' ' || s[k] == '/') {
			k++
		}
		return two(k)
	case len(first) <= 2 && validMonth(first) && strings.HasPrefix(s[j:], "月"):
		k := j + len("月")
		for k < len(s) && (s[k] == ' ' || s[k] == '/') {
			k++
		}
		if e := two(k); e > 0 {
			if strings.HasPrefix(s[e:], "年") {
				return e + len("年")
			}
			return e
		}
	case (len(first) == 4 || len(first) == 2) && (strings.HasPrefix(s[j:], "年") || j < len(s) && (s[j] == '/' || s[j] == '-')):
		k := j + 1
		if strings.HasPrefix(s[j:], "年") {
			k = j + len("年")
		}
		e := k
		for e < len(s) && isDigit(s[e]) {
			e++
		}
		if e > k && e-k <= 2 && validMonth(s[k:e]) {
			if strings.HasPrefix(s[e:], "月") {
				return e + len("月")
			}
			if len(first) == 4 {
				return e
			}
		}
	}
	return 0
}

func validMonth(m string) bool {
	if len(m) == 1 {
		return m >= "1" && m <= "9"
	}
	return len(m) == 2 && m >= "01" && m <= "12"
}

// findFollowUps reads what stands on lines of its own behind a card number:
// its expiry and security code, without labels.
func findFollowUps(d *document) {
	for _, c := range d.found {
		if c.cat != "card_number" {
			continue
		}
		i, state := c.end, 0
		for range 3 {
			for i < len(d.n) && strings.IndexByte(" \n,/", d.n[i]) >= 0 || strings.HasPrefix(d.n[i:], "、") {
				_, size := utf8.DecodeRuneInString(d.n[i:])
				i += size
			}
			if i >= len(d.n) || !isDigit(d.n[i]) {
				break
			}
			if end := expiryAt(d.n, i); end > 0 && state == 0 && standsAlone(d.n, i, end) {
				if !d.taken(i, end, 0.9) {
					d.add(i, end, "card_expiry", 0.9, "behind-card", "", "")
				}
				i, state = end, 1
				continue
			}
			j := i
			for j < len(d.n) && isDigit(d.n[j]) {
				j++
			}
			if (j-i == 3 || j-i == 4) && standsAlone(d.n, i, j) && !isAmount(d.n, i, j) {
				if !d.taken(i, j, 0.9) {
					d.add(i, j, "card_cvv", 0.93, "behind-card", "", "")
				}
			}
			break
		}
	}
}

func standsAlone(s string, start, end int) bool {
	if !bounded(s, start, end) || hasUnit(s, end) {
		return false
	}
	return end >= len(s) || strings.IndexByte(" \n,/", s[end]) >= 0 || strings.HasPrefix(s[end:], "、") || strings.HasPrefix(s[end:], "です") || strings.HasPrefix(s[end:], "。")
}

// bankWords end the name of a bank.
var bankWords = knowledge.WordsOf("banks")

// findBanks finds bank accounts: from the bank, the branch, 記号 or the kind of
// account to the number, one span where they stand on one line.
func findBanks(d *document) {
	for _, n := range d.nums {
		if n.script == kana || len(n.digits) < 5 || len(n.digits) > 8 || hasUnit(d.n, n.end) || !bounded(d.n, n.start, n.end) {
			continue
		}
		ls := lineStart(d.n, n.start)
		if stop := strings.LastIndex(d.n[ls:n.start], "。"); stop >= 0 {
			ls += stop + len("。")
		}
		start, strong := bankStart(d.n, ls, n.start)
		if strong && len(n.digits) >= 6 {
			d.add(start, n.end, "bank_account", 0.965, "bank-line", "", "")
			continue
		}
		if l, ok := d.labelFor(n.start, "bank_account"); ok && len(n.digits) >= 6 && len(n.digits) <= 8 && !d.otherLabel(n.start, "bank_account") {
			d.add(start, n.end, "bank_account", 0.9, "labelled-number", l, "")
		}
	}
}

var bankFields = knowledge.WordsOf("bank_fields")

// bankStart returns where the account that ends in a number at num begins on
// its line, and whether what stands before the number is that of an account.
func bankStart(s string, ls, num int) (start int, strong bool) {
	line := s[ls:num]
	best := num
	kinds := 0
	// The words of an account that stand before the number, with nothing but
	// each other, spaces and the names of bank and branch between them.
	for _, w := range bankFields {
		if i := strings.LastIndex(line, w); i >= 0 && len(line)-i < 80 {
			switch w {
			case "口座番号", "番号", "No", "account":
				if strings.Trim(line[i+len(w):], " :は=") != "" {
					continue
				}
				if w == "番号" && strings.Contains(line, "記号") {
					kinds++
				}
				continue
			}
			if (w == "記号" || w == "店番" || w == "店番号") && !isDigit(firstByte(strings.TrimLeft(line[i+len(w):], " :"))) {
				continue
			}
			kinds++
			p := ls + i
			if w == "支店" || w == "出張所" || w == "本店" || w == "営業部" || w == "Branch" || w == "branch" {
				p = nameStart(s, ls, p)
			}
			if p < best {
				best = p
			}
		}
	}
	for _, w := range bankWords {
		if i := strings.LastIndex(line, w); i >= 0 && len(line)-i < 90 {
			between := line[i+len(w):]
			if strings.ContainsAny(between, "。?") || strings.Contains(between, "です") || strings.Contains(between, "電話") || strings.Contains(between, "会員") || strings.Contains(between, "受付") {
				continue
			}
			kinds++
			if p := nameStart(s, ls, ls+i); p < best {
				best = p
			}
		}
	}
	if kinds == 0 || strings.ContainsAny(s[best:num], "。?") || utf8.RuneCountInString(s[best:num]) > 45 {
		return num, false
	}
	return best, true
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// nameStart walks back from i over the name that ends there: kanji and kana,
// or capitalized Latin words. It stops at a label (口座).
func nameStart(s string, ls, i int) int {
	latin := i > ls && (s[i-1] == ' ' || s[i-1] < utf8.RuneSelf && isAlnum(s[i-1]))
	for at := i; i > ls; {
		if !latin && i < at {
			for _, w := range []string{"口座", "振込先", "返金先", "還付先", "先は", "名義", "引落", "銀行名"} {
				if strings.HasSuffix(s[ls:i], w) {
					return i
				}
			}
		}
		r, size := utf8.DecodeLastRuneInString(s[ls:i])
		switch {
		case latin && (r == ' ' && !strings.HasSuffix(s[:i], ": ") || r == '-' || r == ',' && i-size > ls || r < utf8.RuneSelf && isAlnum(byte(r))):
		case !latin && (isKanji(r) || r >= 0x30A1 && r <= 0x30FC || r >= 0x3041 && r <= 0x3096 && (!isParticle(r) || kanaInName(s, i)) || r < utf8.RuneSelf && isAlnum(byte(r))):
		default:
			return skipLower(s, i, latin)
		}
		i -= size
	}
	return skipLower(s, i, latin)
}

// skipLower drops words in lower case and spaces from the front of a Latin
// name.
func skipLower(s string, i int, latin bool) int {
	if latin { // "My account is Minato Bank": the name begins behind the verb
		for _, w := range []string{" is ", "Account ", "account ", " to "} {
			end := min(len(s), i+60)
			if k := strings.LastIndex(s[i:end], w); k >= 0 && !strings.ContainsAny(s[i:i+k], "0123456789") {
				i += k + len(w)
			}
		}
	}
	for latin && i < len(s) && (s[i] == ' ' || s[i] >= 'a' && s[i] <= 'z') {
		for i < len(s) && s[i] != ' ' {
			i++
		}
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	return i
}

// kanaInName reports whether the hiragana that ends at i stands within a name
// in hiragana: the の of みのり, あけぼの.
func kanaInName(s string, i int) bool {
	r, size := utf8.DecodeLastRuneInString(s[:i])
	if r != 'の' && r != 'と' && r != 'も' && r != 'は' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i-size])
	return isHira(before) && !isParticle(before)
}

func isParticle(r rune) bool { return strings.ContainsRune("はがをにでとのもへ", r) }
