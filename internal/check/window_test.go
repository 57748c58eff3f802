package check_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
)

// TestWindowInWords: an address with words round it is judged as the address; a name that is
// shown before it proves nothing; what cannot be read is not waved through.
func TestWindowInWords(t *testing.T) {
	for _, x := range []struct {
		organization, contact string
		want                  exchange.Level
	}{
		{"", "+1 (800) 555-0199 Microsoft サポート", exchange.Stop},
		{"", "電話: +86 10 1234 5678", exchange.Stop},
		{"", "Amazon <no-reply@amaz0n.co.jp>", exchange.Stop},
		{"三井住友銀行", `"info@smbc.co.jp"@evil.top`, exchange.Stop},
		{"", "info@smbc.co.jp <x@evil.top>", exchange.Stop},
		{"", "no-reply@amazon.co.jp@evil.net", exchange.Caution},
		{"", "*21*09012345678#", exchange.Stop},
		{"", "非通知", exchange.Caution},
		{"", "005345", exchange.Caution},
		{"", "https://www.smbc.co.jp/kojin/card/", exchange.OK}, // a path asks for nothing
		{"", `https://amazon.co.jp\@evil.net/`, exchange.Stop},
		{"田中商店", "https://www.amazon.co.jp/", exchange.Caution}, // Amazon's, not theirs
		{"", "https://x.com/random_user_123", exchange.Caution},
		{"", "https://play.google.com/store/apps/details?id=com.example", exchange.Caution},
		{"NTT東日本", "116", exchange.Caution}, // each carrier has its own 116
		{"消費者庁", "188", exchange.OK},
		{"大阪府警", "#9110", exchange.OK},
		{"アマゾン", "110", exchange.Caution},
	} {
		v := check.Window(contact.Query{Organization: x.organization, Contact: x.contact})
		if v.Verdict.Level != x.want {
			t.Errorf("%s %s: %s, want %s; %+v", x.organization, x.contact, v.Verdict.Level, x.want, v.Verdict.Where)
		}
	}
}

// TestStrongSignsHold: an address that bears a strong sign of a trap is never waved through,
// however harmless the words round it.
func TestStrongSignsHold(t *testing.T) {
	for _, text := range []string{
		"Amazonから電話がきました。番号は +1 844 555 0199 です。かけ直していいですか",
		"会議の資料です。よろしくお願いします。 https://www.amaz0n.co.jp/a",
	} {
		if v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: text}); v.Level == exchange.OK {
			t.Errorf("%s: ok", text)
		}
	}
}

// TestWindowOnce: what is said of an address and the verdict on it are of one address.
func TestWindowOnce(t *testing.T) {
	for _, value := range []string{"h ttps://www.mizuhobank.co.jp/", "みずほ https://www.mizuhobank.co.jp/ です"} {
		v := check.Window(contact.Query{Organization: "みずほ銀行", Contact: value})
		if v.Point.Status != v.Verdict.Where.Status {
			t.Errorf("%s: %s, and the verdict is of %s", value, v.Point.Status, v.Verdict.Where.Status)
		}
	}
}
