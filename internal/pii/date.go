package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/text"
)

// findDates finds dates of birth: a date behind a birth label, or before 生 and
// 生まれ. Other dates are nobody's data.
func findDates(d *document) {
	last, eras := 0, d.cues[cueEra]
	for k := 0; k < len(d.tokens) || len(eras) > 0; { // the next token or name of an era
		i := len(d.n)
		if k < len(d.tokens) {
			i = d.tokens[k]
		}
		if len(eras) > 0 && eras[0].Start < i {
			i = eras[0].Start
			eras = eras[1:]
		} else {
			k++
		}
		if i < last {
			continue
		}
		end := dateAt(d.n, i)
		if end == 0 {
			continue
		}
		rest := strings.TrimLeft(d.n[end:], " ")
		switch {
		case strings.HasPrefix(rest, "生") && !strings.HasPrefix(rest, "生産"), strings.HasPrefix(rest, "うまれ"):
			d.add(i, end, "birth_date", 0.95, "date-born", "生", "")
		default:
			if l, ok := d.labelFor(i, "birth_date"); ok && !d.otherLabel(i, "birth_date") {
				d.add(i, end, "birth_date", 0.95, "labelled-date", l, "")
			} else if d.besideName(i, end) {
				d.add(i, end, "birth_date", 0.75, "date-beside-name", "", "")
			}
		}
		last = end
	}
	for _, l := range d.labels { // 19761004
		if l.cat.ID != "birth_date" {
			continue
		}
		if n, ok := d.numberBehind(l, 8, 8); ok && (strings.HasPrefix(n.digits, "19") || strings.HasPrefix(n.digits, "20")) {
			d.add(n.start, n.end, "birth_date", 0.94, "labelled-date", l.word, "")
		}
	}
}

// besideName reports whether a date stands on a short line of its own with a
// name before it, as on a form: 見本 花子　女　1958・3・14.
func (d *document) besideName(start, end int) bool {
	ls, le := lineStart(d.n, start), lineEnd(d.n, end)
	if longAgo := text.HasAnyPrefix(d.n[start:], "19", "昭和", "大正", "明治"); !longAgo && (utf8.RuneCountInString(d.n[ls:le]) > 40 || strings.TrimSpace(d.n[end:le]) != "") {
		return false
	}
	name := d.foundBefore(start, 60, "name")
	return name != nil && name.start >= ls && !strings.ContainsAny(d.n[name.end:start], "。をにはが")
}

var eras = []string{"明治", "大正", "昭和", "平成", "令和"}

var months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// dateAt returns the end of the full date (year, month, day) that begins at i,
// 0 where there is none.
func dateAt(s string, i int) int {
	if i > 0 && isAlnum(s[i-1]) && isAlnum(s[i]) {
		return 0
	}
	for _, e := range eras {
		if strings.HasPrefix(s[i:], e) {
			return ymd(s, i+len(e), true)
		}
	}
	c := s[i]
	switch {
	case isDigit(c):
		j := i
		for j < len(s) && isDigit(s[j]) {
			j++
		}
		if j-i == 4 && (s[i] == '1' || s[i] == '2') {
			return ymd(s, i, false)
		}
		if j-i <= 2 { // 5 May 1976
			k := skipSpace(s, j)
			for _, m := range months {
				if strings.HasPrefix(s[k:], m) {
					k = skipAny(s, k+len(m), " ,.")
					if e := digitsAt(s, k); e-k == 4 {
						return e
					}
				}
			}
		}
	case strings.IndexByte("SHTRMshtrm", c) >= 0 && i+1 < len(s) && isDigit(s[i+1]):
		return ymd(s, i+1, true)
	case c >= 'A' && c <= 'S':
		for _, m := range months {
			if !strings.HasPrefix(s[i:], m) {
				continue
			}
			k := skipAny(s, i+len(m), " .")
			e := digitsAt(s, k)
			if e == k || e-k > 2 {
				continue
			}
			k = skipAny(s, e, " ,stndrh")
			if e = digitsAt(s, k); e-k == 4 {
				return e
			}
		}
	}
	return 0
}

// ymd reads year, month and day, each with its mark or separator, from i on.
func ymd(s string, i int, era bool) int {
	i, ok := dateNumber(s, skipSpace(s, i), era)
	if !ok {
		return 0
	}
	for k, mark := range []string{"年", "月", "日"} {
		i = skipSpace(s, i)
		switch {
		case strings.HasPrefix(s[i:], mark):
			i += len(mark)
		case k < 2 && i < len(s) && (s[i] == '/' || s[i] == '-' || s[i] == '.'):
			i++
		case k < 2 && strings.HasPrefix(s[i:], "・"):
			i += len("・")
		case k < 2:
			return 0
		}
		if k == 2 {
			return i
		}
		if i, ok = dateNumber(s, skipSpace(s, i), false); !ok {
			return 0
		}
		if k == 1 && !strings.HasPrefix(s[i:], mark) {
			// Without 日 the number's end is the date's.
			if !strings.HasPrefix(s[skipSpace(s, i):], "日") {
				return i
			}
		}
	}
	return 0
}

// dateNumber reads a number of a date: digits, kanji digits and tens, 元.
func dateNumber(s string, i int, era bool) (int, bool) {
	if era && strings.HasPrefix(s[i:], "元") {
		return i + len("元"), true
	}
	if e := digitsAt(s, i); e > i {
		return e, e-i <= 4
	}
	e := i
	for e < len(s) {
		r, size := utf8.DecodeRuneInString(s[e:])
		if kanjiDigit(r) == 0 && r != '十' && r != '百' && r != '千' {
			break
		}
		e += size
	}
	return e, e > i
}

func digitsAt(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func skipSpace(s string, i int) int { return skipAny(s, i, " ") }

func skipAny(s string, i int, set string) int {
	for i < len(s) && strings.IndexByte(set, s[i]) >= 0 {
		i++
	}
	return i
}
