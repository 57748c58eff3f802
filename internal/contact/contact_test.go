package contact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
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
		status    exchange.Status
		suspicion exchange.Suspicion
		rule      string
	}{
		{"own domain", "https://www.amazon.co.jp/gp/help", amazon, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"own domain, nobody claimed", "amazon.co.jp", nil, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"not listed, and nothing speaks against it", "https://example.com/", amazon, exchange.Unconfirmed, exchange.SuspicionNone, "domain-not-listed"},
		{"not listed, on a suffix that impostors like", "https://example.top/", amazon, exchange.Impostor, exchange.SuspicionSome, "domain-not-official"},
		{"unknown, nobody claimed", "https://example.com/", nil, exchange.Unconfirmed, exchange.SuspicionNone, ""},
		{"another organization's", "https://www.yodobashi.com/", amazon, exchange.Unconfirmed, exchange.SuspicionNone, "domain-of-another"},
		{"user info", "https://amazon.co.jp@example.top/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "url-user-info"},
		{"brand as subdomain", "https://amazon.co.jp.example.top/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "official-domain-in-front"},
		{"brand with a hyphen", "https://mercari-support.example/", nil, exchange.Unconfirmed, exchange.SuspicionSome, "brand-in-foreign-host"},
		{"the look of phishing", "https://smbc-kfsdx.icu/login", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-looks-like-phishing"},
		{"a company's suffix", "https://www.mihon-kaden.co.jp/", nil, exchange.Unconfirmed, exchange.SuspicionNone, ""},
		{"one letter", "https://yodobashl.com/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-one-edit-from-brand"},
		{"one letter missing", "https://yodobasi.com/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-one-edit-from-brand"},
		{"Cyrillic letters", "https://xn--mzon-43dbc.com/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-mixed-scripts"},
		{"bare address", "http://203.0.113.7/login", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-ip-literal"},
		{"script", "javascript:alert(1)", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "url-scheme"},
		{"imitated suffix", "https://reibank-co-jp.net/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-imitates-suffix"},
		{"an imitated suffix in front", "https://reibank-go.jp.click/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-imitates-suffix"},
		{"an official domain with hyphens for its dots", "https://npa-go.jp/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "official-domain-in-front"},
		{"the same, whole", "https://line-me.example/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "official-domain-in-front"},
		{"letters like those of a short name that is claimed", "https://direct.srnbc.example/", contact.Resolve("三井住友銀行"), exchange.Impostor, exchange.SuspicionStrong, "host-confusable-with-brand"},
		{"letters that look like one", "https://arnazon.co.jp/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-confusable-with-brand"},
		{"a talk that anybody opens", "https://lin.ee/abc", nil, exchange.Unconfirmed, exchange.SuspicionSome, "anybody-publishes-here"},
		{"a form of anybody's, short", "https://forms.gle/abc", nil, exchange.Unconfirmed, exchange.SuspicionSome, "anybody-publishes-here"},
		{"short link", "https://bit.ly/abc", nil, exchange.Unconfirmed, exchange.SuspicionSome, "url-shortener"},
		{"Cyrillic and Latin", "https://www.аmazon.co.jp/", amazon, exchange.Impostor, exchange.SuspicionStrong, "host-mixed-scripts"},
		{"one script that looks like another", "https://xn--80ak6aa92e.com/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-confusable-with-brand"},
		{"marks over letters", "https://rákuten.net/", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "host-confusable-with-brand"},
		{"a page that sends on", "https://www.google.com/url?q=https://rei.example.net/&sa=D", amazon, exchange.Impostor, exchange.SuspicionSome, "redirects-elsewhere"},
		{"a page that sends on to itself", "https://www.google.com/url?q=https://www.google.com/url%3Fq%3Dx", nil, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"a form of anybody's", "https://docs.google.com/forms/d/e/0000/viewform", nil, exchange.Unconfirmed, exchange.SuspicionSome, "anybody-publishes-here"},
		{"a page in a store of files", "https://storage.googleapis.com/rei/index.html", nil, exchange.Unconfirmed, exchange.SuspicionStrong, "page-in-storage-bucket"},
		{"a slip of the pen", "htttps://www.amazon.co.jp/", amazon, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"full-width dots", "https://www．amazon．co．jp/", amazon, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"wrapped by Outlook", "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.amazon.co.jp%2Fgp%2Fhelp&data=05%7C02", amazon, exchange.Official, exchange.SuspicionNone, "link-wrapped"},
		{"a stranger, wrapped by Outlook", "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2F&data=05", amazon, exchange.Unconfirmed, exchange.SuspicionNone, "link-wrapped"},
		{"wrapped by Proofpoint", "https://urldefense.com/v3/__https://www.amazon.co.jp/gp/help__;!!abc!def$", amazon, exchange.Official, exchange.SuspicionNone, "link-wrapped"},
		{"wrapped by Proofpoint, older", "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.amazon.co.jp_gp_help&d=x", amazon, exchange.Official, exchange.SuspicionNone, "link-wrapped"},
		{"wrapped many times", strings.Repeat("https://urldefense.com/v3/__", 9) + "https://www.amazon.co.jp/" + strings.Repeat("__;x", 9), amazon, exchange.Unconfirmed, exchange.SuspicionStrong, "link-wrapped"},
		{"sends people on", "https://www.amazon.co.jp/redirect?to=https%3A%2F%2Fexample.com%2F", amazon, exchange.Unconfirmed, exchange.SuspicionSome, "address-within-address"},
		{"sends people on, escaped twice", "https://www.amazon.co.jp/r?x=1&to=https%253A%252F%252Fexample.com", amazon, exchange.Unconfirmed, exchange.SuspicionSome, "address-within-address"},
		{"sends people on in the path", "https://www.amazon.co.jp/out/https://example.com/", amazon, exchange.Unconfirmed, exchange.SuspicionSome, "address-within-address"},
		{"sends people on within its own site", "https://www.amazon.co.jp/ap/signin?return_to=https%3A%2F%2Fwww.amazon.co.jp%2F", amazon, exchange.Official, exchange.SuspicionNone, "domain-official"},
		{"escaped dot", "https://www.amazon.co.jp%2eexample.com/", amazon, exchange.Impostor, exchange.SuspicionStrong, "official-domain-in-front"},
		{"escape before an at", "https://www.amazon.co.jp:%@example.com/login", amazon, exchange.Impostor, exchange.SuspicionStrong, "url-user-info"},
		{"defanged", "hxxps://www[.]amazon[.]co[.]jp/", amazon, exchange.Unconfirmed, exchange.SuspicionNone, "domain-official"},
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

func hasRule(list []exchange.Evidence, rule string) bool {
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
			want := exchange.Unconfirmed
			if imported[d.Name] {
				want = exchange.Announced
			}
			if verified[d.Name] {
				want = exchange.Official
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
			if p := contact.JudgeURL(u, nil); p.Status == exchange.Official {
				t.Fatalf("%s is official: %v", u, p.Evidence)
			}
		}
	})
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		ex     exchange.Exchange
		status exchange.Status
		org    string
	}{
		{"mail in a card company's name from a domain that is not listed: absence proves nothing",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "三井住友カード <info@example.org>", Text: "ご確認ください。"}, exchange.Unconfirmed, "smbc-card"},
		{"mail in a card company's name from a host that imitates",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "三井住友カード <info@smbc-card.top>", Text: "ご確認ください。"}, exchange.Impostor, "smbc-card"},
		{"sender's domain is theirs, nothing authenticated it",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "ご購入ありがとうございます。"}, exchange.Unconfirmed, "amazon"},
		{"sender's domain is theirs and authenticated",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "ご購入ありがとうございます。", Mail: &exchange.Mail{FromAddress: "info@amazon.co.jp", Authentic: "amazon.co.jp"}}, exchange.Official, "amazon"},
		{"link to a stranger beside a forged sender",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "Amazon.co.jp <info@amazon.co.jp>", Text: "https://example.top/login からログインしてください。"}, exchange.Impostor, "amazon"},
		{"a shop that mentions gift cards does not claim to be Amazon",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "例商店 <info@rei-shoten.example>", Text: "アンケートにお答えの方にAmazonギフト券を差し上げます。"}, exchange.Unconfirmed, ""},
		{"a number to call in the name that is shown",
			exchange.Exchange{Channel: exchange.ChannelEmail, From: "三井住友カード 至急お電話を 050-0000-1234 <a@example.org>", Text: "差出人名をご覧ください。"}, exchange.Impostor, "smbc-card"},
		{"claim in brackets",
			exchange.Exchange{Channel: exchange.ChannelSMS, From: "090-0000-1234", Text: "【ヤマト運輸】お荷物をお届けしましたが不在でした。http://example.net/a"}, exchange.Impostor, "yamato-transport"},
		{"their number calls: a caller's number proves nothing",
			exchange.Exchange{Channel: exchange.ChannelPhone, Organization: "三井住友カード", From: "03-0000-1234（着信）", Text: "担当: お電話しました。"}, exchange.Unconfirmed, "smbc-card"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.ex.Direction = exchange.Incoming
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
		if p.Status == exchange.Impostor {
			t.Fatal("an impostor of nobody")
		}
		if p.Status == exchange.Official && p.Organization == "" {
			t.Fatal("official of nobody")
		}
		if !utf8.ValidString(s) {
			return
		}
		w := contact.Judge(&exchange.Exchange{Direction: exchange.Incoming, Text: s, From: s})
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
	link := []exchange.Link{{Shown: "確認", Target: "https://rei.example.com/a"}}
	for _, c := range []struct {
		name, from, subject string
		mail                exchange.Mail
		links               []exchange.Link
		rule                string // "" where nothing strong is to be found
	}{
		{"ordinary", "例社 <info@rei.example.com>", "お知らせ", exchange.Mail{FromName: "例社", FromAddress: "info@rei.example.com", Pictures: []string{"img.rei.example.com"}}, link, ""},
		{"pictures on a free host", "例社 <info@rei.example.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei.example.com", Pictures: []string{"i.imgur.com"}}, link, "picture-on-free-host"},
		{"a picture between friends", "例 <a@rei.example.com>", "Re: 写真", exchange.Mail{FromAddress: "a@rei.example.com", Talk: true, Pictures: []string{"i.imgur.com"}}, link, ""},
		{"pictures from a bare number", "例社 <info@rei.example.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei.example.com", Pictures: []string{"192.0.2.7"}}, link, "picture-from-ip-address"},
		{"letters of mathematics", "例社 <info@rei.example.com>", "𝗙𝗿𝗲𝗲 𝗴𝗶𝗳𝘁", exchange.Mail{FromAddress: "info@rei.example.com"}, link, "words-disguised"},
		{"letters of another script", "Rei Ваnk <info@rei.example.com>", "Notice", exchange.Mail{FromName: "Rei Ваnk", FromAddress: "info@rei.example.com"}, link, "words-disguised"},
		{"Russian", "Рей <info@rei.example.com>", "Привет", exchange.Mail{FromName: "Рей", FromAddress: "info@rei.example.com"}, link, ""},
		{"a family of emoji", "例社 <info@rei.example.com>", "家族の日👨‍👩‍👧", exchange.Mail{FromAddress: "info@rei.example.com"}, link, ""},
		{"a broken sender", "例, x <info@rei.example.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei.example.com", FromBroken: true}, link, "sender-malformed"},
		{"answers to another free account", "Rei <rei1@gmail.com>", "Hello", exchange.Mail{FromAddress: "rei1@gmail.com", ReplyTo: "rei2@gmail.com"}, nil, "reply-to-elsewhere"},
		{"a tenant's first name", "例社 <info@rei0000.onmicrosoft.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei0000.onmicrosoft.com"}, link, "sender-on-free-hosting"},
		{"a short link and nothing else", "例社 <info@rei.example.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei.example.com"}, []exchange.Link{{Shown: "確認", Target: "https://tinyurl.com/abc"}}, "hidden-behind-shortener"},
		{"a short link beside their own", "例社 <info@rei.example.com>", "お知らせ", exchange.Mail{FromAddress: "info@rei.example.com"}, append(link[:1:1], exchange.Link{Shown: "x", Target: "https://tinyurl.com/abc"}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ex := &exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelEmail, Initiator: exchange.InitiatorWindow, From: c.from, Subject: c.subject, Text: "ご確認ください。", Links: c.links, Mail: &c.mail}
			w := contact.Judge(ex)
			rules := w.Evidence
			for _, p := range w.Points {
				rules = append(rules, p.Evidence...)
			}
			if c.rule == "" && w.Status == exchange.Impostor {
				t.Errorf("impostor by %v", rules)
			}
			if c.rule != "" && (w.Status != exchange.Impostor || !hasRule(rules, c.rule)) {
				t.Errorf("%s, want impostor by %s; %v", w.Status, c.rule, rules)
			}
		})
	}
}
