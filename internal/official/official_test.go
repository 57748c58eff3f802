package official_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/internal/official"
)

func anywhere(netip.Addr) bool { return true }

// TestLearn reads a small site: contact points of every kind, the pages that
// its links call contact first, nothing that robots.txt forbids or that is
// another's.
func TestLearn(t *testing.T) {
	var asked []string
	mux := http.NewServeMux()
	page := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			asked = append(asked, path)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, body)
		})
	}
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: *\nDisallow: /secret\n") })
	mux.HandleFunc("GET /.well-known/security.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "Contact: mailto:psirt@example.co.jp\nExpires: 2027-01-01T00:00:00Z\n")
	})
	page("/{$}", `<a href="/news">お知らせ</a><a href="/inquiry">お問い合わせ</a><a href="/secret/support">サポート</a><a href="https://other.example/contact">contact</a>
		<script type="application/ld+json">{"@type":"Organization","contactPoint":{"@type":"ContactPoint","telephone":"+81-3-0000-0000","contactType":"customer service"}}</script>
		<script src="https://static.zdassets.com/ekr/snippet.js"></script>`)
	page("/inquiry", `<a href="tel:0120-000-000">フリーダイヤル</a><a href="mailto:help@example.co.jp?subject=x">メール</a>
		<form action="/send"><input type="email" name="m"><textarea></textarea></form><form action="/search"><input name="q"></form>`)
	page("/news", "nothing")
	srv := httptest.NewServer(mux)
	defer srv.Close()
	c := official.Client{Allow: anywhere, Pause: time.Millisecond}
	l, err := c.Learn(t.Context(), srv.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range l.Points {
		got = append(got, p.Kind+" "+strings.TrimPrefix(p.Value, srv.URL))
	}
	slices.Sort(got)
	want := []string{"chat zdassets.com", "email help@example.co.jp", "form /send", "phone +81-3-0000-0000", "phone 0120-000-000", "security mailto:psirt@example.co.jp"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if slices.Contains(asked, "/news") || len(l.Failed) != 1 || !strings.Contains(l.Failed[0], "robots.txt") {
		t.Errorf("asked for %q, failed %q", asked, l.Failed)
	}
	for _, p := range l.Pages {
		if len(p.SHA256) != 64 || p.Time == "" {
			t.Errorf("a page without time or hash: %+v", p)
		}
	}
}

// TestRefuses: addresses of private networks, by name, by redirect; schemes;
// pages without end.
func TestRefuses(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", http.NotFound)
	mux.HandleFunc("GET /metadata", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.2:1/latest/meta-data", http.StatusFound)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("GET /loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("GET /endless", func(w http.ResponseWriter, _ *http.Request) {
		for range 400 {
			if _, err := fmt.Fprint(w, strings.Repeat("あ", 4096)); err != nil {
				return
			}
		}
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	own := netip.MustParseAddr("127.0.0.1")
	test := official.Client{Allow: func(a netip.Addr) bool { return a == own }, Pause: time.Millisecond}
	for _, c := range []struct {
		name string
		c    *official.Client
		url  string
		want error
	}{
		{"loopback", &official.Client{Pause: time.Millisecond}, srv.URL + "/", official.ErrPrivate},
		{"a name of loopback", &official.Client{Pause: time.Millisecond}, "http://localhost:1/", official.ErrPrivate},
		{"a private address", &official.Client{Pause: time.Millisecond}, "http://192.168.0.1/", official.ErrPrivate},
		{"link-local", &official.Client{Pause: time.Millisecond}, "http://169.254.169.254/", official.ErrPrivate},
		{"IPv4 in IPv6", &official.Client{Pause: time.Millisecond}, "http://[::ffff:10.0.0.1]/", official.ErrPrivate},
		{"6to4 of a private address", &official.Client{Pause: time.Millisecond}, "http://[2002:0a00:0001::1]/", official.ErrPrivate},
		{"site-local", &official.Client{Pause: time.Millisecond}, "http://[fec0::1]/", official.ErrPrivate},
		{"local translation", &official.Client{Pause: time.Millisecond}, "http://[64:ff9b:1::a00:1]/", official.ErrPrivate},
		{"a redirect to a private address", &test, srv.URL + "/metadata", official.ErrPrivate},
		{"a redirect to a file", &test, srv.URL + "/file", nil},
		{"a loop", &test, srv.URL + "/loop", nil},
		{"an endless page", &test, srv.URL + "/endless", official.ErrTooLarge},
		{"no scheme", &test, "example.com", official.ErrScheme},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := c.c.Get(ctx, c.url)
		cancel()
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "meta-data") {
			t.Errorf("%s: the error names the address: %v", c.name, err)
		}
	}
}

// TestReadPolicy: what is told and what is not, and why a kind of data is
// wanted.
func TestReadPolicy(t *testing.T) {
	p := official.ReadPolicy(`個人情報保護方針
1. 取得する情報
当社は、氏名、電話番号、メールアドレスを取得します。
2. 利用目的
・商品をお届けし、電話番号により配達の日時をご連絡するため
・お問い合わせに答えるため
3. 第三者への提供
当社は、法令に基づく場合を除き、個人情報を第三者に提供しません。
4. 安全管理
漏えいを防ぐために必要な措置を講じます。
`)
	found := map[string]bool{}
	for _, x := range p.Topics {
		found[x.ID] = x.Found
		if x.Found && x.Article == "" {
			t.Errorf("%s without an article", x.ID)
		}
	}
	for id, want := range map[string]bool{"purpose": true, "categories": true, "third_parties": true, "security": true, "joint_use": false, "requests": false, "abroad": false} {
		if found[id] != want {
			t.Errorf("%s: found %v, want %v", id, found[id], want)
		}
	}
	if own, named, _ := p.Why("phone"); !named || len(own) != 1 || !strings.Contains(own[0], "配達") {
		t.Errorf("why phone: %q, named %v", own, named)
	}
	if own, named, general := p.Why("email"); !named || len(own) != 0 || len(general) == 0 {
		t.Errorf("why email: %q, named %v, general %q", own, named, general)
	}
	if _, named, _ := p.Why("my_number"); named {
		t.Error("My Number is not named")
	}
}

// published is a site that publishes its windows.
func published(t *testing.T, windows string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	file := func(path, kind, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
		})
	}
	file("/{$}", "text/html; charset=utf-8", `<script type="application/ld+json">{"@type":"Organization","name":"例商事","contactPoint":{"telephone":"+81-3-0000-0000","contactType":"sales"}}</script>`)
	file(official.WindowsPath, "application/json", windows)
	file("/.well-known/assetlinks.json", "application/json", `[{"relation":["x"],"target":{"namespace":"android_app","package_name":"jp.co.rei.app"}}]`)
	file("/.well-known/apple-app-site-association", "application/json", `{"applinks":{"details":[{"appIDs":["TEAM.jp.co.rei.app"],"components":[]}]}}`)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

const windows = `{"version":1,"organization":{"name":{"ja":"例商事株式会社","en":"Rei Trading"},"corporate_number":"1234567890123"},
	"domains":[{"name":"127.0.0.1","roles":["site","login"]},{"name":"mail.rei.example","roles":["mail"]}],"domains_complete":true,
	"phones":[{"number":"0120-000-000","use":"お客様窓口","hours":"平日9:00-17:00"}],"sms_senders":["REISHOJI"],
	"never_asks":[{"categories":["password"],"statement":"パスワードを聞くことはない"}],"updated":"2026-11-26"}`

// TestPublished: what a site publishes of its windows is read, and is proposed as a record
// that the lint takes but for the sector, which a person sets.
func TestPublished(t *testing.T) {
	srv := published(t, windows)
	c := official.Client{Allow: anywhere, Pause: time.Millisecond}
	l, err := c.Learn(t.Context(), srv.URL+"/")
	if err != nil || l.Windows == nil || len(l.Failed) > 0 {
		t.Fatalf("%v %+v", err, l)
	}
	for _, want := range []string{"app jp.co.rei.app", "app TEAM.jp.co.rei.app", "phone 0120-000-000", "phone +81-3-0000-0000"} {
		if !slices.ContainsFunc(l.Points, func(p official.Point) bool { return p.Kind+" "+p.Value == want }) {
			t.Errorf("no %s in %+v", want, l.Points)
		}
	}
	b, err := l.Record("rei-shoji")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"id: rei-shoji", "ja: 例商事株式会社", "name: mail.rei.example", "number: 0120-000-000", "number: 03-0000-0000", "sender: REISHOJI", "パスワードを聞くことはない", "status: imported", official.WindowsPath} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the record lacks %s:\n%s", want, b)
		}
	}
}

// TestWindowsFaults: what does not fit, or speaks for another site, does not count, and
// the reason is told.
func TestWindowsFaults(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{`"version":1`, `"version":2`, "/version"},
		{`"roles":["mail"]`, `"roles":["main"]`, "/domains/1/roles/0"},
		{`"number":"0120-000-000"`, `"number":"call us"`, "/phones/0/number"},
		{`"name":"127.0.0.1"`, `"name":"bank.example"`, "does not name"},
		{`{"version"`, `["version"`, "no JSON"},
	} {
		_, err := official.ParseWindows([]byte(strings.Replace(windows, c.old, c.new, 1)), "127.0.0.1")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}
