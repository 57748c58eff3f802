package talk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/talk"
)

const call = `担当：例銀行お客様センターの山田と申します。ご本人確認のため、お名前と生年月日をお願いします。
私：見本花子です。昭和40年5月3日生まれです。
担当：ありがとうございます。口座番号もお願いします。
私：1234567です。
担当：続いて、キャッシュカードの暗証番号をお願いします。
私：7714です。
担当：口座番号をもう一度お願いします。
`

func levels(steps []talk.Step) (out []string) {
	for _, s := range steps {
		who := "window"
		if s.Mine {
			who = "person"
		}
		out = append(out, fmt.Sprint(who, " ", s.Level, " ", s.Notes))
	}
	return out
}

// TestFollow: the verdict follows each turn, the turn to a secret is named,
// what is asked again is noticed, what was told is kept.
func TestFollow(t *testing.T) {
	ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Initiator: exchange.InitiatorWindow, Text: call}
	c, steps := talk.Follow(ex)
	want := []string{
		"window caution []", "person caution [told_unneeded]", // who calls unasked and wants a name and a birth date
		"window caution []", "person caution [told_unneeded]", // the account number is an answer: the question before it makes it one
		"window stop [turns_to_secret]", "person stop [secret_told]",
		"window stop [asked_again]",
	}
	if got := levels(steps); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := (talk.Caller{Company: "例銀行", Department: "お客様センター", Name: "山田"}); c.Caller != want { // not in the directory
		t.Errorf("caller %+v, want %+v", c.Caller, want)
	}
	if !slices.Contains(c.Told, exchange.Category("name")) || !slices.Contains(c.Told, exchange.Category("birth_date")) {
		t.Errorf("told %v", c.Told)
	}
	told := c.AlreadyTold()
	if len(told) == 0 || told[0] != "told_pin" {
		t.Errorf("first of all the PIN: %v", told)
	}
	for _, id := range told {
		if a := knowledge.AdviceByID(id); a == nil || a.Kind != "told_already" {
			t.Errorf("no advice %q for what has been told", id)
		}
	}
}

// TestCallerIsCompared: company and number are held against the directory.
func TestCallerIsCompared(t *testing.T) {
	ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Text: "相手：ヤマト運輸サポートセンターの佐藤と申します。折り返しの番号は050-0000-1234です。\n私：はい。\n"}
	c, _ := talk.Follow(ex)
	if c.Caller.Organization == "" || c.Caller.NumberStatus != exchange.Unconfirmed {
		t.Errorf("%+v", c.Caller)
	}
}

// TestFollowAll: a sequence of mails is one talk.
func TestFollowAll(t *testing.T) {
	mail := func(s string) exchange.Exchange {
		return exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelEmail, Initiator: exchange.InitiatorWindow, From: "a@example.net", Text: s}
	}
	_, steps := talk.FollowAll([]exchange.Exchange{mail("お名前を教えてください。"), mail("口座番号を教えてください。"), mail("暗証番号を教えてください。"), mail("口座番号を教えてください。")})
	got := fmt.Sprint(steps[2].Notes, steps[3].Notes)
	if got != "[turns_to_secret] [asked_again]" {
		t.Errorf("%s, %v", got, levels(steps))
	}
}

// TestDelivered: a code that is sent to be typed is no ask; to read it out is.
func TestDelivered(t *testing.T) {
	for _, c := range []struct {
		text string
		want exchange.Level
	}{
		{"認証コード：482910 有効期限は10分です。他の人に教えないでください。", exchange.OK},
		{"担当：確認のため、いまSMSに届いた6桁の番号を読み上げてください。", exchange.Stop},
	} {
		ex := &exchange.Exchange{Direction: exchange.Incoming, Initiator: exchange.InitiatorPerson, Channel: exchange.ChannelSMS, Text: c.text}
		if got, _ := talk.Follow(ex); got.Level != c.want {
			t.Errorf("%s: %s, want %s", c.text, got.Level, c.want)
		}
	}
}

// TestNotNamed: a caller who has not said who he is by his third turn.
func TestNotNamed(t *testing.T) {
	ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Text: "相手：もしもし。\n私：はい。\n相手：ご自宅でしょうか。\n私：そうです。\n相手：少しお話があります。\n"}
	_, steps := talk.Follow(ex)
	if !slices.Contains(steps[len(steps)-1].Notes, talk.NotNamed) {
		t.Errorf("%v", levels(steps))
	}
}

// TestLongTalk: a hundred thousand turns cost bounded memory and say what was
// left out.
func TestLongTalk(t *testing.T) {
	ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelChat, Text: strings.Repeat("例店：はい。\n私：はい。\n", 50000) + "例店：暗証番号を教えてください。\n"}
	c, steps := talk.Follow(ex)
	if len(steps) != talk.MaxTurns || c.Skipped != 100001-talk.MaxTurns || c.Level != exchange.Stop {
		t.Errorf("%d steps, %d left out, level %s", len(steps), c.Skipped, c.Level)
	}
}

// TestFollowNeverSoftens: a later turn never takes a stop back.
func TestFollowNeverSoftens(t *testing.T) {
	ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelChat, Text: "例店：暗証番号を教えてください。\n私：いやです。\n例店：失礼しました。結構です。\n"}
	_, steps := talk.Follow(ex)
	for _, s := range steps {
		if s.Level != exchange.Stop {
			t.Errorf("%v", levels(steps))
		}
	}
}
