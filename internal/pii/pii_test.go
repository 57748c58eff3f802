package pii_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// TestExamples runs the match and no_match examples of data/categories.
func TestExamples(t *testing.T) {
	for _, c := range knowledge.Categories() {
		t.Run(string(c.ID), func(t *testing.T) {
			if c.Value != "none" && c.Kind != "context" && len(c.NoMatch) == 0 {
				t.Error("no near miss in no_match")
			}
			for _, m := range c.Match {
				found := false
				for _, f := range byRules(m.Text) {
					found = found || f.Text == m.Value && (f.Category == c.ID || knowledge.Parent(f.Category) == knowledge.Parent(c.ID))
				}
				if !found {
					t.Errorf("%q: %s %q not found in %v", m.Text, c.ID, m.Value, byRules(m.Text))
				}
			}
			for _, s := range c.NoMatch {
				for _, f := range byRules(s) {
					if f.Category == c.ID {
						t.Errorf("%q: found %q as %s (%v)", s, f.Text, f.Category, f.Why)
					}
				}
			}
		})
	}
}

// TestFind tells what is found, and nothing else, in whole texts.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       string // category=value, separated by |
	}{
		{"phones in every shape", "03-0000-1234、(03)0000-1234、03 0000 1234、090-0000-1234、０８０ー０００１ー２３４５、060-1234-5678、050-0000-1234、+81 90 0000 1234、〇九〇-〇〇〇〇-一二三四",
			"phone=03-0000-1234|phone=(03)0000-1234|phone=03 0000 1234|phone=090-0000-1234|phone=０８０ー０００１ー２３４５|phone=060-1234-5678|phone=050-0000-1234|phone=+81 90 0000 1234|phone=〇九〇-〇〇〇〇-一二三四"},
		{"toll-free is nobody's", "0120-000-000、0800-000-0000、0570-000-000 に掛けました。", ""},
		{"a window's number", "お客様窓口 03-0000-1234 につながりません。", ""},
		{"mail addresses", "taro@example.jp、taro＠example.ne.jp、taroアットexample.jp、support@example.co.jp",
			"email=taro@example.jp|email=taro＠example.ne.jp|email=taroアットexample.jp"},
		{"cards", "4111 1111 1111 1111 と 3782-822463-10005", "card_number=4111 1111 1111 1111|card_number=3782-822463-10005"},
		{"a mistyped card behind its label", "カード番号 4111 1111 1111 1112", "card_number=4111 1111 1111 1112"},
		{"a parcel is no card", "荷物 4111 1111 1112 が届かない", "tracking_number=4111 1111 1112"},
		{"card on lines of their own", "4111111111111111\n0530\n917", "card_number=4111111111111111|card_expiry=0530|card_cvv=917"},
		{"secrets", "PW Kishi-0000!\n暗証　七七一四\n認証コード 3 1 4 1 5 9", "password=Kishi-0000!|pin=七七一四|otp=3 1 4 1 5 9"},
		{"a code read aloud", "届いたコードは なないちさんゼロごーに です", "otp=なないちさんゼロごーに"},
		{"no secret told", "パスワードを忘れました。暗証番号は4桁ですか。認証コードが届きません。", ""},
		{"two guesses", "暗証番号は1224か0915です", "pin=1224|pin=0915"},
		{"dates of birth", "生年月日 昭和49年2月11日、1976/10/04生まれ、注文は2025年11月20日", "birth_date=昭和49年2月11日|birth_date=1976/10/04"},
		{"bank", "振込先は例銀行 見本支店 普通 0095561です。ゆうちょ 記号10980 番号12345671", "bank_account=例銀行 見本支店 普通 0095561|bank_account=ゆうちょ 記号10980 番号12345671"},
		{"my number, wrong check digit", "マイナンバー 1234 5678 9012", "my_number=1234 5678 9012"},
		{"papers", "免許証番号 301234567890、旅券番号 TR0123456、在留カード EF00112233GH、基礎年金番号 0000-123456",
			"drivers_license=301234567890|passport=TR0123456|residence_card=EF00112233GH|pension_number=0000-123456"},
		{"address with a building", "東京都千代田区霞が関一丁目2番3号 例ビル405です。", "address=東京都千代田区霞が関一丁目2番3号 例ビル405"},
		{"address without a prefecture", "送り先は彦根市芹川町77-3です", "address=彦根市芹川町77-3"},
		{"Kyoto", "住所：京都府京都市下京区烏丸通七条下ル東塩小路町721-1", "address=京都府京都市下京区烏丸通七条下ル東塩小路町721-1"},
		{"bare places", "東京都へ12月3日に行きます。大阪市の店で買いました。", ""},
		{"names", "佐藤です。\n鈴木 花子と申します。", "name=佐藤|name=鈴木 花子"},
		{"staff", "担当の鈴木様と、売場の佐藤さんによろしく。", ""},
		{"company and station", "山田電機と高島屋と松本駅に行きました。", ""},
		{"units are no codes", "暗証番号の欄に3000円と12月と20個が出ます", ""},
		{"invoice number of a company", "登録番号 T7012345678901 がありません", ""},
		{"private network", "ルーターは192.168.11.1です", ""},
		{"zero width inside", "パス\u200bワードはhanako-0000です", "password=hanako-0000"},
		{"a number of North America, in its own shape or behind a label", "call (212) 555-1234 or my phone number: 212-555-9876, code 212-555-0000", "phone=(212) 555-1234|phone=212-555-9876"},
		{"half-width kana labels", "ﾃﾞﾝﾜ:090-0000-1234 ﾅﾏｴ:ﾔﾏﾀﾞ", "phone=090-0000-1234|name=ﾔﾏﾀﾞ"},
		{"nothing", "本棚の棚板は別売りですか。幅60cmを80cmにしたいです。", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range byRules(c.text) {
				got = append(got, string(knowledge.Parent(f.Category))+"="+f.Text)
			}
			if s := strings.Join(got, "|"); s != c.want {
				t.Errorf("%q\n got %s\nwant %s", c.text, s, c.want)
			}
		})
	}
}

// TestChecksums tells the outcome without gating on it.
func TestChecksums(t *testing.T) {
	for _, c := range []struct{ text, detail string }{
		{"マイナンバー 1234 5678 9018", "check digit right"},
		{"マイナンバー 1234 5678 9012", "check digit wrong"},
		{"カード番号 4111 1111 1111 1111", "Luhn right"},
		{"カード番号 4111 1111 1111 1112", "Luhn wrong"},
	} {
		f := byRules(c.text)
		if len(f) != 1 || f[0].Why[0].Detail != c.detail {
			t.Errorf("%q: %v, want %s", c.text, f, c.detail)
		}
	}
}

// TestSpans holds for any text: spans slice the original, stand in order and
// do not overlap.
func TestSpans(t *testing.T) {
	pieces := []string{"氏名：", "山田", "太郎", " ", "\n", "です。", "090-0000-1234", "４１１１", "1111 1111 1111", "パスワードは", "x@y.jp", "東京都千代田区", "1-2-3", "〒100-0013", "ﾃﾞﾝﾜ", "\u200b", "暗証", "〇九一五", "記号12340 番号", "昭和49年2月11日", "\xff", "カード", "04/27", "、", "「", "」", "妻", "年収は", "万円"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(t, "pieces"), "")
		end := 0
		for _, f := range byRules(s) {
			if f.Span.Start < end || f.Span.End > len(s) || f.Span.Len() <= 0 {
				t.Fatalf("span %v behind %d in %q", f.Span, end, s)
			}
			if s[f.Span.Start:f.Span.End] != f.Text {
				t.Fatalf("text %q is not the span of %q", f.Text, s)
			}
			if f.Score <= 0 || f.Score > 1 || len(f.Why) == 0 {
				t.Fatalf("finding without score or reason: %+v", f)
			}
			end = f.Span.End
		}
	})
}

var sink []exchange.Finding

// BenchmarkFind is one message of about 500 characters.
func BenchmarkFind(b *testing.B) {
	s := strings.Repeat("先日注文した品が届きません。注文番号はA-1234-5678、氏名は見本 花子、電話は090-0000-1234です。至急ご確認をお願いいたします。", 7)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		sink = byRules(s)
	}
}

// byRules is what the rules alone find: their examples are their specification. What
// the reader adds is measured on hands left out.
func byRules(s string) []exchange.Finding { return pii.Options{RulesAlone: true}.Find(s) }

// TestRead: with the reader, secrets that people tell in passing are found, topics are
// none, and a person's words about the matter too.
func TestRead(t *testing.T) {
	for _, c := range []struct{ text, category, value string }{
		{"SMSで来た番号 482913 を入れてもエラーになります。", "otp", "482913"},
		{"暗証番号は5093で登録したはずなのに通りません。", "pin", "5093"},
		{"ログインできません。パスは kirishima-77x です。", "password", "kirishima-77x"},
		{"お届け先は父の家で、母が受け取ります。", "family", "母"},
	} {
		found := pii.Find(c.text)
		if !slices.ContainsFunc(found, func(f exchange.Finding) bool {
			return string(knowledge.Parent(f.Category)) == c.category && strings.Contains(f.Text, c.value)
		}) {
			t.Errorf("%q: no %s %q in %v", c.text, c.category, c.value, found)
		}
	}
	for _, s := range []string{"パスワードを忘れました。再設定の方法を教えてください。", "暗証番号は何桁ですか。", "認証コードが届きません。", "荷物がまだ届きません。"} {
		if found := pii.Find(s); len(found) > 0 {
			t.Errorf("%q: %v", s, found)
		}
	}
}
