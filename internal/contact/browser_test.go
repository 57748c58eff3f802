package contact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
)

// hosts reads URLs as a browser does: the host that it would go to, "" where it
// refuses. What has no scheme is opened with http://.
const hosts = `
const lines = JSON.parse(require("fs").readFileSync(0, "utf8"));
const open = s => { try { return new URL(s); } catch { return null; } };
process.stdout.write(JSON.stringify(lines.map(s => {
  let u = open(s);
  if (!u || !/^(https?|ftp|wss?):$/.test(u.protocol)) {
    const v = open("http://" + s.replace(/^[\s\u3000\ufeff]+/, "").replace(/^[\/\\]+/, ""));
    if (!u || (v && !/^(javascript|data|mailto|tel|file|sms|blob|about|intent):/i.test(s.trim()))) u = v;
  }
  return u && u.protocol !== "javascript:" ? u.hostname.replace(/\.$/, "") : "";
})));`

// urls are addresses around a genuine host and a stranger's, as an enemy would
// write them.
func urls(r *rand.Rand, genuine, stranger string) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	odd := []string{"%2e", "%2E", "%2f", "%2F", "%5c", "%40", "%3a", "%23", "%3f", "%00", "%09", "%0a", "%0d", "%20", "%25", "%252e", "%2", "%", "%zz", "%ef%bc%8e", "%e3%80%82", "%c2%ad", "%e2%80%8b", "%61", "%2d", "%5f",
		"。", "．", "｡", "／", "＼", "？", "＃", "：", "＠", "％", "\u200b", "\u00ad", "\u200d", "\u2060", "\ufeff", "\u3000", "\u2024", "\u2025", "\u2044", "\u2215", "\u29f8", "\u0338", "⒈", "①", "ﬀ", "ß", "İ", "ſ", "K",
		"\t", "\n", "\r", " ", "\x00", "\x01", "\x1f", "\x7f", "\u0085", "\u00a0", "\\", "/", "//", "/\\", "@", ":", ":@", ":%@", "%@", ";", ",", "|", "^", "`", "{", "}", "[", "]", "<", ">", "\"", "'", "!", "$", "&", "(", ")", "*", "+", "=", "~", "_", "-", "--", ".", "..", "?", "#", ":80", ":443", ":0", ":99999", ":8080@", ":80:", "user@", "user:pass@", "xn--", "é", "а", "٠", "１"}
	scheme := pick("https://", "http://", "HTTPS://", "https:", "https:/", "https:///", "https:\\\\", "https:/\\", "//", "", "ftp://", "wss://", "ht\ntps://", " https://", "\thttps://", "javascript://", "data://", "x://")
	var b strings.Builder
	b.WriteString(scheme)
	parts := []string{genuine, stranger, odd[r.IntN(len(odd))], odd[r.IntN(len(odd))]}
	switch r.IntN(5) {
	case 0:
		b.WriteString(genuine + parts[2] + stranger)
	case 1:
		b.WriteString(genuine + parts[2] + parts[3] + stranger)
	case 2:
		b.WriteString(stranger + parts[2] + genuine)
	case 3:
		at := r.IntN(len(genuine))
		b.WriteString(genuine[:at] + parts[2] + genuine[at:])
	default:
		b.WriteString(genuine + parts[2])
	}
	b.WriteString(pick("", "/", "/login", "?a=b", "#x", "/%zz", "/a/../b", "/;x", "\\a"))
	return b.String()
}

// TestAsBrowsersRead: no address is official that a browser takes to a host which
// is not, or that it refuses. Node's parser is the one of the URL Standard.
func TestAsBrowsersRead(t *testing.T) {
	const n = 40_000
	r := rand.New(rand.NewPCG(1, 2))
	genuine := []string{"www.kuronekoyamato.co.jp", "www.amazon.co.jp", "amazon.co.jp", "www.smbc-card.com", "www.yodobashi.com"}
	list := make([]string, n)
	for i := range list {
		list[i] = urls(r, genuine[r.IntN(len(genuine))], []string{"evil-site.com", "evil.example", "xn--mzon-43dbc.com", "127.0.0.1", "0x7f.1", "evil"}[r.IntN(6)])
	}
	in, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "-e", hosts)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node (make tools installs it): %v", err)
	}
	var want []string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	official, wrong := 0, 0
	for i, s := range list {
		p := contact.JudgeURL(s, nil)
		if p.Status != exchange.Official {
			continue
		}
		official++
		if want[i] == "" || contact.JudgeURL("https://"+want[i]+"/", nil).Status != exchange.Official {
			if wrong++; wrong <= 20 {
				t.Errorf("%q is official; a browser opens %q", s, want[i])
			}
		}
	}
	fmt.Printf("URLs against a browser's parser: %d, official %d, wrongly %d\n", n, official, wrong)
	if official < n/20 || wrong > 0 {
		t.Errorf("%d of %d official, %d of them wrongly", official, n, wrong)
	}
}
