package ask

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/text"
)

func words(list string) func() *text.Matcher {
	return sync.OnceValue(func() *text.Matcher { return text.NewMatcher(strings.Split(list, "|")) })
}

var (
	// requestWords ask for something.
	requestWords = words("ください|下さい|くださいませ|くださる|お願い|おねがい|願います|お知らせ|お聞かせ|聞かせて|お聞きし|お聞きして|お教え|教えて|おしえて|お伝えください|伝えて|お伺いします|お伺いいたします|お伺いしており|伺います|伺っており|お尋ねします|ご記入|記入して|お書き|書いて|書いてください|書き添え|入力|打ち込|打って|送って|お送り|送信|送付|ご返信|返信し|提出|提示|見せて|登録し|再登録|ご登録|お答え|答えて|回答|読み上げ|読んで|言って|おっしゃって|頂けます|いただけます|いただければ|いただく必要|頂戴|必要です|必要となり|必要になり|必要でございます|が要ります|がいります|をお持ち|ご用意|用意して|ご準備|お手元に|求められ|確認します|確認いたします|確認させて|ご確認|確認が必要|照合|をどうぞ|のほうを|もらえますか|くれますか|貰えますか|ですか|でしょうか|ますか|何番|なんですか|知りたい|求めます|お示し|撮って|撮影|添付|貼って|貼り付け|もう一度|お願|どうぞ|もらって|いいですか|よろしいですか|入れて|焼く|有効化|介して|提供する|記入する|入力する|準備|必要と入れる|差し出|預け|必須|please|enter|provide|confirm|verify|submit|send|reply with|update your|need your|we need|required|input|fill|tell me|tell us|give me|what is your|type your")
	// directives ask outright: in a sentence that also denies, only they count.
	directives = words("ください|下さい|くださいませ|お願い|願います|お知らせください|お聞かせ|教えて|おしえて|送って|書いて|言って|おっしゃって|読んで|読み上げ|入れて|いただけますか|いただければ|もらえますか|くれますか|どうぞ|必要です|必要となり|必須|お尋ねします|伺います|please|enter|provide|submit|send")
	// denials say that something is not asked or must not be told.
	denials = words("ありません|ございません|いたしません|致しません|しません|おりません|不要|必要ない|いりません|要りません|結構です|ないでください|ないで下さい|なさらないで|お控え|控えて|ご遠慮|お断り|固く|禁止|おやめ|止めてください|やめてください|教えないで|伝えないで|渡さないで|言わないで|書かないで|かかないで|入力しないで|入力せず|答えないで|お書きにならない|お伝えにならない|聞きません|ききません|求めません|尋ねません|伺いません|いただきません|お聞きすることは|お伺いすることは|お尋ねすることは|お聞きしたり|お尋ねしたり|求めることは|求めたりすることは|ことはない|決して|絶対に|never ask|will not ask|do not share|don't share|never share|do not enter|do not send|not required|not need|will never|can not ask|without")
	// headings open a list of what is wanted.
	headings = words("必要な|必要書類|入力項目|記入項目|必要事項|確認事項|ご入力いただく|ご記入いただく|入力内容|ご用意いただく|お持ちいただく|必須|以下の項目|次の項目|次の事項|以下の事項|以下の情報|次の情報")
	// warnings speak of impostors.
	warnings = words("詐欺|偽サイト|偽の|偽メール|偽物|にせ|フィッシング|かたり|かたる|騙る|装い|装った|装う|なりすまし|不審な|悪質|悪用|聞き出|だまし|盗まれ|報告されて|ご注意|注意ください|注意喚起|被害が|ウイルスに感染した|scam|phishing|fraud|beware|suspicious")
	// conditionals turn a denial into an ask: 「入力がない場合」「お知らせいただけないと」.
	conditionals = words("いただけない場合|ない場合|なければ|いただけないと|ないと|しないと|されない場合|できない場合")
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

// reported reports whether a sentence tells what others say: 「…」と電話があった.
func reported(v string) bool {
	for _, w := range []string{"」と電話があ", "」という電話", "」とのメール", "」といった電話", "」と言われ", "」などと", "」と名乗", "」という内容", "」といった内容", "」と書かれた", "」というメール", "」というSMS", "」と尋ね", "」と称"} {
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
			var more []madoguchi.Evidence
			if v := m.n[s.start:s.end]; strings.Contains(v, "用紙") || strings.Contains(v, "申請書に") || strings.Contains(v, "請求書に") || strings.Contains(v, "申込書に") {
				more = append(more, madoguchi.Evidence{Rule: OnPaper})
			}
			m.add(x.cat, "", x.start, x.end, rule, x.word, more...)
		}
	}
}

// mentions finds the items that a sentence names.
func (m *message) mentions(s *sentence) []mention {
	v := m.n[s.start:s.end]
	var out []mention
	for _, e := range euphemisms {
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
	for _, x := range w.m.Append(nil, v) {
		a := mention{s.start + x.Start, s.start + x.End, w.cats[x.Pattern], v[x.Start:x.End], false}
		if overlaps(out, a) || falseFriend(v, x.Start, x.End, a.cat) {
			continue
		}
		out = append(out, a)
	}
	// 「暗 証 番 号」, 「パ・ス・ワ・ー・ド」: words spaced out to hide them.
	if c := strings.NewReplacer(" ", "", "・", "", ".", "", "-", "", "*", "").Replace(v); len(c) < len(v) {
		for word, cat := range hiddenWords {
			if strings.Contains(c, word) && !strings.Contains(v, word) && spacedOut(v, word) {
				out = append(out, mention{s.start, s.end, cat, word, true})
			}
		}
	}
	return out
}

var hiddenWords = map[string]madoguchi.Category{"暗証番号": "pin", "パスワード": "password", "認証コード": "otp", "認証番号": "otp", "セキュリティコード": "card_cvv"}

// spacedOut reports whether a word's characters stand in v with single
// separators between them.
func spacedOut(v, word string) bool {
	runes := []rune(word)
	var b strings.Builder
	for i, r := range runes {
		if i > 0 {
			b.WriteString(`[ ・.\-*]`)
		}
		b.WriteString(regexp.QuoteMeta(string(r)))
	}
	return regexp.MustCompile(b.String()).MatchString(v)
}

func overlaps(list []mention, a mention) bool {
	for _, x := range list {
		if x.start < a.end && a.start < x.end {
			return true
		}
	}
	return false
}

// euphemisms are ways to ask for a secret without its name.
var euphemisms = []struct {
	cat madoguchi.Category
	re  *regexp.Regexp
}{
	{"card_cvv", regexp.MustCompile(`(?:カード)?(?:の)?(?:裏面?|うら|サインパネル|署名欄)(?:の|にある|に書いて?ある|に記載の|の右[^、。]{0,6})?[^、。]{0,6}(?:[3３三]\s?(?:桁|ケタ|けた|つの数字)(?:の(?:数字|番号|コード))?|数字|コード)`)},
	{"card_cvv", regexp.MustCompile(`(?:裏面?|うら|背面|サインパネル|署名(?:パネル|欄))[^、。]{0,12}?(?:[3三](?:つ|桁|ケタ|けた)|(?:数字|番号)(?:三|3|みっ)つ)(?:の(?:数字|番号))?`)},
	{"card_number", regexp.MustCompile(`(?:クレジット|デビット|銀行|キャッシュ|お持ちの|お手持ちの|ご登録の?|お支払い?)カード(?:の)?(?:番号|情報|(?:を|の)(?:再)?登録|の(?:16|十六)(?:の|桁|ケタ))(?:の?(?:番号|数字))?`)},
	{"otp", regexp.MustCompile(`(?:SMS|ショートメール|ショートメッセージ|メッセージ|メール|電話|スマホ|携帯|アプリ|トークン|端末|お手元|お客様|いま|今)[^、。「]{0,14}?(?:届い|届き|届く|お送りし|お送りする|送られ|送った|来た|きた|表示され|表示する|出て|出た|受信し)[^、。「]{0,10}?(?:数字|番号|コード|暗号|[4-8四五六七八](?:桁|ケタ|けた))(?:の(?:数字|番号|コード))?`)},
	{"otp", regexp.MustCompile(`(?:届いた|届きました|届く|来た|きた|お送りした|送られてきた|送信した|表示された|画面に出た|表示されている)[^、。「]{0,10}?(?:数字|番号|コード|暗号|[4-8四五六](?:桁|ケタ|けた))(?:の(?:数字|番号|コード))?`)},
	{"otp", regexp.MustCompile(`(?:カード会社|銀行|事務局|アプリ)からの(?:メッセージ|SMS|メール)の(?:数字|番号|コード)`)},
	{"otp", regexp.MustCompile(`(?i)(?:authenticator|認証アプリ|トークン|ワンタイムパスワードカード|スマホに出る)[^、。「]{0,16}?(?:数字|番号|コード|[2-8](?:\s?digits?|桁|ケタ|けた))`)},
	{"otp", regexp.MustCompile(`バックアップコード|リカバリーコード`)},
	{"otp", regexp.MustCompile(`(?:SMS|ショートメール)の(?:数字|番号|コード|[4-8](?:桁|ケタ))`)},
	{"pin", regexp.MustCompile(`[4４四](?:桁|ケタ|けた|つ)(?:の)?[^、。「]{0,4}?(?:おひみつ|ひみつ|秘密|あん証|暗|お決め|お好き|大事)[^、。「]{0,8}?(?:番号|数字)?`)},
	{"pin", regexp.MustCompile(`(?:契約(?:書|時)|申込(?:書|時)|お決め|登録|カードを使う|ATMで(?:押す|使う|入れる)|お引き出し|引き出す)[^、。「]{0,14}?[4四](?:桁|ケタ|けた)(?:の(?:数字|番号))?`)},
	{"pin", regexp.MustCompile(`(?:おひみつ|ひみつ|秘密)の(?:番号|数字)`)},
	{"password", regexp.MustCompile(`(?i)パスワ[一ー‐-]ド|パスワ-ド|p[a4@]ssw[o0]rd|合い鍵|あいことばのパス|ログイン(?:する)?(?:とき|時)の(?:パス|合い鍵|文字)`)},
	{"password", regexp.MustCompile(`(?:確認番号表|乱数表|第[一二2]パスワード|ご契約カードの裏|お客様カードの裏)[^、。「]{0,8}(?:数字|番号|すべて|全て|写真)?`)},
	{"card_number", regexp.MustCompile(`(?:決済|お支払い?|支払|カード|クレジットカード|クレジット)(?:方法の)?情報`)},
	{"card_number", regexp.MustCompile(`カード(?:の)?(?:表|おもて)?の?(?:16|１６|十六)(?:桁|ケタ)`)},
	{"finances", regexp.MustCompile(`(?:お借り?入れ|借入残高|金融資産|ご資産|保有資産|預貯金|ご預金|貯金(?:の)?額|年収|世帯収入|口座の残高|残高(?:の合計)?を|銀行の残高|だいたいの残高|毎月のお支払額|ローンの(?:有無|残り|残高)|タンス預金|手持ちの現金|いくら(?:お持ち|あり))`)},
	{"family", regexp.MustCompile(`(?:ご?家族(?:構成|の(?:お名前|人数|年齢|ご年齢|続柄|有無))|同居(?:の|されている)ご?家族|扶養(?:親族|家族)|配偶者の(?:有無|お名前|氏名)|お一人暮らしですか|一人暮らしですか|お子様の(?:人数|お名前|年齢))`)},
	{"health", regexp.MustCompile(`(?:健康診断の結果|お体の(?:具合|状態|状況)|健康状態|服用中の(?:お薬|薬)|既往歴|入院・手術|ご病気|持病|診断書|病歴|通院(?:歴|状況|の有無)|ご体調)`)},
	{"employer", regexp.MustCompile(`(?:お?勤め先|ご?勤務先|ご職業|職業|会社名と部署|お仕事(?:先|の内容))`)},
	{"location", regexp.MustCompile(`(?:ご在宅の時間|ご不在の(?:日|時間)|いつ(?:お出かけ|留守)|現在地|今どちら(?:に|です)|ご旅行の予定|外出の予定)`)},
	{"age", regexp.MustCompile(`(?:ご?年齢|おいくつ(?:です)?)`)},
	{"drivers_license", regexp.MustCompile(`(?:運転)?免許証(?:の)?(?:番号|写し|コピー|画像|写真|表裏|両面|またはマイナンバー|を(?:撮|お送り|送|提示|ご提示|アップ)|、|（|\()`)},
	{"my_number", regexp.MustCompile(`(?:マイナンバー(?:カード)?の(?:番号|裏|両面|画像|写真|写し)|個人番号|マイナンバー(?:を|、|と|も|$))`)},
	{"passport", regexp.MustCompile(`(?:パスポート|旅券)の?(?:番号|写し|コピー|画像|写真)`)},
	{"residence_card", regexp.MustCompile(`(?i)在留カードの?(?:番号|写し|コピー|画像|写真)|residence card`)},
	{"health_insurance", regexp.MustCompile(`(?:健康)?保険証の?(?:番号|記号|写し|コピー|画像|写真)|被保険者番号`)},
	{"bank_account", regexp.MustCompile(`(?:お?振込先|返金先|受取|還付先|振替|引き?落とし)(?:の)?口座|(?:店番|支店名|支店番号|銀行名|金融機関名)[^、。]{0,6}(?:口座番号|口座)|口座(?:情報|番号)|ご?返金先|お振込先`)},
	{"secret_answer", regexp.MustCompile(`秘密の質問(?:の答え|と答え|への答え)?|合い?言葉|母親の旧姓|ペットの名前`)},
}

// counted are asks for so many digits, without a name: three are a card's,
// four a PIN, six a code, sixteen a card's number.
var counted = regexp.MustCompile(`(3|4|6|16|三|四|六|十六)\s?(?:桁|けた|ケタ|つの数字|digits?)(の[ぁ-んァ-ヶ一-龠ーA-Za-z]{0,8}|)`)

// countedCategory tells what so many digits are, "" where the words around
// them name something else (6桁の予約番号).
func countedCategory(v string, loc []int) madoguchi.Category {
	around := v[max(0, loc[0]-60):min(len(v), loc[1]+24)]
	noun := v[loc[4]:loc[5]]
	for _, w := range []string{"予約", "受付", "注文", "接続", "送り状", "会員", "お客", "問い合わせ", "伝票", "社員", "郵便", "証券", "製造", "型番", "西暦", "電話", "契約者", "利用者", "シリアル", "追跡", "店番", "個人番号", "管理"} {
		if strings.Contains(noun, w) || strings.HasSuffix(v[:loc[0]], w) || strings.HasSuffix(v[:loc[0]], w+"番号(") || strings.HasSuffix(v[:loc[0]], w+"番号") {
			return ""
		}
	}
	if strings.HasSuffix(v[:loc[0]], "下") || strings.HasSuffix(v[:loc[0]], "末尾") || strings.HasSuffix(v[:loc[0]], "番号(") || strings.HasSuffix(v[:loc[0]], "の(") {
		return ""
	}
	arrived := strings.Contains(around, "届") || strings.Contains(around, "SMS") || strings.Contains(around, "ショートメール") || strings.Contains(around, "表示") || strings.Contains(around, "認証")
	switch v[loc[2]:loc[3]] {
	case "3", "三":
		if strings.Contains(around, "カード") || strings.Contains(around, "期限") || strings.Contains(around, "裏") {
			return "card_cvv"
		}
	case "4", "四":
		if arrived {
			return "otp"
		}
		return "pin"
	case "6", "六":
		return "otp"
	case "16", "十六":
		return "card_number"
	}
	return ""
}

// falseFriend reports whether the word at v[i:j] is part of another meaning.
func falseFriend(v string, i, j int, cat madoguchi.Category) bool {
	before, after := v[:i], v[j:]
	for _, w := range []string{"を変更", "の変更", "を再設定", "の再設定", "を設定", "の設定", "の期限", "を忘れ", "をお忘れ", "を解除", "が漏", "が変わ", "は変わり", "は、これまで", "のロック", "がロック"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	for _, w := range []string{"に電話", "へ電話", "にお電話", "へお電話", "に掛け", "におかけ", "までお電話", "へお送りし", "にお送りし", "あてに", "宛に", "へお届け", "に届きます"} {
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
		if !strings.Contains(v, "カード") && !strings.Contains(v, "署名") && !strings.Contains(v, "番号") || strings.Contains(v, "電子証明書") || strings.Contains(v, "リンク") || strings.Contains(v, "URL") || strings.Contains(v, "セキュリティコードが変わ") {
			return true
		}
	case "password", "pin", "contract_pin", "bank_pin", "card_pin":
		if strings.HasSuffix(before, "新しい") || strings.HasSuffix(before, "同じ") || strings.HasSuffix(before, "「ご回答用") || strings.HasSuffix(before, "同封の") || strings.HasPrefix(after, "設定") || strings.HasPrefix(after, "再設定") || strings.HasPrefix(after, "変更") {
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
		for _, w := range []string{"接続番号", "受付番号", "予約番号", "注文番号", "会員番号", "問い合わせ番号", "お客様番号", "お客さま番号", "整理番号"} {
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
	clauseStart, clauseEnd := clauseAround(v, x.start-s.start)
	clause := v[clauseStart:clauseEnd]
	tail := v[min(rel, len(v)):]
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
	if requestIn(tail, false) {
		return "request"
	}
	// 「ついでにパスワードも、」 goes on with the request before it.
	if (strings.HasPrefix(tail, "も、") || strings.HasPrefix(tail, "も。") || strings.HasPrefix(tail, "も?") || strings.HasPrefix(tail, "は?") || tail == "も" || strings.HasPrefix(tail, "を。")) && i > 0 && m.sentences[i-1].request && m.sentences[i-1].speaker == s.speaker || i > 1 && (strings.HasPrefix(tail, "も、") || strings.HasPrefix(tail, "も。")) && m.sentences[i-2].request {
		return "continued"
	}
	// 「4桁の番号が古くなりました。今のをおっしゃってください。」
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
	if strings.HasPrefix(strings.TrimLeft(tail, " "), "?") || questionTail(tail) {
		return "question"
	}
	// English puts the verb first.
	if requestWords().Contains(v[:max(0, x.start-s.start)]) && isLatin(x.word) {
		return "request"
	}
	return ""
}

// pointsBack reports whether a request refers to what was named before it.
func pointsBack(v string) bool {
	for _, w := range []string{"今の", "それを", "その", "これを", "こちらを", "新しいの", "そちらを", "読み上げ", "おっしゃ", "復唱"} {
		if strings.HasPrefix(v, w) || strings.Contains(v[:min(len(v), 36)], w) {
			return true
		}
	}
	return false
}

// afterTheFact reports whether the tail speaks of having told or typed, not
// of doing so: 「入力された場合」, 「お伝えになった方」.
func afterTheFact(tail string) bool {
	for _, w := range []string{"入力された", "入力した", "入力してしま", "お伝えになった", "伝えてしまった", "教えてしまった", "知られた", "送ってしまった", "登録済み", "が漏", "の漏", "お使いの場合", "を名乗", "お申し出ください", "確認できました", "承りました", "受け付けました", "変更されました", "登録されました"} {
		if strings.Contains(tail, w) {
			return true
		}
	}
	return false
}

func isLatin(s string) bool { return s != "" && s[0] < utf8.RuneSelf }

func questionTail(tail string) bool {
	for _, w := range []string{"は?", "は何", "はいくつ", "は覚えて", "はお分かり", "はわかり", "はお持ち", "は控えて"} {
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

// boilerplate reports whether the only request in the tail is for attention.
func boilerplate(tail string) bool {
	for _, w := range []string{"ご注意ください", "ご了承ください", "ご安心ください", "お待ちください", "ご理解", "ご容赦ください", "ご利用ください", "ご活用ください", "大切に保管", "変更してください", "ご変更ください", "お控えください", "お忘れなく", "お確かめください", "ご検討ください", "ご覧ください", "お待ちいただ", "ご注意", "ご変更", "破棄してください", "削除をお願い", "保管してください", "お持ちください"} {
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

// quotedOrThirdParty reports whether, in a sentence of warning, the item is
// what others ask for.
func quotedOrThirdParty(v string, i int) bool {
	rest := v[min(max(i, 0), len(v)):]
	for _, w := range []string{"聞き出", "入力させ", "だまし", "盗", "詐欺", "求める", "要求", "尋ねる", "聞いて", "という", "などと", "と言", "送らせ", "させようと", "不審", "が増え", "発生", "報告"} {
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
