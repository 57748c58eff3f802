package text

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Matcher finds many literals in one pass. Latin letters match in either
// case; a literal that begins or ends with a Latin letter or digit matches
// only at the edge of a word. It is safe for concurrent use.
type Matcher struct {
	class [256]uint8 // byte to column, 0 for bytes of no pattern
	width int        // columns
	next  []uint16   // node*width+column to node, 0 for none
	leaf  []int32    // node to pattern id+1
	word  []uint8    // pattern id to the edges that must be a word's
}

const (
	wordStart = 1 << iota
	wordEnd
)

// Match is one literal found at [Start, End), the Pattern-th of those given.
type Match struct{ Start, End, Pattern int }

// NewSubstringMatcher is NewMatcher for patterns that match within words too.
func NewSubstringMatcher(patterns []string) *Matcher {
	m := NewMatcher(patterns)
	clear(m.word)
	return m
}

// NewMatcher compiles patterns. Of equal patterns the first one counts.
func NewMatcher(patterns []string) *Matcher {
	m := &Matcher{word: make([]uint8, len(patterns))}
	folded := make([]string, len(patterns))
	for i, p := range patterns {
		folded[i] = strings.ToLower(Normalize(p).Norm)
	}
	seen := [256]bool{}
	for _, p := range folded {
		for i := range len(p) {
			seen[p[i]] = true
		}
	}
	m.width = 1
	for b := range 256 {
		if seen[b] && (b < 'A' || b > 'Z') {
			m.class[b] = uint8(m.width)
			m.width++
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		m.class[b] = m.class[b+'a'-'A']
	}
	m.grow()
	for i, p := range folded {
		if p == "" {
			continue
		}
		node := 0
		for j := range len(p) {
			k := node*m.width + int(m.class[p[j]])
			if m.next[k] == 0 {
				m.next[k] = uint16(m.grow())
			}
			node = int(m.next[k])
		}
		if m.leaf[node] == 0 {
			m.leaf[node] = int32(i + 1)
		}
		if isWord(p[0]) {
			m.word[i] |= wordStart
		}
		if isWord(p[len(p)-1]) {
			m.word[i] |= wordEnd
		}
	}
	return m
}

// grow adds a node and returns its number.
func (m *Matcher) grow() int {
	n := len(m.leaf)
	if n > 0xFFFF {
		panic("text: too many patterns for one matcher")
	}
	m.leaf = append(m.leaf, 0)
	m.next = append(m.next, make([]uint16, m.width)...)
	return n
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// At returns the longest pattern that begins at s[i].
func (m *Matcher) At(s string, i int) (Match, bool) {
	node := 0
	best, found := Match{}, false
	for j := i; j < len(s); j++ {
		node = int(m.next[node*m.width+int(m.class[s[j]])])
		if node == 0 {
			break
		}
		if p := int(m.leaf[node]) - 1; p >= 0 && m.edges(s, i, j+1, p) {
			best, found = Match{i, j + 1, p}, true
		}
	}
	return best, found
}

func (m *Matcher) edges(s string, start, end, p int) bool {
	if m.word[p]&wordStart != 0 && start > 0 && isWord(s[start-1]) {
		return false
	}
	// A digit may follow a letter: ID0902.
	return m.word[p]&wordEnd == 0 || end >= len(s) || !isWord(s[end]) || s[end] <= '9' && s[end-1] > '9'
}

// Append appends to dst the leftmost longest matches of s that do not
// overlap.
func (m *Matcher) Append(dst []Match, s string) []Match {
	for i := 0; i < len(s); {
		if m.next[int(m.class[s[i]])] == 0 {
			i++
			continue
		}
		if x, ok := m.At(s, i); ok {
			dst = append(dst, x)
			i = x.End
			continue
		}
		i++
		for i < len(s) && !utf8.RuneStart(s[i]) {
			i++
		}
	}
	return dst
}

// Contains reports whether any pattern stands in s.
func (m *Matcher) Contains(s string) bool {
	_, ok := m.First(s)
	return ok
}

// First returns the leftmost longest match of s.
func (m *Matcher) First(s string) (Match, bool) {
	for i := range len(s) {
		if m.next[int(m.class[s[i]])] == 0 {
			continue
		}
		if x, ok := m.At(s, i); ok {
			return x, true
		}
	}
	return Match{}, false
}

// Union returns the sorted union of word lists, for building matchers.
func Union(lists ...[]string) []string {
	set := map[string]bool{}
	for _, l := range lists {
		for _, w := range l {
			set[w] = true
		}
	}
	out := make([]string, 0, len(set))
	for w := range set {
		out = append(out, w)
	}
	sort.Strings(out)
	return out
}
