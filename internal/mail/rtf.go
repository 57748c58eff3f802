package mail

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// IsRTF reports whether bytes are a document in the Rich Text Format.
func IsRTF(b []byte) bool { return strings.HasPrefix(string(b[:min(len(b), 5)]), `{\rtf`) }

// RTFText returns what a document in the Rich Text Format says. ok is false where
// something in it was not read.
func RTFText(b []byte) (s string, ok bool) { return rtfText(b) }

// hiddenGroups are groups of RTF whose words are not the document's.
var hiddenGroups = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "themedata": true, "datastore": true, "latentstyles": true, "generator": true, "listtable": true, "listoverridetable": true, "rsidtbl": true, "xmlnstbl": true, "colorschememapping": true, "mmathPr": true,
}

// rtfText reads RTF (Microsoft, Rich Text Format Specification 1.9.1): words,
// paragraphs, characters by code page and by \u. Pictures and embedded objects are
// not read.
func rtfText(b []byte) (text string, ok bool) {
	var out strings.Builder
	var raw []byte // characters of the code page, not yet decoded
	var high rune  // first half of a surrogate pair
	page := encoding.Encoding(charmap.Windows1252)
	ok = IsRTF(b)
	flush := func() {
		if len(raw) > 0 {
			if page == japanese.ShiftJIS {
				s, _ := decodeWith(page, raw)
				out.WriteString(s)
			} else {
				out.WriteString(guessPage(page, raw))
			}
			raw = raw[:0]
		}
	}
	type group struct {
		hidden bool
		skip   int // characters that stand for a \u in programs that do not know it
	}
	groups := []group{{false, 1}}
	pending := 0 // characters still to be passed over
	const deepest = 1000
	star := false
	put := func(r rune) {
		if !groups[len(groups)-1].hidden {
			flush()
			out.WriteRune(r)
		}
	}
	for i := 0; i < len(b); i++ {
		top := &groups[len(groups)-1]
		switch c := b[i]; c {
		case '{':
			if len(groups) > deepest {
				return out.String(), false
			}
			groups = append(groups, *top)
			star, pending = false, 0
		case '}':
			if len(groups) > 1 {
				groups = groups[:len(groups)-1]
			}
			star, pending = false, 0
		case '\r', '\n':
		case '\\':
			i++
			if i >= len(b) {
				break
			}
			switch c := b[i]; {
			case c == '\'':
				if i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
					if pending > 0 {
						pending--
					} else if !top.hidden {
						raw = append(raw, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
					}
					i += 2
				}
			case c == '*':
				star = true
			case c == '~':
				put(' ')
			case c == '_':
				put('-')
			case c == '\\', c == '{', c == '}':
				put(rune(c))
			case c == '\n', c == '\r':
				put('\n')
			case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
				from := i
				for i < len(b) && (b[i] >= 'a' && b[i] <= 'z' || b[i] >= 'A' && b[i] <= 'Z') {
					i++
				}
				word := string(b[from:i])
				n, signed, has := 0, false, false
				if i < len(b) && b[i] == '-' {
					signed = true
					i++
				}
				for i < len(b) && b[i] >= '0' && b[i] <= '9' && n < 1<<20 {
					n, has = n*10+int(b[i]-'0'), true
					i++
				}
				if signed {
					n = -n
				}
				if i >= len(b) || b[i] != ' ' {
					i--
				}
				if star || hiddenGroups[word] {
					top.hidden = top.hidden || word != "shppict" || hiddenGroups[word]
					star = false
				}
				switch word {
				case "pict", "object":
					ok = false
				case "par", "line", "row", "sect", "page":
					put('\n')
				case "tab", "cell":
					put(' ')
				case "v":
					top.hidden = top.hidden || !has || n != 0
				case "ansicpg":
					if n == 932 {
						page = japanese.ShiftJIS
					}
				case "fcharset", "cchs":
					if n == 128 {
						flush()
						page = japanese.ShiftJIS
					}
				case "uc":
					top.skip = max(0, min(n, 16))
				case "u":
					r := rune(n)
					if r < 0 {
						r += 1 << 16
					}
					pending = top.skip
					switch {
					case utf16.IsSurrogate(r) && r < 0xDC00:
						high = r
					case utf16.IsSurrogate(r):
						put(utf16.DecodeRune(high, r))
					default:
						put(r)
					}
				case "bin":
					i += max(0, min(n, len(b)))
					ok = false
				}
			}
		default:
			if pending > 0 {
				pending--
			} else if !top.hidden {
				raw = append(raw, c)
			}
		}
	}
	flush()
	return strings.TrimSpace(out.String()), ok
}

// guessPage decodes characters of a western code page, unless they read as
// Japanese.
func guessPage(page encoding.Encoding, raw []byte) string {
	if isASCII(raw) {
		return string(raw)
	}
	if s, bad := decodeWith(japanese.ShiftJIS, raw); bad == 0 && kanaIn(s) > 0 {
		return s
	}
	s, _ := decodeWith(page, raw)
	return s
}

// kanaIn counts the full-width kana of a text.
func kanaIn(s string) (n int) {
	for _, r := range s {
		if r >= 0x3041 && r <= 0x30FA {
			n++
		}
	}
	return n
}
