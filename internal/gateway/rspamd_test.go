package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/internal/serve"
)

// TestRspamd: a real rspamd with the plugin of packaging/rspamd asks the server.
func TestRspamd(t *testing.T) {
	need(t, "rspamd")
	server := httptest.NewServer(serve.Handler(serve.Options{}))
	defer server.Close()
	plugin, err := filepath.Abs("../../packaging/rspamd/madoguchi.lua")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	port := freePort(t)
	conf := fmt.Sprintf(`options { pidfile = "%[1]s/pid"; filters = ""; tempdir = "%[1]s"; hs_cache_dir = "%[1]s"; dns { nameserver = "127.0.0.1"; timeout = 0.1s; retransmits = 1; } }
logging { type = "file"; filename = "%[1]s/log"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:%[2]d"; count = 1; }
metric { name = "default"; actions { reject = 15; "add header" = 6; } }
actions { reject = 15; add_header = 6; }
madoguchi { url = "%[3]s/v1/mail"; }
lua = "%[4]s";
`, dir, port, server.URL, plugin)
	if err := os.WriteFile(dir+"/rspamd.conf", []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("rspamd", "-f", "-i", "-c", dir+"/rspamd.conf")
	run.Env = append(os.Environ(), "LANG=C.UTF-8")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = run.Process.Signal(os.Interrupt)
		_ = run.Wait()
		if t.Failed() {
			b, _ := os.ReadFile(dir + "/log")
			t.Logf("%s", b)
		}
	}()
	ask := func(mail string) map[string]struct {
		Score   float64
		Options []string
	} {
		r, err := http.Post(fmt.Sprintf("http://127.0.0.1:%d/checkv2", port), "message/rfc822", bytes.NewReader([]byte(mail))) //nolint:gosec // this machine
		if err != nil {
			return nil
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil
		}
		var a struct {
			Symbols map[string]struct {
				Score   float64
				Options []string
			}
		}
		if json.Unmarshal(b, &a) != nil {
			t.Fatalf("%s", b)
		}
		return a.Symbols
	}
	for end := time.Now().Add(2 * time.Minute); ask(plain) == nil; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("rspamd does not answer")
		}
	}
	if s := ask(scam)["MADOGUCHI_STOP"]; s.Score != 8 || len(s.Options) == 0 {
		t.Errorf("%+v", ask(scam))
	}
	if _, ok := ask(plain)["MADOGUCHI_OK"]; !ok {
		t.Errorf("%+v", ask(plain))
	}
	server.Close() // nobody answers: rspamd's own decision stands
	if s, ok := ask(scam)["MADOGUCHI_FAIL"]; !ok || s.Score != 0 {
		t.Errorf("%+v", ask(scam))
	}
}
