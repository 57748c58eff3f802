package ask

import (
	"regexp"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/text"
)

// euphemisms are ways to ask for a secret without its name.
var euphemisms = []struct {
	cat  exchange.Category
	gate func() *text.Matcher // a sentence without one of these words cannot match
	re   *regexp.Regexp
}{
	{"card_cvv", gate("裏|うら|サインパネル|署名欄"), regexp.MustCompile(`(?:カード)?(?:の)?(?:裏面?|うら|サインパネル|署名欄)(?:の|にある|に書いて?ある|に記載の|の右[^、。]{0,6})?[^、。]{0,6}(?:[3３三]\s?(?:桁|ケタ|けた|つの数字)(?:の(?:数字|番号|コード))?|数字|コード)`)},
	{"card_cvv", gate("裏|うら|背面|サインパネル|署名"), regexp.MustCompile(`(?:裏面?|うら|背面|サインパネル|署名(?:パネル|欄))[^、。]{0,12}?(?:[3三](?:つ|桁|ケタ|けた)|(?:数字|番号)(?:三|3|みっ)つ)(?:の(?:数字|番号))?`)},
	{"card_number", gate("カード"), regexp.MustCompile(`(?:クレジット|デビット|銀行|キャッシュ|お持ちの|お手持ちの|ご登録の?|お支払い?)カード(?:の)?(?:番号|情報|(?:を|の)(?:再)?登録|の(?:16|十六)(?:の|桁|ケタ))(?:の?(?:番号|数字))?`)},
	{"otp", gate("数字|番号|コード|暗号|桁|ケタ|けた"), regexp.MustCompile(`(?:SMS|ショートメール|ショートメッセージ|メッセージ|メール|電話|スマホ|携帯|アプリ|トークン|端末|お手元|お客様|いま|今)[^、。「]{0,14}?(?:届い|届き|届く|お送りし|お送りする|送られ|送った|来た|きた|表示され|表示する|出て|出た|出る|受信し)[^、。「]{0,10}?(?:数字|番号|コード|暗号|[4-8四五六七八](?:桁|ケタ|けた))(?:の(?:数字|番号|コード))?`)},
	{"otp", gate("数字|番号|コード|暗号|桁|ケタ|けた"), regexp.MustCompile(`(?:届いた|届きました|届く|来た|きた|お送りした|送られてきた|送信した|表示された|画面に出た|表示されている)[^、。「]{0,10}?(?:数字|番号|コード|暗号|[4-8四五六](?:桁|ケタ|けた))(?:の(?:数字|番号|コード))?`)},
	{"otp", gate("からの"), regexp.MustCompile(`(?:カード会社|銀行|事務局|アプリ)からの(?:メッセージ|SMS|メール)の(?:数字|番号|コード)`)},
	{"otp", gate("authenticator|認証アプリ|トークン|ワンタイムパスワードカード"), regexp.MustCompile(`(?i)(?:authenticator|認証アプリ|トークン|ワンタイムパスワードカード)[^、。「]{0,16}?(?:数字|番号|コード|[2-8](?:\s?digits?|桁|ケタ|けた))`)},
	{"otp", gate("バックアップコード|リカバリーコード"), regexp.MustCompile(`バックアップコード|リカバリーコード`)},
	{"otp", gate("SMS|ショートメール"), regexp.MustCompile(`(?:SMS|ショートメール)の(?:数字|番号|コード|[4-8](?:桁|ケタ))`)},
	{"pin", gate("4|四"), regexp.MustCompile(`[4４四](?:桁|ケタ|けた|つ)(?:の)?[^、。「]{0,4}?(?:おひみつ|ひみつ|秘密|あん証|暗|お決め|お好き|大事)[^、。「]{0,8}?(?:番号|数字)?`)},
	{"pin", gate("桁|ケタ|けた"), regexp.MustCompile(`(?:契約(?:書|時)|申込(?:書|時)|お決め|登録|カードを使う|ATMで(?:押す|使う|入れる)|お引き出し|引き出す)[^、。「]{0,14}?[4四](?:桁|ケタ|けた)(?:の(?:数字|番号))?`)},
	{"pin", gate("ひみつ|秘密"), regexp.MustCompile(`(?:おひみつ|ひみつ|秘密)の(?:番号|数字)`)},
	{"pin", gate("打つ|押す|入れる|入力する|打ち込む"), regexp.MustCompile(`(?:注文|取引|売買|出金|送金|振込|振り込み|支払い?|買い物|引き出し?|引き出す|カードを使う|レジ|ATM|機械)(?:の|する|した)?(?:とき|時|際)?(?:に|で)?(?:いつも)?(?:打つ|押す|入れる|入力する|打ち込む)(?:番号|数字)`)},
	{"password", gate("パスワ|p|合い鍵|あいことば|ログイン"), regexp.MustCompile(`(?i)パスワ[一ー‐-]ド|パスワ-ド|p[a4@]ssw[o0]rd|合い鍵|あいことばのパス|ログイン(?:する)?(?:とき|時)の(?:パス|合い鍵|文字)`)},
	{"password", gate("確認番号表|乱数表|第一|第二|第2|カードの裏"), regexp.MustCompile(`(?:確認番号表|乱数表|第[一二2]パスワード|ご契約カードの裏|お客様カードの裏)[^、。「]{0,8}(?:数字|番号|すべて|全て|写真)?`)},
	{"card_number", gate("情報"), regexp.MustCompile(`(?:決済|お支払い?|支払|カード|クレジットカード|クレジット)(?:方法の)?情報`)},
	{"card_number", gate("カード"), regexp.MustCompile(`カード(?:の)?(?:表|おもて)?の?(?:16|１６|十六)(?:桁|ケタ)`)},
	{"finances", gate("借|資産|預|貯金|年収|収入|残高|返済額|ローン|現金|いくら"), regexp.MustCompile(`(?:お借り?入れ|借入残高|金融資産|ご資産|保有資産|預貯金|ご預金|貯金(?:の)?額|年収|世帯収入|口座の残高|(?:だいたい|おおよそ|おおまか|現在|今)の残高|残高(?:の合計)?を|銀行の残高|毎月の(?:ご|お)?返済額|ローンの(?:有無|残り|残高)|タンス預金|手持ちの現金|いくら(?:お持ち|あり))`)},
	{"family", gate("家族|扶養|配偶者|暮らし|お子様"), regexp.MustCompile(`(?:ご?家族(?:構成|の(?:お名前|人数|年齢|ご年齢|続柄|有無))|同居(?:の|されている)ご?家族|扶養(?:親族|家族)|配偶者の(?:有無|お名前|氏名)|お一人暮らしですか|一人暮らしですか|お子様の(?:人数|お名前|年齢))`)},
	{"health", gate("健康|お体|服用|既往歴|入院|病|診断書|通院|体調"), regexp.MustCompile(`(?:健康診断の結果|お体の(?:具合|状態|状況)|健康状態|服用中の(?:お薬|薬)|既往歴|入院・手術|ご病気|持病|診断書|病歴|通院(?:歴|状況|の有無)|ご体調)`)},
	{"employer", gate("勤め|勤務|職業|会社名|仕事"), regexp.MustCompile(`(?:お?勤め先|ご?勤務先|ご職業|職業|会社名と部署|お仕事(?:先|の内容))`)},
	{"location", gate("在宅|不在|いつ|現在地|どちら|予定"), regexp.MustCompile(`(?:ご在宅の時間|ご不在の(?:日|時間)|いつ(?:お出かけ|留守)|現在地|今どちら(?:に|です)|ご旅行の予定|外出の予定)`)},
	{"age", gate("年齢|おいくつ"), regexp.MustCompile(`(?:ご?年齢|おいくつ(?:です)?)`)},
	{"drivers_license", gate("免許"), regexp.MustCompile(`(?:運転)?免許証(?:の)?(?:番号|写し|コピー|画像|写真|表裏|両面|を(?:撮|お送り|送|提示|ご提示|アップ)|、|（|\()`)},
	{"my_number", gate("マイナンバー|個人番号"), regexp.MustCompile(`(?:マイナンバー(?:カード)?の(?:番号|裏|両面|画像|写真|写し)|個人番号|マイナンバー(?:を|、|と|も|$))`)},
	{"passport", gate("パスポート|旅券"), regexp.MustCompile(`(?:パスポート|旅券)の?(?:番号|写し|コピー|画像|写真)`)},
	{"residence_card", gate("在留カード|residence"), regexp.MustCompile(`(?i)在留カードの?(?:番号|写し|コピー|画像|写真)|residence card`)},
	{"health_insurance", gate("保険"), regexp.MustCompile(`(?:健康)?保険証の?(?:番号|記号|写し|コピー|画像|写真)|被保険者番号`)},
	{"bank_account", gate("口座|返金先|振込先"), regexp.MustCompile(`(?:お?振込先|返金先|受取|還付先|振替|引き?落とし)(?:の)?口座|(?:店番|支店名|支店番号|銀行名|金融機関名)[^、。]{0,6}(?:口座番号|口座)|口座(?:情報|番号)|ご?返金先|お振込先`)},
	{"secret_answer", gate("秘密の質問|言葉|旧姓|ペット"), regexp.MustCompile(`秘密の質問(?:の答え|と答え|への答え)?|合い?言葉|母親の旧姓|ペットの名前`)},
}

// counted are asks for so many digits, without a name: three are a card's,
// four a PIN, six a code, sixteen a card's number.
var counted = regexp.MustCompile(`(3|4|6|16|三|四|六|十六)\s?(?:桁|けた|ケタ|つの数字|digits?)(の[ぁ-んァ-ヶ一-龠ーA-Za-z]{0,8}|)`)

// countedCategory tells what so many digits are, "" where the words around
// them name something else (6桁の予約番号).
func countedCategory(v string, loc []int) exchange.Category {
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

// gate compiles words that match within longer ones too.
func gate(list string) func() *text.Matcher {
	return sync.OnceValue(func() *text.Matcher { return text.NewSubstringMatcher(strings.Split(list, "|")) })
}
