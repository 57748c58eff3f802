package reader

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/corpus"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// products calls f with rows and weights of fifty shapes, and with their sums by the plain
// way of multiplying, which all other machines use.
func products(f func(rows, w []int16, in, out int, sums []int32)) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		in, out := 2*(1+r.IntN(200)), block*(1+r.IntN(12))
		rows, w := make([]int16, 4*in), make([]int16, in*out)
		for i := range rows {
			rows[i] = int16(r.IntN(65535) - 32767)
		}
		for i := range w {
			w[i] = int16(r.IntN(255) - 127)
		}
		sums := make([]int32, 4*out)
		multiplyPlain(sums, rows, w, in, out)
		f(rows, w, in, out, sums)
	}
}

// TestRows: the processor's own way with a row gives what the plain one gives, to the bit.
func TestRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		h := block * (1 + r.IntN(12))
		d := dense{scale: make([]float32, 2*h), bias: make([]float32, 2*h)}
		x, sums := make([]float32, 3*h), make([]int32, 6*h)
		for i := range x {
			x[i] = float32(r.NormFloat64() * 3)
		}
		for i := range sums {
			sums[i] = int32(r.IntN(1<<26) - 1<<25)
		}
		for i := range d.scale {
			d.scale[i], d.bias[i] = float32(r.Float64()*2e-6), float32(r.NormFloat64())
		}
		got, want := make([]int16, len(x)), make([]int16, len(x))
		norm(got, x, h)
		normPlain(want, x, h)
		if !slices.Equal(got, want) {
			t.Fatalf("rows of %d, normed, differ", h)
		}
		y := slices.Clone(x)
		d.gate(x, sums, h)
		d.gatePlain(y, sums, h)
		if !slices.Equal(x, y) {
			t.Fatalf("rows of %d, gated, differ", h)
		}
	}
}

// TestExp: the exponential by its table is right to nine digits, and exact on every machine.
func TestExp(t *testing.T) {
	for x := -30.0; x <= 0; x += 0.0037 {
		if got, want := exp2(x), math.Exp(x); math.Abs(got/want-1) > 1e-8 {
			t.Fatalf("exp %v: %v, want %v", x, got, want)
		}
	}
}

// TestMultiply: the processor's own way of multiplying gives the sums of the plain one.
func TestMultiply(t *testing.T) {
	products(func(rows, w []int16, in, out int, want []int32) {
		got := make([]int32, 4*out)
		if multiply(got, rows, w, in, out); !slices.Equal(got, want) {
			t.Fatalf("%d × %d differs", in, out)
		}
	})
}

// TestLoad: what is cut short, too long or of another version is no model.
func TestLoad(t *testing.T) {
	if _, err := Load(embedded); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{nil, embedded[:len(embedded)/3], append(slices.Clone(embedded), 0), append([]byte("MDR9"), embedded[4:]...)} {
		if _, err := Load(b); err == nil {
			t.Errorf("%d bytes are taken for a model", len(b))
		}
	}
}

// TestAverage: a model of a network twice says what the network alone does.
func TestAverage(t *testing.T) {
	one, err := Load(embedded)
	if err != nil {
		t.Fatal(err)
	}
	one = one.Only(0)
	twice := &Model{networks: append(slices.Clone(one.networks), one.networks...)}
	for _, outgoing := range []bool{false, true} {
		in := Encode(text.Normalize("暗証番号は5093です。口座番号を教えてください。"), About{Outgoing: outgoing})
		a, b := one.Read(in, nil), twice.Read(in, nil)
		if len(a.Found) == 0 || len(a.Found) != len(b.Found) || math.Abs(a.Fake-b.Fake) > 1e-5 {
			t.Fatalf("%+v, %+v", a, b)
		}
		for i := range a.Found {
			if x, y := a.Found[i], b.Found[i]; x.Start != y.Start || x.Kind != y.Kind || math.Abs(x.Probability-y.Probability) > 1e-5 {
				t.Errorf("%+v, %+v", x, y)
			}
		}
	}
}

// TestRead: the model that comes with the program tells asked from named, a draft's
// secret from its topic, and a fraud from a notice.
func TestRead(t *testing.T) {
	kinds := func(outgoing bool, s string) (asked, named []string, r Reading) {
		in := Encode(text.Normalize(s), About{Outgoing: outgoing, Channel: exchange.ChannelSMS})
		r = Default().Read(in, nil)
		for _, f := range r.Found {
			c, a := What(f.Kind)
			if f.Named {
				named = append(named, string(c)+string(a))
			} else {
				asked = append(asked, string(c)+string(a))
			}
		}
		return asked, named, r
	}
	if asked, _, r := kinds(false, "口座の利用を停止しました。本日中に下記で暗証番号を入力してください。 https://kakunin-uketsuke.example/1"); !slices.Contains(asked, "pin") || r.Fake < 0.5 {
		t.Errorf("a fraud: %v, %.2f", asked, r.Fake)
	}
	if asked, _, r := kinds(false, "当行から暗証番号をお尋ねすることは一切ありません。"); slices.Contains(asked, "pin") || r.Fake > 0.5 {
		t.Errorf("a warning: %v, %.2f", asked, r.Fake)
	}
	if told, _, _ := kinds(true, "暗証番号は5093なのに通りません。"); !slices.Contains(told, "pin") {
		t.Errorf("a secret: %v", told)
	}
	if told, _, _ := kinds(true, "暗証番号を忘れました。"); len(told) > 0 {
		t.Errorf("a topic: %v", told)
	}
}

// TestLong: a text of any length is read in pieces; nothing at its end is lost.
func TestLong(t *testing.T) {
	s := strings.Repeat("よろしくお願いいたします。\n", 900) + "暗証番号は5093なのに通りません。"
	in := Encode(text.Normalize(s), About{Outgoing: true})
	found := Default().Read(in, nil).Found
	if !slices.ContainsFunc(found, func(f Found) bool { return s[f.Start:f.End] == "5093" }) {
		t.Errorf("%v", found)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(embedded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s := strings.Repeat("お客様のご契約について、本日中に下記の番号までお電話ください。", 10)
	t := text.Normalize(s)
	for b.Loop() {
		Default().Read(Encode(t, About{}), nil)
	}
}

// TestScenarios: what the model's outputs stand for is what the corpus's heads may say,
// in the same order, and each has its record.
func TestScenarios(t *testing.T) {
	if want := append(slices.Clone(corpus.Fraud), corpus.Genuine...); !slices.Equal(Scenarios, want) {
		t.Errorf("%v, the corpus has %v", Scenarios, want)
	}
	for _, id := range Scenarios {
		if knowledge.ScenarioByID(id) == nil {
			t.Errorf("data/scenarios has no %s", id)
		}
	}
}
