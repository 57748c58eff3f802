package text

// Scanner finds the words of several lists in one pass over a normalized
// text. It looks at the first six bytes of every character and the next one
// and walks its trie only where a word may begin. It is safe for concurrent
// use.
type Scanner struct {
	m     *Matcher
	lists []List
	of    [][]listed // by pattern of m: the lists that have it
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

// Scan calls f with the list and the place of every hit, in the order of their
// beginnings.
func (s *Scanner) Scan(text string, f func(list int, h Hit)) {
	var st scan
	for i := s.m.filter.next(text, 0); i < len(text); i = s.m.filter.next(text, step(text, i)) {
		s.walk(text, i, &st, f)
	}
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
