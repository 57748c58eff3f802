package tagger

import "unicode/utf8"

// Classes of words in the lexicon, as bits of a value.
const (
	Surname = 1 << iota
	Given
	Place
	Organization
	Noun
	Suffix
	classes = 6
)

// MaxWord is the longest word of the lexicon, in characters.
const MaxWord = 8

// Character types.
const (
	tNone = iota // before the beginning, behind the end
	tKanji
	tHira
	tKata
	tUpper
	tLower
	tDigit
	tSpace
	tMiddle // ・ and =, which join the words of foreign names
	tOpen
	tClose
	tStop
	tOther
)

func typeOf(r rune) uint8 {
	switch {
	case r >= 0x4E00 && r <= 0x9FFF, r == '々', r == '〆', r >= 0x3400 && r <= 0x4DBF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3FFFF:
		return tKanji
	case r >= 0x3041 && r <= 0x309F:
		return tHira
	case r >= 0x30A1 && r <= 0x30FA, r == 'ー', r == 'ヽ', r == 'ヾ':
		return tKata
	case r >= 'A' && r <= 'Z', r >= 0xC0 && r <= 0xDE:
		return tUpper
	case r >= 'a' && r <= 'z', r >= 0xDF && r <= 0x24F:
		return tLower
	case r >= '0' && r <= '9':
		return tDigit
	case r == ' ', r == '\n':
		return tSpace
	case r == '・', r == '=', r == '-':
		return tMiddle
	case r == '(', r == '「', r == '『', r == '【', r == '[', r == '〔', r == '<':
		return tOpen
	case r == ')', r == '」', r == '』', r == '】', r == ']', r == '〕', r == '>':
		return tClose
	case r == '、', r == '。', r == ',', r == '.', r == '!', r == '?', r == ':', r == ';':
		return tStop
	}
	return tOther
}

// hash2 and its like make keys of features and words.
func hashInit(kind uint64) uint64 { return kind*0x9e3779b97f4a7c15 + 0x632be59bd9b4e019 }

func hashAdd(h uint64, x uint64) uint64 {
	h ^= x + 0x9e3779b97f4a7c15 + h<<6 + h>>2
	h *= 0xff51afd7ed558ccd
	return h ^ h>>32
}

// WordKey is the lexicon's key of a word.
func WordKey(word string) uint64 {
	h := hashInit(1000)
	for _, r := range word {
		h = hashAdd(h, uint64(r))
	}
	return h
}

// Sentence is a text under examination, in characters. Its buffers are used
// again by the next text.
type Sentence struct {
	chars  []rune
	offset []int // byte offset of each character, and the text's length
	types  []uint8
	starts []uint8    // by character and class: length of the longest word that begins here
	stops  []uint8    // that ends here
	holds  []uint8    // that holds this character
	full   []uint8    // place within a surname with a given name
	found  []word     // words of the lexicon, by beginning
	first  []int      // index into found of each character's first word
	cand   []bool     // may be part of a name
	runS   []int      // where the run of the same type begins
	runE   []int      // and ends
	Keys   [][]uint64 // features of candidate positions, nil elsewhere
	keyBuf []uint64
	drop   func() bool
}

// Load takes a text in and computes what the tagger looks at. drop, which may
// be nil, is asked for each word of the lexicon that is found whether to
// overlook it (in training).
func (s *Sentence) Load(text string, lex *Table, drop func() bool) {
	s.chars, s.offset, s.types = s.chars[:0], s.offset[:0], s.types[:0]
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		s.chars = append(s.chars, r)
		s.offset = append(s.offset, i)
		s.types = append(s.types, typeOf(r))
		i += n
	}
	s.offset = append(s.offset, len(text))
	n := len(s.chars)
	s.cand = growBool(s.cand, n)
	s.drop = drop
	s.words(lex)
	s.candidates()
	s.runs()
}

// dull reports whether the candidates [a, b) are kanji that common words or
// places cover whole and in which no name of the lexicon stands: most runs of
// kanji, which need no decoding.
func (s *Sentence) dull(a, b int) bool {
	for i := a; i < b; i++ {
		if s.types[i] != tKanji || s.full[i] != 0 {
			return false
		}
		h := s.holds[i*classes : i*classes+classes]
		if h[0] > 1 || h[1] > 1 || h[4] < 2 && h[2] < 2 && h[5] == 0 {
			return false
		}
	}
	return true
}

func growBool(b []bool, n int) []bool {
	if cap(b) < n {
		return make([]bool, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// words notes, for each class, the longest word that begins at a character,
// the longest that ends there and the longest that holds it, and the longest
// surname with a given name behind it.
func (s *Sentence) words(lex *Table) {
	n := len(s.chars)
	s.starts, s.stops, s.holds = growBytes(s.starts, n*classes), growBytes(s.stops, n*classes), growBytes(s.holds, n*classes)
	s.full = growBytes(s.full, n)
	s.found = s.found[:0]
	s.first = growInt(s.first, n+1)
	for i := range n {
		s.first[i] = len(s.found)
		switch s.types[i] {
		case tKanji, tKata, tHira:
		default:
			continue
		}
		h := hashInit(1000)
		for l := 1; l <= MaxWord && i+l <= n; l++ {
			c := i + l - 1
			if t := s.types[c]; t != tKanji && t != tKata && t != tHira {
				break
			}
			h = hashAdd(h, uint64(s.chars[c]))
			v, ok := lex.Lookup(h)
			if !ok || s.drop != nil && s.drop() {
				continue
			}
			s.found = append(s.found, word{i, i + l, uint8(v)})
			for k := range classes {
				if v&(1<<k) == 0 {
					continue
				}
				s.starts[i*classes+k] = uint8(l)
				s.stops[c*classes+k] = max(s.stops[c*classes+k], uint8(l))
				for x := i; x <= c; x++ {
					s.holds[x*classes+k] = max(s.holds[x*classes+k], uint8(l))
				}
			}
		}
	}
	s.first[n] = len(s.found)
	s.fullNames()
}

// word is a word of the lexicon at characters [a, b).
type word struct {
	a, b  int
	class uint8
}

// fullNames marks a surname with a given name behind it, the longest from left
// to right: 1 at its beginning, 2 within, 3 where the given name begins, 4
// within it, 5 at the end.
func (s *Sentence) fullNames() {
	n := len(s.chars)
	for i := 0; i < n; {
		bestMid, bestEnd := 0, 0
		for _, w := range s.found[s.first[i]:s.first[i+1]] {
			if w.class&Surname == 0 || w.b >= n {
				continue
			}
			for _, g := range s.found[s.first[w.b]:s.first[w.b+1]] {
				if g.class&Given != 0 && g.b > bestEnd {
					bestMid, bestEnd = w.b, g.b
				}
			}
		}
		if bestEnd == 0 {
			i++
			continue
		}
		for x := i; x < bestEnd; x++ {
			switch {
			case x == i:
				s.full[x] = 1
			case x == bestEnd-1:
				s.full[x] = 5
			case x == bestMid:
				s.full[x] = 3
			case x < bestMid:
				s.full[x] = 2
			default:
				s.full[x] = 4
			}
		}
		i = bestEnd
	}
}

func growBytes(b []uint8, n int) []uint8 {
	if cap(b) < n {
		return make([]uint8, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// candidates marks the characters that may be part of a name: all but
// hiragana, digits and punctuation; hiragana where the lexicon has a name.
func (s *Sentence) candidates() {
	for i, t := range s.types {
		switch t {
		case tKanji, tKata, tUpper, tLower:
			s.cand[i] = true
		case tHira:
			s.cand[i] = s.holds[i*classes] > 1 || s.holds[i*classes+1] > 1
		case tDigit: // ルイ15世
			if j := i; i > 0 && (s.types[i-1] == tKata || s.cand[i-1] && s.types[i-1] == tDigit) {
				for j < len(s.types) && s.types[j] == tDigit {
					j++
				}
				s.cand[i] = j < len(s.chars) && s.chars[j] == '世'
			}
		case tMiddle, tSpace:
			if i > 0 && i+1 < len(s.types) && s.chars[i] != '\n' {
				a, b := s.types[i-1], s.types[i+1]
				s.cand[i] = a == tKata && b == tKata || (a == tLower || a == tUpper) && b == tUpper || a == tKata && b == tUpper || a == tUpper && b == tKata || a == tKanji && b == tKanji && s.chars[i] == ' '
			}
		case tStop:
			if s.chars[i] == '.' && i > 0 && i+1 < len(s.types) {
				s.cand[i] = s.types[i-1] == tUpper && (s.types[i+1] == tUpper || s.types[i+1] == tKata || s.types[i+1] == tSpace)
			}
		}
	}
}

func (s *Sentence) runs() {
	n := len(s.chars)
	s.runS, s.runE = growInt(s.runS, n), growInt(s.runE, n)
	for i := 0; i < n; {
		j := i + 1
		for j < n && s.types[j] == s.types[i] {
			j++
		}
		for k := i; k < j; k++ {
			s.runS[k], s.runE[k] = i, j
		}
		i = j
	}
}

func growInt(b []int, n int) []int {
	if cap(b) < n {
		return make([]int, n)
	}
	return b[:n]
}

// char returns the character at i, 0 outside.
func (s *Sentence) char(i int) uint64 {
	if i < 0 || i >= len(s.chars) {
		return 0
	}
	return uint64(s.chars[i])
}

func (s *Sentence) typ(i int) uint64 {
	if i < 0 || i >= len(s.types) {
		return tNone
	}
	return uint64(s.types[i])
}

// at reads a length of a class at a character, at most 5; 7 outside.
func (s *Sentence) at(lengths []uint8, i, class int) uint64 {
	if i < 0 || i >= len(s.chars) {
		return 7
	}
	return uint64(min(lengths[i*classes+class], 5))
}

func (s *Sentence) fullAt(i int) uint64 {
	if i < 0 || i >= len(s.chars) {
		return 7
	}
	return uint64(s.full[i])
}

// Features computes the keys of every candidate position, for training.
func (s *Sentence) Features() {
	n := len(s.chars)
	if cap(s.Keys) < n {
		s.Keys = make([][]uint64, n)
	}
	s.Keys = s.Keys[:n]
	s.keyBuf = s.keyBuf[:0]
	const most = 64
	if cap(s.keyBuf) < n*most {
		s.keyBuf = make([]uint64, 0, n*most)
	}
	for i := range n {
		if !s.cand[i] {
			s.Keys[i] = nil
			continue
		}
		from := len(s.keyBuf)
		s.position(i)
		s.Keys[i] = s.keyBuf[from:len(s.keyBuf):len(s.keyBuf)]
	}
}

func (s *Sentence) put(kind uint64, xs ...uint64) {
	h := hashInit(kind)
	for _, x := range xs {
		h = hashAdd(h, x)
	}
	s.keyBuf = append(s.keyBuf, h)
}

// Lexical is how many of a position's features, the first ones, are of the
// characters themselves.
const Lexical = 14

func (s *Sentence) position(i int) {
	c := [9]uint64{}
	for k := range c {
		c[k] = s.char(i + k - 4)
	}
	const z = 4
	for k := -2; k <= 2; k++ {
		s.put(uint64(10+k), c[z+k])
	}
	for k := -2; k <= 1; k++ {
		s.put(uint64(20+k), c[z+k], c[z+k+1])
	}
	for k := -2; k <= 0; k++ {
		s.put(uint64(30+k), c[z+k], c[z+k+1], c[z+k+2])
	}
	s.put(35, c[z-3], c[z-2], c[z-1], c[z])
	s.put(36, c[z], c[z+1], c[z+2], c[z+3])
	s.put(40, s.typ(i-2), s.typ(i-1), s.typ(i), s.typ(i+1), s.typ(i+2))
	s.put(41, s.typ(i-3), s.typ(i-2), s.typ(i-1), s.typ(i))
	s.put(42, s.typ(i), s.typ(i+1), s.typ(i+2), s.typ(i+3))
	var begin, end, hold uint64 // all classes together
	for k := range classes {
		b, f, h := s.at(s.starts, i, k), s.at(s.stops, i, k), s.at(s.holds, i, k)
		s.put(uint64(50+k), b, s.at(s.stops, i-1, k))
		s.put(uint64(56+k), f, s.at(s.starts, i+1, k))
		s.put(uint64(80+k), h, b, f)
		begin, end, hold = begin<<3|b, end<<3|f, hold<<3|h
	}
	s.put(60, begin)
	s.put(61, end)
	s.put(62, hold)
	s.put(63, s.at(s.stops, i-1, 0), s.at(s.starts, i, 1), s.at(s.holds, i, 4))
	s.put(64, s.at(s.stops, i, 0), s.at(s.starts, i+1, 1), s.at(s.holds, i, 4))
	s.put(65, s.fullAt(i-1), s.fullAt(i), s.fullAt(i+1))
	s.put(66, s.fullAt(i), hold)
	s.put(67, s.fullAt(i), s.typ(i-1), s.typ(i+1))
	joint := hold
	a, e := s.runS[i], s.runE[i]
	length, at := uint64(min(e-a, 8)), uint64(min(i-a, 8))
	s.put(70, s.typ(i), length, at)
	s.put(71, s.typ(i), s.char(a-1), s.char(e), length)
	s.put(72, s.char(a-2), s.char(a-1), at)
	s.put(73, s.char(e), s.char(e+1), uint64(min(e-i, 8)))
	s.put(74, s.char(e), s.char(e+1), s.char(e+2))
	s.put(75, joint, s.char(e))
	s.put(76, joint, s.char(a-1))
	s.put(77, s.fullAt(i), s.char(a-1), s.char(e))
	s.put(78, s.fullAt(i), length, at)
}

// Runs calls f for each run of candidate characters [a, b).
func (s *Sentence) Runs(f func(a, b int)) {
	n := len(s.chars)
	for i := 0; i < n; {
		if !s.cand[i] {
			i++
			continue
		}
		j := i
		for j < n && s.cand[j] {
			j++
		}
		f(i, j)
		i = j
	}
}

// Gold returns the label of each character for spans of byte offsets, each
// given with the label that begins its kind. A span with characters that are
// no candidates cannot be learned and is left out.
func (s *Sentence) Gold(spans func(yield func(start, end, begin int))) []int {
	gold := make([]int, len(s.chars))
	at := map[int]int{}
	for i, o := range s.offset {
		at[o] = i
	}
	spans(func(start, end, begin int) {
		a, ok1 := at[start]
		e, ok2 := at[end]
		if !ok1 || !ok2 || e <= a {
			return
		}
		for i := a; i < e; i++ {
			if !s.cand[i] {
				return
			}
		}
		switch {
		case begin != NameB:
			gold[a] = begin
			for i := a + 1; i < e; i++ {
				gold[i] = begin + 1
			}
		case e-a == 1:
			gold[a] = NameU
		default:
			gold[a] = NameB
			for i := a + 1; i < e-1; i++ {
				gold[i] = NameI
			}
			gold[e-1] = NameE
		}
	})
	return gold
}
