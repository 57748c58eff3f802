package pii

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/text"
)

// A long text is examined in pieces of at most pieceBytes, cut behind a line
// or sentence where there is one, each with contextBytes of its neighbours.
const (
	pieceBytes   = 64 << 10
	contextBytes = 4 << 10
)

// maxIdleReads is how often a reader may give nothing and no error in a row, as
// in package bufio.
const maxIdleReads = 100

// Scan finds the personal data in what r gives, UTF-8 text of any length, and
// calls f for each finding in order; its span is of the whole text. It holds
// some 200 kB however long the text is, and finds what Find finds in the
// whole. It returns r's error or f's.
func (o Options) Scan(r io.Reader, f func(exchange.Finding) error) error {
	// A piece begins behind what is kept of the last one: contextBytes, and what
	// lies before the next beginning of a character.
	buf := make([]byte, 0, pieceBytes+2*contextBytes+utf8.UTFMax)
	base := 0  // offset in the text of buf[0]
	start := 0 // where the piece begins in buf
	last := 0  // where the last finding ended, in the text
	idle := 0  // reads in a row that gave nothing
	for eof := false; ; {
		for !eof && len(buf) < start+pieceBytes+contextBytes {
			n, err := r.Read(buf[len(buf) : start+pieceBytes+contextBytes])
			buf = buf[:len(buf)+n]
			if n > 0 {
				idle = 0
			} else if idle++; err == nil && idle > maxIdleReads {
				err = io.ErrNoProgress
			}
			switch {
			case errors.Is(err, io.EOF):
				eof = true
			case err != nil:
				return fmt.Errorf("pii: %w", err)
			}
		}
		end, stop := len(buf), len(buf)
		if len(buf)-start > pieceBytes {
			end = cut(buf, start)
			stop = back(buf, min(len(buf), end+contextBytes))
		}
		s := string(buf[:stop])
		for _, x := range o.findIn(text.Normalize(s)) {
			if x.Span.Start < start || x.Span.Start >= end || base+x.Span.Start < last {
				continue
			}
			x.Span.Start += base
			x.Span.End += base
			last = x.Span.End
			if err := f(x); err != nil {
				return err
			}
		}
		if end == len(buf) && eof {
			return nil
		}
		keep := back(buf, max(0, end-contextBytes))
		base += keep
		start = end - keep
		buf = buf[:copy(buf, buf[keep:])]
	}
}

// cut returns where the piece that begins at start ends: behind the last line
// end of its second half, or the last sentence, or a character.
func cut(buf []byte, start int) int {
	half, end := start+pieceBytes/2, start+pieceBytes
	for _, mark := range []string{"\n", "。"} {
		if i := bytes.LastIndex(buf[half:end], []byte(mark)); i >= 0 {
			return half + i + len(mark)
		}
	}
	return back(buf, end)
}

// back returns the nearest beginning of a character at or before i.
func back(buf []byte, i int) int {
	for k := 0; k < utf8.UTFMax && i > 0 && i < len(buf) && !utf8.RuneStart(buf[i]); k++ {
		i--
	}
	return i
}
