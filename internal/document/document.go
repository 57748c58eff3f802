// Package document reads the text of Word, Excel, PowerPoint (OOXML, ECMA-376) and PDF
// files, with the addresses that their links lead to. It runs nothing that they hold and
// fetches nothing; what it costs is bounded.
package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a document.
const (
	maxFile     = 32 << 20 // bytes of the file
	maxUnpacked = 64 << 20 // bytes of all parts that are read
	maxParts    = 4000
	maxText     = 2 << 20 // bytes of its text
	maxStrings  = 200_000 // of a workbook
)

// ErrNotDocument is returned for what is no such file, or cannot be read.
var ErrNotDocument = errors.New("document: no Word, Excel, PowerPoint or PDF file that can be read")

// Is reports whether bytes begin as such a file does.
func Is(b []byte) bool {
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return bytes.Contains(b[:min(len(b), 4096)], []byte("[Content_Types].xml")) || bytes.Contains(b[:min(len(b), 4096)], []byte("_rels/"))
	}
	return bytes.HasPrefix(b, []byte("%PDF-"))
}

// Text returns a document's text. whole is false where some of it was not read: it is
// longer than what is read, or holds pictures of text alone.
func Text(b []byte) (text string, whole bool, err error) {
	switch {
	case len(b) > maxFile:
		return "", false, ErrNotDocument
	case bytes.HasPrefix(b, []byte("%PDF-")):
		text, whole, err = pdfText(b)
	default:
		text, whole, err = officeText(b)
	}
	if len(text) > maxText {
		text, whole = strings.ToValidUTF8(text[:maxText], ""), false
	}
	return strings.TrimSpace(text), whole, err
}

// officeText reads the parts that people see, and where links lead.
func officeText(b []byte) (string, bool, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) > maxParts {
		return "", false, ErrNotDocument
	}
	files := slices.Clone(z.File)
	slices.SortStableFunc(files, func(a, b *zip.File) int { return compareNames(a.Name, b.Name) })
	budget := int64(maxUnpacked)
	open := func(f *zip.File) (io.ReadCloser, bool) {
		r, err := f.Open()
		if err != nil {
			return nil, false
		}
		return struct {
			io.Reader
			io.Closer
		}{&metered{r, &budget}, r}, true
	}
	var out strings.Builder
	var shared []string
	known := false
	for _, f := range files {
		if f.Name == "xl/sharedStrings.xml" {
			if r, ok := open(f); ok {
				shared = sharedStrings(r)
				_ = r.Close() // read only
			}
		}
	}
	whole := true
	for _, f := range files {
		dir, base := path.Split(f.Name)
		var read func(io.Reader, *strings.Builder) error
		switch {
		case path.Ext(base) == ".rels":
			read = links
		case path.Ext(base) != ".xml":
			continue
		case dir == "word/" && (base == "document.xml" || strings.HasPrefix(base, "header") || strings.HasPrefix(base, "footer") || base == "comments.xml" || base == "footnotes.xml" || base == "endnotes.xml"),
			dir == "ppt/slides/", dir == "ppt/notesSlides/", strings.HasPrefix(dir, "xl/drawings/"), strings.HasPrefix(f.Name, "xl/comments"):
			read, known = paragraphs, true
		case dir == "xl/worksheets/":
			read, known = func(r io.Reader, out *strings.Builder) error { return sheet(r, shared, out) }, true
		default:
			continue
		}
		r, ok := open(f)
		if !ok {
			whole = false
			continue
		}
		if read(r, &out) != nil {
			whole = false
		}
		_ = r.Close() // read only
		if out.Len() > maxText {
			whole = false
			break
		}
	}
	if !known {
		return "", false, ErrNotDocument
	}
	return out.String(), whole, nil
}

// compareNames orders slide2 before slide10.
func compareNames(a, b string) int {
	if len(a) != len(b) && path.Dir(a) == path.Dir(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// metered ends when all parts together have given what may be unpacked.
type metered struct {
	r    io.Reader
	left *int64
}

var errTooMuch = errors.New("document: more than is unpacked")

func (m *metered) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		return 0, errTooMuch
	}
	if int64(len(p)) > *m.left {
		p = p[:*m.left]
	}
	n, err := m.r.Read(p)
	*m.left -= int64(n)
	return n, err
}

// tokens reads XML to its end.
func tokens(r io.Reader, f func(xml.Token)) error {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // OOXML is UTF-8
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		f(t)
	}
}

// paragraphs are the words of w:t and a:t, a line each.
func paragraphs(r io.Reader, out *strings.Builder) error {
	in := false
	return tokens(r, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				in = true
			case "tab":
				out.WriteByte('\t')
			case "br", "cr":
				out.WriteByte('\n')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "p":
				out.WriteByte('\n')
			case "tc":
				out.WriteByte('\t')
			}
		case xml.CharData:
			if in && out.Len() <= maxText {
				out.Write(t)
			}
		}
	})
}

// sharedStrings are a workbook's strings by number.
func sharedStrings(r io.Reader) (list []string) {
	var b strings.Builder
	in, phonetic := false, false
	_ = tokens(r, func(t xml.Token) { // what was read counts
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				in = true
			case "rPh": // furigana
				phonetic = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "rPh":
				phonetic = false
			case "si":
				if len(list) < maxStrings {
					list = append(list, b.String())
				}
				b.Reset()
			}
		case xml.CharData:
			if in && !phonetic && b.Len() < maxText {
				b.Write(t)
			}
		}
	})
	return list
}

// sheet is a row a line, tabs between its cells.
func sheet(r io.Reader, shared []string, out *strings.Builder) error {
	var kind, value string
	in := false
	return tokens(r, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "c":
				kind, value = "", ""
				for _, a := range t.Attr {
					if a.Name.Local == "t" {
						kind = a.Value
					}
				}
			case "v", "t":
				in = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				in = false
			case "c":
				if kind == "s" {
					i, err := strconv.Atoi(value)
					if err != nil || i < 0 || i >= len(shared) {
						return
					}
					value = shared[i]
				}
				if out.Len() <= maxText {
					out.WriteString(value + "\t")
				}
			case "row":
				out.WriteByte('\n')
			}
		case xml.CharData:
			if in && len(value) < maxText {
				value += string(t)
			}
		}
	})
}

// links are the addresses that lead out of a document.
func links(r io.Reader, out *strings.Builder) error {
	return tokens(r, func(t xml.Token) {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" {
			return
		}
		var target, mode, kind string
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "Target":
				target = a.Value
			case "TargetMode":
				mode = a.Value
			case "Type":
				kind = a.Value
			}
		}
		if mode == "External" && strings.HasSuffix(kind, "/hyperlink") {
			out.WriteString(target + "\n")
		}
	})
}
