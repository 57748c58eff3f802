package pii

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Attributes tell of a person in words: family, health, money, work, age,
// gender, whereabouts. Their edges are a matter of taste; what matters is
// that the fact is seen and that product names and greetings are not.

// findAttributes finds the attributes that no label announces.
func findAttributes(d *document) {
	d.ages()
	d.genders()
	d.words(cueFamily, cueNoFamily, "family", "family-words", d.familySpan)
	d.words(cueHealth, cueNoHealth, "health", "health-words", d.clauseSpan)
	d.finances()
	d.employers()
	d.locations()
}

// words finds the words of one list that stand outside the longer words of
// another.
func (d *document) words(list, not cue, cat exchange.Category, rule string, span func(text.Hit) (int, int)) {
	for _, x := range d.cues[list] {
		if overlapsAny(d.cues[not], x) {
			continue
		}
		start, end := span(x)
		if end > start {
			d.add(start, end, cat, 0.7, rule, d.n[x.Start:x.End], "")
		}
	}
}

func overlapsAny(list []text.Hit, x text.Hit) bool {
	i := sort.Search(len(list), func(i int) bool { return list[i].End > x.Start })
	return i < len(list) && list[i].Start < x.End
}

var (
	familyWords = knowledge.WordsOf("family")
	// Words that hold a family word and tell of nobody's family.
	familyExcluded = knowledge.WordsOf("family_not")
	healthWords    = knowledge.WordsOf("health")
	healthExcluded = knowledge.WordsOf("health_not")
)

var (
	familyThings = knowledge.WordsOf("family_things")
	pets         = knowledge.WordsOf("pets")
	behindHealth = knowledge.WordsOf("behind_health")
	behindAges   = knowledge.WordsOf("behind_ages")
	elders       = knowledge.WordsOf("elders")
	genders      = knowledge.WordsOf("genders")
	notEmployers = knowledge.WordsOf("not_employers")
)

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// familySpan widens a family word by the words right before it that tell of
// the same person: 小3の娘, 寝たきりの義母.
func (d *document) familySpan(x text.Hit) (int, int) {
	start, end := x.Start, x.End
	before := d.n[max(0, start-40):start]
	if r := prevRune(d.n, start); isHira(firstRune(d.n[start:])) && isHira(r) && !strings.ContainsRune("のとにはがもで", r) {
		return 0, 0 // 「いいところ」 holds いとこ
	}
	if r := prevRune(d.n, start); isKanji(r) && !strings.HasSuffix(before, "私") && !isKanjiNumber(r) {
		// Part of a longer word unless a list goes on (妻子, 父母).
		if w := string(r); !strings.Contains("妻夫父母兄姉弟妹娘孫本人的義実祖", w) {
			return 0, 0
		}
	}
	if next := firstRune(d.n[end:]); isKanji(next) && utf8.RuneCountInString(d.n[start:end]) == 1 && !strings.ContainsRune("用宛分名側方娘妻夫父母子孫受運入", next) {
		return 0, 0
	}
	rest := d.n[end:]
	for _, w := range familyThings {
		if strings.HasPrefix(rest, w) && utf8.RuneCountInString(d.n[start:end]) <= 3 && w != "宛て" {
			return 0, 0
		}
	}
	if containsAny(before, pets) && strings.Contains(d.n[start:end], "子") {
		return 0, 0
	}
	return start, end
}

func isKanjiNumber(r rune) bool { return kanjiDigit(r) != 0 }

// clauseSpan widens a match to the clause around it.
func (d *document) clauseSpan(x text.Hit) (int, int) {
	start, end := x.Start, x.End
	if text.HasAnyPrefix(d.n[end:], behindHealth...) || containsAny(d.n[max(0, start-60):start], pets) {
		return 0, 0
	}
	return start, end
}

// ages finds 「82歳」 and 「八十六歳」 of people, not of pets, houses or drinks.
func (d *document) ages() {
	s := d.n
	for _, h := range d.cues[cueAge] {
		at, i := h.Start, h.End
		start := kanjiOrDigitsBefore(s, at)
		if start == at || at-start > 12 {
			continue
		}
		around := s[max(0, start-60):start]
		if containsAny(around, pets) || strings.Contains(around, "対象年齢") {
			continue
		}
		if text.HasAnyPrefix(s[i:], behindAges...) {
			continue
		}
		d.add(start, i, "age", 0.75, "age-words", s[at:i], "")
	}
	// 「七十八で一人暮らし」: a number and で before words of one's life.
	for _, n := range d.nums {
		rest := s[n.end:]
		if len(n.digits) == 2 && n.digits >= "15" && text.HasAnyPrefix(rest, elders...) && !isAmount(s, n.start, n.end) {
			d.add(n.start, n.end, "age", 0.7, "age-words", "", "")
		}
	}
	for _, h := range d.cues[cueLife] { // 七十八で, 八十二になり
		start := kanjiOrDigitsBefore(s, h.Start)
		if v := s[start:h.Start]; len(v) <= 9 && strings.Contains(v, "十") && !isDigit(v[0]) {
			d.add(start, h.Start, "age", 0.72, "age-words", "", "")
		}
	}
}

// kanjiOrDigitsBefore walks back from i over digits of either script.
func kanjiOrDigitsBefore(s string, i int) int {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if !(r < utf8.RuneSelf && isDigit(byte(r))) && kanjiDigit(r) == 0 && r != '十' {
			break
		}
		i -= size
	}
	return i
}

func (d *document) readAge(l label) {
	if strings.EqualFold(l.word, "age") || l.word == "年齢" || l.word == "満年齢" || l.word == "お歳" || l.word == "齢" {
		if n, ok := d.numberBehind(l, 1, 3); ok && d.direct(l, n.start) {
			end := n.end
			for _, m := range []string{"歳", "才"} {
				if strings.HasPrefix(d.n[end:], m) {
					end += len(m)
				}
			}
			d.add(n.start, end, "age", 0.9, "labelled-number", l.word, "")
			return
		}
		// numberBehind leaves out numbers with units; 82歳 has one.
		from, to := d.window(l)
		for _, n := range d.nums[d.numsFrom(from):d.numsFrom(to)] {
			if len(n.digits) <= 3 && d.direct(l, n.start) && (strings.HasPrefix(d.n[n.end:], "歳") || strings.HasPrefix(d.n[n.end:], "才")) {
				d.add(n.start, n.end+len("歳"), "age", 0.9, "labelled-number", l.word, "")
				return
			}
		}
	}
}

func (d *document) readGender(l label) {
	from, to := d.window(l)
	rest := d.n[from:to]
	for _, g := range genders {
		if i := strings.Index(rest, g); i >= 0 && i < 24 && d.direct(l, from+i) {
			d.add(from+i, from+i+len(g), "gender", 0.9, "labelled-word", l.word, "")
			return
		}
	}
}

// genders finds 「女性です」 said of oneself beside an age or a birth date.
func (d *document) genders() {
	for _, h := range d.cues[cueGender] {
		rest := d.n[h.End:]
		if rest != "" && !text.HasAnyPrefix(rest, "です", "、", "。", "\n", ")", ",") {
			continue
		}
		before := d.n[:h.Start]
		if d.foundBefore(h.Start, 40, "age", "birth_date") != nil || strings.HasSuffix(strings.TrimRight(before, " "), "私は") || strings.HasSuffix(before, "代") {
			d.add(h.Start, h.End, "gender", 0.75, "gender-words", "", "")
		}
	}
}

var financeCues = knowledge.WordsOf("finances")

var financeExcluded = knowledge.WordsOf("finances_not")

// finances finds what tells of income, savings and debts, up to the amount.
func (d *document) finances() {
	end := 0
	for _, x := range d.cues[cueFinance] {
		if x.Start < end || overlapsAny(d.cues[cueNoFinance], x) {
			continue
		}
		stop := clauseEnd(d.n, x.End)
		e := x.End
		// Up to the amount that the clause names.
		for i, r := range d.n[x.End:stop] {
			if (r == '万' || r == '円') && (amountBefore(d.n, x.End+i) || r == '円' && strings.HasSuffix(d.n[:x.End+i], "万") && e == x.End+i) {
				e = x.End + i + len("円")
			}
		}
		d.add(x.Start, e, "finances", 0.72, "finance-words", d.n[x.Start:x.End], "")
		end = e
	}
}

func amountBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r >= '0' && r <= '9' || kanjiDigit(r) != 0 || strings.ContainsRune("十百千万数", r)
}

// clauseEnd returns the end of the clause that goes on at i.
func clauseEnd(s string, i int) int {
	best := min(len(s), i+120)
	for _, stop := range []string{"。", "\n", "?", "!"} {
		if j := strings.Index(s[i:best], stop); j >= 0 {
			best = i + j
		}
	}
	return best
}

var companyMarks = knowledge.WordsOf("company_marks")

var employerCues = knowledge.WordsOf("employment")

// employers finds an organization that the person says to work for.
func (d *document) employers() {
	s := d.n
	for _, h := range d.cues[cueEmployer] {
		at, cue := h.Start, employerCues[h.Word]
		start := min(orgBefore(s, at), at)
		if n := utf8.RuneCountInString(s[start:at]); n < 2 || n > 20 || notAnEmployer(s[start:at]) {
			continue
		}
		end := at
		if strings.HasPrefix(cue, "の") && !strings.HasSuffix(cue, "をして") {
			end = h.End
		}
		if strings.HasPrefix(cue, "勤務") {
			end = at + len("勤務")
		}
		d.add(start, end, "employer", 0.72, "employer-words", cue, "")
	}
	d.ranks()
}

// ranks finds a company and a rank in brackets: 関東例示サービス(課長).
func (d *document) ranks() {
	for _, h := range d.cues[cueRank] {
		if start := orgBefore(d.n, h.Start); h.Start-start >= 6 {
			d.add(start, h.End, "employer", 0.75, "employer-rank", d.n[h.Start:h.End], "")
		}
	}
}

func notAnEmployer(v string) bool { return slices.Contains(notEmployers, v) }

var notInCompanies = knowledge.WordsOf("not_in_companies")

// orgBefore walks back from i over an organization's name.
func orgBefore(s string, i int) int {
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if !isKanji(r) && !isKata(r) && !(r < utf8.RuneSelf && isAlnum(byte(r))) && r != '・' && !(isHira(r) && hiraOrg(s, i)) && !(r == ')' && strings.HasSuffix(s[:i], "(株)")) {
			break
		}
		if r == ')' {
			i -= len("(株)")
			continue
		}
		i -= size
	}
	// Words of time and person before the name are not part of it.
	for _, w := range notInCompanies {
		if strings.HasPrefix(s[i:], w) {
			i += len(w)
		}
	}
	return i
}

// hiraOrg reports whether the hiragana that end at i belong to a name such as
// みほん印刷: a run of three and more before kanji.
func hiraOrg(s string, i int) bool {
	next := firstRune(s[i:])
	if !isKanji(next) && !isHira(next) {
		return false
	}
	n, j := 0, i
	for j > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:j])
		if !isHira(r) {
			break
		}
		j -= size
		n++
	}
	end := i
	for end < len(s) && isHira(firstRune(s[end:])) {
		end += utf8.RuneLen(firstRune(s[end:]))
		n++
	}
	return n >= 3 && n <= 6 && (j == 0 || !isKanji(prevRune(s, j)))
}

func (d *document) readEmployer(l label) {
	from, to := d.window(l)
	i := from
	for i < to && strings.ContainsRune(" :=>→「『【】』」()[]・はが\n", firstRune(d.n[i:])) {
		i += utf8.RuneLen(firstRune(d.n[i:]))
	}
	if i >= to || i == from && l.word != "勤務先" && l.word != "お勤め先" {
		return
	}
	end := i
	for end < to {
		r := firstRune(d.n[end:])
		if !isKanji(r) && !isKata(r) && !isHira(r) && !(r < utf8.RuneSelf && (isAlnum(byte(r)) || r == '&' || r == '.' || r == '(' || r == ')')) && r != '・' {
			break
		}
		if strings.HasPrefix(d.n[end:], "です") || strings.HasPrefix(d.n[end:], "に勤") || strings.HasPrefix(d.n[end:], "から") || strings.HasPrefix(d.n[end:], "に届") {
			break
		}
		end += utf8.RuneLen(r)
	}
	v := d.n[i:end]
	if n := utf8.RuneCountInString(v); n < 2 || n > 30 {
		return
	}
	ok := i > from && (d.n[from] == ':' || d.n[from] == ' ' || d.n[from] == '\n' || strings.HasPrefix(d.n[from:], "】") || strings.HasPrefix(d.n[from:], "は"))
	for _, w := range companyMarks {
		ok = ok || strings.Contains(v, w)
	}
	if l.word == "職場" || l.word == "会社名" || strings.EqualFold(l.word, "company") || strings.EqualFold(l.word, "employer") {
		ok = ok && (d.n[from] == ':' || d.n[from] == '\n')
	}
	if ok && !strings.Contains(v, "変わ") && !strings.Contains(v, "ます") {
		d.add(i, end, "employer", 0.88, "labelled-words", l.word, "")
	}
}

var whereaboutsVerbs = knowledge.WordsOf("whereabouts")

var whereaboutsTimes = sync.OnceValue(func() *text.Matcher {
	return text.NewMatcher(knowledge.WordsOf("times_of_stay"))
})

// locations finds where the person is or will be: a time and a place with a
// verb of being there, in one sentence.
func (d *document) locations() {
	s := d.n
	for _, h := range d.cues[cueWhereabouts] {
		at, i := h.Start, h.End
		start := sentenceStart(s, at)
		sentence := s[start:at]
		m, ok := whereaboutsTimes().First(sentence)
		if !ok || strings.Contains(sentence, "届") || strings.Contains(sentence, "店に") || strings.Contains(s[i:min(len(s), i+30)], "ましたが、届") || pastBehind(s, i) {
			continue
		}
		begin := start + m.Start
		// Walk back over the digits of a date: 12月28日から.
		for begin > start && (isDigit(s[begin-1]) || s[begin-1] == '/') {
			begin--
		}
		if k := strings.LastIndex(s[start:begin], "月"); k >= 0 && begin-start-k <= 8 {
			begin = start + k
			for begin > start && isDigit(s[begin-1]) {
				begin--
			}
		}
		d.add(begin, at, "location", 0.7, "location-words", whereaboutsVerbs[h.Word], "")
	}
}

// pastBehind reports whether the verb that ends at i is in the past tense:
// where somebody was is not marked.
func pastBehind(s string, i int) bool {
	rest := s[i:]
	for _, w := range []string{"ました", "った", "したとき", "した際", "していた", "てい", "した。"} {
		if strings.HasPrefix(rest, w) && w != "てい" {
			return true
		}
	}
	return false
}

func sentenceStart(s string, i int) int {
	best := max(0, i-180)
	for _, stop := range []string{"。", "\n", "!", "?"} {
		if j := strings.LastIndex(s[:i], stop); j+len(stop) > best && j >= 0 {
			best = j + len(stop)
		}
	}
	return best
}
