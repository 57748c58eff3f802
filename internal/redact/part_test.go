package redact_test

import (
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/redact"
)

// TestPartOfMore: where a secret's letters stand within something else, covering them there
// would tell it: the window has the telephone number already.
func TestPartOfMore(t *testing.T) {
	for _, x := range []struct{ text, secret, want string }{
		{"電話090-1234-5678です。暗証番号は 1234 です", " 1234 ", "電話090-1234-5678です。暗証番号は"},
		{"CVVは 456、注文番号は A-4567-01、電話 03-4561-2222", " 456", "注文番号は A-4567-01、電話 03-4561-2222"},
		{"パスワードは hana1、メールは hana1@example.com", "hana1", "hana1@example.com"},
		{"暗証番号は1234。もう一度、1234です", "1234", "もう一度、〔暗証番号1〕です"},
	} {
		start := strings.Index(x.text, x.secret) + len(x.secret) - len(strings.TrimLeft(x.secret, " "))
		end := start + len(strings.TrimSpace(x.secret))
		got := redact.Cover(x.text, []redact.Piece{{Span: exchange.Span{Start: start, End: end}, Name: "暗証番号"}}, redact.Placeholder).Text
		if !strings.Contains(got, x.want) || !strings.Contains(got, "〔暗証番号1〕") {
			t.Errorf("%s\n\tgives %s,\n\twithout %s", x.text, got, x.want)
		}
	}
}
