package text

import (
	"sort"
	"strings"
)

// Matcher finds many literals in one pass. Latin letters match in either
// case; a literal that begins or ends with a Latin letter or digit matches
// only at the edge of a word. It is safe for concurrent use.
//
// It is a trie over bytes: a table for small sets, where a step is one look,
// sorted edges for large ones, which grow with their patterns only.
type Matcher struct {
	class [256]uint8 // byte to column of table, 0 for bytes of no pattern
	width int        // columns
	table []uint32   // node*width+column to node, 0 for none; nil for large sets

	first  []uint32 // the edges of node n are [first[n], first[n+1])
	label  []byte   // of an edge, sorted within a node
	target []uint32 // of an edge
	root   [256]uint32
	filter filter

	leaf []int32 // node to pattern id+1
	word []uint8 // pattern id to the edges that must be a word's
}

// largestTable is how many cells a table may have.
const largestTable = 1 << 20

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
	m.filter.inner = m.filter.ascii
	return m
}

// NewMatcher compiles patterns. Of equal patterns the first one counts.
func NewMatcher(patterns []string) *Matcher {
	m := &Matcher{word: make([]uint8, len(patterns))}
	folded := make([]string, len(patterns))
	order := make([]int, 0, len(patterns))
	for i, p := range patterns {
		folded[i] = strings.ToLower(Normalize(p).Norm)
		if p = folded[i]; p == "" {
			continue
		}
		order = append(order, i)
		if isWord(p[0]) {
			m.word[i] |= wordStart
		}
		if isWord(p[len(p)-1]) {
			m.word[i] |= wordEnd
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return folded[order[a]] < folded[order[b]] })
	for _, i := range order {
		m.filter.admit(folded[i])
	}
	m.build(folded, order)
	m.tabulate()
	return m
}

// build lays the trie out, level by level, from patterns in sorted order.
func (m *Matcher) build(folded []string, order []int) {
	type stretch struct{ lo, hi, depth int } // patterns that share a prefix
	queue := []stretch{{0, len(order), 0}}
	for n := 0; n < len(queue); n++ {
		q := queue[n]
		m.first = append(m.first, uint32(len(m.label)))
		leaf := int32(0)
		i := q.lo
		for ; i < q.hi && len(folded[order[i]]) == q.depth; i++ {
			if leaf == 0 {
				leaf = int32(order[i] + 1)
			}
		}
		m.leaf = append(m.leaf, leaf)
		for i < q.hi {
			c := folded[order[i]][q.depth]
			k := i + 1
			for k < q.hi && folded[order[k]][q.depth] == c {
				k++
			}
			m.label = append(m.label, c)
			m.target = append(m.target, uint32(len(queue)))
			if n == 0 {
				m.root[c] = uint32(len(queue))
				if c >= 'a' && c <= 'z' {
					m.root[c-'a'+'A'] = uint32(len(queue))
				}
			}
			queue = append(queue, stretch{i, k, q.depth + 1})
			i = k
		}
	}
	m.first = append(m.first, uint32(len(m.label)))
}

// tabulate makes the table of a small set.
func (m *Matcher) tabulate() {
	m.width = 1
	for _, c := range m.label {
		if m.class[c] == 0 {
			m.class[c] = uint8(m.width)
			m.width++
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		m.class[b] = m.class[b+'a'-'A']
	}
	if len(m.leaf)*m.width > largestTable {
		return
	}
	m.table = make([]uint32, len(m.leaf)*m.width)
	for n := range m.leaf {
		for e := m.first[n]; e < m.first[n+1]; e++ {
			m.table[n*m.width+int(m.class[m.label[e]])] = m.target[e]
		}
	}
}

// step returns the node behind node on c, 0 for none.
func (m *Matcher) step(node uint32, c byte) uint32 {
	if m.table != nil {
		return m.table[int(node)*m.width+int(m.class[c])]
	}
	if node == 0 {
		return m.root[c]
	}
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	lo, hi := m.first[node], m.first[node+1]
	for lo < hi {
		k := (lo + hi) / 2
		switch l := m.label[k]; {
		case l == c:
			return m.target[k]
		case l < c:
			lo = k + 1
		default:
			hi = k
		}
	}
	return 0
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// At returns the longest pattern that begins at s[i].
func (m *Matcher) At(s string, i int) (Match, bool) {
	node := uint32(0)
	best, found := Match{}, false
	for j := i; j < len(s); j++ {
		node = m.step(node, s[j])
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
	for i := m.filter.next(s, 0); i < len(s); {
		if x, ok := m.At(s, i); ok {
			dst = append(dst, x)
			i = m.filter.next(s, x.End)
			continue
		}
		i = m.filter.next(s, step(s, i))
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
	for i := m.filter.next(s, 0); i < len(s); i = m.filter.next(s, step(s, i)) {
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
