package ask

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// sentence is a stretch of the normalized text between stops.
type sentence struct {
	start, end    int
	speaker       string
	person        bool // the person whom the message asks says this
	sure          bool // an export tells so, not a label in the text
	item          bool // a line of a list or a form: ・氏名, 【氏名】, 氏名：＿＿＿
	blank         bool // has a field to fill in: ＿＿＿
	quotedWarning bool // an impostor's words that a warning quotes
	negative      bool // refuses, forbids or denies
	request       bool
}

// split cuts a text into sentences and tells who speaks.
func split(s string) []sentence {
	var out []sentence
	speaker := ""
	carry := false // the text is a transcript from its first line on
	pos, first := 0, true
	for pos <= len(s) {
		eol := len(s)
		if j := strings.IndexByte(s[pos:], '\n'); j >= 0 {
			eol = pos + j
		}
		start := pos
		if who, n := speakerAt(s[pos:eol]); n > 0 {
			speaker = who
			start = pos + n
			carry = carry || first
		} else if !carry {
			speaker = ""
		}
		first = first && strings.TrimSpace(s[pos:eol]) == ""
		if strings.TrimSpace(s[start:eol]) != "" {
			out = appendSentences(out, s, start, eol, speaker)
		}
		pos = eol + 1
	}
	tellSpeakers(out, s)
	return out
}

// splitTurns cuts a text into sentences of which an export tells who says them.
func splitTurns(t *text.Text, turns []exchange.Turn) []sentence {
	var out []sentence
	mine := false
	for _, x := range turns {
		start, end := t.NormOffset(x.Span.Start), t.NormOffset(x.Span.End)
		from := len(out)
		for pos := start; pos < end; {
			eol := end
			if j := strings.IndexByte(t.Norm[pos:end], '\n'); j >= 0 {
				eol = pos + j
			}
			if strings.TrimSpace(t.Norm[pos:eol]) != "" {
				out = appendSentences(out, t.Norm, pos, eol, x.Who)
			}
			pos = eol + 1
		}
		for i := from; i < len(out); i++ {
			out[i].person, out[i].sure = x.Mine, x.Mine
		}
		mine = mine || x.Mine
	}
	if !mine { // the export does not tell which of them the person is
		tellSpeakers(out, t.Norm)
	}
	return out
}

var fieldNames = knowledge.WordsOf("field_names")

// speakerAt returns who a line says is speaking, 「担当：」「（私）」, and the
// length of the prefix.
func speakerAt(line string) (string, int) {
	t := strings.TrimLeft(line, " ")
	lead := len(line) - len(t)
	if strings.HasPrefix(t, "(私)") {
		return "私", lead + len("(私)")
	}
	i := strings.IndexByte(t, ':')
	if i <= 0 || i > 36 {
		return "", 0
	}
	who := t[:i]
	if m := named.FindStringSubmatch(who); m != nil {
		who = m[1] // 担当(野沢)
	}
	if strings.ContainsAny(who, " 。、!?「」()/【】■●・0123456789.@") || strings.HasPrefix(t[i:], "://") || utf8.RuneCountInString(who) > 8 {
		return "", 0
	}
	if rest := strings.TrimSpace(t[i+1:]); len(rest) < 4 || strings.HasPrefix(rest, "__") || strings.HasPrefix(rest, "□") || strings.HasPrefix(rest, "○") {
		return "", 0
	}
	if itemWords().m.Contains(who) {
		return "", 0
	}
	for _, l := range fieldNames {
		if strings.Contains(who, l) {
			return "", 0
		}
	}
	return who, lead + i + 1
}

// named is a speaker with a name behind the part.
var named = regexp.MustCompile(`^([^\s()。、「」]{1,12})\([^\s()]{1,8}\)$`)

// personSpeakers are the names under which transcripts put the person asked.
var personSpeakers = knowledge.WordsOf("person_speakers")

// tellSpeakers marks what the person says. Where two speak and neither name
// tells, the first who introduces itself is the window.
func tellSpeakers(ss []sentence, s string) {
	names := []string{}
	seen := map[string]bool{}
	for i := range ss {
		if w := ss[i].speaker; w != "" && !seen[w] {
			seen[w] = true
			names = append(names, w)
		}
	}
	if len(names) < 2 {
		return // a talk has two sides: one label alone makes nobody the person
	}
	person := map[string]bool{}
	for _, n := range names {
		for _, p := range personSpeakers {
			if n == p {
				person[n] = true
			}
		}
	}
	if len(person) == 0 && len(names) == 2 {
		window := names[0]
		for i := range ss {
			v := s[ss[i].start:ss[i].end]
			if ss[i].speaker != "" && (strings.Contains(v, "と申します") || strings.Contains(v, "でございます") || strings.Contains(v, "センターの") || strings.Contains(v, "担当の")) {
				window = ss[i].speaker
				break
			}
		}
		for _, n := range names {
			person[n] = n != window
		}
	}
	for i := range ss {
		ss[i].person = person[ss[i].speaker] && ss[i].speaker != ""
	}
}

// appendSentences cuts a line at its stops. Stops within 「」 do not count.
func appendSentences(out []sentence, s string, start, end int, speaker string) []sentence {
	depth := 0
	from := start
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(s[i:end])
		switch r {
		case '「', '『':
			depth++
		case '」', '』':
			if depth > 0 {
				depth--
			}
		case '。', '!', '?':
			if depth == 0 {
				out = appendSentence(out, s, from, i+size, speaker)
				from = i + size
			}
		case '.':
			// English: a full stop before a space and a capital letter.
			if depth == 0 && i+2 < end && s[i+1] == ' ' && s[i+2] >= 'A' && s[i+2] <= 'Z' {
				out = appendSentence(out, s, from, i+1, speaker)
				from = i + 1
			}
		}
		i += size
	}
	return appendSentence(out, s, from, end, speaker)
}

func appendSentence(out []sentence, s string, start, end int, speaker string) []sentence {
	for start < end && s[start] == ' ' {
		start++
	}
	if strings.TrimSpace(s[start:end]) == "" {
		return out
	}
	// Nobody writes such a sentence: it is cut, so that what is looked for in a
	// sentence costs a long text no more a byte than a short one.
	for end-start > maxSentence {
		cut := start + maxSentence
		if i := strings.LastIndex(s[start:cut], "、"); i > maxSentence/2 {
			cut = start + i + len("、")
		}
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		out = append(out, newSentence(s, start, cut, speaker))
		start = cut
	}
	return append(out, newSentence(s, start, end, speaker))
}

// maxSentence is the longest sentence, in bytes.
const maxSentence = 900

func newSentence(s string, start, end int, speaker string) sentence {
	v := s[start:end]
	x := sentence{start: start, end: end, speaker: speaker}
	x.blank = strings.Contains(v, "___") || strings.Contains(v, "□□") || strings.Contains(v, "[ ]") || strings.Contains(v, "( )") || strings.HasSuffix(strings.TrimSpace(v), ":")
	x.item = listItem(v)
	return x
}

// listItem reports whether a line is one of a list or a form.
func listItem(v string) bool {
	r := firstRune(v)
	if strings.ContainsRune("・■□●○◆◇▼▲★☆※-*➤▶✓①②③④⑤⑥⑦⑧⑨⑩【[", r) {
		return r != '※'
	}
	if r == '(' && len(v) > 3 && v[1] >= '1' && v[1] <= '9' && (v[2] == ')' || v[3] == ')') {
		return true
	}
	if strings.ContainsRune("一二三四五六七八", r) && strings.HasPrefix(v[len("一"):], "、") {
		return true
	}
	return r >= '1' && r <= '9' && len(v) > 2 && (v[1] == '.' || v[1] == ')' || v[1] == ' ' || strings.HasPrefix(v[1:], "、"))
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
