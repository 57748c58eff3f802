package mail

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode/utf32"
)

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
	switch name {
	case "hz-gb-2312", "hz":
		return simplifiedchinese.HZGB2312
	case "utf-32", "utf32":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	}
	e, _ := charset.Lookup(name)
	return e
}

// unknownCharset reports a label that names no charset that is read.
func unknownCharset(name string) bool {
	name = strings.ToLower(strings.Trim(name, "\"' "))
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "8bit", "binary", "unknown", "default":
		return false
	}
	return encodingOf(name) == nil
}

// western reports a charset of one byte a letter, by which all bytes can be read:
// what Japanese text is wrongly labelled with.
func western(label string) bool {
	_, name := charset.Lookup(strings.ToLower(strings.Trim(label, "\"' ")))
	for _, p := range []string{"windows-125", "iso-8859-", "macintosh", "ibm", "koi8"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// DecodeText decodes a text by its label, or by what its bytes look like where
// the label is missing or plainly wrong: UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP.
// The result is valid UTF-8; U+FFFD stands for what could not be read.
func DecodeText(b []byte, label string) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	labelled := encodingOf(label)
	if isASCII(b) { // its escapes say more than any label
		if s, ok := escaped(b); ok {
			return s
		}
	}
	// Bytes that are UTF-8 beyond ASCII are hardly anything else.
	if utf8.Valid(b) && !isASCII(b) && labelled != japanese.ISO2022JP {
		return string(b)
	}
	if labelled != nil && western(label) && !isASCII(b) {
		if s, ok := japaneseIn(b); ok {
			return s
		}
	}
	if labelled != nil {
		if s, bad := decodeWith(labelled, b); bad*20 <= utf8.RuneCountInString(s) {
			return s
		}
	}
	return guess(b)
}

// escaped decodes Japanese of seven bits, by its escapes, or by what is left of them where a
// server took the ESC away.
func escaped(b []byte) (string, bool) {
	if !bytes.Contains(b, []byte("\x1b$B")) && !bytes.Contains(b, []byte("\x1b$@")) {
		if !lostEscapes.Match(b) {
			return "", false
		}
		b = lostEscapes.ReplaceAll(b, []byte("\x1b$$B$1\x1b(B"))
	}
	s, bad := decodeWith(japanese.ISO2022JP, b)
	return s, bad == 0
}

var lostEscapes = regexp.MustCompile(`\$B((?:[!-t][!-~]){3,})\([BJ]`)

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
	if good, bad := utf8Share(b); bad*4 < good {
		return strings.ToValidUTF8(string(b), "\uFFFD") // UTF-8 with a few broken bytes
	}
	return best
}

// utf8Share counts the letters beyond ASCII that are UTF-8, and the bytes that are
// none. Of Latin letters around them, long addresses, there may be any number.
func utf8Share(b []byte) (good, bad int) {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return good, bad
}

// japaneseIn decodes bytes that read as Japanese without a fault, in whichever of
// its charsets.
func japaneseIn(b []byte) (string, bool) {
	for _, e := range []encoding.Encoding{japanese.EUCJP, japanese.ShiftJIS} {
		if s, bad := decodeWith(e, b); bad == 0 && kanaIn(s) >= 2 {
			return s, true
		}
	}
	return "", false
}

// decodeHeader decodes encoded words (RFC 2047), raw 8-bit and raw
// ISO-2022-JP.
func decodeHeader(s string) string {
	if s == "" {
		return ""
	}
	s = mendWords(s)
	var out strings.Builder
	// Of words of one charset, one behind the other: a character may be cut between
	// them, and in base64 a byte.
	var held, base64 []byte
	charset, last := "", 0
	decode := func() {
		held = append(held, decodeBase64(base64)...)
		base64 = base64[:0]
	}
	flush := func() {
		decode()
		out.WriteString(DecodeText(held, charset))
		held = held[:0]
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[last:m[0]]
		name := strings.ToLower(s[m[2]:m[3]])
		if strings.TrimSpace(between) != "" || name != charset {
			flush()
			if last == 0 || strings.TrimSpace(between) != "" { // white space between two words is none
				out.WriteString(fixText(between))
			}
		}
		charset, last = name, m[1]
		b := []byte(s[m[6]:m[7]])
		if strings.EqualFold(s[m[4]:m[5]], "b") {
			base64 = append(base64, b...)
			continue
		}
		decode()
		held = append(held, decodeQuoted(bytes.ReplaceAll(b, []byte("_"), []byte(" ")))...)
	}
	flush()
	out.WriteString(fixText(s[last:]))
	return out.String()
}

var encodedWord = regexp.MustCompile(`=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=`)

// mendWords brings encoded words into the form of RFC 2047: without the language
// of RFC 2231, without white space within.
func mendWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	return brokenWord.ReplaceAllStringFunc(s, func(w string) string {
		m := brokenWord.FindStringSubmatch(w)
		name, _, _ := strings.Cut(m[1], "*")
		text := m[3]
		if strings.EqualFold(m[2], "q") {
			text = strings.ReplaceAll(strings.TrimSpace(text), " ", "_")
		} else {
			text = strings.Join(strings.Fields(text), "")
		}
		return "=?" + name + "?" + m[2] + "?" + text + "?="
	})
}

var brokenWord = regexp.MustCompile(`=\?\s*([^?\s]+)\s*\?\s*([bBqQ])\s*\?([^?]*)\?=`)

// fixText makes header text valid UTF-8.
func fixText(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x1b$") {
		return s
	}
	return guess([]byte(s))
}
