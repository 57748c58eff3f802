package eval_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/eval"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func metric(t *testing.T, r *eval.Report, id string) eval.Metric {
	t.Helper()
	for _, m := range r.Metrics {
		if m.ID == id {
			return m
		}
	}
	t.Fatalf("no %s in %+v", id, r.Metrics)
	return eval.Metric{}
}

// TestOutgoing counts exact and overlapping spans, never items, levels and
// verdicts; one of the spans is wrong on purpose.
func TestOutgoing(t *testing.T) {
	p := write(t, "drafts.jsonl", `{"id":"1","channel":"form","inquiry":"account_login","text":"パスワードはhanako-0000です。","spans":[{"start":6,"end":17,"category":"password","text":"hanako-0000","level":"never"}],"verdict":"stop"}
{"id":"2","channel":"chat","inquiry":"order_delivery","text":"電話は090-0000-1234です。","spans":[{"start":3,"end":15,"category":"phone","text":"090-0000-123","level":"needed"}],"verdict":"ok"}
{"id":"3","channel":"chat","inquiry":"product_question","text":"色は何色ですか。","spans":[],"verdict":"ok"}
`)
	r, err := eval.File("", p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Kind != "outgoing" || r.Items != 3 {
		t.Errorf("%s, %d items", r.Kind, r.Items)
	}
	for id, want := range map[string]float64{"structured_f1": 0.5, "overlap_f1": 1, "never_recall": 1, "clean_flagged": 0, "verdict": 1, "need_level": 1} {
		if m := metric(t, r, id); m.Value != want || m.Low > want || m.High < want {
			t.Errorf("%s: %+v, want %v", id, m, want)
		}
	}
	if len(r.Misses) != 1 || !strings.Contains(r.Misses[0].Why, "phone-shape") {
		t.Errorf("the miss does not explain itself: %+v", r.Misses)
	}
}

func TestIncoming(t *testing.T) {
	p := write(t, "messages.jsonl", `{"id":"1","channel":"sms","claimed":"例銀行","from":"080-0000-1234","inquiry":null,"text":"暗証番号を教えてください。","asks":[{"category":"pin","quote":"暗証番号"}],"genuine":false,"verdict":"stop"}
{"id":"2","channel":"email","claimed":"例商店","inquiry":"billing","text":"ご入金を確認しました。","asks":[],"genuine":true,"verdict":"ok"}
`)
	r, err := eval.File("", p)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]float64{"asks_f1": 1, "never_ask_recall": 1, "stop_on_genuine": 0, "impostors_caught": 1, "verdict": 1} {
		if m := metric(t, r, id); m.Value != want {
			t.Errorf("%s: %v, want %v: %+v", id, m.Value, want, r.Misses)
		}
	}
}

func TestNamesAddressesClean(t *testing.T) {
	for name, content := range map[string]string{
		"names.jsonl": `{"text":"山田太郎と申します。","entities":[{"name":"山田太郎","span":[0,4],"type":"人名"}]}` + "\n",
		"names.bio":   "山田\tB-PERSON\n太郎\tI-PERSON\nと\tO\n申し\tO\nます\tO\n。\tO\n",
		"list.csv":    "住所,備考\n東京都千代田区霞が関１丁目２－３,\n",
		"clean.jsonl": `{"id":"1","text":"色は何色ですか。"}` + "\n",
	} {
		r, err := eval.File("", write(t, name, content))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(r.Misses) > 0 {
			t.Errorf("%s: %+v", name, r.Misses)
		}
	}
}

func TestBadFiles(t *testing.T) {
	if _, err := eval.File("", write(t, "x.jsonl", "nonsense\n")); !errors.Is(err, eval.ErrKind) {
		t.Errorf("nonsense: %v", err)
	}
	if _, err := eval.File("outgoing", write(t, "x.jsonl", "{\"id\":\"1\"}\n{broken\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("broken line: %v", err)
	}
	if _, err := eval.File("outgoing", write(t, "x.jsonl", "")); err == nil {
		t.Error("an empty file is judged")
	}
	if _, err := eval.File("", filepath.Join(t.TempDir(), "none.jsonl")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestBaseline tells what got worse, in either direction, and what vanished.
func TestBaseline(t *testing.T) {
	r := &eval.Report{Gold: "g", Metrics: []eval.Metric{{ID: "f1", Value: 0.90}, {ID: "clean_flagged", Value: 0.10, SmallerIsBetter: true}}}
	b, err := eval.ReadBaseline([]byte(`{"g":{"f1":0.95,"clean_flagged":0.05,"gone":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(b.Regressions(r, 0.002), "; "); got != "g clean_flagged: 0.1000, was 0.0500; g f1: 0.9000, was 0.9500; g gone: no longer measured" {
		t.Error(got)
	}
	same := eval.Baseline{}
	same.Set(r)
	if got := same.Regressions(r, 0.002); len(got) > 0 {
		t.Error(got)
	}
}

// TestHTML: the page stands alone and escapes what the texts hold.
func TestHTML(t *testing.T) {
	r, err := eval.File("", write(t, "drafts.jsonl", `{"id":"<script>alert(1)</script>","channel":"form","inquiry":"billing","text":"電話は090-0000-1234です。","spans":[],"verdict":"stop"}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := eval.HTML(&b, []*eval.Report{r}); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	if strings.Contains(s, "<script>") || strings.Contains(s, "http://") || strings.Contains(s, "https://") {
		t.Error("the page runs or loads something")
	}
	if !strings.Contains(s, "&lt;script&gt;") || !strings.Contains(s, "<svg") {
		t.Error("the page lacks what it should show")
	}
}

// TestCommittedBaseline is readable and names the figures of the documents.
func TestCommittedBaseline(t *testing.T) {
	b, err := os.ReadFile("../../eval/baseline.json")
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]map[string]float64
	if err := json.Unmarshal(b, &v); err != nil || len(v) < 6 {
		t.Errorf("%d files, %v", len(v), err)
	}
}
