package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/secret"
)

// findKeys finds what opens programs' doors: keys and tokens by their shape.
func findKeys(d *document) {
	if !d.latin {
		return
	}
	for _, f := range secret.Find(d.n) {
		d.add(f.Start, f.End, "api_key", 0.99, "key-shape", "", f.Rule)
	}
}

// readSecret reads a password: whatever stands right behind the label, or the
// first token that looks made up.
func (d *document) readSecret(l label) {
	from, to := d.window(l)
	i := from
	for i < to {
		r, size := utf8.DecodeRuneInString(d.n[i:])
		if r < utf8.RuneSelf && (isAlnum(byte(r)) || strings.ContainsRune("#$%&*+@^_~!", r)) {
			break
		}
		if kanjiDigit(r) != 0 && d.direct(l, i) {
			break
		}
		i += size
	}
	if i >= to {
		d.guessedSecret(l)
		return
	}
	if !d.gapOK(l, i) {
		return
	}
	start := i
	end := secretEnd(d.n, start, to)
	v := d.n[start:end]
	n := utf8.RuneCountInString(v)
	if n < 4 || strings.HasPrefix(v, "http") || isAmount(d.n, start, end) && !hasLetter(v) || commonWord(v) || strings.Contains(v, "@") && strings.Contains(v, ".") {
		return
	}
	made := hasDigit(v) || strings.ContainsAny(v, "#$%&*+@^_~!☆★")
	if d.direct(l, start) && (made || d.bareValue(start, end) && !looksLikeProse(d.n, start, end)) || made && !isNumericWord(v) && len(d.n[l.end:start]) <= 48 && !productContext(d.n, start) {
		d.add(start, end, l.cat.ID, 0.95, "labelled-secret", l.word, "")
		if isNumericWord(v) {
			d.alternatives(l, number{start: start, end: end, digits: strings.ReplaceAll(strings.ReplaceAll(v, "-", ""), " ", "")}, 0.95)
		}
	}
}

// guessedSecret reads what people try out on the line behind a label: 「たぶん
// 135790か135709」.
func (d *document) guessedSecret(l label) {
	eol := lineEnd(d.n, l.end)
	if eol >= len(d.n) || eol-l.end > 60 {
		return
	}
	i := eol + 1
	for _, w := range []string{"たぶん", "多分", "おそらく", "確か", "たしか", "番号は", "今のは"} {
		if strings.HasPrefix(d.n[i:], w) {
			i += len(w)
			i = skipAny(d.n, i, " ")
			for _, n := range d.nums[d.numsFrom(i):min(len(d.nums), d.numsFrom(i)+1)] {
				if n.start == i && len(n.digits) >= 4 && !isAmount(d.n, n.start, n.end) {
					d.add(n.start, n.end, l.cat.ID, 0.9, "guessed-secret", l.word, "")
					d.alternatives(l, n, 0.9)
				}
			}
			return
		}
	}
}

// looksLikeProse reports whether English words go on behind the token.
func looksLikeProse(s string, start, end int) bool {
	rest := strings.TrimLeft(s[end:], " ")
	return len(rest) > 1 && s[end] == ' ' && rest[0] >= 'a' && rest[0] <= 'z' && !hasDigit(s[start:end])
}

func isNumericWord(v string) bool {
	return strings.Trim(v, "0123456789- ") == ""
}

// productContext reports whether an opening bracket or a version word stands
// right before the token.
func productContext(s string, start int) bool {
	return strings.HasSuffix(s[:start], "ver") || strings.HasSuffix(s[:start], "v")
}

// secretEnd returns where the secret that begins at start ends. Secrets hold
// any printable ASCII and symbols such as ☆ between letters.
func secretEnd(s string, start, limit int) int {
	i := start
	for i < limit {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r > ' ' && r < 0x7F && !strings.ContainsRune(`"',;<>()[]{}|`, r):
		case r == '☆' || r == '★' || r == '♪' || r == '◎' || r == '●':
		case kanjiDigit(r) != 0 && i+size <= limit:
			if i > start && isAlnum(s[i-1]) {
				return trimSecret(s, start, i)
			}
		default:
			return trimSecret(s, start, i)
		}
		i += size
	}
	return trimSecret(s, start, i)
}

func trimSecret(s string, start, end int) int {
	for end > start && strings.IndexByte(".,:;?", s[end-1]) >= 0 {
		end--
	}
	return end
}

// readSeed reads a recovery phrase: 12 and more English words.
func (d *document) readSeed(l label) {
	from, to := l.end, min(len(d.n), l.end+400)
	start, end, words := 0, 0, 0
	for i := from; i < to; {
		if d.n[i] >= 'a' && d.n[i] <= 'z' {
			j := i
			for j < to && d.n[j] >= 'a' && d.n[j] <= 'z' {
				j++
			}
			if words == 0 {
				start = i
			}
			words++
			end = j
			i = j
			continue
		}
		if words > 0 && d.n[i] != ' ' && d.n[i] != '\n' && d.n[i] != ',' {
			break
		}
		i++
	}
	if words >= 12 {
		d.add(start, end, l.cat.ID, 0.97, "labelled-phrase", l.word, "")
	}
}

// readAnswer reads the answer to a secret question: what is quoted or stands
// behind 答え, is, →.
func (d *document) readAnswer(l label) {
	from, to := d.window(l)
	to = min(len(d.n), max(to, from))
	rest := d.n[from:to]
	if w, ok := strings.CutPrefix(rest, "の"); ok && strings.HasPrefix(w, "質問") {
		return
	}
	for _, cue := range []string{"答えは", "答え→", "答え:", "こたえは", "答え "} {
		if i := strings.Index(rest, cue); i >= 0 && i < 90 {
			rest = rest[i+len(cue):]
			d.answerAt(to-len(rest), to, l)
			return
		}
	}
	lead := strings.TrimLeft(rest, " :=>→⇒")
	for _, cue := range []string{"は", "が", "を聞かれる", "を聞かれたら", "と聞かれたら", "を言う", "is", "->"} {
		if w, ok := strings.CutPrefix(lead, cue); ok {
			d.answerAt(to-len(w), to, l)
			return
		}
	}
	if lead != rest {
		d.answerAt(to-len(lead), to, l)
	}
}

var noAnswers = knowledge.WordsOf("no_answers")

// answerAt reads an answer from i on: quoted, or up to a particle, copula or
// end of the clause.
func (d *document) answerAt(i, to int, l label) {
	for i < to && strings.ContainsRune(" :=>→⇒「『\"“…", firstRune(d.n[i:])) {
		_, size := utf8.DecodeRuneInString(d.n[i:])
		i += size
	}
	end := to
	for _, stop := range []string{"」", "』", "です", "だった", "、", "。", "\n", "\"", "”", ",", ".", "(", "で登録", "と登録", "に登録", "のはず", "でした", "だと", " ID"} {
		if j := strings.Index(d.n[i:to], stop); j >= 0 && i+j < end {
			end = i + j
		}
	}
	v := strings.TrimSpace(d.n[i:end])
	if n := utf8.RuneCountInString(v); n < 2 || n > 30 || strings.ContainsAny(v, "?？") {
		return
	}
	for _, w := range noAnswers {
		if strings.Contains(v, w) {
			return
		}
	}
	d.add(i, i+len(v), l.cat.ID, 0.9, "labelled-answer", l.word, "")
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
