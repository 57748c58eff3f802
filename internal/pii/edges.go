package pii

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// The reader tells a value from the words around it, and ends it a letter early or late.
// What is certain of the edges of each kind is mended here, and two values that it takes
// for one are parted.

// part is a piece of a normalized text.
type part struct{ start, end int }

// mended returns a finding with its edges mended: one, or as many as it holds; none where
// it is the code of a thing, or a city's name.
func mended(t *text.Text, f exchange.Finding) []exchange.Finding {
	n := t.Norm
	whole := part{t.NormOffset(f.Span.Start), t.NormOffset(f.Span.End)}
	if whole.start >= whole.end || whole.end > len(n) {
		return []exchange.Finding{f}
	}
	var out []exchange.Finding
	for _, p := range parted(n, whole, f.Category) {
		if edge := edges[f.Category]; edge != nil {
			p = edge(n, p)
		}
		p = bracketed(n, p)
		if p.start >= p.end || ofThing(n, p, &f) || f.Category == "name" && municipalities()[n[p.start:p.end]] {
			continue
		}
		x := f
		if p != whole {
			x.Span = t.Span(p.start, p.end)
			x.Text = t.Raw[x.Span.Start:x.Span.End]
		}
		out = append(out, x)
	}
	return out
}

// between are the words that stand between two values.
var between = regexp.MustCompile(` ?(?:か|または|もしくは|とか|と| or |→|、|/) ?`)

// code is a number, or a word of letters and digits that no language has.
var code = regexp.MustCompile(`^[#@]?[A-Za-z0-9][A-Za-z0-9\-_.#!*+$%&?]*[0-9!#*][A-Za-z0-9\-_.#!*+$%&?]*$`)

const shortest = 4 // letters of a code that stands for itself

// codes are the kinds whose values are codes.
var codes = map[exchange.Category]bool{"account_id": true, "order_number": true, "contract_number": true, "serial_number": true, "tracking_number": true, "password": true, "otp": true, "pin": true}

// parted parts a span between values that stand side by side.
func parted(n string, p part, c exchange.Category) []part {
	s := n[p.start:p.end]
	if c == "name" {
		if m := withReading.FindStringSubmatchIndex(s); m != nil {
			return []part{{p.start + m[2], p.start + m[3]}, {p.start + m[4], p.start + m[5]}}
		}
		if m := twoNames.FindStringSubmatchIndex(s); m != nil {
			return []part{{p.start + m[2], p.start + m[3]}, {p.start + m[4], p.start + m[5]}}
		}
		return []part{p}
	}
	if c == "birth_date" {
		if k := strings.IndexByte(s, '/'); k > shortest && strings.Count(s, "/") == 1 && strings.ContainsAny(s[:k], ".年") {
			return []part{{p.start, p.start + k}, {p.start + k + 1, p.end}}
		}
		return []part{p}
	}
	if !codes[c] {
		return []part{p}
	}
	var out []part
	at := 0
	for _, m := range append(between.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		if piece := s[at:m[0]]; len(piece) >= shortest && code.MatchString(piece) {
			out = append(out, part{p.start + at, p.start + m[0]})
		} else {
			return []part{p}
		}
		at = m[1]
	}
	return out
}

// withReading is a name and how it is read.
var withReading = regexp.MustCompile(`^([\p{Han}々]{1,4} ?[\p{Han}々ぁ-ん]{1,4}) ?[ ,、/(] ?([ァ-ヶー]{2,8} ?[ァ-ヶー]{2,8})$`)

// wholeName is a surname and a given name, or a name in Latin letters or katakana of two parts.
const wholeName = `([\p{Han}々]{1,4} [\p{Han}々ぁ-んァ-ヶー]{1,4}|[\p{Lu}][\p{L}]+[ /][\p{Lu}][\p{L}]+|[ァ-ヶー]+(?:・[ァ-ヶー]+)+)`

// twoNames are two whole names side by side.
var twoNames = regexp.MustCompile(`^` + wholeName + `(?: ?と ?|、| ?/ ?)` + wholeName + `$`)

// edges mend a span of a kind.
var edges = map[exchange.Category]func(string, part) part{
	"name": nameEdges, "address": addressEdges, "bank_account": bankTrim, "birth_date": trimmed(nil, regexp.MustCompile(`(?:生まれ|生)$`)),
	"account_id": codeEdges, "order_number": codeEdges, "contract_number": codeEdges, "serial_number": codeEdges, "tracking_number": codeEdges,
	"password": secretEdges, "otp": secretEdges,
}

// trimmed cuts what an expression finds at the beginning and at the end.
func trimmed(front, back *regexp.Regexp) func(string, part) part {
	return func(n string, p part) part {
		if front != nil {
			if m := front.FindStringIndex(n[p.start:p.end]); m != nil && p.start+m[1] < p.end {
				p.start += m[1]
			}
		}
		if back != nil {
			if m := back.FindStringIndex(n[p.start:p.end]); m != nil && m[0] > 0 {
				p.end = p.start + m[0]
			}
		}
		return p
	}
}

var (
	nameTrim = trimmed(
		regexp.MustCompile(`^(?:(?:氏名|お名前|名前|代表者?|カナ|フリガナ|ふりがな|児童名|園児名|契約者|名義|セイ|新|旧|父|母|夫|妻|長男|長女|次男|次女|私|対象者?|所有者?|運転|搭乗者?|担当|立ち?会い?|受取人?|参加者?|同行者?|宛名|宛先|相手|先代|保護者|患者|被保険者|世帯主|申請者?|お?子ども|本人) *[: ] *|私)`),
		regexp.MustCompile(`(?:の(?:分|もの|代理|名義|名前)|[ ](?:MR|MS|MRS|Mr|Ms|Mrs)\.?|['’]s|[(（])$`))
	careOf          = regexp.MustCompile(`^[\p{Han}々]{1,4} [\p{Han}々ぁ-んァ-ヶー]{1,4}?( ?(?:方|拝))$`)
	kin             = regexp.MustCompile(`^(?:妻|夫|父|母|家内|主人|長男|長女|次男|次女|二男|三男|祖父|祖母|姉|妹|兄|弟)の?`)
	capitalized     = regexp.MustCompile(`^[\p{Lu}][\p{L}'\-]+(?:[ ,/]+[\p{Lu}][\p{L}'\-]+)*$`)
	capitalizedNext = regexp.MustCompile(`^(?:  ?| ?/ ?|, )([\p{Lu}][\p{L}'\-]+)`)
	noName          = regexp.MustCompile(`^(?:MR|MS|MRS|ID|TEL|FAX|SIM|VISA|JCB|PW|PIN|OTP|NO|No|Tel|Email|Mail|My|The|Phone|Address|Account|Order|Passport|From|To|And|I|It|This|Please|Thank|Thanks|Room)$`)
)

// nameEdges cuts the field before a name and whose it says behind it, and goes on to the
// rest of a name in Latin letters.
func nameEdges(n string, p part) part {
	p = nameTrim(n, p)
	if first, second, ok := strings.Cut(n[p.start:p.end], " "); ok && (endsLikeCompany(first) || !isSurname(first) && surnames().kanji[second] && !isGivenName(second)) {
		p.start += len(first) + 1
	}
	if m := careOf.FindStringSubmatchIndex(n[p.start:p.end]); m != nil {
		p.end = p.start + m[2]
	}
	if m := kin.FindStringIndex(n[p.start:p.end]); m != nil && isGivenName(n[p.start+m[1]:p.end]) {
		p.start += m[1]
	}
	if strings.HasPrefix(n[p.start:], "々") && p.start > 0 {
		_, size := utf8.DecodeLastRuneInString(n[:p.start])
		p.start -= size
	}
	if s := n[p.start:p.end]; capitalized.MatchString(s) && utf8.RuneCountInString(s) > 2 {
		if m := capitalizedNext.FindStringSubmatchIndex(n[p.end:]); m != nil {
			if next := n[p.end+m[2] : p.end+m[3]]; !noName.MatchString(next) && capitals(next) == capitals(s) && !startsWithDigit(n[p.end+m[3]:]) {
				p.end += m[3]
			}
		}
	}
	return p
}

func startsWithDigit(s string) bool { return s != "" && isDigit(s[0]) }

// capitals reports whether a word is in capitals throughout.
func capitals(s string) bool { return !strings.ContainsFunc(s, unicode.IsLower) }

var addressTrim = trimmed(
	regexp.MustCompile(`^(?:(?:ご?住所|自宅|部屋)[: ]*|〒?[0-9]{3}-[0-9]{4} +)`),
	regexp.MustCompile(`(?:の(?:家|自宅|実家|アパート|マンション|団地|[0-9一二三四五六七八九]階|[0-9]+けん目)|[ ,]*\(?〒?[0-9]{3}-[0-9]{4}\)?| [ァ-ヶー]+(?:・[ァ-ヶー]+)+)$`))

// addressEdges cuts the field before an address, the house and the postal code behind it,
// and begins with the whole of the city's name.
func addressEdges(n string, p part) part {
	p = addressTrim(n, p)
	unit, size := utf8.DecodeRuneInString(n[p.start:p.end])
	if !strings.ContainsRune(units, unit) {
		return p
	}
	const longest = 7 // letters of a city's name
	at := p.start
	for range longest {
		_, before := utf8.DecodeLastRuneInString(n[:at])
		if at -= before; before == 0 || at < 0 {
			break
		}
		if municipalities()[n[at:p.start+size]] {
			return part{at, p.end}
		}
	}
	return p
}

// units are what the names of cities, wards, towns and villages end in.
const units = "市区町村"

// municipalities are the names of all cities, towns and villages of the directory.
var municipalities = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	all := knowledge.Organizations()
	for i := range all {
		name := all[i].Name.JA
		if last, _ := utf8.DecodeLastRuneInString(name); all[i].Sector == "government" && strings.ContainsRune(units, last) {
			m[name] = true
		}
	}
	return m
})

// bankTrim cuts what leads up to an account.
var bankTrim = trimmed(regexp.MustCompile(`^(?:.{0,12}?(?:なら|同じ|てる|ている)|(?i:bank): *|口座[は: ]*|振込先[は: ]*)`), nil)

var codeTrim = trimmed(
	regexp.MustCompile(`^(?:ID *:? *|たぶん|本体|右下|左下|右|左|上|下|[0-9一二三四五六七八九十]+(?:けた|ケタ|桁)(?:だけ|で|の|は)?|No\.?|№|は|が|の|で)+ *`),
	regexp.MustCompile(`(?:番|の.*|です|でした|[#@/]|/(?:PW|ID|パス)|押|ば|って|っ)$`))

// codeEdges cuts the words around a code.
func codeEdges(n string, p part) part {
	q := codeTrim(n, p)
	if q.end-q.start < shortest || !strings.ContainsAny(n[q.start:q.end], "0123456789") {
		return p
	}
	return q
}

// secretEdges cuts the words around a secret that is a code.
func secretEdges(n string, p part) part {
	s := n[p.start:p.end]
	first, last := strings.IndexFunc(s, graphic), strings.LastIndexFunc(s, graphic)
	if first < 0 || last+1-first < shortest || !ascii(s[first:last+1]) || strings.ContainsAny(s, "〇一二三四五六七八九十") {
		return p
	}
	return part{p.start + first, p.start + last + 1}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// graphic reports whether a letter is one that passwords are made of.
func graphic(r rune) bool { return r > ' ' && r <= unicode.MaxASCII }

// bracketed takes a bracket in whose fellow stands within, and leaves one out that has none.
func bracketed(n string, p part) part {
	for _, b := range []string{"()", "（）", "「」", "[]"} {
		r := []rune(b)
		open, shut := string(r[0]), string(r[1])
		s := n[p.start:p.end]
		switch opens, shuts := strings.Count(s, open), strings.Count(s, shut); {
		case opens > shuts && strings.HasSuffix(s, open):
			p.end -= len(open)
		case opens > shuts && strings.HasPrefix(n[p.end:], shut):
			p.end += len(shut)
		case shuts > opens && strings.HasSuffix(s, shut):
			p.end -= len(shut)
		}
	}
	return p
}

// Words that name a thing: the code behind them is no secret of a person's, and what is
// called by a program's name or measured is none either.
var (
	thingBefore = regexp.MustCompile(`(?:エラー(?:コード|の?番号)?|(?:商品|製品|部品|消耗品|雑誌|JAN|郵便|金融機関|国|エリア)コード|品番|型番|型式|部番|機種|モデル|モデム|ブラウザ|店番|内線|ポート番号|(?i:error|trace|product|status) ?(?:code|id)?) *(?:No\.?)?[はがのも:「"(= ]*$`)
	thing       = regexp.MustCompile(`^(?:(?i:iphone|ipad|firefox|chrome|safari|edge|android|windows|macos|ios) ?[0-9]{1,3}|0(?:120|570|50|[789]0))$`)
	thingAfter  = regexp.MustCompile(`^ ?(?:km|cm|mm|kg|GB|MB|TB|Mbps|mAh|GHz|W\b|V\b|m\b|番線|号室|号車|号機|番ホーム)`)
)

// things are the kinds that a code of a thing is taken for.
var things = map[exchange.Category]bool{"password": true, "pin": true, "otp": true, "card_cvv": true}

// ofThing reports whether a secret is the code of a thing. What it looks like tells only
// where no rule has found it: a person may call a password what he likes.
func ofThing(n string, p part, f *exchange.Finding) bool {
	if !things[f.Category] || proven(f) {
		return false
	}
	const near = 40 // bytes
	if thingBefore.MatchString(n[max(0, p.start-near):p.start]) {
		return true
	}
	alone := !slices.ContainsFunc(f.Why, func(e exchange.Evidence) bool { return e.Rule != Learned })
	return alone && (thing.MatchString(n[p.start:p.end]) || thingAfter.MatchString(n[p.end:min(len(n), p.end+near)]))
}
