package serve_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/casebook/pgtest"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/serve"
)

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main{M: m}.Run())
}

func begin(t *testing.T, o serve.Options) *httptest.Server {
	t.Helper()
	if o.Vault == nil {
		o.Vault = &casebook.Vault{Place: casebook.Place{Dir: filepath.Join(t.TempDir(), "book")}}
		t.Cleanup(o.Vault.Close)
	}
	s := httptest.NewServer(serve.Handler(o))
	t.Cleanup(s.Close)
	return s
}

type call struct {
	method, path, body string
	header             map[string]string
	host               string
}

func (c call) do(t *testing.T, s *httptest.Server) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, s.URL+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(c.body, "{") {
		r.Header.Set("Content-Type", "application/json")
	} else if c.body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	if c.host != "" {
		r.Host = c.host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

// TestGuard: who is let in.
func TestGuard(t *testing.T) {
	s := begin(t, serve.Options{})
	for _, c := range []struct {
		name string
		call call
		want int
	}{
		{"this machine", call{method: "GET", path: "/ja/"}, 200},
		{"by name", call{method: "GET", path: "/ja/", host: "localhost:8737"}, 200},
		{"another name that points here", call{method: "GET", path: "/ja/", host: "evil.example"}, 421},
		{"another name, the API", call{method: "POST", path: "/v1/check", body: `{"text":"a"}`, host: "evil.example:8737"}, 421},
		{"a name that begins like ours", call{method: "GET", path: "/ja/", host: "127.0.0.1.evil.example"}, 421},
		{"a form of another site", call{method: "POST", path: "/ja/draft", body: "text=a", header: map[string]string{"Origin": "https://evil.example"}}, 403},
		{"a form that the browser says is another site's", call{method: "POST", path: "/ja/cases/lock", body: "a=b", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
		{"a script of another site", call{method: "POST", path: "/v1/check", body: `{"text":"a"}`, header: map[string]string{"Origin": "null"}}, 403},
		{"our own form", call{method: "POST", path: "/ja/draft", body: "text=a", header: map[string]string{"Sec-Fetch-Site": "same-origin"}}, 200},
		{"records without a session", call{method: "GET", path: "/v1/cases"}, 401},
		{"no such page", call{method: "GET", path: "/ja/nowhere"}, 404},
		{"up", call{method: "GET", path: "/healthz"}, 200},
	} {
		if got, body, _ := c.call.do(t, s); got != c.want {
			t.Errorf("%s: %d, want %d: %.200s", c.name, got, c.want, body)
		}
	}
	_, _, h := call{method: "GET", path: "/ja/"}.do(t, s)
	csp := h.Get("Content-Security-Policy")
	for _, w := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, w) {
			t.Errorf("no %s in %s", w, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("too much is allowed: %s", csp)
	}
	if h.Get("Set-Cookie") != "" {
		t.Error("a cookie without a session")
	}
}

// TestAddress: others are served with TLS, a token and a name, or not at all.
func TestAddress(t *testing.T) {
	for _, c := range []struct {
		addr string
		o    serve.Options
		ok   bool
	}{
		{"127.0.0.1:8737", serve.Options{}, true}, {"localhost:0", serve.Options{}, true}, {"[::1]:8737", serve.Options{}, true},
		{"0.0.0.0:8737", serve.Options{}, false}, {":8737", serve.Options{}, false}, {"192.0.2.1:80", serve.Options{Token: "0123456789abcdef"}, false},
		{"0.0.0.0:443", serve.Options{TLS: true, Token: "short", Hosts: []string{"a.example"}}, false},
		{"0.0.0.0:443", serve.Options{TLS: true, Token: "0123456789abcdef", Hosts: []string{"a.example"}}, true}, {"x", serve.Options{}, false},
	} {
		if err := c.o.CheckAddress(c.addr); (err == nil) != c.ok {
			t.Errorf("%s %+v: %v", c.addr, c.o, err)
		}
	}
	s := begin(t, serve.Options{Token: "0123456789abcdef"})
	for _, c := range []struct {
		header map[string]string
		want   int
	}{
		{nil, 401}, {map[string]string{"Authorization": "Bearer 0123456789abcdeX"}, 401}, {map[string]string{"Authorization": "Bearer 0123456789abcdef"}, 200},
	} {
		if got, _, _ := (call{method: "POST", path: "/v1/check", body: `{"text":"a"}`, header: c.header}).do(t, s); got != c.want {
			t.Errorf("%v: %d, want %d", c.header, got, c.want)
		}
	}
}

const secret = "canary-7f3a-秘密"

// TestNothingIsTold: what is sent stands in no metric, no header, no error, and
// nothing of it in an address.
func TestNothingIsTold(t *testing.T) {
	s := begin(t, serve.Options{})
	for _, c := range []call{
		{method: "POST", path: "/v1/check", body: `{"text":"` + secret + `"}`},
		{method: "POST", path: "/v1/check", body: `{"text":"a","direction":"` + secret + `"}`},
		{method: "POST", path: "/v1/check", body: `{"text": ` + secret + `}`},
		{method: "POST", path: "/analyze", body: `{"text":"a","language":["` + secret + `"]}`},
		{method: "POST", path: "/ja/draft", body: "text=" + secret},
		{method: "GET", path: "/v1/organizations?q=" + "canary-7f3a"},
	} {
		_, body, h := c.do(t, s)
		if c.path == "/v1/check" && strings.Contains(c.body, `{"text": `) && strings.Contains(body, secret) {
			t.Errorf("an error tells what was sent: %s", body)
		}
		for k, v := range h {
			if strings.Contains(strings.Join(v, " "), secret) {
				t.Errorf("header %s tells what was sent", k)
			}
		}
	}
	_, metrics, _ := call{method: "GET", path: "/metrics"}.do(t, s)
	if strings.Contains(metrics, "canary") || !strings.Contains(metrics, "madoguchi_http_requests_total") || !strings.Contains(metrics, `route="POST /v1/check"`) {
		t.Errorf("metrics: %.400s", metrics)
	}
}

// held is a server with one place, and a way to keep a request at work in it.
func held(t *testing.T, o serve.Options) (s *httptest.Server, began, release chan struct{}, occupy func() int) {
	t.Helper()
	began, release = make(chan struct{}, 1), make(chan struct{})
	o.Concurrent = 1
	o.Read = func(r io.Reader) ([]intake.Item, error) {
		began <- struct{}{}
		<-release
		return intake.Read(r)
	}
	s = begin(t, o)
	return s, began, release, func() int {
		var form bytes.Buffer
		m := multipart.NewWriter(&form)
		f, err := m.CreateFormFile("file", "mail.txt")
		if err == nil {
			_, err = f.Write([]byte("こんにちは"))
		}
		if err := errors.Join(err, m.Close()); err != nil {
			t.Error(err)
		}
		got, _, _ := call{method: "POST", path: "/ja/received", body: form.String(), header: map[string]string{"Content-Type": m.FormDataContentType()}}.do(t, s)
		return got
	}
}

var little = call{method: "POST", path: "/v1/check", body: `{"text":"a"}`}

// TestBusy: more than can be worked on is told to come again, and is answered
// then.
func TestBusy(t *testing.T) {
	s, began, release, occupy := held(t, serve.Options{})
	first := make(chan int)
	go func() { first <- occupy() }()
	<-began
	if got, _, h := little.do(t, s); got != 429 || h.Get("Retry-After") == "" {
		t.Errorf("while another is at work: %d", got)
	}
	if got, _, _ := (call{method: "GET", path: "/healthz"}).do(t, s); got != 200 {
		t.Errorf("health while another is at work: %d", got)
	}
	close(release)
	if got := <-first; got != 200 {
		t.Errorf("the one at work: %d", got)
	}
	if got, _, _ := little.do(t, s); got != 200 {
		t.Errorf("afterwards: %d", got)
	}
	if got, _, _ := (call{method: "POST", path: "/v1/check", body: `{"text":"` + strings.Repeat("a", 5<<20) + `"}`}).do(t, s); got != 413 {
		t.Errorf("too large: %d", got)
	}
}

// TestDeadline: who takes too long is answered, and its place is not given away
// while it is still at work.
func TestDeadline(t *testing.T) {
	s, _, release, occupy := held(t, serve.Options{Deadline: 100 * time.Millisecond})
	if got := occupy(); got != 503 {
		t.Errorf("beyond the deadline: %d", got)
	}
	if got, body, h := little.do(t, s); got != 429 || h.Get("Content-Type") != "application/problem+json" {
		t.Errorf("while it is still at work: %d %s", got, body)
	}
	close(release)
	for range 100 {
		if got, _, _ := little.do(t, s); got == 200 {
			_, metrics, _ := call{method: "GET", path: "/metrics"}.do(t, s)
			if !strings.Contains(metrics, `status="503"`) {
				t.Error("the 503 is not counted")
			}
			return
		}
	}
	t.Error("its place was never free again")
}

// TestAPI: each endpoint answers as its schema says, errors are problems (RFC 9457).
func TestAPI(t *testing.T) {
	s := begin(t, serve.Options{})
	for _, c := range []struct {
		name   string
		call   call
		status int
		want   []string
	}{
		{"check", call{method: "POST", path: "/v1/check?lang=ja", body: `{"id":"7","text":"暗証番号を教えてください。"}`}, 200, []string{`"id":"7"`, `"level":"stop"`, `"headline":"止めてください"`}},
		{"a draft", call{method: "POST", path: "/v1/check", body: `{"direction":"outgoing","text":"パスワードはhanako-0000です"}`}, 200, []string{`"level":"stop"`, `"category":"password"`}},
		{"an unknown word", call{method: "POST", path: "/v1/check", body: `{"text":"a","inquiry":"x"}`}, 422, []string{`"status":422`, "unknown inquiry"}},
		{"no text", call{method: "POST", path: "/v1/check", body: `{}`}, 422, []string{"there is nothing to judge"}},
		{"a window", call{method: "POST", path: "/v1/window", body: `{"url":"https://www.amazon.co.jp/","organization":"Amazon"}`}, 200, []string{`"status":"official"`}},
		{"not theirs", call{method: "POST", path: "/v1/window", body: `{"url":"https://amazon.rei.top/","organization":"Amazon"}`}, 200, []string{`"status":"impostor"`}},
		{"nothing", call{method: "POST", path: "/v1/window", body: `{}`}, 422, []string{"none of the fields"}},
		{"redact", call{method: "POST", path: "/v1/redact", body: `{"text":"山田花子です"}`}, 200, []string{"〔氏名1〕", "山田花子"}},
		{"needs", call{method: "GET", path: "/v1/needs"}, 200, []string{"order_delivery"}},
		{"needs of one", call{method: "GET", path: "/v1/needs?inquiry=order_delivery&lang=en"}, 200, []string{`"need":"never"`}},
		{"needs of none", call{method: "GET", path: "/v1/needs?inquiry=x"}, 404, []string{"no such inquiry"}},
		{"organizations", call{method: "GET", path: "/v1/organizations?q=%E3%83%A4%E3%83%9E%E3%83%88%E9%81%8B%E8%BC%B8"}, 200, []string{"yamato-transport"}},
		{"organization", call{method: "GET", path: "/v1/organizations/yamato-transport"}, 200, []string{`"sources"`}},
		{"no organization", call{method: "GET", path: "/v1/organizations/nobody"}, 404, []string{"no such organization"}},
		{"the description", call{method: "GET", path: "/openapi.json"}, 200, []string{`"openapi":"3.1.0"`}},
	} {
		got, body, _ := c.call.do(t, s)
		if got != c.status {
			t.Errorf("%s: %d, want %d: %.300s", c.name, got, c.status, body)
		}
		for _, w := range c.want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %s in %.400s", c.name, w, body)
			}
		}
	}
}

// TestDescribed: the committed OpenAPI document is the one that is served.
func TestDescribed(t *testing.T) {
	s := begin(t, serve.Options{Version: "1"})
	_, body, _ := call{method: "GET", path: "/openapi.yaml"}.do(t, s)
	const name = "../../api/openapi.yaml"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || string(want) != body {
		t.Errorf("api/openapi.yaml is not what is served (%v): UPDATE=1 go test ./internal/serve -run TestDescribed", err)
	}
}

// TestCases: the casebook by the API, from unlocking to locking; by one server, and
// by two on one database that are asked in turn.
func TestCases(t *testing.T) {
	t.Run("folder", func(t *testing.T) { testCases(t, begin(t, serve.Options{})) })
	t.Run("replicas", func(t *testing.T) {
		store := pgtest.New(t).Tenant()
		replica := func() *httptest.Server {
			v := &casebook.Vault{Place: casebook.Place{Dir: t.TempDir(), Store: store}}
			t.Cleanup(v.Close)
			return begin(t, serve.Options{Vault: v})
		}
		testCases(t, replica(), replica())
	})
}

func testCases(t *testing.T, servers ...*httptest.Server) {
	asked := 0
	ask := func(c call) (int, string) {
		asked++
		status, body, _ := c.do(t, servers[asked%len(servers)])
		return status, body
	}
	if got, _ := ask(call{method: "POST", path: "/v1/casebook/unlock", body: `{"passphrase":"見本の合言葉です"}`}); got != 404 {
		t.Errorf("no casebook: %d", got)
	}
	_, body := ask(call{method: "POST", path: "/v1/casebook/unlock", body: `{"passphrase":"見本の合言葉です","create":true}`})
	var token struct{ Token string }
	if err := json.Unmarshal([]byte(body), &token); err != nil || token.Token == "" {
		t.Fatalf("%s %v", body, err)
	}
	with := map[string]string{"Authorization": "Bearer " + token.Token}
	var id string
	step := func(method, path, body string, status int, want string) {
		t.Helper()
		got, out := ask(call{method: method, path: strings.ReplaceAll(path, "ID", id), body: body, header: with})
		if got != status || !strings.Contains(out, want) {
			t.Fatalf("%s %s: %d %.300s, want %d %s", method, path, got, out, status, want)
		}
		if id == "" {
			var c casebook.Case
			if json.Unmarshal([]byte(out), &c) == nil {
				id = c.ID
			}
		}
	}
	step("POST", "/v1/cases", `{"title":"電話","organization":"例銀行"}`, 201, "例銀行")
	step("POST", "/v1/cases/ID/entries", `{"kind":"message","from":"window","text":"暗証番号を教えて"}`, 201, "暗証番号")
	step("POST", "/v1/cases/ID/entries", `{"kind":"call","call":{"company":"例銀行","start":"2026-11-24T10:05:00+09:00"}}`, 201, "例銀行")
	step("PUT", "/v1/cases/ID/state", `{"state":"stopped"}`, 204, "")
	step("PUT", "/v1/cases/ID/state", `{"state":"suspicious"}`, 409, "does not go")
	step("GET", "/v1/cases/ID", "", 200, `"state":"stopped"`)
	step("GET", "/v1/cases?q=%E4%BE%8B%E9%8A%80%E8%A1%8C", "", 200, "電話")
	step("GET", "/v1/cases/ID/paper?for=shouhisha_hotline_188", "", 200, "相談の控え")
	step("GET", "/v1/cases/ID/paper?as=pdf", "", 200, "%PDF")
	step("POST", "/v1/casebook/verify", "", 200, `"entries":4`)
	step("GET", "/v1/cases/0011223344556677", "", 404, "no such case")
	step("DELETE", "/v1/cases/ID", "", 204, "")
	step("GET", "/v1/cases/ID", "", 404, "")
	step("POST", "/v1/casebook/lock", "", 204, "")
	step("GET", "/v1/cases", "", 401, "locked")
}

// TestReady: whether a server can be asked: not while its database is away.
func TestReady(t *testing.T) {
	ready := func(s *httptest.Server) int {
		status, _, _ := call{method: "GET", path: "/readyz"}.do(t, s)
		return status
	}
	if got := ready(begin(t, serve.Options{})); got != 200 {
		t.Errorf("a folder: %d", got)
	}
	if got := ready(begin(t, serve.Options{Token: "0123456789abcdef"})); got != 200 {
		t.Errorf("without the token: %d", got)
	}
	gone := pgtest.Of(t)
	v := &casebook.Vault{Place: casebook.Place{Dir: t.TempDir(), Store: pgtest.New(t).Tenant()}}
	t.Cleanup(v.Close)
	s := begin(t, serve.Options{Vault: v})
	if got := ready(s); got != 200 {
		t.Errorf("with its database: %d", got)
	}
	gone.Kill()
	if got := ready(s); got != 503 {
		t.Errorf("the database killed: %d", got)
	}
	if got, _, _ := (call{method: "GET", path: "/healthz"}).do(t, s); got != 200 {
		t.Errorf("the database killed, alive: %d", got)
	}
	if err := gone.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := ready(s); got != 200 {
		t.Errorf("the database started again: %d", got)
	}
}

// TestChat: turns of a live chat go to who listens, as they come.
func TestChat(t *testing.T) {
	s := begin(t, serve.Options{})
	_, body, _ := call{method: "POST", path: "/v1/chats", body: `{"text":"","channel":"chat","initiator":"window"}`}.do(t, s)
	var chat struct{ ID string }
	if err := json.Unmarshal([]byte(body), &chat); err != nil || chat.ID == "" {
		t.Fatalf("%s %v", body, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/v1/chats/"+chat.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 10)
	go func() {
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		sc := bufio.NewScanner(resp.Body)
		for sc.Scan() {
			if d, ok := strings.CutPrefix(sc.Text(), "data: "); ok {
				heard <- d
			}
		}
		close(heard)
	}()
	time.Sleep(300 * time.Millisecond) // until it listens
	for _, turn := range []string{`{"from":"window","text":"お名前を教えてください。"}`, `{"from":"person","text":"山田花子です。"}`, `{"from":"window","text":"暗証番号を教えてください。"}`} {
		if got, out, _ := (call{method: "POST", path: "/v1/chats/" + chat.ID + "/turns", body: turn}).do(t, s); got != 200 {
			t.Fatalf("%d %s", got, out)
		}
	}
	call{method: "DELETE", path: "/v1/chats/" + chat.ID}.do(t, s)
	var levels []string
	for d := range heard {
		var x struct{ Level string }
		if err := json.Unmarshal([]byte(d), &x); err != nil {
			t.Fatal(err)
		}
		levels = append(levels, x.Level)
	}
	if strings.Join(levels, " ") != "caution caution stop" {
		t.Errorf("%v", levels)
	}
}

// TestPresidio: the answers have Presidio's form.
func TestPresidio(t *testing.T) {
	s := begin(t, serve.Options{})
	const text = `"text":"山田花子の電話は090-0000-1234"`
	for _, c := range []struct{ name, path, body, want string }{
		{"analyze", "/analyze", `{` + text + `,"language":"ja"}`, `"entity_type":"PHONE_NUMBER","start":8,"end":21,"score":`},
		{"only some", "/analyze", `{` + text + `,"language":"ja","entities":["PERSON"]}`, `[{"entity_type":"PERSON","start":0,"end":4`},
		{"several texts", "/analyze", `{"text":["a","b"],"language":"en"}`, "[[],[]]"},
		{"replace", "/anonymize", `{` + text + `,"analyzer_results":[{"entity_type":"PERSON","start":0,"end":4,"score":1}]}`, `"text":"\u003cPERSON\u003eの電話は090-0000-1234"`},
		{"mask", "/anonymize", `{"text":"090-0000-1234","anonymizers":{"DEFAULT":{"type":"mask","masking_char":"*","chars_to_mask":4,"from_end":true}},"analyzer_results":[{"entity_type":"PHONE_NUMBER","start":0,"end":13,"score":1}]}`, `"text":"090-0000-****"`},
		{"outside", "/anonymize", `{"text":"a","analyzer_results":[{"entity_type":"X","start":0,"end":9,"score":1}]}`, "not within the text"},
		{"no language", "/analyze", `{` + text + `}`, "No language provided"},
		{"unknown language", "/analyze", `{` + text + `,"language":"he"}`, "No matching recognizers"},
		{"truth as Python has it", "/analyze", `{` + text + `,"language":"ja","return_decision_process":1}`, `"textual_explanation"`},
		{"pattern of the request", "/analyze", `{"text":"rocket R-77 and zip","language":"en","ad_hoc_recognizers":[{"name":"r","supported_language":"en","supported_entity":"ROCKET","patterns":[{"name":"p","regex":"R-\\d+","score":0.8}]},{"name":"d","supported_entity":"WORD","deny_list":["zip"]}]}`, `"entity_type":"ROCKET","start":7,"end":11,"score":0.8`},
		{"words of the request", "/analyze", `{"text":"zip","language":"en","ad_hoc_recognizers":[{"name":"d","supported_entity":"WORD","deny_list":["zip"]}]}`, `"entity_type":"WORD","start":0,"end":3,"score":1`},
		{"a pattern that cannot be used", "/analyze", `{"text":"a","language":"en","ad_hoc_recognizers":[{"name":"r","supported_entity":"X","patterns":[{"name":"p","regex":"(?<=a)b"}]}]}`, "Failed to parse /analyze request"},
		{"what may stand", "/analyze", `{"text":"電話は090-0000-1234","language":"ja","allow_list":["090-0000-1234"]}`, "[]"},
		{"what may stand, by pattern", "/analyze", `{"text":"電話は090-0000-1234","language":"ja","allow_list_match":"regex","allow_list":["^090-0000-"]}`, "[]"},
		{"everybody", "/everybody/analyze", `{"text":"担当の田中太郎より","language":"ja"}`, `"entity_type":"PERSON","start":3,"end":7`},
		{"hash with a salt", "/anonymize", `{"text":"a","anonymizers":{"DEFAULT":{"type":"hash","salt":"0123456789abcdef"}},"analyzer_results":[{"entity_type":"X","start":0,"end":1,"score":1}]}`, fmt.Sprintf("%x", sha256.Sum256([]byte("a0123456789abcdef")))},
		{"hash with a short salt", "/anonymize", `{"text":"a","anonymizers":{"DEFAULT":{"type":"hash","salt":"short"}},"analyzer_results":[{"entity_type":"X","start":0,"end":1,"score":1}]}`, "at least 16 bytes"},
		{"nothing in its place", "/anonymize", `{"text":"a","anonymizers":{"DEFAULT":{"type":"replace","new_value":""}},"analyzer_results":[{"entity_type":"X","start":0,"end":1,"score":1}]}`, `"text":"\u003cX\u003e"`},
		{"the surer of two", "/anonymize", `{"text":"ab","analyzer_results":[{"entity_type":"X","start":0,"end":2,"score":0.4},{"entity_type":"Y","start":0,"end":2,"score":0.9}]}`, `"text":"\u003cY\u003e"`},
		{"custom", "/anonymize", `{"text":"a","anonymizers":{"DEFAULT":{"type":"custom"}},"analyzer_results":[{"entity_type":"X","start":0,"end":1,"score":1}]}`, "Custom type anonymizer is not supported"},
		{"nothing to undo", "/deanonymize", `{"deanonymizers":{"DEFAULT":{"type":"decrypt","key":"0123456789abcdef"}}}`, `"text":""`},
		{"nothing to undo, another field", "/deanonymize", `{"key":"0123456789abcdef"}`, `"text":""`},
		{"two that overlap in part", "/anonymize", `{"text":"I'm George Washington Square Park","anonymizers":{"A":{"type":"replace"},"B":{"type":"keep"}},"analyzer_results":[{"entity_type":"A","start":4,"end":21,"score":0.8},{"entity_type":"B","start":11,"end":33,"score":0.8}]}`, `"text":"I'm \u003cA\u003eWashington Square Park"`},
		{"one within another", "/anonymize", `{"text":"Jane Doe","analyzer_results":[{"entity_type":"A","start":0,"end":8,"score":0.8},{"entity_type":"B","start":5,"end":8,"score":0.9}]}`, `"text":"\u003cA\u003e"`},
		{"words before a pattern of the request", "/analyze", `{"text":"its zip code: 10023","language":"en","entities":["ZIP"],"ad_hoc_recognizers":[{"name":"z","supported_entity":"ZIP","context":["zip"],"patterns":[{"name":"p","regex":"\\b\\d{5}\\b","score":0.01}]}]}`, `"start":14,"end":19,"score":0.4`},
		{"no such words", "/analyze", `{"text":"it is 10023","language":"en","entities":["ZIP"],"ad_hoc_recognizers":[{"name":"z","supported_entity":"ZIP","context":["zip"],"patterns":[{"name":"p","regex":"\\b\\d{5}\\b","score":0.01}]}]}`, `"score":0.01`},
		{"words that come with the request", "/analyze", `{"text":"it is 10023","language":"en","entities":["ZIP"],"context":["zip"],"ad_hoc_recognizers":[{"name":"z","supported_entity":"ZIP","context":["zip"],"patterns":[{"name":"p","regex":"\\b\\d{5}\\b","score":0.5}]}]}`, `"score":0.85`},
		{"nothing at all", "/deanonymize", `{}`, "Invalid request json"},
		{"no operator", "/anonymize", `{"text":"ab","anonymizers":{"DEFAULT":{"type":"x"}},"analyzer_results":[{"entity_type":"X","start":0,"end":1,"score":1}]}`, "is not one of"},
	} {
		if _, body, _ := (call{method: "POST", path: c.path, body: c.body}).do(t, s); !strings.Contains(body, c.want) {
			t.Errorf("%s: %s, want %s", c.name, body, c.want)
		}
	}
	// A surrogate is of the same kind, the same for the same value and key, and not the value.
	same := map[string]bool{}
	for range 2 {
		_, body, _ := call{method: "POST", path: "/anonymize", body: `{"text":"山田花子","anonymizers":{"DEFAULT":{"type":"surrogate","key":"k"}},"analyzer_results":[{"entity_type":"PERSON","start":0,"end":4,"score":1}]}`}.do(t, s)
		same[body] = true
		if strings.Contains(body, "山田花子") || !strings.Contains(body, `"operator":"surrogate"`) {
			t.Errorf("surrogate: %s", body)
		}
	}
	if len(same) != 1 {
		t.Errorf("surrogates differ: %v", same)
	}
	key := `"anonymizers":{"DEFAULT":{"type":"encrypt","key":"0123456789abcdef"}}`
	_, body, _ := call{method: "POST", path: "/anonymize", body: `{"text":"山田花子です",` + key + `,"analyzer_results":[{"entity_type":"PERSON","start":0,"end":4,"score":1}]}`}.do(t, s)
	var enc struct {
		Text  string
		Items []struct {
			Start, End int
			Entity     string `json:"entity_type"`
		}
	}
	if err := json.Unmarshal([]byte(body), &enc); err != nil || len(enc.Items) != 1 {
		t.Fatal(body, err)
	}
	back, err := json.Marshal(map[string]any{"text": enc.Text, "deanonymizers": map[string]any{"PERSON": map[string]string{"type": "decrypt", "key": "0123456789abcdef"}}, "anonymizer_results": []any{map[string]any{"entity_type": "PERSON", "start": enc.Items[0].Start, "end": enc.Items[0].End}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, body, _ := (call{method: "POST", path: "/deanonymize", body: string(back)}).do(t, s); !strings.Contains(body, `"text":"山田花子です"`) {
		t.Errorf("decrypt: %s", body)
	}
}

// TestMCP: an agent's session end to end, over HTTP and over the command's
// standard input and output.
func TestMCP(t *testing.T) {
	s := begin(t, serve.Options{Version: "1"})
	binary := filepath.Join(t.TempDir(), "madoguchi")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/madoguchi").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, transport := range map[string]mcp.Transport{
		"http":  &mcp.StreamableClientTransport{Endpoint: s.URL + "/mcp", DisableStandaloneSSE: true},
		"stdio": &mcp.CommandTransport{Command: exec.Command(binary, "mcp")},
	} {
		t.Run(name, func(t *testing.T) {
			c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
			session, err := c.Connect(t.Context(), transport, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer session.Close()
			tools, err := session.ListTools(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, tool := range tools.Tools {
				names = append(names, tool.Name)
				if tool.OutputSchema == nil {
					t.Errorf("%s has no schema for its answer", tool.Name)
				}
			}
			if strings.Join(names, " ") != "check_draft check_message check_window needs redact" {
				t.Errorf("%v", names)
			}
			for _, x := range []struct {
				tool string
				args map[string]any
				want string
			}{
				{"check_message", map[string]any{"text": "暗証番号を教えてください。", "lang": "en"}, `"level":"stop"`},
				{"check_draft", map[string]any{"text": "パスワードはhanako-0000です。"}, `"level":"stop"`},
				{"check_window", map[string]any{"contact": "https://www.amazon.co.jp/", "organization": "Amazon"}, `"status":"official"`},
				{"needs", map[string]any{"inquiry": "order_delivery"}, `"need":"never"`},
				{"redact", map[string]any{"text": "山田花子です"}, "〔氏名1〕"},
			} {
				r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: x.tool, Arguments: x.args})
				if err != nil || r.IsError {
					t.Errorf("%s: %v %v", x.tool, r, err)
					continue
				}
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				if err := e.Encode(r.StructuredContent); err != nil || !strings.Contains(b.String(), x.want) {
					t.Errorf("%s: %.300s %v, want %s", x.tool, b.String(), err, x.want)
				}
			}
			p, err := session.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "before_contacting_support", Arguments: map[string]string{"organization": "例社"}})
			if err != nil || len(p.Messages) != 1 || !strings.Contains(p.Messages[0].Content.(*mcp.TextContent).Text, "Organization: 例社") {
				t.Errorf("prompt: %+v %v", p, err)
			}
			if r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "needs", Arguments: map[string]any{"inquiry": "nothing"}}); err != nil || !r.IsError {
				t.Errorf("an unknown inquiry: %v %v", r, err)
			}
			for _, x := range []*mcp.CallToolParams{
				{Name: "check_draft", Arguments: "{\"text\":\"暗証番号は0000です\"}"},
				{Name: "check_draft", Arguments: map[string]any{"暗証番号は0000です": 1}},
				{Name: "check_draft", Arguments: map[string]any{"text": map[string]any{"a": "0000"}}},
				{Name: "check_draft", Arguments: map[string]any{"text": "x", "channel": "暗証番号は0000です"}},
				{Name: "needs", Arguments: map[string]any{"inquiry": "暗証番号は0000です"}},
				{Name: "暗証番号は0000です"},
			} {
				r, err := session.CallTool(t.Context(), x)
				if said := fmt.Sprint(err); err == nil && !r.IsError {
					t.Errorf("%v is no error", x)
				} else if err == nil {
					b, _ := json.Marshal(r)
					if strings.Contains(string(b), "0000") {
						t.Errorf("an error repeats what was sent: %s", b)
					}
				} else if strings.Contains(strings.ReplaceAll(said, x.Name, ""), "0000") {
					t.Errorf("an error repeats what was sent: %s", said)
				}
			}
		})
	}
}

// TestSlowBodies: who sends slowly holds no place, however many they are.
func TestSlowBodies(t *testing.T) {
	s := begin(t, serve.Options{Concurrent: 2})
	for range 16 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		if got, body, _ := little.do(t, s); got != 200 {
			t.Errorf("beside slow ones: %d %s", got, body)
		}
	}
}

// TestBodies: each path takes so much and no more, before anything is done with it.
func TestBodies(t *testing.T) {
	const token = "0123456789abcdef"
	s := begin(t, serve.Options{Token: token})
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for _, c := range []struct {
		name   string
		call   call
		status int
	}{
		{"signing in", call{method: "POST", path: "/sign-in", body: "token=" + token, header: form}, 303},
		{"signing in with more than a token", call{method: "POST", path: "/sign-in", body: "token=" + token + "&x=" + strings.Repeat("x", 8<<10), header: form}, 401},
		{"signing in with a file", call{method: "POST", path: "/sign-in", body: "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + token + "\r\n--b--\r\n", header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}}, 401},
		{"an answer larger than the question", call{method: "POST", path: "/anonymize", header: map[string]string{"Authorization": "Bearer " + token},
			body: `{"text":"` + strings.Repeat("a", 3000) + `","anonymizers":{"DEFAULT":{"type":"replace","new_value":"` + strings.Repeat("x", 100_000) + `"}},"analyzer_results":[` + `{"start":1,"end":2,"score":1,"entity_type":"X"}` + func() string {
				var b strings.Builder
				for i := 2; i < 3000; i++ {
					fmt.Fprintf(&b, `,{"start":%d,"end":%d,"score":1,"entity_type":"X"}`, i, i+1)
				}
				return b.String()
			}() + `]}`}, 413},
	} {
		if got, body, h := c.call.do(t, s); got != c.status || strings.Contains(h.Get("Set-Cookie"), token) {
			t.Errorf("%s: %d %.200s, want %d", c.name, got, body, c.status)
		}
	}
}

// TestStuck: a server whose places are all taken for longer than a request may take
// is not ready.
func TestStuck(t *testing.T) {
	s, began, release, occupy := held(t, serve.Options{Deadline: 50 * time.Millisecond})
	ready := func() int { got, _, _ := (call{method: "GET", path: "/readyz"}).do(t, s); return got }
	if got := ready(); got != 200 {
		t.Errorf("before: %d", got)
	}
	done := make(chan bool)
	go func() { occupy(); close(done) }()
	<-began
	for i := 0; ready() != 503; i++ {
		if i > 200 {
			t.Fatal("still ready")
		}
		time.Sleep(10 * time.Millisecond)
	}
	close(release)
	for i := 0; ready() != 200; i++ {
		if i > 200 {
			t.Fatal("not ready again")
		}
		time.Sleep(10 * time.Millisecond)
	}
	<-done
}

// TestTwice: a double click on «make a record» makes one, and what is noted in it
// can be read with either answer's token, also after it was locked.
func TestTwice(t *testing.T) {
	place := casebook.Place{Dir: t.TempDir()}
	s := begin(t, serve.Options{Vault: &casebook.Vault{Place: place}})
	body := `{"passphrase":"four words that stay","create":true}`
	tokens := make(chan string, 2)
	for range 2 {
		go func() {
			_, out, _ := call{method: "POST", path: "/v1/casebook/unlock", body: body}.do(t, s)
			var got struct{ Token string }
			_ = json.Unmarshal([]byte(out), &got)
			tokens <- got.Token
		}()
	}
	for _, token := range []string{<-tokens, <-tokens} {
		if got, out, _ := (call{method: "POST", path: "/v1/cases", body: `{"title":"t"}`, header: map[string]string{"Authorization": "Bearer " + token}}).do(t, s); got != 201 {
			t.Errorf("noting: %d %s", got, out)
		}
	}
	b, err := casebook.OpenBook(place, casebook.Unlock{Passphrase: "four words that stay"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if list, err := b.Cases(""); err != nil || len(list) != 2 {
		t.Errorf("%v %v", list, err)
	}
}
