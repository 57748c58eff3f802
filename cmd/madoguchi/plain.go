package main

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is a writer that lets no control characters through: what was received may
// hold some that move a terminal's cursor, rename its window or type into it. The
// report's own colours pass, and nothing else of the kind.
type plain struct{ w io.Writer }

func (p plain) Write(b []byte) (int, error) {
	if _, err := io.WriteString(p.w, shownPlain(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// shownPlain replaces control characters.
func shownPlain(s string) string {
	if !strings.ContainsFunc(s, controls) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0x1b && ownColour(s[i:]) > 0:
			n = ownColour(s[i:])
			b.WriteString(s[i : i+n])
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			b.WriteByte('\r')
		case controls(r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func controls(r rune) bool {
	return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t'
}

// ownColour is the length of a sequence that the report writes, 0 for any other.
func ownColour(s string) int {
	for _, c := range ownColours {
		if strings.HasPrefix(s, c) {
			return len(c)
		}
	}
	return 0
}

var ownColours = []string{"\x1b[1;30;42m", "\x1b[1;30;43m", "\x1b[1;37;41m", "\x1b[0m", "\x1b[1m"}
