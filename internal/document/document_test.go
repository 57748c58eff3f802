package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/document"
	"github.com/madoguchi/madoguchi/internal/intake"
)

// packed makes an OOXML file of its parts.
func packed(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"[Content_Types].xml"}, keys(parts)...) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func keys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestText(t *testing.T) {
	const link = `<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://rei-card.top/login" TargetMode="External"/></Relationships>`
	for name, c := range map[string]struct {
		parts map[string]string
		want  []string
	}{
		"Word": {map[string]string{
			"word/document.xml":            `<w:document><w:p><w:r><w:t>暗証</w:t></w:r><w:r><w:t>番号は 7714</w:t></w:r></w:p><w:tbl><w:tc><w:p><w:r><w:t>会員番号</w:t></w:r></w:p></w:tc></w:tbl></w:document>`,
			"word/footnotes.xml":           `<w:footnotes><w:p><w:t>注</w:t></w:p></w:footnotes>`,
			"word/_rels/document.xml.rels": link,
		}, []string{"暗証番号は 7714", "会員番号", "注", "https://rei-card.top/login"}},
		"Excel": {map[string]string{
			"xl/sharedStrings.xml":     `<sst><si><t>氏名</t><rPh><t>シメイ</t></rPh></si><si><r><t>山田</t></r><r><t>花子</t></r></si></sst>`,
			"xl/worksheets/sheet1.xml": `<worksheet><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><v>42</v></c></row><row><c t="inlineStr"><is><t>電話</t></is></c></row></worksheet>`,
		}, []string{"氏名\t山田花子\t42", "電話"}},
		"PowerPoint": {map[string]string{
			"ppt/slides/slide2.xml":  `<p:sld><a:p><a:t>二枚目</a:t></a:p></p:sld>`,
			"ppt/slides/slide10.xml": `<p:sld><a:p><a:t>十枚目</a:t></a:p></p:sld>`,
		}, []string{"二枚目\n十枚目"}},
	} {
		b := packed(t, c.parts)
		if !document.Is(b) {
			t.Errorf("%s is not taken for a document", name)
		}
		s, whole, err := document.Text(b)
		if err != nil || !whole {
			t.Errorf("%s: whole %v, %v", name, whole, err)
		}
		for _, w := range c.want {
			if !strings.Contains(s, w) {
				t.Errorf("%s: no %q in %q", name, w, s)
			}
		}
	}
}

// TestAttached: what a document that comes by mail asks for is read; a draft in a file,
// too.
func TestAttached(t *testing.T) {
	b := packed(t, map[string]string{"word/document.xml": `<w:document><w:p><w:t>暗証番号をご返信ください</w:t></w:p></w:document>`})
	items, err := intake.Recognize(b)
	if err != nil || len(items) != 1 || items[0].Kind != intake.Document || items[0].Exchange.Text != "暗証番号をご返信ください" || len(items[0].Exchange.Unread) > 0 {
		t.Errorf("%+v %v", items, err)
	}
	raw := "From: a@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n添付をご覧ください。\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"a.docx\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(b) + "\r\n--b--\r\n"
	items, err = intake.Recognize([]byte(raw))
	if err != nil || !strings.Contains(items[0].Exchange.Text, "暗証番号をご返信ください") || len(items[0].Exchange.Unread) > 0 {
		t.Errorf("%+v %v", items, err)
	}
}

// TestPDF: a PDF as a browser prints it.
func TestPDF(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not here: make tools")
		}
		t.Skip("chromium is not here")
	}
	dir := t.TempDir()
	page := filepath.Join(dir, "p.html")
	if err := os.WriteFile(page, []byte(`<meta charset="utf-8"><p style="font-family:'BIZ UDPGothic'">暗証番号は 7714 です。<a href="https://rei-card.top/login">こちら</a></p>`), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "p.pdf")
	if msg, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir, "--print-to-pdf="+out, "file://"+page).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := document.Text(b)
	if err != nil || !strings.Contains(s, "暗証番号は 7714 です。") || !strings.Contains(s, "https://rei-card.top/login") {
		t.Errorf("%q %v", s, err)
	}
	// A cut one is an error or less text, never a crash.
	for n := 0; n < len(b); n += 1 + len(b)/40 {
		_, _, _ = document.Text(b[:n]) //nolint:errcheck // what comes out does not matter
	}
}

// TestBomb: what unpacks to far more than it weighs costs no more than what is read.
func TestBomb(t *testing.T) {
	b := packed(t, map[string]string{"word/document.xml": "<w:p><w:t>" + strings.Repeat("あ", 30<<20) + "</w:t></w:p>"})
	s, whole, err := document.Text(b)
	if whole || err != nil || len(s) > 3<<20 {
		t.Errorf("%d bytes, whole %v, %v", len(s), whole, err)
	}
}

func FuzzText(f *testing.F) {
	f.Add(packed(f, map[string]string{"word/document.xml": "<w:p><w:t>あ</w:t></w:p>"}))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 1>>\nstartxref\n9\n%%EOF"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _, _ = document.Text(b) }) //nolint:errcheck // it must end
}
