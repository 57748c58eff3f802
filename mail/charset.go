package mail

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

func init() {
	// Parts are decoded by DecodeText, which also mends wrong labels: hand
	// them over as they are.
	message.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
}

// charsetReader decodes encoded words of headers.
func charsetReader(name string, r io.Reader) (io.Reader, error) {
	if e := encodingOf(name); e != nil {
		return e.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("mail: unknown charset %q", name)
}

// encodingOf returns the encoding of a charset's name, nil where it is UTF-8
// or unknown.
func encodingOf(name string) encoding.Encoding {
	name = strings.ToLower(strings.Trim(name, "\"' "))
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "8bit", "binary":
		return nil
	case "cp932", "ms932", "windows-31j", "x-sjis", "sjis", "shift-jis", "shift_jis":
		return japanese.ShiftJIS
	case "iso-2022-jp", "iso-2022-jp-ms", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "cp50220", "cp50221", "jis":
		return japanese.ISO2022JP
	case "euc-jp", "x-euc-jp", "eucjp", "eucjp-ms", "cp51932":
		return japanese.EUCJP
	}
	e, _ := charset.Lookup(name)
	return e
}

// DecodeText decodes a text by its label, or by what its bytes look like where
// the label is missing or plainly wrong: UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP.
// The result is valid UTF-8; U+FFFD stands for what could not be read.
func DecodeText(b []byte, label string) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	labelled := encodingOf(label)
	// Bytes that are UTF-8 beyond ASCII are hardly anything else.
	if utf8.Valid(b) && !isASCII(b) && labelled != japanese.ISO2022JP {
		return string(b)
	}
	if labelled != nil {
		if s, bad := decodeWith(labelled, b); bad*20 <= utf8.RuneCountInString(s) {
			return s
		}
	}
	return guess(b)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func decodeWith(e encoding.Encoding, b []byte) (s string, bad int) {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), len(b)
	}
	s = strings.ToValidUTF8(string(out), "\uFFFD")
	return s, strings.Count(s, "\uFFFD")
}

// guess decodes bytes of unknown charset: UTF-8, ISO-2022-JP by its escapes,
// else of Shift_JIS and EUC-JP the one with fewer broken characters and more
// kana.
func guess(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) || bytes.Contains(b, []byte("\x1b(")) {
		if s, bad := decodeWith(japanese.ISO2022JP, b); bad*20 <= utf8.RuneCountInString(s)+1 {
			return s
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	best, bestScore := "", -1<<60
	for _, e := range []encoding.Encoding{japanese.ShiftJIS, japanese.EUCJP} {
		s, bad := decodeWith(e, b)
		score := -bad * 10
		for _, r := range s {
			switch {
			case r >= 0x3041 && r <= 0x30FF:
				score += 2
			case r >= 0xFF61 && r <= 0xFF9F: // half-width kana: EUC read as Shift_JIS
				score -= 2
			}
		}
		if score > bestScore {
			best, bestScore = s, score
		}
	}
	if u := strings.ToValidUTF8(string(b), "\uFFFD"); strings.Count(u, "\uFFFD")*20 < utf8.RuneCountInString(u) {
		return u // UTF-8 with a few broken bytes
	}
	return best
}

// decodeHeader decodes encoded words (RFC 2047), raw 8-bit and raw
// ISO-2022-JP.
func decodeHeader(s string) string {
	if s == "" {
		return ""
	}
	d := mime.WordDecoder{CharsetReader: charsetReader}
	if out, err := d.DecodeHeader(joinWords(s)); err == nil {
		return fixText(out)
	}
	return fixText(s)
}

// joinWords removes the white space between adjacent encoded words, as some
// senders cut multi-byte characters there.
func joinWords(s string) string {
	for _, sep := range []string{"?= =?", "?=  =?", "?=\t=?"} {
		s = strings.ReplaceAll(s, sep, "?==?")
	}
	return strings.ReplaceAll(s, "?==?", "?= =?")
}

// fixText makes header text valid UTF-8.
func fixText(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x1b$") {
		return s
	}
	return guess([]byte(s))
}
