package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/internal/gateway"
)

const scam = "From: =?utf-8?B?5L6L44Kr44O844OJ?= <support@rei-card.top>\r\nTo: hanako@example.jp\r\nSubject: =?utf-8?B?44GU5Yip55So5YGc5q2i?=\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\nMessage-ID: <a@rei-card.top>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n" +
	"X-Madoguchi-Level: ok\r\nAuthentication-Results: mx.example.jp; x-madoguchi=ok\r\nAuthentication-Results: elsewhere.example; spf=pass\r\n\r\nカードのご利用を停止しました。24時間以内に https://rei-card.top/login で暗証番号とカード番号を入力してください。\r\n"

const plain = "From: Taro <taro@example.jp>\r\nTo: hanako@example.jp\r\nSubject: lunch\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\nMessage-ID: <b@example.jp>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n明日の昼は食堂で。\r\n"

// need returns the path of a program, or skips; where CI=true it fails.
func need(t testing.TB, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil || os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not here, or the test does not run as root: make tools", name)
		}
		t.Skipf("%s is not here, or the test does not run as root", name)
	}
	return p
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port //nolint:errcheck // it is TCP
}

// postfix is a mail server of its own: it takes mails on a port, asks the milter, and
// hands them on to Postfix's own sink, which keeps each in a file.
type postfix struct {
	t           testing.TB
	conf, sinks string
	port        int
}

func startPostfix(t testing.TB, milter, whenAway string) *postfix {
	t.Helper()
	need(t, "postfix")
	dir, err := os.MkdirTemp("/tmp", "mdg") // short: Postfix's sockets lie within
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // Postfix's own user must get through
		t.Fatal(err)
	}
	p := &postfix{t: t, conf: dir + "/conf", sinks: dir + "/sink", port: freePort(t)}
	for _, d := range []string{p.conf, p.sinks, dir + "/queue", dir + "/data"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	sink := freePort(t)
	run := exec.Command("smtp-sink", "-u", "postfix", "-R", p.sinks, "-d", "mail.", fmt.Sprintf("127.0.0.1:%d", sink), "10")
	if err := os.Chmod(p.sinks, 0o777); err != nil { //nolint:gosec // written by Postfix's user
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill(); _ = run.Wait() })
	if out, err := exec.Command("chown", "postfix", dir+"/data").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write := func(name, s string) {
		if err := os.WriteFile(filepath.Join(p.conf, name), []byte(s), 0o644); err != nil { //nolint:gosec // as Postfix wants it
			t.Fatal(err)
		}
	}
	write("main.cf", fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
myhostname = mx.example.jp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
relayhost = [127.0.0.1]:%[2]d
relay_domains = example.jp
mynetworks = 127.0.0.0/8
smtpd_milters = %[3]s
milter_default_action = %[4]s
milter_protocol = 6
smtpd_peername_lookup = no
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
alias_maps =
`, dir, sink, milter, whenAway))
	var master strings.Builder
	fmt.Fprintf(&master, "127.0.0.1:%d inet n - n - - smtpd\n", p.port)
	for _, s := range []string{"pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
		"verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap", "smtp unix - - n - - smtp", "relay unix - - n - - smtp", "showq unix n - n - - showq", "error unix - - n - - error", "retry unix - - n - - error", "discard unix - - n - - discard", "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache", "postlog unix-dgram n - n - 1 postlogd"} {
		fmt.Fprintln(&master, s)
	}
	write("master.cf", master.String())
	if out, err := exec.Command("postfix", "-c", p.conf, "start").CombinedOutput(); err != nil {
		t.Fatalf("postfix: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if t.Failed() {
			b, _ := os.ReadFile(dir + "/log")
			t.Logf("%s", b)
		}
		_ = exec.Command("postfix", "-c", p.conf, "stop").Run()
	})
	p.until("it answers", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return p
}

func (p *postfix) until(what string, f func() bool) {
	p.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if f() {
			return
		}
	}
	p.t.Fatalf("not in 20 s: %s", what)
}

func (p *postfix) send(mail string) error {
	return smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", p.port), nil, "sender@example.net", []string{"hanako@example.jp"}, []byte(mail))
}

// arrived returns the mails that were handed on.
func (p *postfix) arrived() (mails []string) {
	files, _ := filepath.Glob(p.sinks + "/*")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil && bytes.Contains(b, []byte("Subject:")) {
			mails = append(mails, string(b))
		}
	}
	return mails
}

// held returns how many mails are in quarantine.
func (p *postfix) held() int {
	out, _ := exec.Command("postqueue", "-c", p.conf, "-j").Output()
	return strings.Count(string(out), `"queue_name": "hold"`)
}

func startMilter(t testing.TB, listen string, o gateway.Options) (*gateway.Milter, func()) {
	t.Helper()
	o.Listen, o.ID, o.MaxBody, o.Concurrent, o.Deadline, o.Log = listen, "mx.example.jp", 1<<20, 4, 20*time.Second, slog.New(slog.NewTextHandler(io.Discard, nil))
	m, err := gateway.Serve(o)
	if err != nil {
		t.Fatal(err)
	}
	stop := func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = m.Shutdown(ctx)
	}
	t.Cleanup(stop)
	return m, stop
}

// TestPostfix: a real Postfix asks the milter about each mail.
func TestPostfix(t *testing.T) {
	need(t, "postfix")
	at := fmt.Sprintf("inet:127.0.0.1:%d", freePort(t))
	m, stop := startMilter(t, at, gateway.Options{Stop: gateway.Tag, Caution: gateway.Tag})
	p := startPostfix(t, at, "accept")

	for _, mail := range []string{scam, plain} {
		if err := p.send(mail); err != nil {
			t.Fatal(err)
		}
	}
	p.until("both mails arrive", func() bool { return len(p.arrived()) == 2 })
	for _, mail := range p.arrived() {
		isScam := strings.Contains(mail, "rei-card")
		level := map[bool]string{true: "stop", false: "ok"}[isScam]
		if n := strings.Count(mail, "X-Madoguchi-Level:"); n != 1 || !strings.Contains(mail, "X-Madoguchi-Level: "+level) {
			t.Errorf("want one field that says %s:\n%s", level, mail)
		}
		if !strings.Contains(mail, "Authentication-Results: mx.example.jp;\r\n x-madoguchi="+level) && !strings.Contains(mail, "x-madoguchi="+level) {
			t.Errorf("no result %s:\n%s", level, mail)
		}
		if isScam && (strings.Contains(mail, "x-madoguchi=ok") || !strings.Contains(mail, "elsewhere.example; spf=pass")) {
			t.Errorf("a field that the sender forged stays, or another's is gone:\n%s", mail)
		}
		if isScam != strings.Contains(mail, "=?utf-8?") && isScam != strings.Contains(mail, "=?UTF-8?") {
			t.Errorf("subject:\n%s", mail)
		}
	}
	if m.Judged.Load() != 2 {
		t.Errorf("%d judged", m.Judged.Load())
	}

	// The milter is gone: the server's own setting holds, and no mail is lost.
	stop()
	if err := p.send(plain); err != nil {
		t.Fatal(err)
	}
	p.until("the third mail arrives", func() bool { return len(p.arrived()) == 3 })
}

// TestPostfixHolds: quarantine and refusal, and a closed gate while nobody judges.
func TestPostfixHolds(t *testing.T) {
	need(t, "postfix")
	dir, err := os.MkdirTemp("/tmp", "mdg")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // Postfix's own user must get through
		t.Fatal(err)
	}
	at := fmt.Sprintf("inet:127.0.0.1:%d", freePort(t))
	_, stop := startMilter(t, at, gateway.Options{Stop: gateway.Quarantine, Closed: true})
	p := startPostfix(t, at, "tempfail")
	for _, mail := range []string{scam, plain} {
		if err := p.send(mail); err != nil {
			t.Fatal(err)
		}
	}
	p.until("one is held and one arrives", func() bool { return p.held() == 1 && len(p.arrived()) == 1 })
	stop()
	if err := p.send(plain); err == nil || !strings.HasPrefix(err.Error(), "4") {
		t.Errorf("a mail that nobody judges: %v", err)
	}
	_, stop = startMilter(t, at, gateway.Options{Stop: gateway.Reject})
	if err := p.send(scam); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("a mail to refuse: %v", err)
	}
	// Longer than what is read: nobody may call it ok.
	if err := p.send(plain + strings.Repeat("明日の昼は食堂で。\r\n", 60000)); err != nil {
		t.Fatal(err)
	}
	p.until("the long one arrives", func() bool { return len(p.arrived()) == 2 })
	for _, mail := range p.arrived() {
		if len(mail) > 1<<20 && !strings.Contains(mail, "X-Madoguchi-Level: caution") {
			t.Errorf("a mail that was not read to its end:\n%.1500s", mail)
		}
	}
	stop()
}

// BenchmarkPostfix: mails through Postfix without the milter, and with it.
func BenchmarkPostfix(b *testing.B) {
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprintf("milter=%t", with), func(b *testing.B) {
			at := ""
			if with {
				at = fmt.Sprintf("inet:127.0.0.1:%d", freePort(b))
				startMilter(b, at, gateway.Options{Stop: gateway.Tag, Caution: gateway.Tag})
			}
			p := startPostfix(b, at, "tempfail")
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := p.send(scam); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
