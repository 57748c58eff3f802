package pii_test

import (
	"slices"
	"testing"

	"github.com/madoguchi/madoguchi/internal/pii"
)

// TestEverybody: what is left alone as nobody's own is found where everybody is looked
// for.
func TestEverybody(t *testing.T) {
	for s, want := range map[string][]string{
		"佐藤花子様、いつもお世話になっております。":          {"佐藤花子"},
		"担当の田中太郎よりご連絡します。":               {"田中太郎"},
		"李さんと王先生に会います。":                  {"李", "王"},
		"info@example.jp と 0120-123-456": {"info@example.jp", "0120-123-456"},
		"ルーターは 192.168.1.5 です。":          {"192.168.1.5"},
	} {
		var got []string
		for _, f := range (pii.Options{Everybody: true}).Find(s) {
			got = append(got, f.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		for _, f := range (pii.Options{RulesAlone: true}).Find(s) {
			if slices.Contains(want, f.Text) {
				t.Errorf("%q: %q is nobody's own, and found", s, f.Text)
			}
		}
	}
}
