package ask_test

import (
	"testing"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/ask"
)

func TestGuessDirection(t *testing.T) {
	for s, want := range map[string]madoguchi.Direction{
		"注文した本が届きません。電話は090-0000-1234です。":                   madoguchi.Outgoing,
		"届いた品のページは http://shop.example/1 です。":               madoguchi.Outgoing,
		"貴社のサイトで困っています。返信をお願いします。":                          madoguchi.Outgoing,
		"平素より当社をご利用いただきありがとうございます。":                         madoguchi.Incoming,
		"お客様の暗証番号を入力してください。":                                madoguchi.Incoming,
		"暗証番号を http://a.example に入力してください。":                 madoguchi.Incoming,
		"Please confirm your account: enter your password.": madoguchi.Incoming,
	} {
		if got := ask.GuessDirection(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}
