package document

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/ledongthuc/pdf"
)

// Bounds of a PDF beside those of all documents.
const (
	patience   = 5 * time.Second
	maxPages   = 300
	maxReads   = 200_000
	maxRead    = 256 << 20 // bytes
	maxStreams = 2000
	maxStream  = 4 << 20 // bytes of one, unpacked
	maxLinks   = 500
)

// pdfText is a PDF's words, and the addresses that its links lead to.
func pdfText(b []byte) (text string, whole bool, err error) {
	links := strings.Join(pdfLinks(b), "\n")
	words, whole := pdfWords(b)
	if words == "" && links == "" && !whole {
		return "", false, ErrNotDocument
	}
	// A PDF without words holds pictures of them.
	return words + "\n" + links, whole && strings.TrimSpace(words) != "", nil
}

func pdfWords(b []byte) (words string, whole bool) {
	var out strings.Builder
	defer func() {
		if recover() != nil { // the library's own for a broken file, or what it may read is read
			words, whole = out.String(), false
		}
	}()
	r, err := pdf.NewReader(&bounded{r: bytes.NewReader(b), calls: maxReads, bytes: maxRead, until: time.Now().Add(patience)}, int64(len(b)))
	if err != nil {
		return "", false
	}
	n := r.NumPage()
	whole = n <= maxPages
	for i := 1; i <= min(n, maxPages) && out.Len() < maxText; i++ {
		p := r.Page(i)
		if p.V.IsNull() {
			continue
		}
		s, err := p.GetPlainText(nil)
		if err != nil {
			whole = false
			continue
		}
		out.WriteString(s + "\n")
	}
	return out.String(), whole
}

// bounded lets a parser read so often, so much and so long: a file can send one in a
// circle.
type bounded struct {
	r     io.ReaderAt
	calls int
	bytes int64
	until time.Time
}

func (m *bounded) ReadAt(p []byte, off int64) (int, error) {
	m.calls--
	m.bytes -= int64(len(p))
	if m.calls < 0 || m.bytes < 0 || m.calls%64 == 0 && time.Now().After(m.until) {
		panic(errTooMuch)
	}
	return m.r.ReadAt(p, off)
}

var (
	uri     = regexp.MustCompile(`/URI\s*\(((?:[^()\\]|\\.){1,1000})\)`)
	escaped = regexp.MustCompile(`\\(.)`)
	stream  = regexp.MustCompile(`stream\r?\n`)
)

// pdfLinks finds the addresses of a PDF's links (ISO 32000, 12.6.4.8), also in packed
// object streams.
func pdfLinks(b []byte) (links []string) {
	add := func(part []byte) {
		for _, m := range uri.FindAllSubmatch(part, maxLinks) {
			if s := string(escaped.ReplaceAll(m[1], []byte("$1"))); len(links) < maxLinks {
				links = append(links, s)
			}
		}
	}
	add(b)
	for _, at := range stream.FindAllIndex(b, maxStreams) {
		z, err := zlib.NewReader(bytes.NewReader(b[at[1]:]))
		if err != nil {
			continue
		}
		part, _ := io.ReadAll(io.LimitReader(z, maxStream)) // what was unpacked counts
		if bytes.Contains(part, []byte("/URI")) {
			add(part)
		}
	}
	return links
}
