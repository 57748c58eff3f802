package corpus_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/corpus"
)

func read(t *testing.T, s string) []corpus.Item {
	t.Helper()
	items, err := corpus.Read(strings.NewReader(s), "h99")
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// TestRead: marks come out of the text and become spans in code points; a draft's
// verdict follows from its levels.
func TestRead(t *testing.T) {
	items := read(t, `=== out form account_login | counterpart=例サービス
私は[[name:needed|𠮷田]]、暗証番号は[[pin:never|5093]]です。

=== in sms - fake stop | scenario=account_lock | claimed=例銀行 | from=例
[[ask:pin|暗証番号]]を返信してください。[[not:password|パスワード]]は不要です。
=== in email billing genuine ok | scenario=bill_reminder | subject=a | b=c
お支払期限は月末です。
`)
	if len(items) != 3 {
		t.Fatalf("%d items", len(items))
	}
	for _, it := range items {
		if len(it.Faults) > 0 {
			t.Errorf("%s: %v", it.ID, it.Faults)
		}
	}
	d := items[0]
	if d.ID != "h99-0001" || d.Text != "私は𠮷田、暗証番号は5093です。" || d.Verdict != "stop" || *d.Counterpart != "例サービス" {
		t.Errorf("%+v", d)
	}
	if want := []corpus.Span{{2, 4, "name", "𠮷田", "needed"}, {10, 14, "pin", "5093", "never"}}; !slices.Equal(d.Spans, want) {
		t.Errorf("%+v", d.Spans)
	}
	r := items[1]
	if r.Inquiry != nil || *r.Genuine || len(r.Asks) != 1 || r.Asks[0].What() != "pin" || len(r.Mentions) != 1 || r.Mentions[0].Quote != "パスワード" {
		t.Errorf("%+v", r)
	}
	if *items[2].Subject != "a" || *items[2].Inquiry != "billing" {
		t.Errorf("%+v", items[2])
	}
}

// TestFaults: each of these is told, in words that say what is wrong.
func TestFaults(t *testing.T) {
	for s, want := range map[string]string{
		"=== out fax other\nx":                                          `channel "fax"`,
		"=== out form cooking\nx":                                       `inquiry "cooking"`,
		"=== out form other\n":                                          "no text",
		"=== out form other\n[[nome:needed|x]]":                         `category "nome"`,
		"=== out form other\n[[name:much|x]]":                           `level "much"`,
		"=== out form other\n[[pin:needed|5093]]":                       "pin is always never",
		"=== out form other\n[[name:needed| x]]":                        "blank at the edge",
		"=== out form other\n[[name:needed|x":                           "a mark that cannot be read",
		"=== in sms - fake ok | scenario=parcel\nx":                     "a fake is never ok",
		"=== in sms - fake stop | scenario=newsletter\nx":               `scenario of a fake "newsletter"`,
		"=== in sms - genuine ok\nx":                                    `scenario of a genuine message ""`,
		"=== in sms - maybe ok | scenario=parcel\nx":                    `"maybe"`,
		"=== in sms - genuine caution | scenario=survey\n[[ask:pin|x]]": "the verdict is stop",
		"=== in sms - genuine ok | scenario=survey\n[[say:pin|x]]":      `a mark "say"`,
		"=== in sms - genuine ok | scenario=survey\n[[ask:nothing|x]]":  `what is asked "nothing"`,
		"=== sideways\nx":                                               "the head is neither",
		"text before a head":                                            "the head is neither",
	} {
		items := read(t, s)
		if len(items) != 1 || !strings.Contains(strings.Join(items[0].Faults, "; "), want) {
			t.Errorf("%q: %v, want %s", s, items, want)
		}
	}
}

// TestHands: the corpus itself has no faults, no text twice, and is as large and as
// mixed as its page says.
func TestHands(t *testing.T) {
	files, err := filepath.Glob("../../corpus/hands/h*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d hands: %v", len(files), err)
	}
	items, err := corpus.Files(files...)
	if err != nil {
		t.Fatal(err)
	}
	drafts, bare := 0, 0
	seen := map[string]bool{}
	for i := range items {
		it := &items[i]
		for _, f := range it.Faults {
			t.Errorf("%s, line %d: %s", it.Hand, it.Line, f)
		}
		if it.Outgoing {
			drafts++
			if len(it.Spans) == 0 {
				bare++
			}
		}
		seen[it.Scenario] = true
	}
	if len(items) < 8000 {
		t.Errorf("%d items", len(items))
	}
	if bare*100 < 28*drafts || bare*100 > 40*drafts {
		t.Errorf("%d of %d drafts hold no data", bare, drafts)
	}
	for _, id := range append(slices.Clone(corpus.Fraud), corpus.Genuine...) {
		if !seen[id] {
			t.Errorf("no message of %s", id)
		}
	}
}
