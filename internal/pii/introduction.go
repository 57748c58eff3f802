package pii

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

// findNames finds names without a label: before です and と申します, signatures,
// a surname and a given name that stand alone, English introductions.
func findNames(d *document) {
	if !d.names {
		return
	}
	d.introductions()
	d.standingNames()
	d.latinNames()
}

var introductions = []struct {
	cue    string
	strong bool // any name, not only a listed surname
}{
	{"と申します", true}, {"と申しま", true}, {"ともうします", true}, {"といいます", true}, {"と言います", true}, {"と申す", true},
	{"でございます", false}, {"です", false}, {"より", false}, {"だけど", false}, {"ですが", false},
}

func introductionWords() (words []string) {
	for _, in := range introductions {
		words = append(words, in.cue)
	}
	return words
}

// introductions finds the name before 「です」 and its like.
func (d *document) introductions() {
	for _, h := range d.cues[cueIntroduction] {
		at, in := h.Start, introductions[h.Word]
		start := d.nameBefore(at)
		if start == at || d.taken(start, at, 0.5) || !d.everybody && staffBefore(d.n, start) {
			continue
		}
		v := d.n[start:at]
		switch {
		case in.strong:
			if n := utf8.RuneCountInString(v); n <= 8 && !notAName(v) && !commonNoun(v) && !strings.Contains(d.n[max(0, start-12):start], "「") {
				d.add(start, at, "name", 0.85, "introduction", in.cue, "")
				d.readingBehind(h.End)
			}
		case (fullName(v) || surelySurname(v) || isSurname(v) && (d.foundBefore(start, len("、"), "account_id", "order_number", "contract_number") != nil || companyBefore(d.n, start))) && introducesAt(d.n, start):
			d.add(start, at, "name", 0.8, "introduction", in.cue, "")
		}
	}
}

// introducesAt reports whether what stands before a name lets somebody
// introduce himself there: the start of a clause, の, a verb's end.
func introducesAt(s string, start int) bool {
	if start == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(s[:start])
	switch {
	case strings.ContainsRune("。、\n のただ,.)」!?", r), r == 'る', r == 'い', isDigit(byte(r)) && r < utf8.RuneSelf:
	case r == 'は':
		return strings.HasSuffix(s[:start], "私は") || strings.HasSuffix(s[:start], "名義は") || strings.HasSuffix(s[:start], "名前は") || strings.HasSuffix(s[:start], "わたしは")
	default:
		return false
	}
	// 「店員の山田です」 cannot be told apart here; 「の」 behind an organization's
	// word is staff.
	return true
}

// companyBefore reports whether the name at start stands behind 「…建材の」: whose it is.
func companyBefore(s string, start int) bool {
	before, ok := strings.CutSuffix(s[:start], "の")
	return ok && endsLikeCompany(before)
}

var companies = knowledge.WordsOf("companies")

// endsLikeCompany reports whether s ends with a company's, a shop's or a department's name.
func endsLikeCompany(s string) bool {
	return slices.ContainsFunc(companies, func(w string) bool { return strings.HasSuffix(s, w) })
}

// signsForCompany reports whether the line before a word is a company's name or department
// and nothing else, near the end of the text: a signature's.
func signsForCompany(s string, ls, i, le int) bool {
	before := strings.TrimSpace(s[ls:i])
	if len(before) > 72 || !endsLikeCompany(before) || strings.ContainsAny(before, "。、,!?:") {
		return false
	}
	rest := s[le:]
	for range 5 { // lines
		_, below, more := strings.Cut(rest, "\n")
		if !more {
			return true
		}
		rest = below
	}
	return strings.TrimSpace(rest) == ""
}

// nameBefore walks back from the cue over a name: kanji and kana, at most one
// space.
func (d *document) nameBefore(at int) int {
	s := d.n
	i, runes, spaces := at, 0, 0
	for i > 0 && runes < 10 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if r == ' ' && spaces == 0 && i < at {
			// A space belongs to a name only between kanji or kana words.
			b, _ := utf8.DecodeLastRuneInString(s[:i-1])
			if !isKanji(b) && !isKata(b) {
				break
			}
			w := wordStartBefore(s, i-1)
			if n := utf8.RuneCountInString(s[w : i-1]); n > 5 || !surnames().kanji[s[w:i-1]] && n > 4 {
				break
			}
			if d.labelEndsAt(i - 1) {
				break
			}
			spaces++
			i -= size
			continue
		}
		if !isKanji(r) && !isKata(r) && r != '・' {
			if !(isHira(r) && hiraganaGiven(s, i, at)) {
				break
			}
		}
		i -= size
		runes++
	}
	return i
}

func wordStartBefore(s string, i int) int {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if !isKanji(r) && !isKata(r) {
			break
		}
		i -= size
	}
	return i
}

// hiraganaGiven reports whether the hiragana that end at i are a given name
// behind a surname and a space: 見本 みどりです.
func hiraganaGiven(s string, i, at int) bool {
	j := i
	n := 0
	for j > 0 && n < 6 {
		r, size := utf8.DecodeLastRuneInString(s[:j])
		if !isHira(r) {
			return r == ' ' && surnames().kanji[s[wordStartBefore(s, j-1):j-1]]
		}
		j -= size
		n++
	}
	return false
}

// fullName reports whether v is a listed surname, alone or with a given name.
func fullName(v string) bool {
	if isPrefecture(v) { // 「福島です」 answers where, more often than who
		return false
	}
	l := surnames()
	if l.kanji[v] && utf8.RuneCountInString(v) >= 2 || l.kana[v] && utf8.RuneCountInString(v) >= 3 {
		return true
	}
	if a, b, ok := strings.Cut(v, " "); ok {
		n := utf8.RuneCountInString(b)
		return (l.kanji[a] || l.kana[a] || isGivenName(b) && allKanji(a)) && n >= 1 && n <= 5 && !notAName(b)
	}
	if strings.Contains(v, "・") { // グエン・ヴァン・アン
		return utf8.RuneCountInString(v) >= 5 && kataName(v, 0, len(v)) == len(v)
	}
	p := surnamePrefix(v)
	rest := v[p:]
	n := utf8.RuneCountInString(rest)
	return p > 3 && n >= 1 && n <= 3 && !notAName(rest) && givenLike(rest)
}

// isPrefecture reports whether v is a prefecture's name, with or without its
// last character.
func isPrefecture(v string) bool {
	if len(v) > len("神奈川県") {
		return false
	}
	n, r := prefectureAt(v), rune(0)
	if n == 0 {
		for _, r = range "県府都" {
			if n = prefectureAt(v + string(r)); n > 0 {
				n -= utf8.RuneLen(r)
				break
			}
		}
	}
	return n > 0 && n == len(v)
}

var notInGivenNames = knowledge.WordsOf("not_in_given_names")

// givenLike reports whether kanji look like a given name rather than the rest
// of a company's or place's name.
func givenLike(v string) bool {
	for _, w := range notInGivenNames {
		if strings.Contains(v, w) {
			return false
		}
	}
	return true
}

var staffBeforeNames = knowledge.WordsOf("staff_before_names")

// staffBefore reports whether the word before a name makes it a member of
// somebody's staff.
func staffBefore(s string, start int) bool {
	before := s[max(0, start-36):start]
	for _, w := range staffBeforeNames {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// standingNames finds a name that stands alone between spaces, punctuation or
// line ends: a signature, a field of a note.
func (d *document) standingNames() {
	s := d.n
	end := len(strings.TrimRight(s, " \n")) // of the last line with text
	for ls := 0; ls < len(s); {
		le := ls + strings.IndexByte(s[ls:], '\n')
		if le < ls {
			le = len(s)
		}
		line := strings.Trim(s[ls:le], " ")
		whole := le - len(strings.TrimLeft(s[ls:le], " "))
		switch {
		case line == "" || len(line) > 400:
		case ls > 0 && le >= end && standsAsSignature(line):
			d.add(whole, whole+len(line), "name", 0.82, "signature", "", "")
		default:
			d.standingIn(ls, le)
		}
		ls = le + 1
	}
}

// standsAsSignature reports whether a text's last line is a name.
func standsAsSignature(line string) bool {
	n := utf8.RuneCountInString(line)
	if n < 1 || n > 12 || strings.ContainsAny(line, "。、!?:0123456789()「」") || strings.HasPrefix(line, "・") || isPrefecture(line) || notAName(line) {
		return false
	}
	for _, r := range line {
		if !isKanji(r) && !isKata(r) && !isHira(r) && r != ' ' && r != '・' {
			return false
		}
	}
	if fullName(line) {
		return true
	}
	if a, b, ok := strings.Cut(line, " "); ok {
		na, nb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
		return na >= 1 && na <= 5 && nb >= 1 && nb <= 5 && allKanji(a) && !strings.Contains(b, " ") && endsLikeName(b) && (isGivenName(b) || surnames().kanji[a] || na+nb <= 6)
	}
	return n <= 3 && n >= 2 && surnames().kanji[line] || startsWithSurname(line) && n <= 6 && n >= 3 && (allKanji(line) || givenKana(line))
}

func allKanji(v string) bool {
	for _, r := range v {
		if !isKanji(r) {
			return false
		}
	}
	return v != ""
}

func givenKana(v string) bool {
	rest := v[surnamePrefix(v):]
	for _, r := range rest {
		if !isHira(r) && !isKata(r) {
			return false
		}
	}
	return rest != "" && utf8.RuneCountInString(rest) <= 4
}

func endsLikeName(b string) bool {
	for _, w := range []string{"です", "ます", "した", "ください", "希望", "予定", "お願い", "より"} {
		if strings.HasSuffix(b, w) {
			return false
		}
	}
	return true
}

// standingIn finds surname, space and given name between delimiters, and a
// listed surname in kana that stands alone in a note: the words of kanji and
// katakana that end at a space or at the line's end.
func (d *document) standingIn(ls, le int) {
	s := d.n
	last := ls
	for w := ls; w <= le; w++ {
		if w < le {
			k := strings.IndexByte(s[w:le], ' ')
			if k < 0 {
				w = le
			} else {
				w += k
			}
		}
		i := wordStartBefore(s, w)
		if i < last || i == w {
			continue
		}
		if i > ls && !strings.ContainsRune(" 、。,:(/→=】])", prevRune(s, i)) && !isHira(prevRune(s, i)) {
			k := strings.Index(s[i:w], "・") // a list's mark that stands without a space
			if k < 0 || i+k+len("・") == w {
				continue
			}
			i += k + len("・")
		}
		if e := d.standingWord(i, w, ls, le); e > 0 {
			last = e
			w = max(w, e-1)
		}
	}
}

// standingWord reads the name that the word at [i, w) begins, and returns its
// end, 0 where there is none.
func (d *document) standingWord(i, w, ls, le int) int {
	s := d.n
	word := s[i:w]
	if len(word) > 30 {
		return 0
	}
	if w < le && (surnames().kanji[word] || rareSurname(s, i, w)) && !d.labelEndsAt(w) {
		if e := nameWord(s, w+1, le, true); e > 0 {
			g := s[w+1 : e]
			n := utf8.RuneCountInString(g)
			if n >= 1 && n <= 4 && !notAName(g) && givenLike(g) && !d.labelWord(w+1) && (d.everybody || !staffBefore(s, i)) && delimiterAt(s, e) && !honorificAt(s, e) && endsLikeName(g) {
				d.add(i, e, "name", 0.8, "surname-and-given", "", "")
				d.readingBehind(e)
				return e
			}
		}
	}
	// A surname that ends a line behind something else of the person's.
	if n := utf8.RuneCountInString(word); n >= 2 && n <= 4 && w == le && i > ls && (s[i-1] == ' ' || strings.HasSuffix(s[:i], "。")) && isSurname(word) && !d.labelEndsAt(w) &&
		(d.foundBefore(i, 40, "account_id", "order_number", "contract_number", "phone", "card_number", "card_cvv", "serial_number", "tracking_number") != nil || strings.TrimSpace(s[le:]) == "" || signsForCompany(s, ls, i, le)) {
		d.add(i, w, "name", 0.72, "surname-behind-value", "", "")
		return w
	}
	if isKata(firstRune(word)) && utf8.RuneCountInString(word) >= 3 && (i == ls || s[i-1] == ' ') && surnames().kana[word] && !d.labelEndsAt(w) {
		e := w
		if w < le {
			if k := kataName(s, w+1, le); k > 0 && !kataLabel(s[w+1:k]) {
				e = k
			}
		}
		d.add(i, e, "name", 0.72, "surname-in-kana", "", "")
		return e
	}
	return 0
}

// isSurname reports whether v is a surname of the list or of the tagger's
// lexicon.
func isSurname(v string) bool {
	return surnames().kanji[v] || allKanji(v) && tagger.Default().Lexicon().Classes(v)&tagger.Surname != 0
}

// surelySurname reports whether v is a surname of the tagger's lexicon and nothing else
// there: no place, no thing.
func surelySurname(v string) bool {
	return utf8.RuneCountInString(v) >= 2 && allKanji(v) && tagger.Default().Lexicon().Classes(v)&(tagger.Surname|tagger.Place|tagger.Organization|tagger.Noun|tagger.Plain) == tagger.Surname && !notAName(v)
}

// rareSurname reports whether the kanji before the space at w are a surname
// that no list has: one to three kanji, then a listed given name that ends
// there.
func rareSurname(s string, i, w int) bool {
	word := s[i:w]
	if n := utf8.RuneCountInString(word); n > 4 || !allKanji(word) || notAName(word) {
		return false
	}
	e := w + 1
	for e < len(s) && (isKanji(firstRune(s[e:])) || isHira(firstRune(s[e:]))) {
		if e > w+1 && endsName(s[e:]) {
			break
		}
		e += utf8.RuneLen(firstRune(s[e:]))
	}
	return isGivenName(s[w+1:e]) && delimiterAt(s, e)
}

func prevRune(s string, i int) rune {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

func delimiterAt(s string, i int) bool {
	if i >= len(s) {
		return true
	}
	r := firstRune(s[i:])
	return strings.ContainsRune(" 、。,.\n)」/(『:;", r) || endsName(s[i:]) || strings.ContainsRune("のはがをにでと", r)
}

func honorificAt(s string, i int) bool {
	for _, h := range []string{"さん", "先生", "氏", "店長", "部長"} {
		if strings.HasPrefix(s[i:], h) {
			return true
		}
	}
	return false
}

var latinIntros = knowledge.WordsOf("introductions_latin")

// latinNames finds names in Latin letters: introductions and the last line
// behind a closing.
func (d *document) latinNames() {
	s := d.n
	if !d.latin {
		return
	}
	for _, in := range latinIntros {
		for i := 0; ; {
			j := strings.Index(s[i:], in)
			if j < 0 {
				break
			}
			at := i + j + len(in)
			i = at
			if e := latinName(s, at, len(s)); e > 0 && !latinWord(s[at:e]) && !d.taken(at, e, 0.5) {
				d.add(at, e, "name", 0.82, "introduction", strings.TrimSpace(in), "")
			}
		}
	}
	closing := strings.TrimRight(s, " \n")
	if k := strings.LastIndexAny(closing, "\n,"); k >= 0 {
		line := strings.TrimSpace(closing[k+1:])
		start := len(closing) - len(strings.TrimLeft(closing[k+1:], " "))
		if e := latinName(s, start, len(closing)); line != "" && e == len(closing) && !latinWord(line) && (strings.Contains(line, " ") || closingBefore(closing[:k+1])) {
			d.add(start, e, "name", 0.85, "signature", "", "")
		}
	}
	for _, l := range d.labels { // Name on card: HANAKO MIHON
		if l.cat.ID == "name" && l.word[0] < utf8.RuneSelf {
			i := skipAny(s, l.end, " :\n")
			if strings.HasPrefix(s[i:], "is ") {
				i += 3
			}
			if e := latinName(s, i, len(s)); e > 0 && !latinWord(s[i:e]) {
				d.add(i, e, "name", 0.9, "labelled-name", l.word, "")
				d.readingBehind(e)
			}
		}
	}
}

func closingBefore(s string) bool {
	t := strings.TrimRight(s, " \n,.")
	for _, w := range []string{"regards", "Regards", "sincerely", "Sincerely", "Thanks", "thanks", "Best", "Thank you", "Cheers", "yours", "wishes", "advance"} {
		if strings.HasSuffix(t, w) {
			return true
		}
	}
	return false
}

// latinWord reports whether capitalized words are no name.
func latinWord(v string) bool {
	first, _, _ := strings.Cut(v, " ")
	switch strings.TrimRight(first, ".,") {
	case "I", "The", "A", "My", "Is", "Can", "Please", "Thank", "Thanks", "Order", "Card", "Visa", "Customer", "Support", "Dear", "Hello", "Hi", "Team", "OK", "Yes", "No", "PDF", "URL", "USB", "Tokyo", "Osaka", "Japan", "Japanese", "Chrome", "Firefox", "Safari", "Edge", "Windows", "Mac", "Regards", "Best", "Sincerely", "It", "In", "If", "We", "You", "This", "That", "What", "How", "When", "Not", "Unable", "Error", "Currently", "Also", "But", "And":
		return true
	}
	return false
}
