package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/report"
)

var exchanges = []exchange.Exchange{
	{Direction: exchange.Outgoing, Inquiry: "order_delivery", Text: "お世話になっております。見本花子と申します。パスワードはhanako-0000、年収は480万です。" + strings.Repeat("たいへん長い下書きです。", 20)},
	{Direction: exchange.Incoming, Channel: exchange.ChannelEmail, Initiator: exchange.InitiatorWindow, From: "三井住友カード <a@averyveryverylongdomainname-that-goes-on-and-on.example>", Text: "24時間以内に https://averyveryverylongdomainname-that-goes-on-and-on.example/login からログインし、暗証番号とセキュリティコードを入力してください。"},
	{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Initiator: exchange.InitiatorWindow, From: "+1 844 000 0127", Text: "担当: 本日中に口座へ振り込んでください。ご家族には話さないでください。"},
	{Direction: exchange.Incoming, Text: "https://www.amazon.co.jp/"},
}

// TestText holds for every kind of verdict in every language: 80 columns, no
// secret shown, no promise of safety, no escape codes unless asked for.
func TestText(t *testing.T) {
	for _, lang := range []exchange.Lang{exchange.Japanese, exchange.Easy, exchange.English} {
		for i := range exchanges {
			v := check.Check(&exchanges[i])
			var b bytes.Buffer
			if err := report.Text(&b, &v, report.TextOptions{Lang: lang, TakenFor: "text", Full: true}); err != nil {
				t.Fatal(err)
			}
			s := b.String()
			for line := range strings.Lines(s) {
				line = strings.TrimRight(line, "\n")
				// One character that may not begin a line hangs over.
				if w := runewidth.StringWidth(line); w > 82 && !strings.Contains(line, "averyvery") && !strings.Contains(line, "http") {
					t.Errorf("%s: %d columns: %s", lang, w, line)
				}
			}
			for _, bad := range []string{"hanako-0000", "安全です", "is safe", "\x1b", "{item}", "{organization}", "{domain}", "{number}", "{v}"} {
				if strings.Contains(s, bad) {
					t.Errorf("%s %d holds %q:\n%s", lang, i, bad, s)
				}
			}
			again := bytes.Buffer{}
			_ = report.Text(&again, &v, report.TextOptions{Lang: lang, TakenFor: "text", Full: true})
			if again.String() != s {
				t.Errorf("%s %d: the same verdict gives other bytes", lang, i)
			}
		}
	}
}

// TestFirstAid: a message in a language that is not read is answered in it, with the
// numbers of data/consultation; one that was read is not, and a draft is not.
func TestFirstAid(t *testing.T) {
	const letter = "Xin chào, chúng tôi là ngân hàng. Tài khoản của bạn đã bị khóa, vui lòng gọi lại cho chúng tôi ngay hôm nay."
	for _, c := range []struct {
		ex   exchange.Exchange
		want string
	}{
		{exchange.Exchange{Direction: exchange.Incoming, Text: letter}, "vi"},
		{exchange.Exchange{Direction: exchange.Incoming, Text: "您好，您的银行账户已被冻结，请马上联系我们的客服专员，谢谢您的配合。"}, "zh"},
		{exchange.Exchange{Direction: exchange.Incoming, Text: "口座を停止しました。本日中にご連絡ください。"}, ""},
		{exchange.Exchange{Direction: exchange.Outgoing, Text: letter}, ""},
	} {
		v := check.Check(&c.ex)
		aid := report.NewView(&v, exchange.Japanese).FirstAid
		if aid == nil {
			if c.want != "" {
				t.Errorf("no first aid in %s", c.want)
			}
			continue
		}
		if s := strings.Join(aid.Lines, "\n"); aid.Lang != c.want || strings.Contains(s, "{") || !strings.Contains(s, knowledge.ConsultationByID("houterasu_multilingual").Phone) {
			t.Errorf("%s, want %q: %s", aid.Lang, c.want, s)
		}
	}
}

// TestColor: the verdict's word and mark stand beside the colour.
func TestColor(t *testing.T) {
	v := check.Check(&exchanges[0])
	var b bytes.Buffer
	if err := report.Text(&b, &v, report.TextOptions{Color: true, Full: true}); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.HasPrefix(s, "\x1b[") || !strings.Contains(s, "[STOP]") || !strings.Contains(s, "止めてください") {
		t.Errorf("headline %q", s[:60])
	}
}

// TestRowNamesParents: the JSON names coarse categories, with the finer id
// beside them.
func TestRowNamesParents(t *testing.T) {
	v := check.Check(&exchange.Exchange{Direction: exchange.Outgoing, Text: "供給地点特定番号 03-0000-1111-2222-3333-4444"})
	b, err := json.Marshal(report.NewRow(&v))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(b); !strings.Contains(s, `"category":"contract_number","finer":"supply_point_number"`) {
		t.Error(s)
	}
}

// TestNeeds prints a table for every inquiry in every language.
func TestNeeds(t *testing.T) {
	for _, q := range knowledge.Inquiries() {
		for _, lang := range []exchange.Lang{exchange.Japanese, exchange.Easy, exchange.English} {
			var b bytes.Buffer
			if err := report.Needs(&b, q.ID, need.Table(q.ID, need.Circumstances{}), lang, 80); err != nil {
				t.Fatal(err)
			}
			if b.Len() < 500 {
				t.Errorf("%s %s: %s", q.ID, lang, b.String())
			}
		}
	}
}

// TestAct: every answer but an ok begins with what to do; a situation that is not certain
// gives no words of its own.
func TestAct(t *testing.T) {
	for _, text := range []string{
		"業者から、見積もりを見に来てほしいと電話がありました。住所と電話番号を聞かれています。",
		"月曜までに会費を振り込んでください。振込先はメールに書いた口座です。",
		"裏の山の木を切ると言う人が来て、家の鍵を貸してくださいと言いました。",
		"【お知らせ】ご確認ください https://example.com/a",
	} {
		v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Text: text})
		for _, lang := range []exchange.Lang{exchange.Japanese, exchange.Easy, exchange.English} {
			if x := report.NewView(&v, lang); v.Level != exchange.OK && x.Act == "" {
				t.Errorf("%s: %s, no act", text, v.Level)
			}
		}
	}
	v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Text: "おれだけど、会社の金を使い込んだ。今日中に300万円を振り込んで。母さんには言わないで。"})
	act := knowledge.ScenarioByID(v.Scenario).Act.JA
	if x := report.NewView(&v, exchange.Japanese); !v.Certain || x.Act != act {
		t.Errorf("certain %v: %s", v.Certain, x.Act)
	}
	v.Certain = false
	if x := report.NewView(&v, exchange.Japanese); x.Act == act || x.Act == "" {
		t.Errorf("not certain: %s", x.Act)
	}
}
