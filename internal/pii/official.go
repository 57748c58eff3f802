package pii

import (
	"strings"
)

// findOfficial finds numbers that the state gives: My Number, driving licence,
// passport, residence card, health insurance, basic pension.
func findOfficial(d *document) {
	for _, l := range d.labels {
		switch l.cat.Value {
		case "mynumber":
			d.readOfficial(l, 12, func(digits string) string { return outcome(myNumberCheck(digits)) })
		case "digits12":
			d.readOfficial(l, 12, func(digits string) string { return outcome(licenceCheck(digits)) })
		case "digits10":
			d.readOfficial(l, 10, nil)
		case "insurance":
			d.readInsurance(l)
		case "passport":
			if s, ok := findShape(d, l, "AA0000000"); ok {
				d.add(s, s+9, "passport", 0.97, "labelled-shape", l.word, "")
			}
		case "residence":
			if s, ok := findShape(d, l, "AA00000000AA"); ok {
				d.add(s, s+12, "residence_card", 0.97, "labelled-shape", l.word, "")
			}
		}
	}
	d.unlabelledNumbers()
	// The residence card's shape is nobody else's.
	for _, i := range d.tokens {
		if shapeAt(d.n, i, "AA00000000AA") {
			d.add(i, i+12, "residence_card", 0.9, "residence-card-shape", "", "")
		}
	}
}

// unlabelledNumbers reads twelve digits that nothing names: where a delivery
// is spoken of a parcel's number, else My Number if the check digit is right
// (one other number in eleven passes it; a secret missed is worse).
func (d *document) unlabelledNumbers() {
	for _, n := range d.nums {
		if len(n.digits) != 12 || n.script == kana || !bounded(d.n, n.start, n.end) || hasUnit(d.n, n.end) || d.otherLabel(n.start, "my_number") || d.taken(n.start, n.end, 0.5) {
			continue
		}
		around := d.n[max(0, n.start-120):min(len(d.n), n.end+120)]
		switch {
		case hasAny(around, "再配達", "配達", "不在票", "荷物", "伝票", "追跡", "宅配", "配送"):
			d.add(n.start, n.end, "tracking_number", 0.75, "parcel-number", "", "")
		case myNumberCheck(n.digits) && !strings.HasPrefix(n.digits, "0") && (n.end-n.start == 12 || n.end-n.start == 14):
			d.add(n.start, n.end, "my_number", 0.7, "my-number-shape", "", outcome(true))
		}
	}
}

func hasAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// readOfficial reads a number of exactly n digits; the check digit's outcome
// is told, not required: people mistype, and the label says what it is.
func (d *document) readOfficial(l label, n int, check func(string) string) {
	num, ok := d.numberBehind(l, n, n)
	if !ok || !bounded(d.n, num.start, num.end) {
		return
	}
	detail := ""
	if check != nil {
		detail = check(num.digits)
	}
	d.add(num.start, num.end, l.cat.ID, 0.965, "labelled-number", l.word, detail)
}

// readInsurance reads 記号 and 番号 of a health insurance card as one span, or
// the number alone.
func (d *document) readInsurance(l label) {
	from, to := d.window(l)
	rest := d.n[from:to]
	if i := strings.Index(rest, "記号"); i >= 0 && i < 48 {
		if j := strings.Index(rest[i:], "番号"); j > 0 {
			k := from + i + j + len("番号")
			for _, n := range d.nums[d.numsFrom(k):min(len(d.nums), d.numsFrom(k)+1)] {
				if n.start-k < 8 {
					end := n.end
					if b := strings.Index(d.n[end:min(len(d.n), end+24)], "枝番"); b >= 0 && b < 6 {
						e := end + b + len("枝番")
						for e < len(d.n) && (d.n[e] == ' ' || isDigit(d.n[e])) {
							e++
						}
						end = e
						for d.n[end-1] == ' ' {
							end--
						}
					}
					d.add(from+i, end, "health_insurance", 0.97, "insurance-symbol-number", l.word, "")
					return
				}
			}
		}
	}
	if n, ok := d.numberBehind(l, 4, 14); ok && bounded(d.n, n.start, n.end) {
		d.add(n.start, n.end, "health_insurance", 0.94, "labelled-number", l.word, "")
	}
}

// findShape finds a token of the given shape (A a letter, 0 a digit) in the
// label's window.
func findShape(d *document, l label, shape string) (int, bool) {
	from, to := d.window(l)
	for i := from; i+len(shape) <= min(len(d.n), to+len(shape)); i++ {
		if i < to && shapeAt(d.n, i, shape) && d.gapOK(l, i) {
			return i, true
		}
	}
	return 0, false
}

func shapeAt(s string, i int, shape string) bool {
	if i+len(shape) > len(s) || !bounded(s, i, i+len(shape)) {
		return false
	}
	for k := range len(shape) {
		c := s[i+k]
		if shape[k] == '0' && !isDigit(c) || shape[k] == 'A' && (isDigit(c) || !isAlnum(c)) {
			return false
		}
	}
	return true
}
