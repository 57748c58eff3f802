//go:build !js

package dossier

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/sfnt"
)

// The font is BIZ UDPGothic Regular (Morisawa Inc., SIL Open Font License 1.1),
// made for reading without effort. Only the letters that a paper uses go into
// its file.
//
//go:embed font/BIZUDPGothic-Regular.ttf.gz
var fontGz []byte

var font = sync.OnceValues(func() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(fontGz))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
})

// Measures of a page, in points.
const (
	margin    = 48.0
	pageWidth = 595.28 // A4
	pageEnd   = 841.89 - margin
	nameWidth = 110.0
	bodySize  = 10.5
	leading   = 1.55
)

// PDF writes the paper as a PDF file, A4.
func (p *Paper) PDF(w io.Writer) error {
	ttf, err := font()
	if err != nil {
		return fmt.Errorf("dossier: font: %w", err)
	}
	glyphs, err := sfnt.Parse(ttf)
	if err != nil {
		return fmt.Errorf("dossier: font: %w", err)
	}
	s := &sheet{pdf: &gopdf.GoPdf{}, glyphs: glyphs}
	s.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := s.pdf.AddTTFFontDataWithOption("biz", ttf, gopdf.TtfOption{UseKerning: false}); err != nil {
		return fmt.Errorf("dossier: font: %w", err)
	}
	s.pdf.SetInfo(gopdf.PdfInfo{Title: p.Title, Creator: "madoguchi"})
	s.page()
	if c := p.Cover; c != nil {
		s.heading("相談の控え: "+c.For, 17)
		for _, f := range []Fact{{"電話", c.Phone}, {"受付", c.Hours}, {"ページ", c.Site}, {"用意するもの", c.Wants}} {
			if f.Value != "" {
				s.fact(f)
			}
		}
		s.heading("話すこと", 13)
		for _, f := range c.Story {
			s.fact(f)
		}
		s.paragraph(margin, "暗証番号・パスワード・認証コードは、相談先にも伝えません。", 9)
		s.page()
	}
	s.heading("記録: "+p.Title, 17)
	for _, f := range p.Facts {
		s.fact(f)
	}
	s.heading("経過", 13)
	for _, l := range p.Lines {
		who := ""
		if l.Who != "" {
			who = "（" + l.Who + "）"
		}
		s.paragraph(margin, l.When+"　"+l.Kind+who, 9)
		s.paragraph(margin+14, l.Text, bodySize)
		s.y += 6
	}
	note := "個人情報を伏せていません。渡す相手を確かめてください。"
	if p.Masked {
		note = "個人情報は ● で伏せてあります。"
	}
	s.paragraph(margin, note+"時刻は、記録した機械の時計によります。", 9)
	if s.err != nil {
		return fmt.Errorf("dossier: %w", s.err)
	}
	_, err = s.pdf.WriteTo(w)
	return err
}

// sheet writes down a page and begins the next; it remembers the first error.
type sheet struct {
	pdf    *gopdf.GoPdf
	glyphs *sfnt.Font
	buf    sfnt.Buffer
	y      float64
	err    error
}

// written is a character as the font can write it: itself, or its code point, so
// that a paper holds all that was said, what cannot be seen as well. gopdf cuts the
// numbers of characters above U+FFFF to sixteen bits where a reader takes the text
// out of the file: these are told by code point.
func (s *sheet) written(r rune) string {
	if r == '\t' {
		return "　"
	}
	if i, err := s.glyphs.GlyphIndex(&s.buf, r); err == nil && i != 0 && unicode.IsPrint(r) && r <= 0xFFFF || r == '\u3000' {
		return string(r)
	}
	return fmt.Sprintf("[U+%04X]", r)
}

func (s *sheet) page() {
	s.pdf.AddPage()
	s.y = margin
}

func (s *sheet) heading(t string, size float64) {
	s.y += size * 0.6
	s.paragraph(margin, t, size)
	s.pdf.SetLineWidth(0.8)
	s.pdf.Line(margin, s.y, pageWidth-margin, s.y)
	s.y += 8
}

// fact writes a name and, beside it, its value; an empty one gets a line to
// write on.
func (s *sheet) fact(f Fact) {
	top := s.y
	if top+bodySize*leading > pageEnd {
		s.page()
		top = s.y
	}
	s.paragraph(margin, f.Name, 9)
	s.y = top
	if f.Value == "" {
		s.y += 22
		s.pdf.SetLineWidth(0.4)
		s.pdf.Line(margin+nameWidth, s.y-4, pageWidth-margin, s.y-4)
		return
	}
	s.paragraph(margin+nameWidth, f.Value, bodySize)
}

// paragraph writes a text from x to the right margin, breaking lines.
func (s *sheet) paragraph(x float64, t string, size float64) {
	if s.err != nil {
		return
	}
	if s.err = s.pdf.SetFont("biz", "", size); s.err != nil {
		return
	}
	for _, line := range s.lines(t, pageWidth-margin-x) {
		if s.y+size*leading > pageEnd {
			s.page()
			if s.err = s.pdf.SetFont("biz", "", size); s.err != nil {
				return
			}
		}
		s.pdf.SetXY(x, s.y)
		if line != "" {
			if s.err = s.pdf.Cell(nil, line); s.err != nil {
				return
			}
		}
		s.y += size * leading
	}
}

// noLineStart are characters that do not begin a line (行頭禁則).
const noLineStart = "。、）」』】〕!?！？ー・…ぁぃぅぇぉっゃゅょァィゥェォッャュョ:;,.)"

// lines breaks a text into lines of a width in points.
func (s *sheet) lines(t string, width float64) []string {
	var out []string
	line, used := "", 0.0
	for _, r := range t {
		if r == '\n' {
			out, line, used = append(out, line), "", 0
			continue
		}
		c := s.written(r)
		w, err := s.pdf.MeasureTextWidth(c)
		if err != nil {
			s.err = err
			return nil
		}
		if used+w > width && line != "" && !contains(noLineStart, r) {
			out, line, used = append(out, line), "", 0
		}
		line += c
		used += w
	}
	return append(out, line)
}

func contains(s string, r rune) bool {
	for _, x := range s {
		if x == r {
			return true
		}
	}
	return false
}
