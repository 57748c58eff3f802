package dossier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/dossier"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/report"
)

var day = time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC)

const received = "山田花子様、電話番号090-0000-1234の確認です。暗証番号を教えてください。"

func example(t *testing.T) (casebook.Case, []casebook.Entry) {
	t.Helper()
	v := check.Check(&exchange.Exchange{Direction: exchange.Incoming, Channel: exchange.ChannelPhone, Initiator: exchange.InitiatorWindow, From: "050-0000-1234", Text: received})
	row, err := json.Marshal(report.NewRow(&v))
	if err != nil {
		t.Fatal(err)
	}
	c := casebook.Case{ID: "0011223344556677", Subject: casebook.Subject{Title: "山田花子あての<script>電話", Organization: "例銀行", Channel: "phone", Initiator: "window"}, State: casebook.Stopped, Opened: day, Last: day}
	return c, []casebook.Entry{
		{Seq: 0, Kind: casebook.Opened, At: day},
		{Seq: 1, Kind: casebook.Call, At: day, Text: "折り返すと言って切った。", Call: &casebook.Notes{Number: "050-0000-1234", Company: "例銀行", Name: "例"}},
		{Seq: 2, Kind: casebook.Message, From: "window", At: day, Text: received},
		{Seq: 3, Kind: casebook.Verdict, At: day, Text: string(row)},
		{Seq: 4, Kind: casebook.Attachment, At: day, Name: "<b>mail.eml", Data: []byte("x")},
		{Seq: 5, Kind: casebook.StateSet, At: day, Text: string(casebook.Stopped)},
	}
}

func page(t *testing.T, o dossier.Options) string {
	t.Helper()
	o.Zone = time.UTC
	c, entries := example(t)
	p, err := dossier.New(c, entries, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestMasked: without being asked, a paper shows what happened and no personal
// data; asked, it shows all.
func TestMasked(t *testing.T) {
	masked, shown := page(t, dossier.Options{}), page(t, dossier.Options{Show: true})
	for _, v := range []string{"山田花子", "090-0000-1234"} {
		if strings.Contains(masked, v) {
			t.Errorf("a masked paper shows %s", v)
		}
		if !strings.Contains(shown, v) {
			t.Errorf("%s is not shown", v)
		}
	}
	for _, w := range []string{"暗証番号を教えて", "例銀行", "050-0000-1234", "止めてください", "2026-11-24 01:02:03", "伏せてあります", "SHA-256"} {
		if !strings.Contains(masked, w) {
			t.Errorf("the paper lacks %q", w)
		}
	}
}

// TestSelfContained: a paper runs nothing and loads nothing, whatever stands in
// the case.
func TestSelfContained(t *testing.T) {
	got := page(t, dossier.Options{Show: true})
	for _, bad := range []string{"<script", "<b>mail", "src=", "href=", "url(", "@import"} {
		if strings.Contains(got, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// TestCovers: every place of consultation has its sheet, with what it wants to
// know and what the record tells of that.
func TestCovers(t *testing.T) {
	for _, k := range knowledge.Consultations() {
		got := page(t, dossier.Options{For: k.ID})
		for _, w := range []string{"相談の控え", "求められたこと", "伝えたもの・払ったもの"} {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q", k.ID, w)
			}
		}
		if !strings.Contains(got, strings.Split(k.Name.JA, "(")[0]) || k.Phone != "" && !strings.Contains(got, k.Phone) {
			t.Errorf("%s: not its name and number", k.ID)
		}
	}
	if _, err := dossier.New(casebook.Case{}, nil, dossier.Options{For: "nowhere"}); err == nil {
		t.Error("an unknown place has a sheet")
	}
}

// TestPDF reads the file back with poppler: its text, and that its font is in it.
func TestPDF(t *testing.T) {
	c, entries := example(t)
	entries[2].Text += strings.Repeat("長い文が続きます。", 400) + "𠮷😀終わり"
	p, err := dossier.New(c, entries, dossier.Options{For: "police_9110", Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.PDF(&b); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Stdin = bytes.NewReader(b.Bytes())
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v (make test installs poppler-utils)", name, err)
		}
		return string(out)
	}
	text := strings.Join(strings.Fields(run("pdftotext", "-", "-")), "")
	for _, w := range []string{"相談の控え", "例銀行", "暗証番号を教えて", "終わり", "個人情報は●で伏せて"} {
		if !strings.Contains(text, w) {
			t.Errorf("the PDF lacks %q", w)
		}
	}
	if strings.Contains(text, "山田花子") {
		t.Error("the PDF shows a name")
	}
	if fonts := run("pdffonts", "-"); !strings.Contains(fonts, "yes") || strings.Contains(fonts, " no  no ") {
		t.Errorf("the font is not embedded:\n%s", fonts)
	}
	if b.Len() > 1<<20 {
		t.Errorf("%d bytes: the font is not cut down to its letters", b.Len())
	}
}

// TestPDFLetters: a paper holds every character, or its code point where the font
// has none or nobody could see it.
func TestPDFLetters(t *testing.T) {
	var b bytes.Buffer
	p := &dossier.Paper{Title: "字", Lines: []dossier.Line{{Text: "髙橋\u200b😀𠮟\tà\u202e終"}}}
	if err := p.PDF(&b); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pdftotext", "-", "-")
	cmd.Stdin = &b
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), "")
	for _, w := range []string{"[U+200B]", "[U+202E]終", "橋"} {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in %q", w, text)
		}
	}
	for _, r := range "髙😀𠮟" {
		if !strings.ContainsRune(text, r) && !strings.Contains(text, fmt.Sprintf("[U+%04X]", r)) {
			t.Errorf("%c is neither there nor told: %q", r, text)
		}
	}
}

// TestARF: the report is a multipart/report whose third part is the mail, byte
// for byte.
func TestARF(t *testing.T) {
	raw := "From: =?utf-8?B?5L6L?= <a@rei.example>\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\n\r\n本文\r\n--not a boundary\r\n"
	var b bytes.Buffer
	if err := dossier.ARF(&b, []byte(raw), "hanako@example.jp\r\nBcc: x@example.com", "report@example.jp", "madoguchi/test", day); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(&b)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" {
		t.Error("a field became two")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["report-type"] != "feedback-report" {
		t.Fatalf("%s %v %v", kind, params, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var kinds, bodies []string
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		kinds, bodies = append(kinds, p.Header.Get("Content-Type")), append(bodies, string(body))
	}
	if len(kinds) != 3 || kinds[1] != "message/feedback-report" || kinds[2] != "message/rfc822" || bodies[2] != raw {
		t.Fatalf("%q %q", kinds, bodies)
	}
	for _, w := range []string{"Feedback-Type: fraud\r\n", "User-Agent: madoguchi/test\r\n", "Version: 1\r\n", "Original-Mail-From: <a@rei.example>\r\n"} {
		if !strings.Contains(bodies[1], w) {
			t.Errorf("the report lacks %q", w)
		}
	}
	if err := dossier.ARF(io.Discard, []byte{0xff, 0xd8}, "", "", "x", day); !errors.Is(err, dossier.ErrNotMail) {
		t.Errorf("a picture was reported as a mail: %v", err)
	}
}
