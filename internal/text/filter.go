package text

import (
	"encoding/binary"
)

// filter tells where in a text one of a set of words may begin, by the first
// six bytes of a character and the next one. It passes over most of a text at
// the speed of reading it.
type filter struct {
	ascii [256]bool         // bytes below 0x80 and of two-byte characters that begin a word
	inner [256]bool         // of these, whether a word may begin within a Latin word
	one   [1 << 13 / 8]byte // hashes of the first three bytes of words whose next three do not help
	two   [1 << 16 / 8]byte // hashes of the first six bytes of the others
}

// admit lets a word through, in lower case.
func (f *filter) admit(w string) {
	c := w[0]
	if c < 0xE0 || c >= 0xF0 {
		f.ascii[c] = true
		f.inner[c] = !isWord(c)
		if c >= 'a' && c <= 'z' {
			f.ascii[c-'a'+'A'] = true
		}
		return
	}
	var b [8]byte
	copy(b[:], w)
	x := binary.LittleEndian.Uint64(b[:])
	folds := false
	for _, c := range b[3:6] {
		folds = folds || c >= 'a' && c <= 'z'
	}
	if len(w) < 6 || folds {
		h := hashOne(x)
		f.one[h>>3] |= 1 << (h & 7)
		return
	}
	h := hashTwo(x)
	f.two[h>>3] |= 1 << (h & 7)
}

func hashOne(x uint64) uint64 { return x & 0xffffff * 0x9E3779B97F4A7C15 >> (64 - 13) }
func hashTwo(x uint64) uint64 { return x & 0xffffffffffff * 0x9E3779B97F4A7C15 >> (64 - 16) }

// next returns the first place at or behind i, which is a character's
// beginning, where a word may begin, the text's length where there is none.
func (f *filter) next(text string, i int) int {
	for i < len(text) {
		c := text[i]
		if c < 0xE0 {
			if f.ascii[c] && (f.inner[c] || i == 0 || !isWord(text[i-1])) {
				return i
			}
			i++
			continue
		}
		if c >= 0xF0 {
			if f.ascii[c] {
				return i
			}
			i += 4
			continue
		}
		var x uint64
		if i+8 <= len(text) {
			x = load64(text, i)
		} else {
			var b [8]byte
			copy(b[:], text[i:])
			x = binary.LittleEndian.Uint64(b[:])
		}
		if h := hashTwo(x); f.two[h>>3]&(1<<(h&7)) != 0 {
			return i
		}
		if h := hashOne(x); f.one[h>>3]&(1<<(h&7)) != 0 {
			return i
		}
		i += 3
	}
	return len(text)
}

func load64(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// step returns where the character behind the one at i begins.
func step(text string, i int) int {
	switch c := text[i]; {
	case c < 0xC0: // also a byte within a character, in a text that is not normalized
		return i + 1
	case c < 0xE0:
		return i + 2
	case c < 0xF0:
		return i + 3
	}
	return i + 4
}
