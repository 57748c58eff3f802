package contact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/contact"
	"github.com/madoguchi/madoguchi/knowledge"
)

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"三井住友カード", "smbc-card"},
		{"三井住友カード株式会社", "smbc-card"},
		{"ﾐﾂｲｽﾐﾄﾓｶｰﾄﾞ", ""},
		{"SMBC CARD", "smbc-card"},
		{"Vpass", "smbc-card"},
		{"Amazon.co.jp", "amazon"},
		{"日本郵便 国際郵便課", "japan-post"},
		{"ほしぞら銀行", ""},
		{"", ""},
	} {
		got := ""
		if o := contact.Resolve(c.name); o != nil {
			got = o.ID
		}
		if got != c.want {
			t.Errorf("Resolve(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestJudgeURL(t *testing.T) {
	amazon := contact.Resolve("Amazon")
	for _, c := range []struct {
		name, url string
		claimed   *knowledge.Organization
		status    madoguchi.Status
		suspicion madoguchi.Suspicion
		rule      string
	}{
		{"own domain", "https://www.amazon.co.jp/gp/help", amazon, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"own domain, nobody claimed", "amazon.co.jp", nil, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"not listed, and nothing speaks against it", "https://example.com/", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionNone, "domain-not-listed"},
		{"not listed, on a suffix that impostors like", "https://example.top/", amazon, madoguchi.Impostor, madoguchi.SuspicionSome, "domain-not-official"},
		{"unknown, nobody claimed", "https://example.com/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionNone, ""},
		{"another organization's", "https://www.yodobashi.com/", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionNone, "domain-of-another"},
		{"user info", "https://amazon.co.jp@example.top/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "url-user-info"},
		{"brand as subdomain", "https://amazon.co.jp.example.top/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "official-domain-in-front"},
		{"brand with a hyphen", "https://mercari-support.example/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "brand-in-foreign-host"},
		{"the look of phishing", "https://smbc-kfsdx.icu/login", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-looks-like-phishing"},
		{"a company's suffix", "https://www.mihon-kaden.co.jp/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionNone, ""},
		{"one letter", "https://yodobashl.com/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-one-edit-from-brand"},
		{"one letter missing", "https://yodobasi.com/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-one-edit-from-brand"},
		{"Cyrillic letters", "https://xn--mzon-43dbc.com/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-mixed-scripts"},
		{"bare address", "http://203.0.113.7/login", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-ip-literal"},
		{"script", "javascript:alert(1)", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "url-scheme"},
		{"imitated suffix", "https://reibank-co-jp.net/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-imitates-suffix"},
		{"short link", "https://bit.ly/abc", nil, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "url-shortener"},
		{"Cyrillic and Latin", "https://www.аmazon.co.jp/", amazon, madoguchi.Impostor, madoguchi.SuspicionStrong, "host-mixed-scripts"},
		{"one script that looks like another", "https://xn--80ak6aa92e.com/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-confusable-with-brand"},
		{"marks over letters", "https://rákuten.net/", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "host-confusable-with-brand"},
		{"a page that sends on", "https://www.google.com/url?q=https://rei.example.net/&sa=D", amazon, madoguchi.Impostor, madoguchi.SuspicionSome, "redirects-elsewhere"},
		{"a page that sends on to itself", "https://www.google.com/url?q=https://www.google.com/url%3Fq%3Dx", nil, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"a form of anybody's", "https://docs.google.com/forms/d/e/0000/viewform", nil, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "anybody-publishes-here"},
		{"a page in a store of files", "https://storage.googleapis.com/rei/index.html", nil, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "page-in-storage-bucket"},
		{"a slip of the pen", "htttps://www.amazon.co.jp/", amazon, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"full-width dots", "https://www．amazon．co．jp/", amazon, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"wrapped by Outlook", "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.amazon.co.jp%2Fgp%2Fhelp&data=05%7C02", amazon, madoguchi.Official, madoguchi.SuspicionNone, "link-wrapped"},
		{"a stranger, wrapped by Outlook", "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2F&data=05", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionNone, "link-wrapped"},
		{"wrapped by Proofpoint", "https://urldefense.com/v3/__https://www.amazon.co.jp/gp/help__;!!abc!def$", amazon, madoguchi.Official, madoguchi.SuspicionNone, "link-wrapped"},
		{"wrapped by Proofpoint, older", "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.amazon.co.jp_gp_help&d=x", amazon, madoguchi.Official, madoguchi.SuspicionNone, "link-wrapped"},
		{"wrapped many times", strings.Repeat("https://urldefense.com/v3/__", 9) + "https://www.amazon.co.jp/" + strings.Repeat("__;x", 9), amazon, madoguchi.Unconfirmed, madoguchi.SuspicionStrong, "link-wrapped"},
		{"sends people on", "https://www.amazon.co.jp/redirect?to=https%3A%2F%2Fexample.com%2F", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "address-within-address"},
		{"sends people on, escaped twice", "https://www.amazon.co.jp/r?x=1&to=https%253A%252F%252Fexample.com", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "address-within-address"},
		{"sends people on in the path", "https://www.amazon.co.jp/out/https://example.com/", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionSome, "address-within-address"},
		{"sends people on within its own site", "https://www.amazon.co.jp/ap/signin?return_to=https%3A%2F%2Fwww.amazon.co.jp%2F", amazon, madoguchi.Official, madoguchi.SuspicionNone, "domain-official"},
		{"escaped dot", "https://www.amazon.co.jp%2eexample.com/", amazon, madoguchi.Impostor, madoguchi.SuspicionStrong, "official-domain-in-front"},
		{"escape before an at", "https://www.amazon.co.jp:%@example.com/login", amazon, madoguchi.Impostor, madoguchi.SuspicionStrong, "url-user-info"},
		{"defanged", "hxxps://www[.]amazon[.]co[.]jp/", amazon, madoguchi.Unconfirmed, madoguchi.SuspicionNone, "domain-official"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := contact.JudgeURL(c.url, c.claimed)
			if p.Status != c.status || p.Suspicion != c.suspicion {
				t.Errorf("status %s suspicion %s, want %s %s; evidence %v", p.Status, p.Suspicion, c.status, c.suspicion, p.Evidence)
			}
			if c.rule != "" && !hasRule(p.Evidence, c.rule) {
				t.Errorf("no %s in %v", c.rule, p.Evidence)
			}
		})
	}
}

func hasRule(list []madoguchi.Evidence, rule string) bool {
	for _, e := range list {
		if e.Rule == rule {
			return true
		}
	}
	return false
}

func TestParsePhone(t *testing.T) {
	for _, c := range []struct {
		in, e164 string
		kind     contact.NumberKind
		ok       bool
	}{
		{"03-0000-1234", "+81300001234", contact.NumberFixed, true},
		{"０９０－００００－１２３４", "+819000001234", contact.NumberMobile, true},
		{"060-0000-1234", "+816000001234", contact.NumberMobile, true},
		{"080-0000-1234", "+818000001234", contact.NumberMobile, true},
		{"0800-000-1234", "+818000001234", contact.NumberTollFree, true},
		{"0120000000", "+81120000000", contact.NumberTollFree, true},
		{"0570-000-000", "+81570000000", contact.NumberSharedCost, true},
		{"050-0000-1234", "+815000001234", contact.NumberIP, true},
		{"+81 3 0000 1234", "+81300001234", contact.NumberFixed, true},
		{"+1 844 000 0127", "+18440000127", contact.NumberForeign, true},
		{"#9110", "#9110", contact.NumberShort, true},
		{"188", "188", contact.NumberShort, true},
		{"+800 1234 5678", "+80012345678", contact.NumberFreephone, true},
		{"12345", "", contact.NumberUnknown, false},
		{"電話", "", contact.NumberUnknown, false},
		{"", "", contact.NumberUnknown, false},
	} {
		e164, kind, ok := contact.ParsePhone(c.in)
		if e164 != c.e164 || kind != c.kind || ok != c.ok {
			t.Errorf("ParsePhone(%q) = %q %s %v, want %q %s %v", c.in, e164, kind, ok, c.e164, c.kind, c.ok)
		}
	}
}

// TestDirectoryIsOfficial asks for every verified domain of the directory.
func TestDirectoryIsOfficial(t *testing.T) {
	orgs := knowledge.Organizations()
	verified, imported := map[string]bool{}, map[string]bool{} // by one record or by a related one
	for i := range orgs {
		for _, d := range orgs[i].Domains {
			verified[d.Name] = verified[d.Name] || orgs[i].StatusOf(d) == knowledge.Verified
			imported[d.Name] = imported[d.Name] || orgs[i].StatusOf(d) == knowledge.Imported
		}
	}
	for i := range orgs {
		o := &orgs[i]
		for _, d := range o.Domains {
			p := contact.JudgeURL("https://"+d.Name+"/", o)
			want := madoguchi.Unconfirmed
			if imported[d.Name] {
				want = madoguchi.Announced
			}
			if verified[d.Name] {
				want = madoguchi.Official
			}
			if p.Status != want {
				t.Errorf("%s of %s: %s, want %s", d.Name, o.ID, p.Status, want)
			}
		}
	}
}

// TestUnknownIsNeverOfficial holds for any host that the directory does not
// list.
func TestUnknownIsNeverOfficial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.StringMatching(`[a-z]{3,12}(-[a-z]{2,6})?\.(example|test|invalid)`).Draw(t, "host")
		path := rapid.StringMatching(`(/[a-z0-9._@:-]{0,20}){0,3}`).Draw(t, "path")
		for _, u := range []string{"https://" + host + path, "http://amazon.co.jp@" + host + path, host + path, "https://www.amazon.co.jp." + host + path} {
			if p := contact.JudgeURL(u, nil); p.Status == madoguchi.Official {
				t.Fatalf("%s is official: %v", u, p.Evidence)
			}
		}
	})
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		ex     madoguchi.Exchange
		status madoguchi.Status
		org    string
	}{
		{"mail in a card company's name from a domain that is not listed: absence proves nothing",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "三井住友カード <info@example.org>", Text: "ご確認ください。"}, madoguchi.Unconfirmed, "smbc-card"},
		{"mail in a card company's name from a host that imitates",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "三井住友カード <info@smbc-card.top>", Text: "ご確認ください。"}, madoguchi.Impostor, "smbc-card"},
		{"sender's domain is theirs, nothing authenticated it",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "ご購入ありがとうございます。"}, madoguchi.Unconfirmed, "amazon"},
		{"sender's domain is theirs and authenticated",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "ご購入ありがとうございます。", Mail: &madoguchi.Mail{FromAddress: "info@amazon.co.jp", Authentic: "amazon.co.jp"}}, madoguchi.Official, "amazon"},
		{"link to a stranger beside a forged sender",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "https://example.top/login からログインしてください。"}, madoguchi.Impostor, "amazon"},
		{"a shop that mentions gift cards does not claim to be Amazon",
			madoguchi.Exchange{Channel: madoguchi.ChannelEmail, From: "例商店 <info@rei-shoten.example>", Text: "アンケートにお答えの方にAmazonギフト券を差し上げます。"}, madoguchi.Unconfirmed, ""},
		{"claim in brackets",
			madoguchi.Exchange{Channel: madoguchi.ChannelSMS, From: "090-0000-1234", Text: "【ヤマト運輸】お荷物をお届けしましたが不在でした。http://example.net/a"}, madoguchi.Impostor, "yamato-transport"},
		{"their number calls: a caller's number proves nothing",
			madoguchi.Exchange{Channel: madoguchi.ChannelPhone, Organization: "三井住友カード", From: "03-0000-1234（着信）", Text: "担当: お電話しました。"}, madoguchi.Unconfirmed, "smbc-card"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.ex.Direction = madoguchi.Incoming
			w := contact.Judge(&c.ex)
			if w.Status != c.status || w.OrganizationID != c.org {
				t.Errorf("%s %q, want %s %q: %+v", w.Status, w.OrganizationID, c.status, c.org, w.Evidence)
			}
		})
	}
}

func FuzzJudgeURL(f *testing.F) {
	for _, s := range []string{"https://amazon.co.jp@evil.example/", "http://[::1]:80/", "//x", "http://%zz", "https://а.com", "data:text/html,x", "mailto:a@b.c", "tel:+81"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := contact.JudgeURL(s, nil)
		if p.Status == madoguchi.Impostor {
			t.Fatal("an impostor of nobody")
		}
		if p.Status == madoguchi.Official && p.Organization == "" {
			t.Fatal("official of nobody")
		}
		if !utf8.ValidString(s) {
			return
		}
		w := contact.Judge(&madoguchi.Exchange{Direction: madoguchi.Incoming, Text: s, From: s})
		for _, pt := range w.Points {
			if pt.Span.Start < 0 || pt.Span.End > len(s) || pt.Span.Start > pt.Span.End {
				t.Fatalf("span %v of %d bytes", pt.Span, len(s))
			}
		}
		if strings.TrimSpace(s) == "" && len(w.Points) > 0 {
			t.Fatal("a point in nothing")
		}
	})
}

// TestMailSigns: what a mail's own form says of its sender, told to no list of
// anybody.
func TestMailSigns(t *testing.T) {
	link := []madoguchi.Link{{Shown: "確認", Target: "https://rei.example.com/a"}}
	for _, c := range []struct {
		name, from, subject string
		mail                madoguchi.Mail
		links               []madoguchi.Link
		rule                string // "" where nothing strong is to be found
	}{
		{"ordinary", "例社 <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromName: "例社", FromAddress: "info@rei.example.com", Pictures: []string{"img.rei.example.com"}}, link, ""},
		{"pictures on a free host", "例社 <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei.example.com", Pictures: []string{"i.imgur.com"}}, link, "picture-on-free-host"},
		{"a picture between friends", "例 <a@rei.example.com>", "Re: 写真", madoguchi.Mail{FromAddress: "a@rei.example.com", Talk: true, Pictures: []string{"i.imgur.com"}}, link, ""},
		{"pictures from a bare number", "例社 <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei.example.com", Pictures: []string{"192.0.2.7"}}, link, "picture-from-ip-address"},
		{"letters of mathematics", "例社 <info@rei.example.com>", "𝗙𝗿𝗲𝗲 𝗴𝗶𝗳𝘁", madoguchi.Mail{FromAddress: "info@rei.example.com"}, link, "words-disguised"},
		{"letters of another script", "Rei Ваnk <info@rei.example.com>", "Notice", madoguchi.Mail{FromName: "Rei Ваnk", FromAddress: "info@rei.example.com"}, link, "words-disguised"},
		{"Russian", "Рей <info@rei.example.com>", "Привет", madoguchi.Mail{FromName: "Рей", FromAddress: "info@rei.example.com"}, link, ""},
		{"a family of emoji", "例社 <info@rei.example.com>", "家族の日👨‍👩‍👧", madoguchi.Mail{FromAddress: "info@rei.example.com"}, link, ""},
		{"a broken sender", "例, x <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei.example.com", FromBroken: true}, link, "sender-malformed"},
		{"answers to another free account", "Rei <rei1@gmail.com>", "Hello", madoguchi.Mail{FromAddress: "rei1@gmail.com", ReplyTo: "rei2@gmail.com"}, nil, "reply-to-elsewhere"},
		{"a tenant's first name", "例社 <info@rei0000.onmicrosoft.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei0000.onmicrosoft.com"}, link, "sender-on-free-hosting"},
		{"a short link and nothing else", "例社 <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei.example.com"}, []madoguchi.Link{{Shown: "確認", Target: "https://tinyurl.com/abc"}}, "hidden-behind-shortener"},
		{"a short link beside their own", "例社 <info@rei.example.com>", "お知らせ", madoguchi.Mail{FromAddress: "info@rei.example.com"}, append(link[:1:1], madoguchi.Link{Shown: "x", Target: "https://tinyurl.com/abc"}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ex := &madoguchi.Exchange{Direction: madoguchi.Incoming, Channel: madoguchi.ChannelEmail, Initiator: madoguchi.InitiatorWindow, From: c.from, Subject: c.subject, Text: "ご確認ください。", Links: c.links, Mail: &c.mail}
			w := contact.Judge(ex)
			rules := w.Evidence
			for _, p := range w.Points {
				rules = append(rules, p.Evidence...)
			}
			if c.rule == "" && w.Status == madoguchi.Impostor {
				t.Errorf("impostor by %v", rules)
			}
			if c.rule != "" && (w.Status != madoguchi.Impostor || !hasRule(rules, c.rule)) {
				t.Errorf("%s, want impostor by %s; %v", w.Status, c.rule, rules)
			}
		})
	}
}
