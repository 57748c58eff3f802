package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/text"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"in form already", "山田です。ﾃ"[:15], "山田です。"},
		{"full width digits and hyphens", "０９０－１２３４‐５６７８", "090-1234-5678"},
		{"long vowel mark as hyphen", "０９０ー１２３４", "090-1234"},
		{"long vowel mark in a word", "サポート", "サポート"},
		{"half-width kana with voicing", "ﾃﾞﾝﾜﾊﾞﾝｺﾞｳ ﾊﾟｽﾜｰﾄﾞ", "デンワバンゴウ パスワード"},
		{"combining voicing mark", "か\u3099す", "がす"},
		{"zero width", "パス\u200bワ\u2060ード", "パスワード"},
		{"ideographic space and tab", "氏名\u3000山田\t太郎", "氏名 山田 太郎"},
		{"carriage returns", "a\r\nb\rc", "a\nb\nc"},
		{"compatibility", "㈱窓口 ℡", "(株)窓口 TEL"},
		{"circled number stays", "①氏名", "①氏名"},
		{"full-width punctuation", "暗証番号：（４桁）", "暗証番号:(4桁)"},
		{"mathematical letters", "𝗉𝖺𝗌𝗌", "pass"},
		{"invalid bytes", "a\xffb", "a\uFFFDb"},
		{"compatibility ideograph", "山\uFA11", "山﨑"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := text.Normalize(c.in).Norm; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSpanMapsBack(t *testing.T) {
	raw := "ﾃﾞﾝﾜ\u200b：\u3000０９０－１２３４－５６７８ です"
	n := text.Normalize(raw)
	i := strings.Index(n.Norm, "090-1234-5678")
	if i < 0 {
		t.Fatalf("number not in %q", n.Norm)
	}
	s := n.Span(i, i+len("090-1234-5678"))
	if got := raw[s.Start:s.End]; got != "０９０－１２３４－５６７８" {
		t.Errorf("span gives %q", got)
	}
	s = n.Span(0, len("デン"))
	if got := raw[s.Start:s.End]; got != "ﾃﾞﾝ" {
		t.Errorf("span of half-width kana gives %q", got)
	}
}

// TestSpansSliceTheOriginal holds for any text: spans stay within it and on
// its rune boundaries, and the whole maps to (nearly) the whole.
func TestSpansSliceTheOriginal(t *testing.T) {
	alphabet := []rune("aZ09口一ログ\u0489\u034f/、０９ーｰ－‐ﾊﾟﾞがか\u3099\u200b\u3000 \t\r\n山㈱①…\U000E0100é\u0301𝗉")
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringOf(rapid.SampledFrom(alphabet)).Draw(t, "raw")
		n := text.Normalize(raw)
		if !utf8.ValidString(n.Norm) {
			t.Fatalf("norm is not UTF-8: %q", n.Norm)
		}
		var bounds []int
		for i := range n.Norm {
			bounds = append(bounds, i)
		}
		bounds = append(bounds, len(n.Norm))
		for a := range bounds {
			for b := a + 1; b < len(bounds); b++ {
				s := n.Span(bounds[a], bounds[b])
				if s.Start < 0 || s.End > len(raw) || s.Start >= s.End {
					t.Fatalf("span %v of %q (%d..%d of %q)", s, raw, bounds[a], bounds[b], n.Norm)
				}
				if !utf8.ValidString(raw[s.Start:s.End]) {
					t.Fatalf("span %v cuts a rune of %q", s, raw)
				}
				// The original of a span, normalized alone, holds the span's
				// characters again (a lone ー may read as hyphen or not, a lone ① as a number of a list).
				if strings.ContainsAny(raw, "口一") {
					continue // what they are is for their neighbours to say
				}
				again := strings.NewReplacer("ー", "-", "①", "1").Replace(text.Normalize(raw[s.Start:s.End]).Norm)
				want := strings.NewReplacer("ー", "-", "①", "1").Replace(n.Norm[bounds[a]:bounds[b]])
				if !strings.Contains(strings.ReplaceAll(again, "\n", ""), strings.ReplaceAll(want, "\n", "")) {
					t.Fatalf("span %q of %q normalizes to %q, want %q", raw[s.Start:s.End], raw, again, want)
				}
			}
		}
	})
}

func FuzzNormalize(f *testing.F) {
	f.Add("氏名：山田\u3000太郎\r\nﾃﾞﾝﾜ ０９０－１２３４－５６７８")
	f.Add("\xff\xfe\u3099か\u3099\u0301")
	f.Fuzz(func(t *testing.T, raw string) {
		n := text.Normalize(raw)
		if !utf8.ValidString(n.Norm) {
			t.Fatal("norm is not UTF-8")
		}
		prev := 0
		for i, r := range n.Norm {
			s := n.Span(i, i+utf8.RuneLen(r))
			if s.Start < prev || s.End > len(raw) || s.End < s.Start {
				t.Fatalf("span %v after %d of %d bytes", s, prev, len(raw))
			}
			prev = s.Start
			if o := n.NormOffset(s.Start); o > i {
				t.Fatalf("offset %d maps to %d and back to %d", i, s.Start, o)
			}
		}
	})
}

// TestLettersCannotHide: a word is read whatever is laid between, over or in place
// of its letters; what stands as it should stays as it is.
func TestLettersCannotHide(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"暗\u034f証\u2060番\u00ad号", "暗証番号"},
		{"暗\u180b証\u115f番\u061c号\ufff9", "暗証番号"},
		{"暗\ue000証\U000f0001番号", "暗証番号"},
		{"暗\u0336証\u20dd番\u0489号", "暗証番号"},
		{"ハ\u3099ス", "バス"},
		{"口グインとパスワ一ド", "ログインとパスワード"},
		{"パスワ-ドとカ―ド", "パスワードとカード"},
		{"ワンタイム力ード", "ワンタイムカード"},
		{"pаsswоrd", "password"},
		{"暗證番號", "暗証番号"},
		{"🄿🄸🄽と🅿🅸🅽", "PINとPIN"},
		{"⑦⑦①④", "7714"},
		{"①氏名 ②住所", "①氏名 ②住所"},
		{"入力フォーム", "入力フォーム"},
		{"セキュリティ-コード", "セキュリティ-コード"},
		{"スマホ二台、カード一枚", "スマホ二台、カード一枚"},
		{"口座と人口", "口座と人口"},
		{"Москва", "Москва"},
		{"カードへ", "カードへ"},
		{"葛\U000e0100城", "葛城"},
		{"café", "café"},
	} {
		if got := text.Normalize(c.in).Norm; got != c.want {
			t.Errorf("%+q: %q, want %q", c.in, got, c.want)
		}
	}
}

// TestCollapse: a word that was spread out is one again, and its span is the whole
// of it as it was written.
func TestCollapse(t *testing.T) {
	for _, c := range []struct{ in, word, raw string }{
		{"次の暗 証 番 号です", "暗証番号", "暗 証 番 号"},
		{"次の暗／証／番／号です", "暗証番号", "暗／証／番／号"},
		{"次の暗★証☆番★号です", "暗証番号", "暗★証☆番★号"},
		{"次の暗証\r\n番号です", "暗証番号", "暗証\r\n番号"},
		{"ﾊﾟ・ｽ・ﾜ・ー・ﾄﾞ", "パスワード", "ﾊﾟ・ｽ・ﾜ・ー・ﾄﾞ"},
	} {
		x, changed := text.Normalize(c.in).Collapse()
		i := strings.Index(x.Norm, c.word)
		if !changed || i < 0 {
			t.Errorf("%q: %q", c.in, x.Norm)
			continue
		}
		if s := x.Span(i, i+len(c.word)); c.in[s.Start:s.End] != c.raw {
			t.Errorf("%q: the span is %q, want %q", c.in, c.in[s.Start:s.End], c.raw)
		}
	}
	if _, changed := text.Normalize("plain words, 2 of them").Collapse(); changed {
		t.Error("nothing was spread out")
	}
}

func TestReordered(t *testing.T) {
	if s, ok := text.Reordered("次の\u202e号番証暗\u202cです"); !ok || s != "次の暗証番号です" {
		t.Errorf("%q %v", s, ok)
	}
}
