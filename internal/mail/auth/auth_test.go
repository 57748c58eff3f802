package auth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/madoguchi/madoguchi/internal/mail/auth"
)

// zone is a resolver without a network.
type zone map[string][]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if v, ok := z[strings.TrimSuffix(name, ".")]; ok {
		return v, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupMX(context.Context, string) ([]*net.MX, error)          { return nil, nil }
func (z zone) LookupIPAddr(context.Context, string) ([]net.IPAddr, error)   { return nil, nil }
func (z zone) LookupAddr(context.Context, string) (names []string, e error) { return nil, nil }

const received = "Return-Path: <bounce@mail.example.co.jp>\r\nReceived: from out.example.co.jp (out.example.co.jp [198.51.100.7]) by mx.provider.example; Mon, 23 Nov 2026 10:00:00 +0900\r\n"

const letter = "From: =?utf-8?B?5L6L6YqA6KGM?= <info@example.co.jp>\r\nTo: hanako@provider.example\r\nSubject: Notice\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\n\r\nHello.\r\n"

func signed(t *testing.T, domain string, key crypto.Signer, z zone) string {
	t.Helper()
	switch k := key.(type) {
	case *rsa.PrivateKey:
		der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		z["s._domainkey."+domain] = []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}
	case ed25519.PrivateKey:
		z["s._domainkey."+domain] = []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey))}
	}
	var b bytes.Buffer
	if err := dkim.Sign(&b, strings.NewReader(letter), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: key}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCheck: what proves the From domain and what does not.
func TestCheck(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	policy := zone{"_dmarc.example.co.jp": {"v=DMARC1; p=reject"}}
	with := func(more zone) zone {
		z := zone{}
		for _, m := range []zone{policy, more} {
			for k, v := range m {
				z[k] = v
			}
		}
		return z
	}
	for _, c := range []struct {
		name      string
		mail      func(z zone) string
		zone      zone
		authentic string
		dmarc     auth.Outcome
		forged    bool
	}{
		{"nothing known", func(zone) string { return letter }, zone{}, "", auth.None, false},
		{"a policy and no proof", func(zone) string { return letter }, with(nil), "", auth.Fail, true},
		{"DKIM with RSA", func(z zone) string { return signed(t, "example.co.jp", rsaKey, z) }, with(nil), "example.co.jp", auth.Pass, false},
		{"DKIM with Ed25519", func(z zone) string { return signed(t, "example.co.jp", edKey, z) }, with(nil), "example.co.jp", auth.Pass, false},
		{"DKIM of a subdomain", func(z zone) string { return signed(t, "mail.example.co.jp", edKey, z) }, with(nil), "example.co.jp", auth.Pass, false},
		{"strict alignment", func(z zone) string { return signed(t, "mail.example.co.jp", edKey, z) }, zone{"_dmarc.example.co.jp": {"v=DMARC1; p=reject; adkim=s"}}, "", auth.Fail, true},
		{"DKIM of a stranger", func(z zone) string { return signed(t, "stranger.example.com", edKey, z) }, with(nil), "", auth.Fail, true},
		{"a changed body", func(z zone) string { return signed(t, "example.co.jp", edKey, z) + "More.\r\n" }, with(nil), "", auth.Fail, true},
		{"bare line feeds", func(z zone) string {
			return strings.ReplaceAll(signed(t, "example.co.jp", edKey, z), "\r\n", "\n")
		}, with(nil), "example.co.jp", auth.Pass, false},
		{"SPF in alignment", func(zone) string { return received + letter }, with(zone{"mail.example.co.jp": {"v=spf1 ip4:198.51.100.0/24 -all"}}), "example.co.jp", auth.Pass, false},
		{"SPF of another server", func(zone) string { return received + letter }, with(zone{"mail.example.co.jp": {"v=spf1 ip4:192.0.2.1 -all"}}), "", auth.Fail, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := with(c.zone)
			if len(c.zone) == 0 {
				z = zone{}
			}
			raw := c.mail(z)
			got, err := auth.Check(t.Context(), []byte(raw), z)
			if err != nil {
				t.Fatal(err)
			}
			if got.Authentic != c.authentic || got.DMARC != c.dmarc || got.Forged() != c.forged {
				t.Errorf("%+v, want authentic %q, dmarc %s, forged %v", got, c.authentic, c.dmarc, c.forged)
			}
		})
	}
}

// TestRead: only the topmost field of a trusted server counts.
func TestRead(t *testing.T) {
	const pass = "Authentication-Results: mx.provider.example; dkim=pass header.d=example.co.jp; dmarc=pass header.from=example.co.jp\r\n"
	const fail = "Authentication-Results: mx.provider.example; dkim=none; dmarc=fail header.from=example.co.jp\r\n"
	const stranger = "Authentication-Results: mx.provider.example; dkim=pass header.d=stranger.example.com\r\n"
	const own = "Received: from mail.example.co.jp ([198.51.100.7]) by mx.provider.example with ESMTPS\r\n"
	const others = "Received: from x.example ([198.51.100.8]) by mx.stranger.example with ESMTP\r\n"
	second := strings.Replace(letter, "\r\nSubject:", "\r\nFrom: b@stranger.example\r\nSubject:", 1)
	two := strings.Replace(letter, "@example.co.jp>", "@example.co.jp>, b@stranger.example", 1)
	if second == letter || two == letter {
		t.Fatal("the letter has changed")
	}
	for _, c := range []struct {
		name, mail, trusted, authentic string
		ok, forged                     bool
	}{
		{"trusted", pass + own + letter, "mx.provider.example", "example.co.jp", true, false},
		{"not trusted", pass + own + letter, "mx.other.example", "", false, false},
		{"trusted and failed", fail + pass + own + letter, "mx.provider.example", "", true, true},
		{"a stranger's pass", stranger + own + letter, "mx.provider.example", "", true, false},
		{"none", own + letter, "mx.provider.example", "", false, false},
		{"of the server's domain", pass + strings.Replace(own, "by mx", "by in7.mx", 1) + letter, "mx.provider.example", "example.co.jp", true, false},
		{"below what the server received: it came with the mail", own + pass + letter, "mx.provider.example", "", false, false},
		{"received by another server alone", pass + others + letter, "mx.provider.example", "", false, false},
		{"received by nobody", pass + letter, "mx.provider.example", "", false, false},
		{"behind another server's", others + pass + own + letter, "mx.provider.example", "example.co.jp", true, false},
		{"two From fields", pass + own + second, "mx.provider.example", "", false, false},
		{"two authors", pass + own + two, "mx.provider.example", "", false, false},
	} {
		got, ok := auth.Read([]byte(c.mail), []string{c.trusted})
		if ok != c.ok || got.Authentic != c.authentic || got.Forged() != c.forged {
			t.Errorf("%s: %+v %v", c.name, got, ok)
		}
	}
}
