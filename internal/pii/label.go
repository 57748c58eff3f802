package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// reach is how far behind its label a value may begin, in bytes.
const reach = 96

// window returns the stretch behind a label in which its value may stand: the
// rest of the line, or the next line where nothing but punctuation is left of
// this one.
func (d *document) window(l label) (from, to int) {
	from = l.end
	eol := strings.IndexByte(d.n[l.end:min(len(d.n), l.end+reach+64)], '\n')
	if eol < 0 {
		to = len(d.n)
	} else {
		to = l.end + eol
		rest := strings.Trim(d.n[l.end:to], " :=>→⇒「『【】』」()[]・、。です来たきまはがを")
		if rest == "" {
			next := to + 1
			to = lineEnd(d.n, next)
		}
	}
	if to > from+reach+64 {
		to = from + reach + 64
		for to < len(d.n) && !utf8.RuneStart(d.n[to]) {
			to++
		}
	}
	return from, to
}

// gapOK reports whether the words between a label and its value leave the
// value the label's: no sentence ends, no other label intervenes.
func (d *document) gapOK(l label, start int) bool {
	gap := d.n[l.end:start]
	if len(gap) > reach || strings.ContainsAny(gap, "。?!？！") {
		return false
	}
	for _, o := range d.labels[d.labelsFrom(l.end):d.labelsFrom(start)] {
		if o.end <= start && knowledge.Parent(o.cat.ID) != knowledge.Parent(l.cat.ID) && o.cat.Kind != "context" {
			return false
		}
	}
	return true
}

// direct reports whether only punctuation and a particle stand between a
// label and its value.
func (d *document) direct(l label, start int) bool {
	gap := d.n[l.end:start]
	if i := strings.IndexByte(gap, '('); i >= 0 {
		if j := strings.IndexByte(gap, ')'); j > i && j-i <= 48 {
			gap = gap[:i] + gap[j+1:]
		}
	}
	gap = strings.Trim(gap, " \n:=>→⇒「『【】』」()[]・、,#\"'…-~|/")
	switch gap {
	case "", "は", "が", "も", "の", "って", "とは", "を", "について", "No", "No.", "no", "no.", "NO", "NO.", "番号", "番号は", "番号が", "のほうは", "はたぶん", "は、", "is", "was", "は旧", "は新", "No:", "は今", "だけ", "number", "#", "numbers are":
		return true
	}
	return false
}

// findLabelled reads the value behind every label.
func findLabelled(d *document) {
	for _, l := range d.labels {
		switch l.cat.Value {
		case "id":
			d.readID(l)
		case "digits":
			d.readDigits(l, 8, 24, 0.9)
		case "secret":
			d.readSecret(l)
		case "seed":
			d.readSeed(l)
		case "pin":
			d.readCode(l, 4, 6, 0.95)
		case "otp":
			d.readCode(l, 4, 8, 0.94)
		case "cvv":
			d.readCode(l, 3, 4, 0.955)
		case "last4":
			d.readCode(l, 4, 4, 0.93)
		case "expiry":
			d.readExpiry(l)
		case "answer":
			d.readAnswer(l)
		case "gender":
			d.readGender(l)
		case "age":
			d.readAge(l)
		case "employer":
			d.readEmployer(l)
		case "name":
			d.readName(l)
		}
	}
}

// findBeside reads the number right behind a word that means it only there.
func findBeside(d *document) {
	const digits = 4 // at least
	v := words()
	for _, h := range d.cues[cueBeside] {
		l := label{h.Start, h.End, d.n[h.Start:h.End], v.beside[h.Word]}
		start, end, ok := d.token(l)
		if n, found := d.numberBehind(l, digits, 24); found && (!ok || n.start <= start && n.end > end) {
			start, end, ok = n.start, n.end, true
		}
		if !ok || !d.direct(l, start) || !bounded(d.n, start, end) || isAmount(d.n, start, end) || dateAt(d.n, start) > 0 || strings.Contains(d.n[start:end], "@") {
			continue
		}
		n := 0
		for _, c := range d.n[start:end] {
			if c >= '0' && c <= '9' || strings.ContainsRune("〇零一二三四五六七八九", c) {
				n++
			}
		}
		if n < digits || n == digits && strings.HasPrefix(d.n[start:], "20") { // a year
			continue
		}
		d.add(start, end, l.cat.ID, 0.8, "number-beside", l.word, "")
	}
}

// numberBehind returns the first number of the label's window with as many
// digits.
func (d *document) numberBehind(l label, minDigits, maxDigits int) (number, bool) {
	from, to := d.window(l)
	for _, n := range d.nums[d.numsFrom(from):] {
		if n.start >= to {
			break
		}
		if !d.gapOK(l, n.start) {
			break
		}
		if len(n.digits) < minDigits || len(n.digits) > maxDigits || isAmount(d.n, n.start, n.end) {
			continue
		}
		if n.script == kanji && n.start > 0 && hasKanjiBefore(d.n, n.start) && !d.direct(l, n.start) {
			continue
		}
		return n, true
	}
	return number{}, false
}

func hasKanjiBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return isKanji(r)
}

func isKanji(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r == '々' || r >= 0x3400 && r <= 0x4DBF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF
}

func (d *document) readDigits(l label, minDigits, maxDigits int, score float64) {
	if n, ok := d.numberBehind(l, minDigits, maxDigits); ok && bounded(d.n, n.start, n.end) {
		d.add(n.start, n.end, l.cat.ID, score, "labelled-number", l.word, "")
	}
}

// readCode reads a short number that the label calls a secret or a part of a
// card: PIN, one-time code, security code, last four digits.
func (d *document) readCode(l label, minDigits, maxDigits int, score float64) {
	n, ok := d.numberBehind(l, minDigits, maxDigits)
	if !ok && l.cat.Value == "otp" {
		n, ok = d.numberOnNextLine(l, minDigits, maxDigits)
	}
	if !ok && (l.cat.Value == "cvv" || l.cat.Value == "pin" || l.cat.Value == "otp") {
		n, ok = d.numberBehindQuestion(l, minDigits, maxDigits)
	}
	if !ok || !bounded(d.n, n.start, n.end) {
		// A "PIN" with letters in it is a password.
		if l.cat.Value == "pin" {
			if s, e, ok := d.token(l); ok && d.direct(l, s) && hasLetter(d.n[s:e]) && (hasDigit(d.n[s:e]) || e-s >= 6 && strings.ContainsAny(d.n[s:e], "-_")) {
				d.add(s, e, "password", score, "labelled-secret", l.word, "letters in a PIN")
			}
		}
		return
	}
	if n.script == arabic && n.sep && strings.Contains(d.n[n.start:n.end], "-") && l.cat.Value != "pin" && len(n.digits) > 6 {
		return
	}
	if l.cat.Value == "otp" && !d.direct(l, n.start) && (l.word == "コード" || l.word == "code" || l.word == "トークン") {
		return
	}
	if l.cat.Value == "otp" && strings.ToLower(l.word) == "code" && hasLetterBefore(d.n, l.start) {
		return
	}
	d.add(n.start, n.end, l.cat.ID, score, "labelled-number", l.word, "")
	d.alternatives(l, n, score)
}

// numberBehindQuestion returns the number that begins the sentence behind the
// label's: 「裏の3桁ですよね。640 です。」
func (d *document) numberBehindQuestion(l label, minDigits, maxDigits int) (number, bool) {
	for i := d.numsFrom(l.end); i < len(d.nums); i++ {
		n := d.nums[i]
		if n.start-l.end > 60 {
			break
		}
		gap := strings.TrimRight(d.n[l.end:n.start], " ")
		if (strings.HasSuffix(gap, "。") || strings.HasSuffix(gap, "?")) && len(n.digits) >= minDigits && len(n.digits) <= maxDigits && !isAmount(d.n, n.start, n.end) {
			rest := strings.TrimLeft(d.n[n.end:], " ")
			return n, strings.HasPrefix(rest, "です") || strings.HasPrefix(rest, "。") || rest == "" || rest[0] == '\n'
		}
	}
	return number{}, false
}

// numberOnNextLine returns the number that stands alone on the line behind the
// label's: 「6桁の数字はこれ?」 and then the number.
func (d *document) numberOnNextLine(l label, minDigits, maxDigits int) (number, bool) {
	eol := lineEnd(d.n, l.end)
	if eol >= len(d.n) || eol-l.end > 48 {
		return number{}, false
	}
	line := strings.TrimSpace(d.n[eol+1 : lineEnd(d.n, eol+1)])
	for _, n := range d.nums[d.numsFrom(eol):] {
		if n.start > eol && len(n.digits) >= minDigits && len(n.digits) <= maxDigits {
			v := d.n[n.start:n.end]
			if rest := strings.TrimPrefix(line, v); rest != line && (rest == "" || rest == "です" || rest == "。" || rest == "です。") {
				return n, true
			}
			break
		}
		if n.start > eol {
			break
		}
	}
	return number{}, false
}

func hasLetterBefore(s string, i int) bool {
	t := strings.TrimRight(s[:i], " ")
	return t != "" && isAlnum(t[len(t)-1]) && !strings.HasSuffix(strings.ToLower(t), "the") && !strings.HasSuffix(strings.ToLower(t), "my")
}

// alternatives marks further numbers of the same length behind a secret:
// 「1224か0915」, 「昔のは1224」.
func (d *document) alternatives(l label, first number, score float64) {
	end := first.end
	for _, n := range d.nums[d.numsFrom(end):] {
		gap := d.n[end:n.start]
		if len(gap) > 60 || strings.Contains(gap, "\n") || len(n.digits) != len(first.digits) || isAmount(d.n, n.start, n.end) {
			break
		}
		for _, w := range []string{"か", "または", "もしくは", "昔", "前", "旧", "新", "or", "/", "、", "じゃなければ"} {
			if strings.Contains(gap, w) {
				if d.labelBetween(end, n.start, l) {
					return
				}
				d.add(n.start, n.end, l.cat.ID, score-0.05, "alternative-secret", l.word, "")
				end = n.end
				break
			}
		}
		if end != n.end {
			break
		}
	}
}

// labelBetween reports whether a label of another category stands within.
func (d *document) labelBetween(from, to int, l label) bool {
	for _, o := range d.labels[d.labelsFrom(from):d.labelsFrom(to)] {
		if o.end <= to && knowledge.Parent(o.cat.ID) != knowledge.Parent(l.cat.ID) {
			return true
		}
	}
	return false
}

// token returns the first run of value characters in the label's window.
func (d *document) token(l label) (start, end int, ok bool) {
	from, to := d.window(l)
	i := from
	for i < to {
		c := d.n[i]
		if isAlnum(c) || c == '_' || c == '+' {
			break
		}
		if !d.gapOK(l, i) {
			return 0, 0, false
		}
		_, size := utf8.DecodeRuneInString(d.n[i:])
		i += size
	}
	if i >= to || !d.gapOK(l, i) {
		return 0, 0, false
	}
	start = i
	for i < to && (isAlnum(d.n[i]) || strings.IndexByte("_-.@/#+&*!$%^~=?", d.n[i]) >= 0) {
		i++
	}
	for i > start && strings.IndexByte("-./=?!~", d.n[i-1]) >= 0 {
		i--
	}
	switch d.n[start:i] { // "customer number is 12"
	case "is", "was", "No", "no", "NO", "number", "are", "would", "be":
		if i < to {
			l.end = i
			return d.token(l)
		}
	}
	return start, i, i > start
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}

func hasDigit(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= '0' && r <= '9' })
}

// readID reads an identifier: a token with a digit in it, a number, or, right
// behind the label, a login name.
func (d *document) readID(l label) {
	start, end, ok := d.token(l)
	if n, found := d.numberBehind(l, 3, 24); found && (!ok || n.start <= start) {
		if e := n.end; e > end || !ok {
			// The number's spaces and kanji digits reach further than the token.
			start, end, ok = n.start, e, true
			for end < len(d.n) && (isAlnum(d.n[end]) || d.n[end] == '-' && end+1 < len(d.n) && isAlnum(d.n[end+1])) {
				end++
			}
		}
	}
	if !ok || strings.Contains(d.n[start:end], "@") && strings.Contains(d.n[start:end], ".") {
		return
	}
	v := d.n[start:end]
	near := d.direct(l, start)
	strong := l.cat.ID != "account_id" || len([]rune(l.word)) > 2
	switch {
	case len(v) == 14 && (v[0] == 'T' || v[0] == 't') && strings.Trim(v[1:], "0123456789") == "":
		return // a qualified invoice issuer's number is a company's
	case strings.HasPrefix(strings.ToLower(v), "http"), isAmount(d.n, start, end) && !hasLetter(v):
		return
	case hasDigit(v) && (near || strong && !weakLabel(l)) && utf8.RuneCountInString(v) >= 3:
	case near && l.cat.ID == "account_id" && len(v) >= 4 && (strings.ContainsAny(v, "_.") || d.bareValue(start, end)) && !commonWord(v):
	default:
		return
	}
	if !near && weakLabel(l) {
		return
	}
	score := 0.88
	if near {
		score = 0.92
	}
	d.add(start, end, l.cat.ID, score, "labelled-id", l.word, "")
}

// weakLabel reports whether a label is so common that only a value right
// behind it counts.
func weakLabel(l label) bool {
	switch strings.ToLower(l.word) {
	case "注文", "予約", "会員", "id", "アカウント", "order", "booking", "user", "account", "reference", "シリアル", "mac", "確認番号", "受付":
		return true
	}
	return false
}

// bareValue reports whether the token stands alone: nothing but space or the
// end of the line, a particle or a bracket behind it.
func (d *document) bareValue(start, end int) bool {
	rest := d.n[end:]
	for _, p := range []string{"\n", " ", "です", "で", "、", "。", ",", ")", "」", "』", "と", "の", "\t"} {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	return rest == ""
}

// commonWord reports whether a token is a product or technical word that
// people write behind "ID" without meaning a value.
func commonWord(v string) bool {
	switch strings.ToLower(v) {
	case "wi-fi", "wifi", "password", "pass", "login", "account", "card", "number", "apple", "google", "line", "amazon", "docomo", "email", "mail", "name", "page", "shows", "please", "thanks":
		return true
	}
	return false
}
