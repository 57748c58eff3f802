package redact_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/text"
)

func piece(s, value, name string) redact.Piece {
	i := strings.Index(s, value)
	return redact.Piece{Span: exchange.Span{Start: i, End: i + len(value)}, Name: name}
}

func TestCover(t *testing.T) {
	s := "見本花子です。電話は090-0000-1234、もう一度、０９０ ００００ １２３４。見本花子より"
	pieces := []redact.Piece{piece(s, "090-0000-1234", "電話番号"), piece(s, "見本花子", "氏名")}
	for _, c := range []struct {
		style redact.Style
		want  string
	}{
		{redact.Placeholder, "〔氏名1〕です。電話は〔電話番号1〕、もう一度、〔電話番号2〕。〔氏名1〕より"},
		{redact.Masked, "●●●●です。電話は●●●●●●●●●●●●●、もう一度、●●● ●●●● ●●●●。●●●●より"},
		{redact.Partial, "●●●●です。電話は●●●-●●●●-1234、もう一度、●●● ●●●● １２３４。●●●●より"},
	} {
		if got := redact.Cover(s, pieces, c.style).Text; got != c.want {
			t.Errorf("%s: %s\nwant %s", c.style, got, c.want)
		}
	}
}

// TestOwnPlaceholder: a text that holds a placeholder already keeps its own.
func TestOwnPlaceholder(t *testing.T) {
	s := "〔氏名1〕と見本花子"
	r := redact.Cover(s, []redact.Piece{piece(s, "見本花子", "氏名")}, redact.Placeholder)
	if r.Text != "〔氏名1〕と〔氏名2〕" {
		t.Error(r.Text)
	}
	if back, _ := redact.Restore(r.Text, r.Values); back != s {
		t.Errorf("restored %q", back)
	}
}

func TestRestoreTellsWhatIsGone(t *testing.T) {
	_, missing := redact.Restore("〔氏名1〕より", map[string]string{"〔氏名1〕": "a", "〔電話番号1〕": "b"})
	if strings.Join(missing, ",") != "〔電話番号1〕" {
		t.Error(missing)
	}
}

var wide = strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "-", "－")

func plain(s string) string {
	s = text.Normalize(s).Norm
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\n", "").Replace(s))
}

// TestNothingSurvives: no covered value is left in any width or spacing, and
// placeholders give the text back, byte for byte.
func TestNothingSurvives(t *testing.T) {
	values := []string{"090-0000-1234", "見本花子", "4111111111111111", "hanako-0000", "ﾐﾎﾝ ﾊﾅｺ", "東京都千代田区1-2-3"}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(values).Draw(t, "value")
		forms := []string{v, wide.Replace(v), strings.ReplaceAll(v, "-", " "), strings.ReplaceAll(v, "-", ""), strings.Join(strings.Split(v, ""), " "), text.Normalize(v).Norm, strings.ToUpper(v)}
		var b strings.Builder
		b.WriteString("前" + v + "後")
		for range rapid.IntRange(0, 6).Draw(t, "more") {
			b.WriteString(rapid.SampledFrom(append(forms, "、", "です\n", "x ", "〔氏名1〕", "12")).Draw(t, "form"))
			b.WriteString(rapid.SampledFrom([]string{"", "。", "と"}).Draw(t, "gap"))
		}
		s := b.String()
		pieces := []redact.Piece{piece(s, v, "氏名")}
		for _, style := range []redact.Style{redact.Placeholder, redact.Masked} {
			r := redact.Cover(s, pieces, style)
			if strings.Contains(plain(r.Text), plain(v)) {
				t.Fatalf("%s: %q survives in %q of %q", style, v, r.Text, s)
			}
			if style == redact.Placeholder {
				if back, missing := redact.Restore(r.Text, r.Values); back != s || len(missing) > 0 {
					t.Fatalf("%q comes back as %q", s, back)
				}
			}
		}
	})
}
