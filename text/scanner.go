package text

import (
	"encoding/binary"
)

// Scanner finds the words of several lists in one pass over a normalized
// text. It looks at the first six bytes of every character and the next one
// and walks its trie only where a word may begin. It is safe for concurrent
// use.
type Scanner struct {
	m     *Matcher
	lists []List
	of    [][]listed        // by pattern of m: the lists that have it
	ascii [256]bool         // bytes below 0x80 and of two-byte characters that begin a word
	inner [256]bool         // of these, whether a word may begin within a Latin word
	one   [1 << 13 / 8]byte // hashes of the first three bytes of words whose next three do not help
	two   [1 << 16 / 8]byte // hashes of the first six bytes of the others
}

// List is a list of words to find. Latin letters match in either case; a word
// that begins or ends with a Latin letter or digit matches only at the edge of
// a word. Of a longest list only the leftmost longest hits without overlaps
// are reported, of others all.
type List struct {
	Words   []string
	Longest bool
}

type listed struct{ list, word uint16 }

// Hit is the Word-th of a list's words at [Start, End).
type Hit struct{ Start, End, Word int }

// NewScanner compiles lists.
func NewScanner(lists []List) *Scanner {
	if len(lists) > maxLists {
		panic("text: too many lists for one scanner")
	}
	s := &Scanner{lists: lists}
	ids := map[string]int{}
	var words []string
	for i, l := range lists {
		for j, w := range l.Words {
			id, ok := ids[w]
			if !ok {
				id = len(words)
				ids[w] = id
				words = append(words, w)
				s.of = append(s.of, nil)
			}
			s.of[id] = append(s.of[id], listed{uint16(i), uint16(j)})
		}
	}
	s.m = NewMatcher(words)
	// Words that fold to the same are one pattern.
	byPath := map[string]int{}
	for id, w := range words {
		f := foldASCII(Normalize(w).Norm)
		if first, ok := byPath[f]; ok {
			s.of[first] = append(s.of[first], s.of[id]...)
			continue
		}
		byPath[f] = id
		if f != "" {
			s.admit(f)
		}
	}
	return s
}

func foldASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// admit lets a word through the filters.
func (s *Scanner) admit(w string) {
	c := w[0]
	if c < 0xE0 || c >= 0xF0 {
		s.ascii[c] = true
		s.inner[c] = !isWord(c)
		if c >= 'a' && c <= 'z' {
			s.ascii[c-'a'+'A'] = true
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
		s.one[h>>3] |= 1 << (h & 7)
		return
	}
	h := hashTwo(x)
	s.two[h>>3] |= 1 << (h & 7)
}

func hashOne(x uint64) uint64 { return x & 0xffffff * 0x9E3779B97F4A7C15 >> (64 - 13) }
func hashTwo(x uint64) uint64 { return x & 0xffffffffffff * 0x9E3779B97F4A7C15 >> (64 - 16) }

// Scan calls f with the list and the place of every hit, in the order of their
// beginnings.
func (s *Scanner) Scan(text string, f func(list int, h Hit)) {
	var st scan
	latin := false // the byte before is of a Latin word
	for i := 0; i < len(text); {
		c := text[i]
		if c < 0xE0 {
			word := isWord(c)
			if s.ascii[c] && (!latin || !word || s.inner[c]) {
				s.walk(text, i, &st, f)
			}
			latin = word
			i++
			continue
		}
		latin = false
		if c >= 0xF0 {
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
		h := hashTwo(x)
		if s.two[h>>3]&(1<<(h&7)) != 0 {
			s.walk(text, i, &st, f)
		} else if h := hashOne(x); s.one[h>>3]&(1<<(h&7)) != 0 {
			s.walk(text, i, &st, f)
		}
		i += 3
	}
}

func load64(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// maxLists is how many lists a scanner may have.
const maxLists = 64

// scan is the state of one pass: for each longest list, where its last hit
// ends and the best one at the present place.
type scan struct {
	ends    [maxLists]int
	longest [maxLists]Hit
}

// walk reports the words that begin at i.
func (s *Scanner) walk(text string, i int, st *scan, f func(list int, h Hit)) {
	var seen uint64
	node := uint32(0)
	for j := i; j < len(text); j++ {
		if node = s.m.step(node, text[j]); node == 0 {
			break
		}
		p := int(s.m.leaf[node]) - 1
		if p < 0 || !s.m.edges(text, i, j+1, p) {
			continue
		}
		for _, l := range s.of[p] {
			h := Hit{i, j + 1, int(l.word)}
			if !s.lists[l.list].Longest {
				f(int(l.list), h)
				continue
			}
			if st.ends[l.list] <= i && (seen&(1<<l.list) == 0 || st.longest[l.list].End < h.End) {
				st.longest[l.list] = h
				seen |= 1 << l.list
			}
		}
	}
	for list := 0; seen != 0; list, seen = list+1, seen>>1 {
		if seen&1 != 0 {
			st.ends[list] = st.longest[list].End
			f(list, st.longest[list])
		}
	}
}
