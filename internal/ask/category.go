package ask

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// words is the matcher of a list of data/words.
func words(list string) func() *text.Matcher {
	return sync.OnceValue(func() *text.Matcher { return text.NewMatcher(knowledge.WordsOf(list)) })
}

var (
	// requestWords ask for something.
	requestWords = words("requests")
	// directives ask outright: in a sentence that also denies, only they count.
	directives = words("directives")
	// denials say that something is not asked or must not be told.
	denials = words("denials")
	// tellings ask to be told something, not to have it typed in.
	tellings = words("tellings")
	// headings open a list of what is wanted.
	headings = words("headings")
	// warnings speak of impostors.
	warnings = words("warnings")
	// beingAsked tell that somebody asks for what is named before them, beingAskedLatin behind.
	beingAsked      = words("being_asked")
	beingAskedLatin = words("being_asked_latin")
	// machines are what a secret may be typed into.
	machines = words("machines")
	// conditionals turn a denial into an ask: 「入力がない場合」「お知らせいただけないと」.
	conditionals = words("conditionals")
)

// theme notes sentences that deny or quote.
func (m *message) theme() {
	inExample := false
	warned := 0
	for i := range m.sentences {
		s := &m.sentences[i]
		v := m.n[s.start:s.end]
		if warnings().Contains(v) {
			warned++
		}
		// A list of impostors' words in a warning: 「不審なメールの例」.
		if strings.Contains(v, "の例") || strings.Contains(v, "例1") || strings.Contains(v, "文面") || strings.Contains(v, "手口") {
			if warnings().Contains(v) || warned > 0 {
				inExample = true
				s.quotedWarning = true
				continue
			}
		}
		if inExample {
			if strings.HasPrefix(v, "「") || strings.HasPrefix(v, "件名") || strings.HasPrefix(v, "『") {
				s.quotedWarning = true
				continue
			}
			if strings.HasPrefix(v, "▼") || strings.HasPrefix(v, "【") || strings.HasPrefix(v, "■") {
				inExample = false
			}
		}
		s.request = requestWords().Contains(v)
		s.negative = denies(v)
		if strings.Contains(v, "「") && (warnings().Contains(v) || reported(v)) {
			s.quotedWarning = true
		}
	}
	m.warning = warned >= 2
}

var reportsWords = knowledge.WordsOf("reports")

// reported reports whether a sentence tells what others say: 「…」と電話があった.
func reported(v string) bool {
	for _, w := range reportsWords {
		if strings.Contains(v, w) {
			return true
		}
	}
	return strings.HasPrefix(v, "【事例") || strings.HasPrefix(v, "(事例")
}

// denies reports whether a sentence as a whole refuses or forbids: a denial
// with no condition in it.
func denies(v string) bool {
	if !denials().Contains(v) {
		return false
	}
	return !conditionals().Contains(v) || strings.Contains(v, "ことはありません") || strings.Contains(v, "ことはございません")
}

// categories finds the items that sentence i asks for.
func (m *message) categories(i int) {
	s := &m.sentences[i]
	for _, x := range m.mentions(s) {
		if rule := m.asked(i, x); rule != "" {
			var more []exchange.Evidence
			if v := m.n[s.start:s.end]; strings.Contains(v, "用紙") || strings.Contains(v, "申請書に") || strings.Contains(v, "請求書に") || strings.Contains(v, "申込書に") {
				more = append(more, exchange.Evidence{Rule: OnPaper})
			}
			m.add(x.cat, "", x.start, x.end, rule, x.word, more...)
		}
	}
}

// mentions finds the items that a sentence names.
func (m *message) mentions(s *sentence) []mention {
	v := m.n[s.start:s.end]
	var out []mention
	list := euphemisms()
	for i := range list {
		e := &list[i]
		if !e.gate.Contains(v) {
			continue
		}
		for _, loc := range e.re.FindAllStringIndex(v, -1) {
			if a := (mention{s.start + loc[0], s.start + loc[1], e.cat, v[loc[0]:loc[1]], true}); !overlaps(out, a) && !falseFriend(v, loc[0], loc[1], e.cat) {
				out = append(out, a)
			}
		}
	}
	for _, loc := range counted.FindAllStringSubmatchIndex(v, -1) {
		if cat := countedCategory(v, loc); cat != "" {
			a := mention{s.start + loc[0], s.start + loc[1], cat, v[loc[0]:loc[1]], true}
			if !overlaps(out, a) {
				out = append(out, a)
			}
		}
	}
	w := itemWords()
	var links [][]int
	if strings.Contains(v, "://") {
		links = addresses.FindAllStringIndex(v, -1)
	}
	for _, x := range w.m.Append(nil, v) {
		if inside(links, x.Start) {
			continue // https://example.com/lost_password
		}
		a := mention{s.start + x.Start, s.start + x.End, w.cats[x.Pattern], v[x.Start:x.End], false}
		if overlaps(out, a) || falseFriend(v, x.Start, x.End, a.cat) {
			continue
		}
		out = append(out, a)
	}
	return out
}

// addresses are URLs, whose words are no words of the message.
var addresses = regexp.MustCompile(`https?://[!-~]+`)

func inside(spans [][]int, at int) bool {
	for _, s := range spans {
		if s[0] <= at && at < s[1] {
			return true
		}
	}
	return false
}

func overlaps(list []mention, a mention) bool {
	for _, x := range list {
		if x.start < a.end && a.start < x.end {
			return true
		}
	}
	return false
}

var secretUses = knowledge.WordsOf("secret_uses")

var telephoneUses = knowledge.WordsOf("telephone_uses")

var ordinaryNumbers = knowledge.WordsOf("ordinary_numbers")

// falseFriend reports whether the word at v[i:j] is part of another meaning.
func falseFriend(v string, i, j int, cat exchange.Category) bool {
	before, after := v[:i], v[j:]
	for _, w := range secretUses {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	for _, w := range telephoneUses {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	switch cat {
	case "my_number":
		if strings.HasPrefix(after, "カード") && !strings.HasPrefix(after, "カードの番号") && !strings.HasPrefix(after, "カードの裏") && !strings.HasPrefix(after, "カードの両面") && !strings.HasPrefix(after, "カードの画像") && !strings.HasPrefix(after, "カードの写") && !strings.HasPrefix(after, "ポータル") || strings.HasPrefix(after, "ポータル") || strings.HasPrefix(after, "総合") || strings.HasPrefix(after, "制度") {
			return true
		}
	case "card_expiry":
		if !strings.Contains(v, "カード") && !strings.Contains(v, "署名") && !strings.Contains(v, "番号") || strings.Contains(v, "電子証明書") || strings.Contains(v, "リンク") || strings.Contains(v, "URL") {
			return true
		}
	case "password", "pin", "contract_pin", "bank_pin", "card_pin":
		if strings.HasSuffix(before, "新しい") || strings.HasSuffix(before, "同じ") || strings.HasSuffix(before, "回答用") || strings.HasSuffix(before, "同封の") || strings.HasPrefix(after, "設定") || strings.HasPrefix(after, "再設定") || strings.HasPrefix(after, "変更") {
			return true
		}
	case "card_number":
		if strings.HasPrefix(after, "の漏") || strings.HasPrefix(after, "(") && strings.Contains(after[:min(len(after), 30)], "件)") {
			return true
		}
	}
	if cat == "name" && (strings.HasSuffix(before, "商品") || strings.HasSuffix(before, "会社") || strings.HasSuffix(before, "団体") || strings.HasSuffix(before, "担当者の")) {
		return true
	}
	if cat == "otp" {
		for _, w := range ordinaryNumbers {
			if strings.Contains(v[i:j], w) {
				return true
			}
		}
	}
	if cat == "otp" && (strings.HasPrefix(after, ":") && digitsFollow(after[1:]) || strings.HasPrefix(after, "は") && digitsFollow(after[len("は"):]) || strings.HasSuffix(strings.TrimRight(before, " "), "として")) {
		return true // a code that is delivered
	}
	if cat == "order_number" || cat == "reservation_number" || cat == "tracking_number" {
		if strings.HasPrefix(after, ":") && valueFollows(after[1:]) || valueFollows(after) {
			return true
		}
	}
	if strings.HasPrefix(after, ":") && valueFollows(after[1:]) && cat != "password" {
		return true
	}
	return false
}

func digitsFollow(s string) bool {
	s = strings.TrimLeft(s, " 「【[")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// valueFollows reports whether the message itself gives the value.
func valueFollows(s string) bool {
	s = strings.TrimLeft(s, " ")
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] >= 'A' && s[n] <= 'Z' || s[n] == '-' || s[n] == '*') {
		n++
	}
	return n >= 3
}

// asked returns the rule by which a mention is an ask, "" where it is none.
func (m *message) asked(i int, x mention) string {
	s := &m.sentences[i]
	v := m.n[s.start:s.end]
	rel := x.end - s.start
	if s.item || s.blank {
		if m.formAsks(i, x) {
			return "form-field"
		}
	}
	// 「記入項目：氏名、住所」: the line is heading and list.
	if colon := strings.IndexByte(v, ':'); colon > 0 && colon < 60 && x.start-s.start > colon && headings().Contains(v[:colon]) && !s.negative {
		return "form-field"
	}
	clauseStart, clauseEnd := clauseAround(v, x.start-s.start)
	clause := v[clauseStart:clauseEnd]
	tail := v[min(rel, len(v)):]
	before := v[:max(0, x.start-s.start)]
	if k := knowledge.CategoryByID(x.cat); k != nil && k.Secret() && !machines().Contains(v) && told(before, tail, isLatin(x.word)) {
		return Told
	}
	if denies(clause) && !requestBeforeDenial(clause, x.start-s.start-clauseStart) {
		return ""
	}
	if s.negative && !requestIn(tail, true) {
		return ""
	}
	if strings.Contains(clause, "ご自身で") && !strings.Contains(tail, "教えて") && !strings.Contains(tail, "お知らせ") {
		return "" // typed by the person into a screen
	}
	if warnings().Contains(v) && !strings.Contains(v, "ご注意ください。") && quotedOrThirdParty(v, x.start-s.start) {
		return ""
	}
	if afterTheFact(tail) {
		return ""
	}
	if isLatin(x.word) && ofSomebodyElse(before) {
		return ""
	}
	if requestIn(tail, false) {
		return "request"
	}
	// 「ついでにパスワードも、」 goes on with the request before it.
	if (strings.HasPrefix(tail, "も、") || strings.HasPrefix(tail, "も。") || strings.HasPrefix(tail, "も?") || strings.HasPrefix(tail, "は?") || tail == "も" || strings.HasPrefix(tail, "を。")) && i > 0 && m.sentences[i-1].request && m.sentences[i-1].speaker == s.speaker || i > 1 && (strings.HasPrefix(tail, "も、") || strings.HasPrefix(tail, "も。")) && m.sentences[i-2].request {
		return "continued"
	}
	// 「4桁の番号が古くなりました。それを読み上げてください。」
	if k := knowledge.CategoryByID(x.cat); k != nil && k.Secret() && !s.negative && i+1 < len(m.sentences) {
		n := &m.sentences[i+1]
		nv := m.n[n.start:n.end]
		if n.speaker == s.speaker && directives().Contains(nv) && !denies(nv) && !boilerplate(nv) && utf8.RuneCountInString(nv) <= 40 && pointsBack(nv) {
			return "pointed-back"
		}
	}
	if x.euphemism && requestWords().Contains(clause) {
		return "euphemism"
	}
	// A step to be done, without a verb: 「手順1: …を入力」.
	if (s.item || text.HasAnyPrefix(v, "手順", "ステップ", "STEP", "Step")) && text.HasAnyPrefix(tail, "で有効化", "で認証", "で解除", "で続行", "で承認", "で復元", "を入力", "で本人確認") && !s.negative {
		return "step"
	}
	if strings.HasPrefix(strings.TrimLeft(tail, " "), "?") || questionTail(tail) {
		return "question"
	}
	// English puts the verb first.
	if requestWords().Contains(before) && isLatin(x.word) {
		return "request"
	}
	return ""
}

// Told is the rule of an ask for a secret that the person tells of.
const Told = "told"

var notBeingAsked = knowledge.WordsOf("not_being_asked")

// told reports whether what stands around a word for a secret tells that somebody asks for
// it: 「電話で暗証番号を聞かれました」, “he wants my PIN”.
func told(before, tail string, latin bool) bool {
	const near = 45 // bytes between the two
	if latin {
		b := strings.ToLower(before[max(0, len(before)-near):])
		if w, ok := beingAskedLatin().First(b); ok && !strings.ContainsAny(b[w.End:], ".,;!?\n") {
			return true
		}
	}
	w, ok := beingAsked().First(tail)
	return ok && w.Start <= near && !strings.ContainsAny(tail[:w.Start], "、。「」てた") && !text.HasAnyPrefix(tail[w.End:], notBeingAsked...)
}

// ofSomebodyElse reports whether English words before a label say that it is
// not the reader's: 「my password」, 「generated password」.
func ofSomebodyElse(before string) bool {
	words := strings.Fields(strings.ToLower(before))
	if len(words) == 0 {
		return false
	}
	switch last := words[len(words)-1]; last {
	case "my", "our", "his", "her", "their", "users", "its":
		return true
	}
	return false
}

var pointingWords = knowledge.WordsOf("pointing_words")

// pointsBack reports whether a request refers to what was named before it.
func pointsBack(v string) bool {
	for _, w := range pointingWords {
		if strings.HasPrefix(v, w) || strings.Contains(v[:min(len(v), 36)], w) {
			return true
		}
	}
	return false
}

var afterTheFactWords = knowledge.WordsOf("after_the_fact")

// afterTheFact reports whether the tail speaks of having told or typed, not
// of doing so: 「入力された場合」, 「お伝えになった方」.
func afterTheFact(tail string) bool {
	for _, w := range afterTheFactWords {
		if strings.Contains(tail, w) {
			return true
		}
	}
	return false
}

func isLatin(s string) bool { return s != "" && s[0] < utf8.RuneSelf }

var questionTails = knowledge.WordsOf("question_tails")

func questionTail(tail string) bool {
	for _, w := range questionTails {
		if strings.HasPrefix(tail, w) {
			return true
		}
	}
	return false
}

// requestIn reports whether a word of requesting stands in the tail of a
// sentence, before any denial where strict.
func requestIn(tail string, strict bool) bool {
	m, ok := requestWords().First(tail)
	if !ok {
		return false
	}
	d, denied := denials().First(tail)
	if !denied {
		return !boilerplate(tail)
	}
	if strict {
		c, ok := directives().First(tail)
		if ok {
			for _, own := range []string{"すること", "したり", "することは"} { // 「お願いすることは」
				if strings.HasPrefix(tail[c.End:], own) {
					return false
				}
			}
		}
		return ok && c.End <= d.Start && d.Start-c.End > 6 || ok && c.Start > d.End && !boilerplate(tail[d.End:])
	}
	if conditionals().Contains(tail) {
		return true
	}
	// 「入力しないでください」: the request is the denial's own.
	if abs(d.Start-m.Start) <= 24 || d.Start < m.Start {
		return false
	}
	return true
}

var boilerplateWords = knowledge.WordsOf("boilerplate")

// boilerplate reports whether the only request in the tail is for attention.
func boilerplate(tail string) bool {
	for _, w := range boilerplateWords {
		if i := strings.Index(tail, w); i >= 0 {
			rest := tail[:i] + tail[i+len(w):]
			return !requestWords().Contains(rest)
		}
	}
	return false
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// requestBeforeDenial reports whether, in a clause, the request for the
// mention comes before a denial of something else.
func requestBeforeDenial(clause string, at int) bool {
	if at < 0 || at > len(clause) {
		return false
	}
	return requestIn(clause[at:], true)
}

// clauseAround returns the clause of v around offset i: between conjunctions
// that begin a new thought.
func clauseAround(v string, i int) (int, int) {
	start, end := 0, len(v)
	for _, w := range []string{"が、", "ので、", "ため、", "から、", "ますが", "。", "ただし", "なお、", "けれど"} {
		if k := strings.LastIndex(v[:min(max(i, 0), len(v))], w); k >= 0 && k+len(w) > start {
			start = k + len(w)
		}
		if k := strings.Index(v[min(max(i, 0), len(v)):], w); k >= 0 && i+k < end {
			end = i + k + len(w)
		}
	}
	if start > end {
		return 0, len(v)
	}
	return start, end
}

var thirdParties = knowledge.WordsOf("third_parties")

// quotedOrThirdParty reports whether, in a sentence of warning, the item is
// what others ask for.
func quotedOrThirdParty(v string, i int) bool {
	rest := v[min(max(i, 0), len(v)):]
	for _, w := range thirdParties {
		if strings.Contains(rest, w) {
			return true
		}
	}
	return false
}

// formAsks reports whether a line of a form or list is to be filled in: it
// has a blank, or the lines above it ask for what follows.
func (m *message) formAsks(i int, x mention) bool {
	s := &m.sentences[i]
	v := m.n[s.start:s.end]
	if denies(v) && !s.blank {
		return false
	}
	if s.blank && (strings.Contains(v, "___") || strings.Contains(v, "□□")) {
		return true
	}
	if utf8.RuneCountInString(v) > 90 {
		return false
	}
	// The heading: the nearest sentence above that is no item.
	for k := i - 1; k >= 0 && i-k <= 24; k-- {
		h := &m.sentences[k]
		if h.item || h.blank && len(m.n[h.start:h.end]) < 60 {
			continue
		}
		hv := m.n[h.start:h.end]
		if denies(hv) || warnings().Contains(hv) || h.quotedWarning {
			return false
		}
		if (requestWords().Contains(hv) || headings().Contains(hv)) && !boilerplate(hv) {
			return true
		}
		if i-k > 6 {
			break
		}
	}
	// Or the sentence behind the list: 「…をお送りください」.
	for k := i + 1; k < len(m.sentences) && k-i <= 8; k++ {
		h := &m.sentences[k]
		if h.item {
			continue
		}
		hv := m.n[h.start:h.end]
		return strings.HasPrefix(hv, "以上") && requestWords().Contains(hv) && !denies(hv)
	}
	return s.blank && !valueFollows(strings.TrimSpace(m.n[x.end:s.end]))
}
