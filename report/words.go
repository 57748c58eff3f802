package report

import "github.com/madoguchi/madoguchi/exchange"

// words are the fixed words of a report. Sentences of advice are records of
// data/advice.
type words struct {
	level                                                      map[exchange.Level]string
	where, what, much, next, say, consult, draft, basis        string
	status                                                     map[exchange.Status]string
	need                                                       map[exchange.NeedLevel]string
	noFinding, noAsk, asks, guessed, general, says, took, rest string
	yourself, unknownOrg, hours, unsure, source, already, own  string
	bothWays                                                   string // behind what a text was taken for, if nobody said
	kinds                                                      map[string]string
}

var vocabulary = map[exchange.Lang]*words{
	exchange.Japanese: {
		level: map[exchange.Level]string{exchange.OK: "引き止める理由は見つかりません", exchange.Caution: "伝える前に確かめてください", exchange.Stop: "止めてください"},
		where: "どこに", what: "何を", much: "どれだけ", next: "次にすること", say: "言い方", consult: "相談先", draft: "伏せた下書き", basis: "根拠",
		status:    map[exchange.Status]string{exchange.Official: "公式の窓口です", exchange.Announced: "この相手の窓口として名簿にありますが、出典が一つで、二重には確かめていません", exchange.Unconfirmed: "本物かどうか確認できていません", exchange.Impostor: "名乗っている相手の窓口ではありません"},
		need:      map[exchange.NeedLevel]string{exchange.Required: "必要", exchange.Common: "ふつう聞かれる", exchange.Optional: "なくてもよい", exchange.Unneeded: "要らない", exchange.Never: "伝えない"},
		noFinding: "個人情報は見つかりませんでした。", noAsk: "個人情報や操作を求める言葉は見つかりませんでした。", asks: "相手が求めていること", guessed: "用件は文面から推測しました", general: "一般的な目安", says: "窓口の案内による", took: "受け取ったもの", rest: "くわしい理由と根拠: --full",
		bothWays: "。下書きとしても届いた連絡としても見て、悪いほうを答えています", own: "この組織のドメイン", already: "もう伝えた・してしまったときは（急ぐ順）",
		yourself: "公式と確かめたと本人が言っています", unknownOrg: "この相手は名簿にありません", hours: "時間", unsure: "要確認", source: "出典",
		kinds: map[string]string{"text": "文章", "mail": "メール", "mbox": "メールボックスの1通", "url": "URL", "phone": "電話番号", "email": "メールアドレス", "line": "LINEのトーク", "sms": "SMS", "picture": "画像", "outgoing": "これから送る下書き", "incoming": "受け取った連絡"},
	},
	exchange.Easy: {
		level: map[exchange.Level]string{exchange.OK: "とめる理由（わけ）はありません", exchange.Caution: "言うまえに、たしかめます", exchange.Stop: "とまってください。言いません"},
		where: "だれに", what: "なにを", much: "どれくらい", next: "つぎにすること", say: "こう言います", consult: "そうだんするところ", draft: "かくした文", basis: "わけ",
		status:    map[exchange.Status]string{exchange.Official: "本物（ほんもの）の窓口（まどぐち）です", exchange.Announced: "名簿（めいぼ）に あります。でも、まだ 1つしか 調（しら）べていません", exchange.Unconfirmed: "本物かどうか、まだわかりません", exchange.Impostor: "にせものです"},
		need:      map[exchange.NeedLevel]string{exchange.Required: "いる", exchange.Common: "よく聞かれる", exchange.Optional: "なくてもいい", exchange.Unneeded: "いらない", exchange.Never: "言わない"},
		noFinding: "自分のことは書いてありません。", noAsk: "聞かれていることは、ありません。", asks: "相手（あいて）がほしいもの", guessed: "何の話かは、文から考えました", general: "だいたいの目安（めやす）", says: "会社がそう書いています", took: "しらべたもの", rest: "くわしく 見る: --full",
		bothWays: "。書く文としても、来た文としても、見ました。悪いほうを答えます", own: "本物のページ", already: "もう言ったとき・したとき（いそぐ順（じゅん））",
		yourself: "あなたが、本物だとたしかめました", unknownOrg: "この会社は、名簿（めいぼ）にありません", hours: "時間", unsure: "たしかめてください", source: "もとのページ",
		kinds: map[string]string{"text": "文", "mail": "メール", "mbox": "メール", "url": "URL（ページの住所）", "phone": "電話番号", "email": "メールアドレス", "line": "LINE", "sms": "SMS（短いメール）", "picture": "写真・画面", "outgoing": "これから送る文", "incoming": "もらった文"},
	},
	exchange.English: {
		level: map[exchange.Level]string{exchange.OK: "No reason to hold back was found", exchange.Caution: "Confirm before you tell", exchange.Stop: "STOP"},
		where: "Where", what: "What", much: "How much", next: "What to do next", say: "Words to say", consult: "Whom to consult", draft: "Your draft, covered", basis: "Basis",
		status:    map[exchange.Status]string{exchange.Official: "the organization's own window", exchange.Announced: "listed as theirs by one source, not yet confirmed twice", exchange.Unconfirmed: "not confirmed to be theirs", exchange.Impostor: "NOT a window of the organization it claims"},
		need:      map[exchange.NeedLevel]string{exchange.Required: "needed", exchange.Common: "usually asked", exchange.Optional: "optional", exchange.Unneeded: "not needed", exchange.Never: "never tell"},
		noFinding: "No personal data was found.", noAsk: "It asks for no personal data and no action.", asks: "What they want", guessed: "the inquiry was guessed from the text", general: "a general guide", says: "windows say so", took: "Taken for", rest: "The whole answer, with sources: --full",
		bothWays: "; judged as a draft and as received, the worse counts", own: "its own domains", already: "If you have told or done it already (most urgent first)",
		yourself: "you say that you confirmed it", unknownOrg: "not in the directory", hours: "hours", unsure: "to be checked", source: "source",
		kinds: map[string]string{"text": "text", "mail": "mail", "mbox": "a mail of a mailbox", "url": "URL", "phone": "telephone number", "email": "mail address", "line": "LINE talk", "sms": "text messages", "picture": "picture", "outgoing": "a draft to be sent", "incoming": "something received"},
	},
}

// Observations are what the rules of package contact mean, in the three
// languages. {v} is the value observed.
var observations = map[string]exchange.Text{
	"claims-to-be":                 {JA: "名乗っている相手が名簿にあります", Easy: "名前が名簿にあります", EN: "it claims an organization of the directory"},
	"organization-unknown":         {JA: "「{v}」は名簿にありません", Easy: "「{v}」は名簿にありません", EN: "“{v}” is not in the directory"},
	"domain-official":              {JA: "{v} はこの組織のドメインです", Easy: "{v} は本物のページです", EN: "{v} is the organization's own domain"},
	"domain-listed-one-source":     {JA: "{v} は名簿にありますが、裏づけが一つだけです", Easy: "{v} は名簿にあります。でも、まだたしかではありません", EN: "{v} is listed, but with one source only"},
	"number-of-desk":               {JA: "{v} にかけるのは大丈夫です。この番号から掛かってきた電話は、本物とは限りません", Easy: "{v} に 自分から かけるのは だいじょうぶです。この番号から 電話が 来ても、本物とは かぎりません", EN: "dialling {v} is fine; a call that shows this number may not be theirs"},
	"domain-record-old":            {JA: "{v} 以来、この記録を見直していません。公式のページを、自分で開き直して確かめてください", Easy: "{v} から、見なおしていません。本物のページを、自分で さがします", EN: "{v}: the record has not been looked at since; open the official page anew yourself"},
	"domain-listed-unverified":     {JA: "{v} は名簿にありますが、裏づけがありません", Easy: "{v} は名簿にあります。でも、まだたしかではありません", EN: "{v} is listed, but without a source"},
	"domain-not-listed":            {JA: "{v} は、この道具が知っているその組織のドメインにはありません。偽物とは限りません", Easy: "{v} は、しっている その会社の 名前では ありません。にせものとは かぎりません", EN: "{v} is not among the domains that this tool knows of the organization; it may still be theirs"},
	"domain-not-official":          {JA: "{v} は名乗っている組織のドメインではありません", Easy: "{v} はその会社のものではありません", EN: "{v} is not a domain of the organization it claims"},
	"government-domain":            {JA: "{v} は国や自治体だけが使えるドメインですが、この相手のものとは確かめていません", Easy: "{v} は役所（やくしょ）だけが使えます", EN: "{v} is under a domain that only public bodies hold, but was not confirmed to be theirs"},
	"domain-of-another":            {JA: "{v} は別の組織のドメインです", Easy: "{v} はべつの会社のものです", EN: "{v} belongs to another organization"},
	"free-mail-domain":             {JA: "{v} はだれでも使えるメールです", Easy: "{v} はだれでも使えるメールです", EN: "{v} is a mail service for anybody"},
	"sender-not-authenticated":     {JA: "差出人のアドレスは書き換えられるので、証明になりません", Easy: "メールの名前は、うそが書けます", EN: "the sender's address can be forged; nothing here proves it"},
	"sender-not-theirs":            {JA: "差出人 {v} は名乗っている組織のものではありません", Easy: "送った人 {v} は、その会社ではありません", EN: "the sender {v} is not the organization's"},
	"link-to-stranger":             {JA: "リンク先 {v} は名乗っている組織のものではありません", Easy: "リンクの {v} は、その会社のページではありません", EN: "the link leads to {v}, which is not the organization's"},
	"link-shows-another-host":      {JA: "リンクの文字は {v} ですが、行き先が違います", Easy: "リンクの文字と行き先がちがいます", EN: "the link shows {v} but leads elsewhere"},
	"host-looks-like-phishing":     {JA: "これまでの偽サイトのアドレスによく似ています（{v}）", Easy: "にせのページのアドレスに、よく似ています", EN: "the address looks like those of confirmed phishing ({v})"},
	"host-looks-odd":               {JA: "偽サイトのアドレスに似たところがあります（{v}）", Easy: "にせのページに似たところがあります", EN: "the address has something of those of phishing ({v})"},
	"official-domain-in-front":     {JA: "本物のドメインを前に付けた、他人のドメインです", Easy: "本物のアドレスをまねしています", EN: "a stranger's host with a real domain in front"},
	"sender-without-domain":        {JA: "差出人のアドレスに、届くあて先（ドメイン）がありません", Easy: "送った人のアドレスが、おかしいです", EN: "the sender's address has no domain that mail could be answered to"},
	"mail-fails-own-policy":        {JA: "{v} から送ったように見えますが、{v} の送信の証明に失敗しています", Easy: "送った人のアドレスが、にせものの疑いがあります", EN: "it claims to be from {v} and fails that domain's own check"},
	"sender-on-free-hosting":       {JA: "差出人が、だれでも借りられる場所（{v}）のアドレスです", Easy: "だれでも使えるアドレスから来ています", EN: "the sender is on {v}, where anybody can have an address"},
	"mail-authenticated":           {JA: "送信の証明があります（{v}）", Easy: "送った会社の証明があります", EN: "the sending domain is proven ({v})"},
	"brand-in-foreign-host":        {JA: "他人のドメインに有名な名前が入っています", Easy: "有名な名前をまねしています", EN: "a stranger's host holds a known name"},
	"host-one-edit-from-brand":     {JA: "有名な名前に一文字違いで似せています", Easy: "有名な名前ににせています", EN: "one letter away from a known name"},
	"host-imitates-suffix":         {JA: "「{v}」で日本の会社のドメインに見せかけています", Easy: "日本の会社に見せています", EN: "“{v}” imitates a Japanese company domain"},
	"host-ip-literal":              {JA: "数字だけの行き先 {v} です", Easy: "数字だけの行き先です", EN: "the address is a bare number: {v}"},
	"host-punycode":                {JA: "文字を変換すると {v} です", Easy: "本当の文字は {v} です", EN: "in plain letters: {v}"},
	"host-mixed-scripts":           {JA: "似た形の別の文字が混ざっています: {v}", Easy: "にた文字がまざっています", EN: "letters of several scripts are mixed: {v}"},
	"host-confusable-with-brand":   {JA: "似た形の文字で 有名な会社の名前に見せかけています", Easy: "にた文字で、有名な会社に見せています", EN: "letters that look alike imitate a known name"},
	"anybody-publishes-here":       {JA: "{v} はだれでもページを作れる場所です", Easy: "{v} は、だれでもページを作れます", EN: "anybody can publish a page on {v}"},
	"page-in-storage-bucket":       {JA: "だれでもファイルを置ける保管場所（{v}）のページです", Easy: "だれでもファイルを置ける場所です", EN: "a page in a file store where anybody lays files: {v}"},
	"redirects-elsewhere":          {JA: "本物のページを通って {v} へ転送されます", Easy: "とちゅうで {v} に かわります", EN: "a genuine page sends you on to {v}"},
	"several-senders":              {JA: "差出人が二人以上書かれていて、どちらも証明になりません", Easy: "送った人が二人います。本物か、わかりません", EN: "it names several senders, and so proves none"},
	"plain-and-page-differ":        {JA: "文字だけの本文と、画面に見える本文で、書いてあることが違います", Easy: "見える文と、かくれた文が、ちがいます", EN: "its plain text says other things than the page that is shown"},
	"addresses-left-out":           {JA: "アドレスや番号がとても多く、ぜんぶは見ていません", Easy: "アドレスが多いです。ぜんぶは見ていません", EN: "it holds very many addresses, and not all were looked at"},
	"sender-malformed":             {JA: "差出人の欄の書き方が壊れています", Easy: "差出人の書き方が おかしいです", EN: "the sender field is malformed"},
	"picture-from-ip-address":      {JA: "画像を、名前のない番号だけの場所（{v}）から読み込みます", Easy: "画像の場所が、番号だけです", EN: "its pictures load from a bare number: {v}"},
	"picture-on-free-host":         {JA: "画像を、だれでも使える置き場（{v}）から読み込みます", Easy: "画像の場所は、だれでも使えます", EN: "its pictures lie on a free picture host: {v}"},
	"words-disguised":              {JA: "機械に読まれないように、文字を別の文字に置きかえています", Easy: "文字が へんな文字に かえてあります", EN: "its words are disguised with other letters"},
	"hidden-behind-shortener":      {JA: "行き先が短縮URLに隠され、差出人自身のページへのリンクがありません", Easy: "本当の行き先が かくしてあります", EN: "where it leads is hidden behind a short link; nothing leads to the sender's own site"},
	"link-wrapped":                 {JA: "{v} を通るように包まれたリンクで、中の行き先を見ました", Easy: "リンクの中の行き先を見ました", EN: "the link is wrapped by {v}; the address within was judged"},
	"address-within-address":       {JA: "アドレスの中に、別の行き先 {v} が入っています", Easy: "アドレスの中に、べつの行き先があります", EN: "another address is written into this one: {v}"},
	"url-not-as-written":           {JA: "このままでは開けない書き方なので、意味を直して読みました", Easy: "書き方を なおして読みました", EN: "nothing opens what is written; it was read as it is meant"},
	"url-user-info":                {JA: "@ の前は飾りで、本当の行き先は後ろです", Easy: "@ のまえは、うそです", EN: "what stands before @ is decoration; the real host is behind it"},
	"url-port":                     {JA: "ふつうでない接続口 {v} を使います", Easy: "ふつうではない入口です", EN: "it uses an unusual port: {v}"},
	"url-scheme":                   {JA: "ページではなく {v}: を開かせます", Easy: "ページではありません", EN: "it opens {v}:, not a page"},
	"free-hosting":                 {JA: "だれでもページを作れる場所（{v}）にあります", Easy: "だれでも作れるページです", EN: "it stands where anybody can put a page ({v})"},
	"url-shortener":                {JA: "短縮URLで、行き先が見えません", Easy: "行き先が見えません", EN: "a short link: its target cannot be seen"},
	"url-unreadable":               {JA: "URLとして読めません", Easy: "URLではありません", EN: "cannot be read as a URL"},
	"suffix-often-abused":          {JA: ".{v} は偽サイトによく使われる末尾です", Easy: ".{v} は、にせのページに多いです", EN: ".{v} is often used by fake sites"},
	"path-of-taken-over-site":      {JA: "乗っ取られたサイトに多い場所です（{v}）", Easy: "こわれたサイトの中かもしれません", EN: "a place typical of taken-over sites ({v})"},
	"brand-in-foreign-path":        {JA: "他人のサイトの中に有名な名前のページがあります", Easy: "有名な名前をまねしています", EN: "a known name in the path of a stranger's site"},
	"reply-to-elsewhere":           {JA: "返信は別の {v} に届きます", Easy: "返事は {v} に行きます", EN: "replies go elsewhere: {v}"},
	"address-in-display-name":      {JA: "差出人の名前に別のアドレス {v} を書いています", Easy: "名前のところに、べつのメールがあります", EN: "the display name shows another address: {v}"},
	"number-published":             {JA: "{v} はこの組織が公表している番号です", Easy: "{v} は本物の番号です", EN: "{v} is a number that the organization publishes"},
	"number-of-another":            {JA: "{v} は別の組織の番号です", Easy: "{v} はべつの会社の番号です", EN: "{v} is another organization's number"},
	"number-abroad":                {JA: "{v} は海外の番号です", Easy: "外国（がいこく）の電話です", EN: "{v} is a number abroad"},
	"number-personal-mobile":       {JA: "個人の携帯電話の番号です", Easy: "ふつうの人のけいたい電話です", EN: "a personal mobile number"},
	"number-050":                   {JA: "050 の番号だけでは、どこの会社のものか分かりません", Easy: "050の番号だけでは、どこの会社かわかりません", EN: "a 050 number alone does not tell whose it is"},
	"number-unreadable":            {JA: "電話番号として読めません", Easy: "電話番号ではありません", EN: "cannot be read as a telephone number"},
	"caller-number-proves-nothing": {JA: "着信に出る番号は偽れるので、証明になりません", Easy: "出ている番号は、うそかもしれません", EN: "a caller's number can be forged and proves nothing"},
	"automatic-voice":              {JA: "自動音声で掛かってきた電話です", Easy: "きかいの声の電話です", EN: "a call by an automatic voice"},
	"sms-from-mobile-number":       {JA: "個人の携帯番号から会社を名乗るSMSです", Easy: "ふつうの人の番号からのSMSです", EN: "a text message in a company's name from a personal number"},
	"private-messenger":            {JA: "個人どうしのアプリで連絡してきています", Easy: "会社はふつう、このアプリを使いません", EN: "it uses a private messenger"},
	"social-account":               {JA: "SNSのアカウントだけでは本物か分かりません", Easy: "SNSだけでは、わかりません", EN: "a social media account proves nothing"},
	"sender-on-abused-suffix":      {JA: "差出人のドメインの末尾が、日本の組織らしくありません", Easy: "送った人のメールが、へんです", EN: "the sender's domain ends unlike those of organizations in Japan"},
	"link-on-abused-suffix":        {JA: "リンクの末尾が、日本の組織らしくありません", Easy: "リンクが、へんです", EN: "the link ends unlike those of organizations in Japan"},
	"link-and-sender-differ":       {JA: "差出人とリンク先のドメインが違います", Easy: "送った人とリンクがちがいます", EN: "the sender's domain and the link's differ"},
	"signs-of-impostor":            {JA: "偽物のしるしがあります", Easy: "にせもののしるしがあります", EN: "there are signs of an impostor"},
	"window-confirmed-by-person":   {JA: "公式と確かめたと本人が言っています", Easy: "あなたがたしかめました", EN: "you say that you confirmed it"},
}

// KindName is what an input was taken for (a kind of package intake), in words.
func KindName(kind string, lang exchange.Lang) string {
	if w := vocabulary[lang]; w != nil {
		return w.kinds[kind]
	}
	return ""
}

// EasyWords are the report's own words and sentences in easy Japanese.
func EasyWords() []string {
	w := vocabulary[exchange.Easy]
	out := []string{w.where, w.what, w.much, w.next, w.say, w.consult, w.draft, w.basis, w.noFinding, w.noAsk, w.asks, w.guessed, w.general, w.says, w.took, w.rest, w.yourself, w.unknownOrg, w.hours, w.unsure, w.source, w.already, w.own}
	out = append(out, w.bothWays)
	for _, s := range w.kinds {
		out = append(out, s)
	}
	for _, l := range languages {
		out = append(out, l.Easy)
	}
	for _, s := range w.level {
		out = append(out, s)
	}
	for _, s := range w.status {
		out = append(out, s)
	}
	for _, s := range w.need {
		out = append(out, s)
	}
	for _, o := range observations {
		out = append(out, o.Easy)
	}
	return out
}

// languageName is a language (ISO 639-1) in words, its code where there are none.
func languageName(code string, lang exchange.Lang) string {
	if t, ok := languages[code]; ok {
		return t.In(lang)
	}
	return code
}

var languages = map[string]exchange.Text{
	"zh": {JA: "中国語", Easy: "中国語", EN: "Chinese"}, "ko": {JA: "韓国語", Easy: "韓国語", EN: "Korean"}, "vi": {JA: "ベトナム語", Easy: "ベトナム語", EN: "Vietnamese"},
	"pt": {JA: "ポルトガル語", Easy: "ポルトガル語", EN: "Portuguese"}, "es": {JA: "スペイン語", Easy: "スペイン語", EN: "Spanish"}, "tl": {JA: "フィリピン語", Easy: "フィリピン語", EN: "Filipino"},
	"ne": {JA: "ネパール語かヒンディー語", Easy: "ネパール語かヒンディー語", EN: "Nepali or Hindi"}, "id": {JA: "インドネシア語", Easy: "インドネシア語", EN: "Indonesian"}, "th": {JA: "タイ語", Easy: "タイ語", EN: "Thai"},
	"my": {JA: "ミャンマー語", Easy: "ミャンマー語", EN: "Burmese"}, "ru": {JA: "ロシア語など", Easy: "ロシア語など", EN: "Russian or a language near it"}, "fr": {JA: "フランス語", Easy: "フランス語", EN: "French"},
	"de": {JA: "ドイツ語", Easy: "ドイツ語", EN: "German"}, "it": {JA: "イタリア語", Easy: "イタリア語", EN: "Italian"}, "ar": {JA: "アラビア語など", Easy: "アラビア語など", EN: "Arabic or a language near it"},
	"km": {JA: "カンボジア語", Easy: "カンボジア語", EN: "Khmer"}, "lo": {JA: "ラオス語", Easy: "ラオス語", EN: "Lao"}, "bn": {JA: "ベンガル語", Easy: "ベンガル語", EN: "Bengali"},
	"si": {JA: "シンハラ語", Easy: "シンハラ語", EN: "Sinhala"}, "ta": {JA: "タミル語", Easy: "タミル語", EN: "Tamil"}, "mn": {JA: "モンゴル語", Easy: "モンゴル語", EN: "Mongolian"},
	"tr": {JA: "トルコ語", Easy: "トルコ語", EN: "Turkish"}, "nl": {JA: "オランダ語", Easy: "オランダ語", EN: "Dutch"}, "pl": {JA: "ポーランド語", Easy: "ポーランド語", EN: "Polish"},
}
