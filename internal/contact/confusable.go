package contact

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/text"
)

// skeleton writes a label as it looks (UTS #39, section 4): two labels with one
// skeleton are taken for each other. Marks over letters are left out as well,
// and digits that stand for letters are turned into them.
func skeleton(label string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(label)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if to := text.Confusable(r); to != "" {
			b.WriteString(to)
			continue
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(unleet(b.String()), "i", "l") // capital I and small l
}

// skeletons are the brands by their skeletons.
var skeletons = sync.OnceValue(func() map[string]*knowledge.Organization {
	m := map[string]*knowledge.Organization{}
	for w, o := range loadDirectory().brands {
		m[skeleton(w)] = o
	}
	return m
})

// lookalike returns the organization whose name a part of a host imitates with
// letters of other scripts, nil where there is none. The host is in Unicode.
func lookalike(host string) *knowledge.Organization {
	for _, label := range strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		if isASCII(label) {
			continue
		}
		if o := skeletons()[skeleton(label)]; o != nil {
			return o
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// disguised reports whether a line hides its words from machines: letters of
// mathematics, invisible characters within words, or words of mixed scripts.
func disguised(line string) bool {
	if isASCII(line) {
		return false
	}
	styled, struck, invisible, mixed := 0, 0, 0, 0
	latin, other, last := false, false, ' '
	word := func() {
		if latin && other {
			mixed++
		}
		latin, other = false, false
	}
	for _, r := range line {
		switch {
		case r >= 0x1D400 && r <= 0x1D7FF:
			styled++
		case r >= 0x0334 && r <= 0x0338: // overlays: c̷
			struck++
			continue
		case unicode.Is(unicode.Cf, r) || r == 0x034F:
			if isLatin(last) {
				invisible++
			}
			continue
		case isLatin(r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Cherokee, unicode.Armenian) && unicode.IsLetter(r):
			if text.Confusable(unicode.ToLower(r)) != "" {
				other = true
			}
		case unicode.IsLetter(r):
		default:
			word()
		}
		last = r
	}
	word()
	return styled >= 4 || struck >= 2 || invisible >= 3 || mixed >= 1
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) }
