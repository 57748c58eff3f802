package pii

import (
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// What a reader takes for a value, a letter too long or too short, or two for one.
func TestMended(t *testing.T) {
	for _, c := range []struct {
		category exchange.Category
		text     string
		found    string
		want     []string
	}{
		{"password", "パスはmomiji44かmomiji45です", "momiji44かmomiji45", []string{"momiji44", "momiji45"}},
		{"password", "たぶんsakura9です", "たぶんsakura9", []string{"sakura9"}},
		{"password", "型番はKZ-31F、赤い", "KZ-31F", nil},
		{"password", "iPhone16です", "iPhone16", nil},
		{"password", "エラーコード: 40A17", "40A17", nil},
		{"otp", "my one-time code: 482915", "482915", []string{"482915"}},
		{"otp", "the code 482915", "482915", []string{"482915"}},
		{"password", "switch2024です", "switch2024", []string{"switch2024"}},
		{"pin", "0120はつながらない", "0120", nil},
		{"pin", "4桁は3391か3392", "3391か3392", []string{"3391", "3392"}},
		{"order_number", "1234 5678 9012です", "1234 5678 9012", []string{"1234 5678 9012"}},
		{"serial_number", "製番 右RX-40517、左RX-40522", "RX-40517、左RX-40522", []string{"RX-40517、左RX-40522"}},
		{"serial_number", "VK-771TB、VK-602QD", "VK-771TB、VK-602QD", []string{"VK-771TB", "VK-602QD"}},
		{"account_id", "会員No70318", "No70318", []string{"70318"}},
		{"name", "代表 峰岸 沙也です", "代表 峰岸 沙也", []string{"峰岸 沙也"}},
		{"name", "浜辺 みおの分です", "浜辺 みおの分", []string{"浜辺 みお"}},
		{"name", "峰岸 航 ミネギシ ワタル", "峰岸 航 ミネギシ ワタル", []string{"峰岸 航", "ミネギシ ワタル"}},
		{"name", "NAKAO / RIKU", "NAKAO", []string{"NAKAO / RIKU"}},
		{"name", "NAKAO MR", "NAKAO", []string{"NAKAO"}},
		{"name", "John Smith's licence", "John Smith's", []string{"John Smith"}},
		{"name", "みなと建材 浜辺 みお", "みなと建材 浜辺 みお", []string{"浜辺 みお"}},
		{"name", "とがくし寮 佐藤", "とがくし寮 佐藤", []string{"佐藤"}},
		{"name", "搭乗者 浜辺 みお", "搭乗者 浜辺 みお", []string{"浜辺 みお"}},
		{"name", "妻美咲の名義", "妻美咲", []string{"美咲"}},
		{"name", "浜辺 康夫方", "浜辺 康夫方", []string{"浜辺 康夫"}},
		{"name", "浜辺 みおと峰岸 航", "浜辺 みおと峰岸 航", []string{"浜辺 みお", "峰岸 航"}},
		{"name", "NAKAO RIKU TK8801234", "NAKAO RIKU", []string{"NAKAO RIKU"}},
		{"name", "飯塚市", "飯塚市", nil},
		{"address", "飯塚市小正9-9 203 マリア・サントス", "飯塚市小正9-9 203 マリア・サントス", []string{"飯塚市小正9-9 203"}},
		{"account_id", "ID4408123", "ID4408123", []string{"4408123"}},
		{"birth_date", "昭和51.8.7/平成2.11.30", "昭和51.8.7/平成2.11.30", []string{"昭和51.8.7", "平成2.11.30"}},
		{"address", "住所は北広島市中央9-9-1の家", "北広島市中央9-9-1の家", []string{"北広島市中央9-9-1"}},
		{"address", "うきは市浮羽町8-8", "市浮羽町8-8", []string{"うきは市浮羽町8-8"}},
		{"address", "港区芝9-9(みなと荘3)", "港区芝9-9(みなと荘3", []string{"港区芝9-9(みなと荘3)"}},
		{"bank_account", "返金ならさざなみ銀行 本店 普通 5550123", "返金ならさざなみ銀行 本店 普通 5550123", []string{"さざなみ銀行 本店 普通 5550123"}},
		{"birth_date", "昭和53年9月1日生", "昭和53年9月1日生", []string{"昭和53年9月1日"}},
	} {
		x := text.Normalize(c.text)
		start := strings.Index(x.Norm, text.Normalize(c.found).Norm)
		span := x.Span(start, start+len(text.Normalize(c.found).Norm))
		var got []string
		for _, f := range mended(x, exchange.Finding{Category: c.category, Span: span, Text: x.Raw[span.Start:span.End]}) {
			got = append(got, f.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s in %q: %q, want %q", c.category, c.text, got, c.want)
		}
	}
}
