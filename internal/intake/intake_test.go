package intake_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/intake"
)

func TestRecognize(t *testing.T) {
	sjis, _ := japanese.ShiftJIS.NewEncoder().String("暗証番号を教えてください。")
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("暗証番号を教えてください。")
	for _, c := range []struct {
		name, in string
		kind     intake.Kind
		text     string
	}{
		{"text", "こんにちは。\nお元気ですか", intake.Text, "こんにちは。\nお元気ですか"},
		{"text in Shift_JIS", sjis, intake.Text, "暗証番号を教えてください。"},
		{"text in UTF-16", utf16, intake.Text, "暗証番号を教えてください。"},
		{"byte order mark", "\ufeffこんにちは。", intake.Text, "こんにちは。"},
		{"a colon makes no mail", "件名: お知らせ\n\n本文です", intake.Text, "件名: お知らせ\n\n本文です"},
		{"URL", "https://example.com/a", intake.URL, "https://example.com/a"},
		{"URL without a scheme", "example.co.jp/login", intake.URL, "example.co.jp/login"},
		{"mail address", "info@example.co.jp", intake.Email, "info@example.co.jp"},
		{"number", "０３－００００－１２３４", intake.Phone, "０３－００００－１２３４"},
		{"short number", "#9110", intake.Phone, "#9110"},
		{"a sentence with a number", "03-0000-1234から電話がありました", intake.Text, "03-0000-1234から電話がありました"},
		{"mail", "From: a@example.jp\nTo: b@example.jp\nSubject: x\n\n本文", intake.Mail, "本文"},
	} {
		t.Run(c.name, func(t *testing.T) {
			items, err := intake.Recognize([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if len(items) != 1 || items[0].Kind != c.kind || items[0].Exchange.Text != c.text {
				t.Errorf("%+v, want %s %q", items, c.kind, c.text)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		err      error
	}{
		{"nothing", "", intake.ErrEmpty},
		{"spaces", " \n\t\u3000", intake.ErrEmpty},
		{"PDF", "%PDF-1.7\n%\xe2\xe3", intake.ErrBinary},
		{"zip", "PK\x03\x04\x14\x00\x00", intake.ErrBinary},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00", intake.ErrBinary},
		{"zeros", strings.Repeat("\x00", 1000), intake.ErrBinary},
	} {
		if _, err := intake.Recognize([]byte(c.in)); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	if _, err := intake.Read(strings.NewReader(strings.Repeat("あ", intake.MaxInput/3+1))); !errors.Is(err, intake.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// TestLINE tells the person's words from the other side's.
func TestLINE(t *testing.T) {
	items, err := intake.Recognize([]byte("[LINE] 例支援とのトーク履歴\r\n保存日時：2026/11/23 10:00\r\n\r\n2026/11/23(月)\r\n10:00\t例支援\t暗証番号を教えてください\r\n10:01\t花子\t暗証番号を教えてくださいと言われました\r\n"))
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	ex := items[0].Exchange
	if ex.Channel != exchange.ChannelChat || ex.From != "LINE「例支援」" || ex.Text != "例支援: 暗証番号を教えてください\n私: 暗証番号を教えてくださいと言われました\n" {
		t.Errorf("%+v", ex)
	}
}

// TestSMS gives an item a sender, with the person's answers between, and says
// when the export is broken.
func TestSMS(t *testing.T) {
	xml := `<?xml version='1.0' encoding='UTF-8'?><smses count="3"><sms address="090-0000-1234" type="1" body="一通目" /><sms address="090-0000-1234" type="2" body="返事" /><sms address="例銀行" type="1" body="二通目" /><sms address="例銀`
	items, err := intake.Recognize([]byte(xml))
	if err != nil || len(items) != 2 {
		t.Fatal(items, err)
	}
	if items[0].Exchange.Text != "相手: 一通目\n私: 返事\n" || items[1].Exchange.From != "例銀行" || len(items[1].Exchange.Unread) != 1 {
		t.Errorf("%+v", items)
	}
}
