package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/serve"
	"github.com/madoguchi/madoguchi/internal/stream"
)

// exchanges are what is asked at every door.
var exchanges = []intake.Exchange{
	{Text: "会員番号は 4402-118-903、見本花子です。暗証番号は7714です。"},
	{Text: "暗証番号を教えてください。"},
	{Text: "担当：暗証番号をおっしゃってください。"},
	{Text: "AnyDeskを入れてください。"},
	{Text: "注文した本が届きません。"},
	{Text: "注文した本が届きません。電話は090-0000-1234です。"},
	{Text: "03-0000-1234"},
	{Text: "info@example.co.jp"},
	{Text: "https://www.amazon.co.jp%2eexample.com/"},
	{Text: "#9110"},
	{Text: "您的账户存在异常登录，请在24小时内提供密码和短信验证码。"},
	{Text: "暗\u200b証\u200b番\u200b号を教えてください。", Direction: "incoming", Channel: "sms", From: "0120-000-000"},
	{Text: "お客様：暗証番号を教えてください。", Direction: "incoming", Channel: "sms"},
	{Text: "本文です。", Subject: "暗証番号を教えてください", Direction: "incoming", Channel: "email", From: "例銀行 <a@rei.example>"},
	{Text: "年収は480万です。", Direction: "outgoing", Inquiry: "order_delivery", Initiator: "person", Listener: "form", Channel: "form", Organization: "ヤマト運輸", WindowConfirmed: true},
	{Text: "4桁の暗証番号を押してください。", Direction: "incoming", Inquiry: "mobile_contract", Initiator: "person", Listener: "keypad", Channel: "phone", Organization: "例モバイル"},
	{Text: "ご確認ください。", Direction: "incoming", Organization: "Amazon", From: "a@example.net", Channel: "email", Initiator: "window"},
}

// TestDoors: the same exchange gets the same answer at every door, byte for byte:
// command, batch, API, MCP, page, NATS.
func TestDoors(t *testing.T) {
	api := served(t)
	tools := session(t, api.URL)
	ask := worker(t)
	for _, e := range exchanges {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		want := compact(t, batchOf(t, "check", line))
		for door, answer := range map[string]func() []byte{
			"command": func() []byte { return commandOf(t, &e) },
			"API":     func() []byte { return post(t, api.URL+"/v1/check", line) },
			"NATS":    func() []byte { return ask(line) },
		} {
			if got := compact(t, answer()); got != want {
				t.Errorf("%s at the door %s:\n%s\nwant\n%s", line, door, got, want)
			}
		}
		if e.Direction == "" {
			continue // MCP's tools and the page's forms say it
		}
		if got := compact(t, toolOf(t, tools, &e)); got != want {
			t.Errorf("%s at the door MCP:\n%s\nwant\n%s", line, got, want)
		}
		if e.Subject == "" && e.Listener == "" { // what the page's forms do not ask
			if got := compact(t, formOf(t, api.URL, &e)); got != want {
				t.Errorf("%s at the page:\n%s\nwant\n%s", line, got, want)
			}
		}
	}
}

// TestNoWindow: what holds no address is refused, at each door.
func TestNoWindow(t *testing.T) {
	var errs bytes.Buffer
	if code := run([]string{"window", "だれか"}, strings.NewReader(""), io.Discard, &errs); code == 0 || !strings.Contains(errs.String(), "org find") {
		t.Errorf("command: %d, %s", code, errs.String())
	}
	if _, err := intake.DecodeWindow([]byte(`{"contact":"だれか"}`)); err == nil {
		t.Error("JSON: no error")
	}
}

// TestWindowDoors: and so is the answer to where alone.
func TestWindowDoors(t *testing.T) {
	api := served(t)
	tools := session(t, api.URL)
	for _, q := range []intake.Window{
		{Contact: "https://www.amazon.co.jp/", Organization: "Amazon"},
		{Contact: "https://www.amazon.co.jp/", Organization: "だれも知らない会社"},
		{Contact: "https://amazon.example.top/login", Organization: "amazon"},
		{Contact: "https://www.kuronekoyamato.co.jp%2eexample.com/"},
		{Contact: "info@amazon.co.jp", Organization: "Amazon"},
		{Contact: "090-0000-1234", Organization: "三井住友カード"},
		{Contact: "非通知"},
	} {
		line, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		want := compact(t, batchOf(t, "window", line))
		var out bytes.Buffer
		run([]string{"window", "--format", "json", "--org", q.Organization, "--", q.Contact}, strings.NewReader(""), &out, io.Discard)
		r, err := tools.CallTool(t.Context(), &mcp.CallToolParams{Name: "check_window", Arguments: map[string]any{"contact": q.Contact, "organization": q.Organization}})
		if err != nil {
			t.Fatal(err)
		}
		structured, err := json.Marshal(r.StructuredContent)
		if err != nil {
			t.Fatal(err)
		}
		for door, got := range map[string][]byte{"command": out.Bytes(), "API": post(t, api.URL+"/v1/window", line), "MCP": structured} {
			if got := compact(t, got); got != want {
				t.Errorf("%s at the door %s:\n%s\nwant\n%s", line, door, got, want)
			}
		}
	}
}

// TestRedactDoors: every door covers everything that is found, in the same way, and
// what is unneeded alone under the same name.
func TestRedactDoors(t *testing.T) {
	api := served(t)
	tools := session(t, api.URL)
	for _, text := range []string{
		"私は佐藤恵子です。電話は090-0000-1234、会員番号は4402118903です。", "090-0000-1234", "hanako@example.jp", "東京都千代田区霞が関一丁目2番3号", "何もありません。",
		"妻と二人で暮らしています。年収は480万です。\n注文番号は AB-118-903 です。\n佐藤恵子",
	} {
		values := map[string]bool{}
		var found struct {
			Findings []struct{ Text string }
		}
		line, _ := json.Marshal(intake.Exchange{Text: text, Direction: "outgoing"})
		if err := json.Unmarshal(batchOf(t, "check", line), &found); err != nil {
			t.Fatal(err)
		}
		for _, f := range found.Findings {
			values[f.Text] = true
		}
		for _, only := range []string{"", "all", "unneeded"} {
			args := []string{"redact"}
			if only != "" {
				args = append(args, "--only", only)
			}
			var out bytes.Buffer
			run(args, strings.NewReader(text), &out, io.Discard)
			want := strings.TrimSuffix(out.String(), "\n")
			body, _ := json.Marshal(map[string]string{"text": text, "only": only})
			var fromAPI, fromMCP struct{ Text, Shorter string }
			if err := json.Unmarshal(post(t, api.URL+"/v1/redact", body), &fromAPI); err != nil {
				t.Fatal(err)
			}
			arguments := map[string]any{"text": text}
			if only != "" {
				arguments["only"] = only
			}
			r, err := tools.CallTool(t.Context(), &mcp.CallToolParams{Name: "redact", Arguments: arguments})
			if err != nil {
				t.Fatal(err)
			}
			structured, _ := json.Marshal(r.StructuredContent)
			if err := json.Unmarshal(structured, &fromMCP); err != nil {
				t.Fatal(err)
			}
			if fromAPI.Text != want || fromMCP.Text != want {
				t.Errorf("%q, only %q: command %q, API %q, MCP %q", text, only, want, fromAPI.Text, fromMCP.Text)
			}
			if strings.TrimSpace(want) == "" {
				t.Errorf("%q is swallowed", text)
			}
			for v := range values {
				if only != "unneeded" && (strings.Contains(want, v) || strings.Contains(fromAPI.Shorter, v)) {
					t.Errorf("%q stands in %q", v, want)
				}
			}
		}
	}
}

// TestNothingIsNoAnswer: what holds nothing is an error at every door, not ok.
func TestNothingIsNoAnswer(t *testing.T) {
	api := served(t)
	tools := session(t, api.URL)
	for _, text := range []string{"", " \n\u3000", "\u200b\u200b", "\u2800"} {
		line, _ := json.Marshal(map[string]string{"text": text})
		if got := batchOf(t, "check", line); !bytes.Contains(got, []byte(`"error"`)) {
			t.Errorf("batch: %q: %s", text, got)
		}
		var out, errw bytes.Buffer
		if got := run([]string{"check"}, strings.NewReader(text), &out, &errw); got != exitUsage || !strings.Contains(errw.String(), "hint") {
			t.Errorf("command: %q: %d %s", text, got, errw.String())
		}
		resp, err := http.Post(api.URL+"/v1/check", "application/json", bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("API: %q: %d", text, resp.StatusCode)
		}
		if r, err := tools.CallTool(t.Context(), &mcp.CallToolParams{Name: "check_message", Arguments: map[string]any{"text": text}}); err != nil || !r.IsError {
			t.Errorf("MCP: %q: %v %v", text, r, err)
		}
	}
}

// served is the page and the API. It is closed after the sessions that are begun
// with it.
func served(t *testing.T) *httptest.Server {
	t.Helper()
	api := httptest.NewServer(serve.Handler(serve.Options{Vault: &casebook.Vault{Place: casebook.Place{Dir: filepath.Join(t.TempDir(), "book")}}}))
	t.Cleanup(api.Close)
	return api
}

// TestMailDoors: a mail's raw source gets the same answer as its file.
func TestMailDoors(t *testing.T) {
	api := served(t)
	const head = "From: a@rei-card.top\r\nTo: hanako@example.jp\r\nSubject: notice\r\nMIME-Version: 1.0\r\n"
	for _, m := range []string{
		head + "Content-Type: text/plain; charset=utf-8\r\n\r\n暗証番号を https://rei-card.top/ に入力してください。\r\n",
		head + "Content-Type: text/html; charset=utf-8\r\n\r\n<p>明日の昼は食堂で。</p>\r\n",
		head + "Content-Type: text/html; charset=x-no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n????\r\n",
	} {
		file := filepath.Join(t.TempDir(), "m.eml")
		if err := os.WriteFile(file, []byte(m), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errw bytes.Buffer
		if got := run([]string{"check", "--format", "json", file}, strings.NewReader(""), &out, &errw); got == exitUsage || got == exitFailure {
			t.Fatalf("%d %s", got, errw.String())
		}
		r, err := http.Post(api.URL+"/v1/mail", "message/rfc822", strings.NewReader(m))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r.Body)
		if err = errors.Join(err, r.Body.Close()); err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%v %d %s", err, r.StatusCode, b)
		}
		if got, want := compact(t, b), compact(t, out.Bytes()); got != want {
			t.Errorf("%q\n/v1/mail  %s\ncommand   %s", m, got, want)
		}
	}
	r, err := http.Post(api.URL+"/v1/mail", "message/rfc822", strings.NewReader("no mail, 暗証番号 7714"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(r.Body)
	if r.Body.Close(); r.StatusCode != http.StatusUnprocessableEntity || bytes.Contains(b, []byte("7714")) {
		t.Errorf("%d %s", r.StatusCode, b)
	}
}

func compact(t *testing.T, b []byte) string {
	t.Helper()
	var row map[string]any
	if err := json.Unmarshal(b, &row); err != nil {
		t.Fatalf("%v: %.300s", err, b)
	}
	for _, beside := range []string{"view", "$schema", "knowledge"} {
		delete(row, beside)
	}
	out, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func batchOf(t *testing.T, command string, line []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if got := run([]string{command, "--batch"}, bytes.NewReader(append(line, '\n')), &out, io.Discard); got != exitOK {
		t.Fatalf("batch: %d", got)
	}
	return out.Bytes()
}

func commandOf(t *testing.T, e *intake.Exchange) []byte {
	t.Helper()
	args := []string{"check", "--format", "json"}
	for flag, v := range map[string]string{"--direction": e.Direction, "--channel": e.Channel, "--inquiry": e.Inquiry, "--org": e.Organization, "--from": e.From, "--subject": e.Subject, "--initiator": e.Initiator, "--listener": e.Listener} {
		if v != "" {
			args = append(args, flag, v)
		}
	}
	if e.WindowConfirmed {
		args = append(args, "--confirmed")
	}
	var out, errw bytes.Buffer
	if got := run(args, strings.NewReader(e.Text), &out, &errw); got == exitUsage || got == exitFailure {
		t.Fatalf("%q: %d %s", args, got, errw.String())
	}
	return out.Bytes()
}

func post(t *testing.T, to string, body []byte) []byte {
	t.Helper()
	resp, err := http.Post(to, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", to, resp.StatusCode, b, err)
	}
	return b
}

var hidden = regexp.MustCompile(`name="row" value="([^"]*)"`)

func formOf(t *testing.T, base string, e *intake.Exchange) []byte {
	t.Helper()
	door := map[string]string{"incoming": "received", "outgoing": "draft"}[e.Direction]
	form := url.Values{"text": {e.Text}, "channel": {e.Channel}, "inquiry": {e.Inquiry}, "organization": {e.Organization}, "from": {e.From}, "initiator": {e.Initiator}}
	if e.WindowConfirmed {
		form.Set("confirmed", "1")
	}
	resp, err := http.PostForm(base+"/ja/"+door, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	m := hidden.FindSubmatch(b)
	if err != nil || m == nil {
		t.Fatalf("the page has no answer: %v %d", err, resp.StatusCode)
	}
	return []byte(html.UnescapeString(string(m[1])))
}

func session(t *testing.T, base string) *mcp.ClientSession {
	t.Helper()
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: base + "/mcp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func toolOf(t *testing.T, s *mcp.ClientSession, e *intake.Exchange) []byte {
	t.Helper()
	args := map[string]any{"text": e.Text}
	for k, v := range map[string]string{"channel": e.Channel, "organization": e.Organization, "inquiry": e.Inquiry, "initiator": e.Initiator, "listener": e.Listener, "from": e.From, "subject": e.Subject} {
		if v != "" {
			args[k] = v
		}
	}
	if e.WindowConfirmed {
		args["window_confirmed"] = true
	}
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: map[string]string{"incoming": "check_message", "outgoing": "check_draft"}[e.Direction], Arguments: args})
	if err != nil || r.IsError {
		t.Fatalf("%v %v", r, err)
	}
	b, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// worker runs one on a server of its own, to ask single checks of.
func worker(t *testing.T) func(line []byte) []byte {
	t.Helper()
	s, err := server.NewServer(&server.Options{Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	w := &stream.Worker{Config: stream.Default(), Conn: nc}
	done := make(chan error, 1)
	go func() { done <- w.Run(t.Context()) }()
	t.Cleanup(func() { <-done })
	for !w.Ready() {
		time.Sleep(10 * time.Millisecond)
	}
	return func(line []byte) []byte {
		m, err := nc.Request(w.Config.Prefix+".check", line, 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return m.Data
	}
}
