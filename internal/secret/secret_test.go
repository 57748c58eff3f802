package secret

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/corpus"
)

// made is a random word of letters, so that no true secret stands in this file.
func made(n int, letters string) string {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

const (
	alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lower = "abcdefghijklmnopqrstuvwxyz0123456789"
	upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	hexs  = "0123456789abcdef"
)

// TestFind: one of each kind that people paste; the value alone is found.
func TestFind(t *testing.T) {
	for rule, c := range map[string]struct{ before, secret, after string }{
		"github-pat":              {"トークンは ", "ghp_" + made(36, alnum), " です"},
		"github-fine-grained-pat": {"", "github_pat_" + made(82, alnum), ""},
		"aws-access-token":        {"AWS_ACCESS_KEY_ID=", "AKIA" + made(16, upper), "\n"},
		"openai-api-key":          {"key: ", "sk-" + made(20, alnum) + "T3BlbkFJ" + made(20, alnum), " "},
		"slack-bot-token":         {"", "xoxb-" + made(12, "0123456789") + "-" + made(12, "0123456789") + "-" + made(24, alnum), ""},
		"stripe-access-token":     {"", "sk_live_" + made(24, alnum), ""},
		"gitlab-pat":              {"", "glpat-" + made(20, alnum), ""},
		"private-key":             {"", "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat(made(64, alnum)+"\n", 4) + "-----END RSA PRIVATE KEY-----", "\n"},
		"connection-string":       {"postgres://app:", made(14, alnum), "@db.example/shop"},
		"bearer-token":            {"Authorization: Bearer ", made(40, lower), "\n"},
		"recovery-codes":          {"バックアップコード: ", "a1b2c-d3e4f 9k8j7-h6g5f", ""},
	} {
		s := c.before + c.secret + c.after
		found := Find(s)
		if len(found) != 1 || found[0].Rule != rule || s[found[0].Start:found[0].End] != c.secret {
			t.Errorf("%s in %q: %v", rule, s, found)
		}
	}
	for _, s := range []string{"", "APIキーを忘れました。", "https://example.jp/a?b=c", "postgres://db.example/shop", "AKIAで始まるキーはどこで作れますか", "sk-で始まる鍵", made(40, hexs)} {
		if found := Find(s); len(found) > 0 {
			t.Errorf("%q: %v", s, found)
		}
	}
}

// TestRules: every pattern is one that Go can run in time that grows with the text.
func TestRules(t *testing.T) {
	for _, r := range rules {
		for _, p := range append([]string{r.pattern}, r.allow...) {
			if _, err := regexp.Compile(p); err != nil {
				t.Errorf("%s: %v", r.id, err)
			}
		}
		if len(r.keywords) == 0 {
			t.Errorf("%s has no keyword: it would be tried on every text", r.id)
		}
	}
}

// TestDrafts: drafts without personal data hold no machine's secret either.
func TestDrafts(t *testing.T) {
	items, err := corpus.Files("../../corpus/hands/h09.txt", "../../corpus/hands/h40.txt", "../../corpus/hands/h27.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		if it := &items[i]; it.Outgoing && len(it.Spans) == 0 {
			if found := Find(it.Text); len(found) > 0 {
				t.Errorf("%s: %v", it.ID, found)
			}
		}
	}
}
