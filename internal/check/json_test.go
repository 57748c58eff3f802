package check_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/pii"
)

// TestRedactJSON: values are covered behind their keys, keys and the rest stay, and the
// same value has the same placeholder.
func TestRedactJSON(t *testing.T) {
	const in = `{"customer":{"name":"山田 花子","phone":"090-0000-1234","note":"電話は090-0000-1234へ"},"password":"hanako-0000","count":3,"tags":["a",true,null],"会員番号":40012345}`
	out, values, err := check.RedactJSON(t.Context(), []byte(in), exchange.Exchange{}, check.RedactOptions{Find: pii.Options{RulesAlone: true}})
	if err != nil {
		t.Fatal(err)
	}
	s := string(out)
	if !json.Valid(out) {
		t.Errorf("no JSON: %s", s)
	}
	for _, kept := range []string{`"customer":{"name":`, `"count":3`, `["a",true,null]`, `"会員番号":`} {
		if !strings.Contains(s, kept) {
			t.Errorf("%s is gone from %s", kept, s)
		}
	}
	for _, gone := range []string{"山田", "090-0000", "hanako-0000", "40012345"} {
		if strings.Contains(s, gone) {
			t.Errorf("%s stays in %s", gone, s)
		}
	}
	if strings.Count(s, "〔電話番号1〕") != 2 || values["〔電話番号1〕"] != "090-0000-1234" {
		t.Errorf("%s %v", s, values)
	}
	if lines, _, err := check.RedactJSON(t.Context(), []byte("{\"a\":1}\n{\"a\":2}\n"), exchange.Exchange{}, check.RedactOptions{}); err != nil || string(lines) != "{\"a\":1}\n{\"a\":2}\n" {
		t.Errorf("%q %v", lines, err)
	}
	// Only what the inquiry does not need: the order's number stays, the password never.
	about := exchange.Exchange{Inquiry: "order_delivery"}
	some, _, err := check.RedactJSON(t.Context(), []byte(`{"注文番号":"503-8841-22","password":"hanako-0000"}`), about, check.RedactOptions{Only: check.CoverUnneeded, Find: pii.Options{RulesAlone: true}})
	if err != nil || !strings.Contains(string(some), "503-8841-22") || strings.Contains(string(some), "hanako") {
		t.Errorf("%s %v", some, err)
	}
	for _, bad := range []string{"", "{", `{"a" 1}`, strings.Repeat("[", 100000)} {
		if _, _, err := check.RedactJSON(t.Context(), []byte(bad), exchange.Exchange{}, check.RedactOptions{}); !errors.Is(err, check.ErrNotJSON) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}
