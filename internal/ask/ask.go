// Package ask finds what a message asks the person to tell or to do, and
// tells asking from warning: 「パスワードをお伺いすることはありません」 asks
// nothing, 「■暗証番号」 under 「以下をお送りください」 asks a lot.
//
// A message is cut into sentences, each with its speaker where several speak.
// Within a sentence of the other side, a category's word and a word of
// requesting make an ask; negation, warning and quotation unmake it.
package ask

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

// Find returns what a message asks for, in the order in which it stands
// there. The same thing asked twice is reported twice. It is safe for
// concurrent use.
func Find(s string) []exchange.Ask {
	return FindIn(text.Normalize(s))
}

// FindIn is Find for a text that is normalized already, in which others say what
// turns tell; none where nobody told, and labels in the text count.
func FindIn(t *text.Text, turns ...exchange.Turn) []exchange.Ask {
	asks, _ := FindContext(context.Background(), t, turns...) // which does not end
	return asks
}

// FindContext is FindIn for one who may leave before the answer is there: it then
// returns the context's error.
func FindContext(ctx context.Context, t *text.Text, turns ...exchange.Turn) ([]exchange.Ask, error) {
	m, err := Read(ctx, t, Query{Turns: turns})
	return m.Asks, err
}

// rules are what the rules alone find.
func rules(ctx context.Context, t *text.Text, turns ...exchange.Turn) ([]exchange.Ask, error) {
	m := &message{t: t, n: t.Norm}
	if len(turns) > 0 {
		m.sentences = splitTurns(t, turns)
	} else {
		m.sentences = split(m.n)
	}
	m.theme()
	const often = 64 // sentences
	for i := range m.sentences {
		if i%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := &m.sentences[i]
		if s.quotedWarning || s.person && s.sure {
			continue
		}
		from := len(m.asks)
		m.categories(i)
		if s.person {
			m.doubt(i, from)
			continue
		}
		m.actions(i)
	}
	if len(turns) == 0 {
		m.spread()
	}
	m.asks = slices.DeleteFunc(m.asks, func(a exchange.Ask) bool {
		return a.Category != "" && (inURL(t.Raw, a.Span) || a.Category == "password" && strings.HasSuffix(t.Raw[:min(len(t.Raw), a.Span.Start)], oneTime))
	})
	sort.SliceStable(m.asks, func(i, j int) bool { return m.asks[i].Span.Start < m.asks[j].Span.Start })
	return m.asks, ctx.Err()
}

// oneTime before a password makes it a code: it is looked for by that name.
const oneTime = "ワンタイム"

// inURL reports whether a place lies in a URL, whose words ask for nothing:
// https://example.com/password/reset
func inURL(s string, at exchange.Span) bool {
	if at.End > len(s) || strings.ContainsFunc(s[at.Start:at.End], notOfURL) {
		return false
	}
	before := s[strings.LastIndexFunc(s[:at.Start], notOfURL)+1 : at.Start]
	return strings.Contains(before, "://") || strings.HasPrefix(before, "www.")
}

func notOfURL(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"'", r) }

// message is a text under examination.
type message struct {
	t         *text.Text
	n         string
	sentences []sentence
	warning   bool // the whole message warns of impostors
	asks      []exchange.Ask
}

type mention struct {
	start, end int // of the normalized text
	cat        exchange.Category
	word       string
	euphemism  bool
}

type vocabulary struct {
	m    *text.Matcher
	cats []exchange.Category
}

// itemWords are the words by which messages name what they want.
var itemWords = sync.OnceValue(func() vocabulary {
	var v vocabulary
	var words []string
	for _, c := range knowledge.Categories() {
		if c.Kind == "context" {
			continue
		}
		for _, l := range append(append([]string(nil), c.Labels...), c.AskedAs...) {
			if ambiguous[strings.ToLower(l)] {
				continue
			}
			words = append(words, l)
			v.cats = append(v.cats, c.ID)
		}
	}
	v.m = text.NewMatcher(words)
	return v
})

// ambiguous are labels that mark a value in a draft but, in a message, speak
// of the matter rather than of the item.
var ambiguous = map[string]bool{
	"電話": true, "でんわ": true, "携帯": true, "メール": true, "アドレス": true, "予約": true, "注文": true, "会員": true, "受付": true, "カード": true, "口座": true, "通帳": true, "支店": true, "予定": true, "家族": true, "答え": true, "コード": true, "期限": true, "id": true, "アカウント": true, "契約者": true, "受取人": true, "お受取人": true, "差出人": true, "申込者": true, "会社": true, "card": true, "order": true, "account": true, "user": true, "name": true, "code": true, "email": true, "e-mail": true, "phone": true, "mobile": true, "booking": true, "reference": true, "answer": true, "family": true, "health": true, "company": true, "income": true, "免許": true, "パスポート": true, "マイナンバーカード": true, "住所変更": true, "末尾": true, "ending": true, "card ending": true, "card ending in": true, "ending in": true, "ends in": true, "生まれ": true, "収入": true, "所得": true, "借入": true, "残高": true, "資産": true, "デビットカード": true, "クレジットカード": true, "在留カード": true, "保険証": true, "健康保険": true, "健康保険証": true, "お届け先": true, "配送先": true, "届け先": true, "送付先": true, "ログインは": true, "sms認証": true, "二段階認証": true, "2段階認証": true, "トークン": true, "顔写真": true, "名義": true, "宛名": true, "職場": true, "通院": true, "病気": true, "体調": true, "シリアル": true, "運転免許": true, "ip": true, "location": true, "パス": true, "pass": true, "key": true, "gender": true, "sex": true, "age": true, "代表者": true, "折り返し": true, "tel": true, "fax": true, "ファックス": true, "ファクス": true, "cell": true, "裏面": true, "カード裏面": true, "記号": true, "登録名": true, "会員名": true, "receipt": true, "passenger": true, "登録番号": true, "アカウント名": true, "管理番号": true, "整理番号": true, "領収書番号": true, "請求書番号": true, "働いている": true, "勤めている": true, "勤務している": true, "保証番号": true, "6桁": true, "6桁の番号": true, "6桁の数字": true, "6桁のコード": true, "4桁の番号は": true, "4桁の方は": true, "四桁の方は": true, "四桁の番号は": true, "4桁のコード": true, "表の4桁": true,
}

// LabelledPerson is the rule of the evidence that a label within the text makes
// the asker the person who is asked. Anybody can write a label.
const LabelledPerson = "labelled-person"

// doubt keeps of what a sentence asks for, which a label gives to the person, only
// the secrets: those are never waved through.
func (m *message) doubt(i, from int) {
	s := &m.sentences[i]
	v := strings.TrimRight(m.n[s.start:s.end], " 。?")
	outright := directives().Contains(v) && !strings.HasSuffix(v, "か") // who asks back, asks for nothing
	kept := m.asks[:from]
	for _, a := range m.asks[from:] {
		if c := knowledge.CategoryByID(a.Category); c == nil || !c.Secret() || !outright {
			continue
		}
		a.Why = append(a.Why, exchange.Evidence{Rule: LabelledPerson, Detail: s.speaker})
		kept = append(kept, a)
	}
	m.asks = kept
}

// SpreadOut is the rule of the evidence that the letters of what is asked for stand
// apart, so that machines do not read it.
const SpreadOut = "letters-spread-out"

// spread reads the text once more with the letters together that somebody has
// spread out, where that gives words for secrets that did not stand there before.
func (m *message) spread() {
	c, changed := m.t.Collapse()
	if !changed || !spreadSecret(c) {
		return
	}
	had := map[exchange.Category]bool{}
	for _, a := range m.asks {
		had[a.Category] = true
	}
	together := &message{t: c, n: c.Norm}
	together.sentences = split(c.Norm)
	together.theme()
	for i := range together.sentences {
		if s := &together.sentences[i]; !s.quotedWarning {
			from := len(together.asks)
			if together.categories(i); s.person {
				together.doubt(i, from)
			}
		}
	}
	for _, a := range together.asks {
		k := knowledge.CategoryByID(a.Category)
		if k == nil || !k.Secret() || had[a.Category] {
			continue
		}
		a.Why = append(a.Why, exchange.Evidence{Rule: SpreadOut})
		m.asks = append(m.asks, a)
	}
}

// spreadSecret reports whether a word for a secret was spread out.
func spreadSecret(c *text.Text) bool {
	v := itemWords()
	for _, x := range v.m.Append(nil, c.Norm) {
		if k := knowledge.CategoryByID(v.cats[x.Pattern]); k != nil && k.Secret() && c.Joined(x.Start, x.End) {
			return true
		}
	}
	return false
}

// OnPaper is the rule of the evidence that an item is asked for on a paper
// form, not by the channel that the message came by.
const OnPaper = "on-paper"

func (m *message) add(cat exchange.Category, action exchange.Action, start, end int, rule, detail string, more ...exchange.Evidence) {
	for end > start && (m.n[end-1] == ' ' || m.n[end-1] == '\n') {
		end--
	}
	if end <= start {
		return
	}
	sp := m.t.Span(start, end)
	m.asks = append(m.asks, exchange.Ask{Category: cat, Action: action, Span: sp, Quote: m.t.Raw[sp.Start:sp.End],
		Why: append([]exchange.Evidence{{Rule: rule, Detail: detail}}, more...)})
}

// Hints are what the rules find in a text, for the reader.
func Hints(t *text.Text) []reader.Hint {
	asks, _ := rules(context.Background(), t) // which does not end
	return hintsOf(t, asks)
}
