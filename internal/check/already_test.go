package check_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
)

// TestAlready: who says that he has told or paid is told to call at once; a condition, a
// quotation, a talk and a request are no such thing.
func TestAlready(t *testing.T) {
	for text, want := range map[string]bool{
		"さっきの電話で、暗証番号を教えてしまいました。":                 true,
		"母が玄関でカードを渡しちゃったんです":                      true,
		"もう20万円振り込んでしまった":                         true,
		"口座番号を教えてしまった方は、すぐに当行へご連絡ください。":           false,
		"手口の例：「暗証番号を教えてしまいました」という相談が増えています。":      false,
		"お客様: 番号を言ってしまいました。\n担当: 承知しました。お調べします。":  false,
		"ご注文の品を発送しました。届いたらご確認ください。":               false,
		"誤って送信した場合は、メールを消してください。ご迷惑をおかけしてしまいました。": false,
	} {
		v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: text})
		if got := len(v.Next) > 0 && v.Next[0].ID == "call_at_once"; got != want {
			t.Errorf("%s: %v, %+v", text, v.Level, v.Next)
		} else if got && v.Level != exchange.Stop {
			t.Errorf("%s: %v", text, v.Level)
		}
	}
}

// TestArrived: a text of which nobody said whether it was received is received where it can be
// nothing else; a draft with a code in it stays a draft.
func TestArrived(t *testing.T) {
	for text, want := range map[string]exchange.Direction{
		"あなたの認証コードは 482913 です。このコードを誰にも教えないでください。":       exchange.Incoming,
		"おばあちゃん、今度の日曜のお昼、みんなで行くね。駅に着いたら電話する。":            exchange.Incoming,
		"ログインできません。届いた認証コードは482913です。会員番号はA-55821、山下です。": exchange.Outgoing,
		"予約の変更をお願いします。予約番号はR-77120、氏名は山下 恵子です。":          exchange.Outgoing,
	} {
		if v := check.Check(&exchange.Exchange{Text: text}); v.Exchange.Direction != want {
			t.Errorf("%s: taken as %s, %s", text, v.Exchange.Direction, v.Level)
		}
	}
}

// TestSays: advice that words call for goes before everything else.
func TestSays(t *testing.T) {
	for text, want := range map[string]string{
		"裁判所から支払督促が届きました。":    "court_paper",
		"業者がしつこくて、帰ってくれません。":  "send_away",
		"スーパーからポイントの案内が来ました。": "",
	} {
		v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: text})
		got := ""
		if len(v.Next) > 0 && (v.Next[0].ID == "court_paper" || v.Next[0].ID == "send_away") {
			got = v.Next[0].ID
		}
		if got != want {
			t.Errorf("%s: %+v", text, v.Next)
		}
	}
}
