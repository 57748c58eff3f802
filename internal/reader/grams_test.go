package reader

import (
	"math"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// TestGramsFile: what is written is read; a file that is cut off or names classes that there are
// not is refused.
func TestGramsFile(t *testing.T) {
	keys := GramsOf([]rune("電話がきた"))
	weight := make([]float32, len(keys))
	parts := make([][classes]float32, len(keys))
	var bias [classes]float32
	for i := range keys {
		weight[i] = 1.5
		parts[i][atLevel+2], parts[i][0] = float32(i), -1
	}
	bias[1] = 0.25
	b := WriteGrams(keys, weight, parts, bias)
	m, err := Load(b)
	if err != nil {
		t.Fatal(err)
	}
	if p := m.Classify([]rune("電話がきた")); p[atLevel+2] < 0.9 || p[1] < p[0] {
		t.Errorf("%v", p)
	}
	if p := m.Classify([]rune("xyz")); math.Abs(p[atLevel]-1./3) > 1e-9 {
		t.Errorf("of a text without a known letter: %v", p[atLevel:])
	}
	for n := range b {
		if _, err := Load(b[:n]); err == nil && n > 0 {
			t.Fatalf("a file that ends at byte %d of %d is read", n, len(b))
		}
	}
	networks, err := Networks(append([]byte{}, embedded...))
	if err != nil || len(networks) == 0 || len(networks) >= len(embedded) {
		t.Errorf("the program's model: %d bytes of networks, of %d: %v", len(networks), len(embedded), err)
	}
}

// TestHeads: each question's answers add up to one.
func TestHeads(t *testing.T) {
	for _, s := range []string{"", "あ", "お客様の口座が利用停止になりました。"} {
		p := Default().Classify([]rune(s))
		for _, h := range Heads {
			sum := 0.0
			for _, q := range p[h[0]:h[1]] {
				sum += q
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("%q: %v adds up to %f", s, h, sum)
			}
		}
	}
}

// TestAim: which way a text goes, and what for.
func TestAim(t *testing.T) {
	for s, want := range map[string]struct {
		draft   bool
		inquiry exchange.Inquiry
	}{
		"注文番号A-1203の椅子がまだ届きません。いつごろ届くか教えてください。山田":           {true, "order_delivery"},
		"パスワードを忘れてログインできません。再設定の方法を教えてください。":                {true, ""},
		"お客様のカードが第三者に利用された可能性があります。下記よりご確認ください。":            {false, ""},
		"警察を名乗る人から電話があり、口座が犯罪に使われたと言われました。LINEに移れと言われています。": {false, ""},
	} {
		a := Default().Aim(text.Normalize(s))
		if (a.Draft > 0.5) != want.draft || want.inquiry != "" && a.Inquiry != want.inquiry {
			t.Errorf("%s: %+v", s, a)
		}
	}
}
