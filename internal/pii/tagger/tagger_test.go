package tagger_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/pii/tagger"
)

func names(text string) []string {
	var out []string
	for _, n := range tagger.New(tagger.Default()).Names(nil, text, nil) {
		out = append(out, text[n.Start:n.End])
	}
	return out
}

// TestNames: mentions in running prose, and what looks like names.
func TestNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"昨日、山田太郎は東京へ行った。", "山田太郎"},
		{"佐藤花子さんと鈴木一郎さんが来た。", "佐藤花子|鈴木一郎"},
		{"グエン・ヴァン・アンは留学生である。", "グエン・ヴァン・アン"},
		{"高島屋と山田電機で買い物をした。", ""},
		{"松本駅から森の中の住宅まで歩いた。", ""},
		{"東京都千代田区に本社を置く株式会社である。", ""},
	} {
		if got := strings.Join(names(c.text), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestSpans holds for any text: spans are in it, on rune boundaries, with a
// probability.
func TestSpans(t *testing.T) {
	tg := tagger.New(tagger.Default()) // reused: its buffers must not leak
	pieces := []string{"山田", "太郎", "は", "。", "\n", "Smith", " ", "ジョン・", "スミス", "東京", "1世", "ルイ", "さくら", "(", "𠮷", "é", "々"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), "")
		got := tg.Names(nil, s, nil)
		again := tagger.New(tagger.Default()).Names(nil, s, nil)
		if len(got) != len(again) {
			t.Fatalf("a used tagger finds %v, a new one %v", got, again)
		}
		for i, n := range got {
			if n.Start < 0 || n.End > len(s) || n.Start >= n.End || !utf8.ValidString(s[n.Start:n.End]) {
				t.Fatalf("span %+v of %q", n, s)
			}
			if n.Probability <= 0 || n.Probability > 1.000001 {
				t.Fatalf("probability of %q: %v", s[n.Start:n.End], n.Probability)
			}
			if n != again[i] {
				t.Fatalf("a used tagger finds %v, a new one %v", got, again)
			}
		}
	})
}

// TestParseRefuses broken models.
func TestParseRefuses(t *testing.T) {
	b := tagger.Default().Bytes()
	for _, n := range []int{0, 5, 100, 10000, len(b) - 1} {
		if _, err := tagger.Parse(b[:n]); err == nil {
			t.Errorf("a model cut at %d of %d bytes is read", n, len(b))
		}
	}
	if _, err := tagger.Parse(b); err != nil {
		t.Error(err)
	}
}

func BenchmarkNames(b *testing.B) {
	s := strings.Repeat("先日注文した品がまだ届きません。担当の方から連絡をいただけると聞いておりましたが、見本花子あてに電話はありませんでした。至急ご確認をお願いいたします。", 10)
	tg := tagger.New(tagger.Default())
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		tg.Names(nil, s, nil)
	}
}
