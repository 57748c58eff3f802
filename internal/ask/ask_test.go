package ask_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

func labels(text string) []string {
	var out []string
	for _, a := range byRules(text) {
		l := string(a.Action)
		if a.Category != "" {
			l = string(knowledge.Parent(a.Category))
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// TestTactics runs the match and no_match examples of data/tactics.
func TestTactics(t *testing.T) {
	for _, r := range knowledge.Tactics() {
		t.Run(string(r.ID), func(t *testing.T) {
			for _, s := range r.Match {
				if !slices.Contains(labels(s), string(r.ID)) {
					t.Errorf("%q: %v", s, labels(s))
				}
			}
			for _, s := range r.NoMatch {
				if slices.Contains(labels(s), string(r.ID)) {
					t.Errorf("%q asks %v", s, labels(s))
				}
			}
		})
	}
}

// TestTold: a secret that somebody has asked a person for is asked for, however shortly
// the person tells of it and whatever the reader says; at a machine it may be quite usual.
func TestTold(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"電話で暗証番号を聞かれました", "pin"},
		{"暗証番号を教えてと電話で言われた", "pin"},
		{"警察の人がパスワードを言えって", "password"},
		{"窓口でセキュリティコードを尋ねられた", "card_cvv"},
		{"認証コードを教えてと言われました", "otp"},
		{"暗証番号を聞かれたけど教えませんでした", "pin"},
		{"They asked for my PIN", "pin"},
		{"Please tell me your PIN", "pin"},
		{"He told me to read him the code from the SMS", "otp"},
		{"ミーティングID 123 456 789 パスコード 552211", ""},
		{"暗証番号を聞かれても教えません", ""},
		{"暗証番号を聞かれることはありません", ""},
		{"パスワードを忘れて電話したら名前を聞かれた", ""},
		{"自動音声で暗証番号を入れてと言われた。自分から銀行にかけた", ""},
	} {
		var got []string
		for _, a := range ask.Find(c.text) {
			if k := knowledge.CategoryByID(a.Category); k != nil && k.Secret() {
				got = append(got, string(knowledge.Parent(a.Category)))
			}
		}
		if strings.Join(slices.Compact(got), " ") != c.want {
			t.Errorf("%q: %v, want %q", c.text, got, c.want)
		}
	}
}

// TestFind tells asking from warning, telling and mentioning.
func TestFind(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"request", "お名前と生年月日をお願いいたします。", "birth_date name"},
		{"imperative", "暗証番号を入力してください。", "pin"},
		{"question", "電話番号は何番ですか。", "phone"},
		{"form", "以下をご返信ください。\n■氏名\n■口座番号\n■暗証番号", "bank_account name pin"},
		{"form with blanks", "お名前：＿＿＿＿\n生年月日：＿＿＿＿", "birth_date name"},
		{"numbered", "ご入力いただく内容\n（１）お名前　（２）ご住所\n（３）キャッシュカードの暗証番号", "address name pin"},
		{"warning", "パスワードをお伺いすることはありません。", ""},
		{"forbidding", "認証コードは他人に教えないでください。", ""},
		{"warning of impostors", "「暗証番号を教えてください」という電話は詐欺です。", ""},
		{"delivered code", "認証番号は482913です。画面に入力してください。", ""},
		{"asked to read it out", "届いた認証番号を読み上げてください。", "otp"},
		{"six digits that arrived", "SMSに届いた6桁を教えてください。", "otp"},
		{"back of the card", "カード裏面の3桁をお願いします。", "card_cvv"},
		{"euphemism", "4桁のおひみつの番号を教えてください。", "pin"},
		{"spaced out", "暗 証 番 号 を送ってください。", "pin"},
		{"a kanji one for a long vowel", "パスワ一ドを入力してください。", "password"},
		{"digits of something else", "6桁の予約番号をお知らせください。", "order_number"},
		{"a denial beside an ask", "お電話で暗証番号をお尋ねすることはございません。お名前をお願いします。", "name"},
		{"changing, not telling", "新しいパスワードを設定してください。", ""},
		{"a label makes it the person: doubted, not passed over", "担当: ご用件をどうぞ。\nお客様: 暗証番号を教えてください。", "pin"},
		{"a label alone makes nobody the person", "お客様: 暗証番号を教えてください。", "pin"},
		{"both speak", "担当: お名前をお願いします。\n私: 山田です。口座番号も言いますか。", "name"},
		{"pointing back", "担当: 通帳の暗証番号が古くなりました。それを読み上げてください。", "pin"},
		{"condition", "パスワードを入力いただけない場合、口座を停止します。ログインパスワードを入力してください。", "password"},
		{"English", "Please enter your password and security code.", "card_cvv password"},
		{"a mail's footer", "ご不明な点は窓口までお電話ください。", ""},
		{"nothing", "ご注文の品を発送しました。またのご利用をお待ちしております。", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := labels(c.text)
			got = slices.DeleteFunc(got, func(l string) bool { return isAction(l) })
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%q asks %q, want %q: %+v", c.text, s, c.want, byRules(c.text))
			}
		})
	}
}

func isAction(l string) bool {
	for _, r := range knowledge.Tactics() {
		if string(r.ID) == l {
			return true
		}
	}
	return false
}

// TestSpans holds for any text: quotes slice the original.
func TestSpans(t *testing.T) {
	pieces := []string{"担当: ", "私: ", "暗証番号を", "教えてください", "。", "\n", "■", "パスワード", "：＿＿＿", "お伺いすることは", "ありません", "http://a.top", "をクリック", "4桁", "SMSに届いた", "暗 証 番 号", "「", "」", "\u200b", "ﾊﾟｽﾜｰﾄﾞ", "\xff", "至急", "please enter ", "、"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(t, "pieces"), "")
		for _, a := range byRules(s) {
			if a.Span.Start < 0 || a.Span.End > len(s) || s[a.Span.Start:a.Span.End] != a.Quote {
				t.Fatalf("quote %q is not span %v of %q", a.Quote, a.Span, s)
			}
			if (a.Category == "") == (a.Action == "") {
				t.Fatalf("ask of both or nothing: %+v", a)
			}
		}
	})
}

// BenchmarkFind is one message of about 300 characters.
func BenchmarkFind(b *testing.B) {
	s := "いつも例カードをご利用いただきありがとうございます。第三者による不正利用の可能性を検知したため、カードのご利用を一時停止しました。24時間以内に下記のURLからお手続きください。\nhttps://example.top/login\nカード番号、有効期限、セキュリティコードの入力が必要です。当社がお電話で暗証番号をお伺いすることはございません。"
	b.ReportAllocs()
	for b.Loop() {
		ask.Find(s)
	}
}

// byRules is what the rules alone find: their examples are their specification. What
// the reader makes of it is measured on hands left out.
func byRules(s string) []exchange.Ask {
	m, _ := ask.Read(context.Background(), text.Normalize(s), ask.Query{RulesAlone: true})
	return m.Asks
}

// TestRead: the reader tells asked from named in messages as they come, keeps the
// secrets that a rule is sure of, and finds what no rule has a word for.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		asks, not  string
	}{
		{"a form", "ご本人確認のため、以下をご返信ください。\n・氏名\n・生年月日\n・キャッシュカードの暗証番号", "pin", "password"},
		{"a delivered code", "【例銀行】認証コードは 482913 です。画面に入力してください。職員がこの番号をお聞きすることはありません。", "", "otp"},
		{"a warning", "当行の職員が暗証番号やパスワードをお電話でお伺いすることは、いかなる場合もございません。", "", "pin"},
		{"no word for it", "今そちらのスマホに届いた六つの数字、読み上げてもらえますか。こちらで登録を済ませますので。", "otp", ""},
		{"money, told as help", "電話代の還付がありますので、通帳とカードを持って、お近くのATMまで行っていただけますか。着いたらこの番号にお電話ください。", "call_number", "pin"},
	} {
		var got []string
		for _, a := range ask.Find(c.text) {
			got = append(got, string(knowledge.Parent(a.Category))+string(knowledge.ParentAction(a.Action)))
		}
		if c.asks != "" && !slices.Contains(got, c.asks) || c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%s: asks %v, want %q and not %q", c.name, got, c.asks, c.not)
		}
	}
}
