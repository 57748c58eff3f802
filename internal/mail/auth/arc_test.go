package auth_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/mail/auth"
)

// TestChain: the mails in testdata were sealed by dkimpy 1.1 (once by
// list.example, then by forward.example), another implementation of RFC 8617.
func TestChain(t *testing.T) {
	read := func(name string) []byte {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := strings.TrimSpace(string(read("arc-key.txt")))
	z := zone{"s._domainkey.list.example": {key}, "s._domainkey.forward.example": {key}}
	once, twice := read("arc-1.eml"), read("arc-2.eml")
	change := func(b []byte, old, new string) []byte {
		out := bytes.Replace(b, []byte(old), []byte(new), 1)
		if bytes.Equal(out, b) {
			t.Fatalf("%q is not in the mail", old)
		}
		return out
	}
	for _, c := range []struct {
		name    string
		mail    []byte
		zone    zone
		trusted string
		ok      bool
	}{
		{"one seal", once, z, "list.example", true},
		{"two seals", twice, z, "forward.example", true},
		{"with bare line feeds", bytes.ReplaceAll(once, []byte("\r\n"), []byte("\n")), z, "list.example", true},
		{"sealer not trusted", twice, z, "list.example", false},
		{"no key", once, zone{}, "list.example", false},
		{"body changed", change(once, "Hello", "Hallo"), z, "list.example", false},
		{"sender changed", change(once, "info@", "else@"), z, "list.example", false},
		{"subject changed", change(twice, "Notice", "Bill"), z, "forward.example", false},
		{"what the sealer saw changed", change(once, "dmarc=pass", "dmarc=none"), z, "list.example", false},
		{"first seal missing", change(twice, "ARC-Seal: i=1", "X-Seal: i=1"), z, "forward.example", false},
		{"no chain", []byte(letter), z, "list.example", false},
	} {
		res, ok := auth.ReadChain(t.Context(), c.mail, c.zone, []string{c.trusted})
		if ok != c.ok {
			t.Errorf("%s: %v, want %v", c.name, ok, c.ok)
		}
		if ok && (res.Authentic != "example.co.jp" || res.By != c.trusted) {
			t.Errorf("%s: %+v", c.name, res)
		}
	}
}
