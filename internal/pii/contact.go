package pii

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// findEmails finds mail addresses: local@domain in any width, 「アット」 and (at)
// for the sign. Addresses of a role (support@, info@) are a window's own.
func findEmails(d *document) {
	last := 0
	for _, h := range d.cues[cueAt] {
		at, size := h.Start, h.End-h.Start
		if at < last {
			continue
		}
		start := at
		for start > 0 && (isAlnum(d.n[start-1]) || strings.IndexByte("._%+-", d.n[start-1]) >= 0) {
			start--
		}
		for start < at && (d.n[start] == '.' || d.n[start] == '-') {
			start++
		}
		end := at + size
		for end < len(d.n) && (isAlnum(d.n[end]) || d.n[end] == '-' || d.n[end] == '.') {
			end++
		}
		for end > at+size && (d.n[end-1] == '.' || d.n[end-1] == '-') {
			end--
		}
		local, domain := d.n[start:at], d.n[at+size:end]
		dot := strings.LastIndexByte(domain, '.')
		if local == "" || dot < 1 || len(domain)-dot < 3 || !hasLetter(domain[dot:]) {
			continue
		}
		if size > 1 && at > 0 && !isAlnum(d.n[at-1]) {
			continue
		}
		if !d.everybody && roleAddress(local) {
			continue
		}
		d.add(start, end, "email", 0.97, "mail-address", "", "")
		last = end
	}
}

// roleAddress reports whether a local part names a window rather than a
// person.
func roleAddress(local string) bool {
	switch l := strings.ToLower(local); l {
	case "support", "info", "help", "contact", "noreply", "no-reply", "no_reply", "donotreply", "admin", "service", "customer", "cs", "inquiry", "inquiries", "webmaster", "postmaster", "abuse", "sales", "office", "desk", "privacy", "security", "shop", "order", "orders", "billing", "mailer-daemon", "press", "recruit", "saiyo":
		return true
	default:
		return strings.HasPrefix(l, "support-") || strings.HasPrefix(l, "info-") || strings.HasSuffix(l, "-support") || strings.HasPrefix(l, "noreply")
	}
}

// findNetwork finds IP and MAC addresses by shape.
func findNetwork(d *document) {
	last := 0
	for _, i := range d.tokens {
		if i < last || !isHex(d.n[i]) || i > 0 && d.n[i-1] == '.' {
			continue
		}
		if i > 0 && d.n[i-1] == ':' { // the colon of a label, or of ::1
			if i > 1 && d.n[i-2] == ':' && (i == 2 || !isAlnum(d.n[i-3])) {
				i -= 2
			} else if i > 1 && isAlnum(d.n[i-2]) {
				continue
			}
		}
		j := i
		for j < len(d.n) && (isHex(d.n[j]) || d.n[j] == ':' || d.n[j] == '.' || d.n[j] == '-') {
			j++
		}
		v := strings.TrimRight(d.n[i:j], ".:-")
		switch {
		case isMAC(v):
			d.add(i, i+len(v), "serial_number", 0.95, "mac-address", "", "")
		case strings.Count(v, ".") == 3 || strings.Count(v, ":") >= 2:
			a, err := netip.ParseAddr(v)
			// An address of a private network is nobody's (RFC 1918, RFC 4193).
			if err != nil || !bounded(d.n, i, i+len(v)) || a.Is6() && len(v) < 6 || !d.everybody && (a.IsPrivate() || a.IsLoopback()) || a.IsUnspecified() {
				break
			}
			before := strings.ToLower(d.n[max(0, i-12):i])
			if strings.HasSuffix(strings.TrimRight(before, " "), "ver") || strings.HasSuffix(before, "v") || strings.Contains(before, "ersion") || strings.HasSuffix(before, "バージョン") || strings.HasSuffix(before, "バージョン ") {
				break
			}
			d.add(i, i+len(v), "ip_address", 0.93, "ip-address", "", "")
		}
		last = j
	}
}

func isHex(b byte) bool { return isDigit(b) || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' }

func isMAC(v string) bool {
	if len(v) != 17 {
		return false
	}
	for i := range 17 {
		if i%3 == 2 {
			if v[i] != ':' && v[i] != '-' || v[i] != v[2] {
				return false
			}
		} else if !isHex(v[i]) {
			return false
		}
	}
	return true
}

// findPhones finds Japanese telephone numbers by shape: 0AJ numbers of ten
// digits, 050/060/070/080/090 of eleven, +81. Toll-free and shared-cost
// numbers (0120, 0800, 0570, 0990) belong to organizations and are left out,
// like numbers that the text calls a window's.
func findPhones(d *document) {
	last := 0
	for _, i := range d.tokens {
		if i < last || !isDigit(d.n[i]) {
			continue
		}
		switch {
		case i > 0 && (d.n[i-1] == '+' || d.n[i-1] == '(' && areaInBrackets(d.n, i-1)):
			i--
		case d.n[i] != '0':
			continue
		}
		if i > 0 && (isAlnum(d.n[i-1]) || d.n[i-1] == '-' || d.n[i-1] == '.' || d.n[i-1] == '/') {
			continue
		}
		var b digitBuffer
		end, sep := phoneRun(d.n, i, &b)
		if b.n == 0 {
			continue
		}
		ok, score := phoneShape(b.b[:b.n], sep)
		if d.n[i] == '(' && american.MatchString(d.n[i:end]) {
			ok, score = true, 0.9
		}
		if d.everybody && !ok && b.n >= 10 && b.n <= 11 && text.HasAnyPrefix(string(b.b[:b.n]), tollFree...) {
			ok, score = true, 0.94
		}
		if ok && !hasUnit(d.n, end) && bounded(d.n, i, end) {
			if !windowsNumber(d, i, end) && (d.everybody || !strings.HasPrefix(d.n[i:], "0800-")) {
				d.add(i, end, "phone", score, "phone-shape", d.phoneLabel(i), "")
			}
		}
		last = end
	}
	d.foreignPhones()
	d.kanjiPhones()
}

// tollFree begin numbers that organizations alone have.
var tollFree = []string{"0120", "0570", "0990", "0180", "0170", "0800"}

// areaInBrackets reports whether the bracket at i holds an area code alone:
// (03) 0000-0000, not (03-0000-0000).
func areaInBrackets(s string, i int) bool {
	j := digitsAt(s, i+1)
	return j > i+1 && j-i <= 6 && j < len(s) && s[j] == ')'
}

// digitBuffer gathers the digits of a number without an allocation.
type digitBuffer struct {
	b [24]byte
	n int
}

func (d *digitBuffer) put(c byte) {
	if d.n < len(d.b) {
		d.b[d.n] = c
		d.n++
	}
}

// phoneRun reads digits with the separators that telephone numbers have.
func phoneRun(s string, i int, b *digitBuffer) (end int, sep bool) {
	j := i
	if s[j] == '+' {
		b.put('+')
		j++
	}
	depth := 0
	end = i
	for j < len(s) {
		c := s[j]
		switch {
		case isDigit(c):
			b.put(c)
			end = j + 1
		case c == '-' || c == ' ' || c == '.':
			if j+1 >= len(s) || !isDigit(s[j+1]) && s[j+1] != '(' || j > i && (s[j-1] == '-' || s[j-1] == ' ') {
				return end, sep
			}
			// A space ends the number once it is complete.
			if c == ' ' && complete(b.b[:b.n]) {
				return end, sep
			}
			sep = true
		case c == '(' && depth == 0 && j+1 < len(s) && isDigit(s[j+1]):
			depth, sep = 1, true
		case c == ')' && depth == 1 && b.n > 0:
			depth, sep = 0, true
			if j+1 < len(s) && (isDigit(s[j+1]) || s[j+1] == '-' || s[j+1] == ' ') {
				break
			}
			return end, sep
		default:
			return end, sep
		}
		j++
		if b.n > 16 {
			break
		}
	}
	return end, sep
}

func complete(digits []byte) bool {
	if len(digits) == 11 && digits[0] == '0' && digits[2] == '0' {
		return true
	}
	return len(digits) == 10 && digits[0] == '0' && digits[2] != '0'
}

// phoneShape reports whether digits can be a private telephone number. Ten
// digits without a separator are as often another number; labels decide.
func phoneShape[T string | []byte](digits T, sep bool) (bool, float64) {
	if len(digits) > 3 && string(digits[:3]) == "+81" {
		d := digits[3:]
		if d[0] == '0' {
			d = d[1:]
		}
		return len(d) == 9 || len(d) == 10, 0.95
	}
	if len(digits) == 0 || digits[0] != '0' || len(digits) < 10 || digits[1] == '0' {
		return false, 0
	}
	switch string(digits[:4]) {
	case "0120", "0570", "0990", "0180", "0170":
		return false, 0
	case "0800":
		if !sep { // toll-free; a mobile number is grouped 080-0…
			return false, 0
		}
	}
	mobile := digits[2] == '0' && strings.IndexByte("56789", digits[1]) >= 0
	switch {
	case mobile && len(digits) == 11:
		if sep {
			return true, 0.96
		}
		return true, 0.91
	case !mobile && len(digits) == 10 && sep:
		return true, 0.94
	}
	return false, 0
}

var windowNumbers = knowledge.WordsOf("window_numbers")

// windowsNumber reports whether the text calls the number at [start, end) an
// organization's own.
func windowsNumber(d *document, start, end int) bool {
	if d.everybody {
		return false
	}
	line := d.n[lineStart(d.n, start):start]
	if len(line) > 60 {
		line = line[len(line)-60:]
	}
	for _, w := range windowNumbers {
		if i := strings.LastIndex(line, w); i >= 0 && !strings.Contains(line[i:], "私") && utf8.RuneCountInString(line[i+len(w):]) <= 10 {
			return true
		}
	}
	rest := d.n[end:min(len(d.n), end+60)]
	for _, w := range []string{" on your website", " and 0120", " on your site", "から電話", "から着信", "から不審", "という番号から", "から何度も"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return strings.Contains(strings.SplitN(rest, ".", 2)[0], "on your website")
}

// lineReach is how far a line is looked at, in bytes: longer ones are looked at
// piece by piece.
const lineReach = 1024

// lineStart returns where the line that holds i begins, or a place within
// lineReach before it.
func lineStart(s string, i int) int {
	from := max(0, i-lineReach)
	for from < i && !utf8.RuneStart(s[from]) {
		from++
	}
	if j := strings.LastIndexByte(s[from:i], '\n'); j >= 0 {
		return from + j + 1
	}
	return from
}

// lineEnd returns where the line that holds i ends, or a place within
// lineReach behind it.
func lineEnd(s string, i int) int {
	to := min(len(s), i+lineReach)
	if j := strings.IndexByte(s[i:to], '\n'); j >= 0 {
		return i + j
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	return to
}

// phoneLabel returns the phone label right before a number, "" where there is
// none.
func (d *document) phoneLabel(start int) string {
	for _, l := range d.labels[d.labelsFrom(start-48):d.labelsFrom(start)] {
		if l.end <= start && start-l.end < 24 && l.cat.ID == "phone" && d.gapOK(l, start) {
			return l.word
		}
	}
	return ""
}

// american is a number of North America: area, exchange, line.
var (
	american       = regexp.MustCompile(`^\(?[2-9]\d{2}\)?[ .\-] ?[2-9]\d{2}[ .\-]\d{4}$`)
	americanBehind = regexp.MustCompile(`^(?: is| number)*[:.]? ?(\(?[2-9]\d{2}\)?[ .\-] ?[2-9]\d{2}[ .\-]\d{4})`)
)

// foreignPhones finds numbers with a country code other than 81, and numbers
// without separators behind a label.
func (d *document) foreignPhones() {
	for _, l := range d.labels {
		if l.cat.ID != "phone" {
			continue
		}
		if m := americanBehind.FindStringSubmatchIndex(d.n[l.end:]); m != nil {
			if start, end := l.end+m[2], l.end+m[3]; !d.taken(start, end, 0.9) && bounded(d.n, start, end) && !windowsNumber(d, start, end) {
				d.add(start, end, "phone", 0.9, "labelled-number", l.word, "")
			}
			continue
		}
		n, ok := d.numberBehind(l, 9, 15)
		if !ok || d.taken(n.start, n.end, 0.9) || !bounded(d.n, n.start, n.end) {
			continue
		}
		start := n.start
		if start > 0 && d.n[start-1] == '+' {
			start--
		} else if n.digits[0] != '0' || len(n.digits) > 11 || strings.HasPrefix(n.digits, "0120") || strings.HasPrefix(n.digits, "0570") || strings.HasPrefix(n.digits, "0800") {
			continue
		}
		if !windowsNumber(d, start, n.end) {
			d.add(start, n.end, "phone", 0.9, "labelled-number", l.word, "")
		}
	}
}

// kanjiPhones finds numbers written in kanji digits: 〇九〇の….
func (d *document) kanjiPhones() {
	for _, n := range d.nums {
		if n.script != kanji {
			continue
		}
		if ok, score := phoneShape(n.digits, true); ok {
			d.add(n.start, n.end, "phone", score-0.05, "phone-shape", "", "kanji digits")
		}
	}
}

// findPostal finds postal codes: behind 〒 or a label, or before an address.
func findPostal(d *document) {
	for _, l := range d.labels {
		if l.cat.ID == "postal_code" {
			if n, ok := d.numberBehind(l, 7, 7); ok && (l.word == "〒" && n.start-l.end < 4 || l.word != "〒") && bounded(d.n, n.start, n.end) {
				d.add(n.start, n.end, "postal_code", 0.96, "labelled-number", l.word, "")
			}
		}
	}
	for _, n := range d.nums {
		if n.script != arabic || len(n.digits) != 7 || n.end-n.start != 8 || d.n[n.start+3] != '-' || !bounded(d.n, n.start, n.end) {
			continue
		}
		rest := strings.TrimLeft(d.n[n.end:], " \n,、")
		if prefectureAt(rest) > 0 || d.labelledBy(n.start, "address") {
			d.add(n.start, n.end, "postal_code", 0.9, "before-address", "", "")
		}
	}
}

// labelledBy reports whether a label of the category stands right before pos.
func (d *document) labelledBy(pos int, cat string) bool {
	for _, l := range d.labels[d.labelsFrom(pos-80):d.labelsFrom(pos)] {
		if string(l.cat.ID) == cat && l.end <= pos && pos-l.end < 24 && d.direct(l, pos) {
			return true
		}
	}
	return false
}
