package tagger

import (
	"math/bits"
)

// Classes of words in the lexicon, as bits of a value.
const (
	Surname = 1 << iota
	Given
	Place
	Organization
	Noun
	Suffix
	classes = 6            // that features look at
	Plain   = 1 << classes // a whole run that is never a name: 年, 希望
	values  = classes + 1
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

const hashInit uint64 = 0x632be59bd9b4e019

func hashAdd(h, x uint64) uint64 {
	h = (h ^ x) * 0xff51afd7ed558ccd
	return h ^ h>>29
}

// Sentence is a text under examination, in characters. Its buffers are used
// again by the next text.
type Sentence struct {
	chars  []rune
	offset []int32 // byte offset of each character, and the text's length
	types  []uint8
	starts []uint8 // by character and class: length of the longest word that begins here
	stops  []uint8 // that ends here
	holds  []uint8 // that holds this character
	full   []uint8 // place within a surname with a given name
	found  []word  // words of the lexicon, by beginning
	first  []int32 // index into found of each character's first word
	cand   []bool  // may be part of a name
	runS   []int32 // where the run of the same type begins
	runE   []int32 // and ends
	drop   func() bool
}

// Load takes a text in and computes what the tagger looks at. drop, which may
// be nil, is asked for each word of the lexicon that is found whether to
// overlook it (in training).
func (s *Sentence) Load(text string, lex *Lexicon, drop func() bool) {
	s.chars, s.offset, s.types = s.chars[:0], s.offset[:0], s.types[:0]
	for i, r := range text {
		s.chars = append(s.chars, r)
		s.offset = append(s.offset, int32(i))
		s.types = append(s.types, typeOf(r))
	}
	s.offset = append(s.offset, int32(len(text)))
	s.drop = drop
	s.words(lex)
	s.candidates()
	s.runs()
}

// Len is the number of characters.
func (s *Sentence) Len() int { return len(s.chars) }

// dull reports whether the candidates [a, b) hold no name for sure, so that
// they need no decoding, as most do: plain words; words in small letters; one
// kanji with the ending of a verb; kanji that common words or places cover
// whole, with no name of the lexicon among them that is not part of a longer
// word; a common word in katakana.
func (s *Sentence) dull(a, b int) bool {
	t := s.types[a]
	if t == tKanji || t == tKata {
		if int(s.runE[a]) == b {
			for _, w := range s.found[s.first[a]:s.first[a+1]] {
				if int(w.b) == b {
					if w.class&Plain != 0 || t == tKata && w.class == Noun {
						return true
					}
				}
			}
		}
		if b-a == 1 && t == tKanji && b < len(s.chars) && s.types[b] == tHira && !particle(s.chars[b]) {
			return true
		}
	}
	for i := a; i < b; i++ {
		if s.types[i] != t {
			return false
		}
	}
	switch t {
	case tLower:
		return true
	case tKanji:
	default:
		return false
	}
	for i := a; i < b; i++ {
		h := s.holds[i*classes : i*classes+classes]
		word := max(h[4], h[2])
		if name := max(h[0], h[1]); s.full[i] != 0 || name > 1 && name >= word || word < 2 && h[5] == 0 {
			return false
		}
	}
	return true
}

// particle reports whether a name may stand before this hiragana.
func particle(r rune) bool {
	switch r {
	case 'は', 'が', 'を', 'に', 'の', 'と', 'も', 'で', 'へ', 'や', 'か', 'だ', 'さ', 'ら', 'よ', 'な', 'こ', 'ち', 'く', 'ま':
		return true
	}
	return false
}

// grown returns b with room for n zero elements.
func grown[T uint8 | int32 | bool](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n, n+n/2)
	}
	b = b[:n]
	clear(b)
	return b
}

// words notes, for each class, the longest word that begins at a character,
// the longest that ends there and the longest that holds it, and the longest
// surname with a given name behind it.
func (s *Sentence) words(lex *Lexicon) {
	n := len(s.chars)
	s.starts, s.stops, s.holds = grown(s.starts, n*classes), grown(s.stops, n*classes), grown(s.holds, n*classes)
	s.full = grown(s.full, n)
	s.found = s.found[:0]
	s.first = grown(s.first, n+1)
	for i := range n {
		s.first[i] = int32(len(s.found))
		t := s.types[i]
		if t != tKanji && t != tKata && t != tHira {
			continue
		}
		h := hashInit
		lengths := uint8(0)
	longer:
		for l := 1; l <= MaxWord && i+l <= n; l++ {
			c := i + l - 1
			if t := s.types[c]; t != tKanji && t != tKata && t != tHira {
				break longer
			}
			h = hashAdd(h, uint64(s.chars[c]))
			switch {
			case l == 1 && t != tKanji:
				continue
			case l == 2:
				lengths = lex.lengths(s.chars[i], s.chars[c])
				fallthrough
			case l > 2:
				if lengths>>(l-2) == 0 {
					break longer
				}
				if lengths>>(l-2)&1 == 0 {
					continue
				}
			}
			v := lex.lookup(h)
			if v == 0 || s.drop != nil && s.drop() {
				continue
			}
			s.found = append(s.found, word{int32(i), int32(i + l), uint8(v)})
			for v &= Plain - 1; v != 0; v &= v - 1 {
				k := bits.TrailingZeros32(v)
				s.starts[i*classes+k] = uint8(l)
				p := &s.stops[c*classes+k]
				*p = max(*p, uint8(l))
				for x := i; x <= c; x++ {
					p := &s.holds[x*classes+k]
					*p = max(*p, uint8(l))
				}
			}
		}
	}
	s.first[n] = int32(len(s.found))
	s.fullNames()
}

// word is a word of the lexicon at characters [a, b).
type word struct {
	a, b  int32
	class uint8
}

// fullNames marks a surname with a given name behind it, the longest from left
// to right: 1 at its beginning, 2 within, 3 where the given name begins, 4
// within it, 5 at the end.
func (s *Sentence) fullNames() {
	n := int32(len(s.chars))
	for i := int32(0); i < n; {
		var bestMid, bestEnd int32
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

// candidates marks the characters that may be part of a name: all but
// hiragana, digits and punctuation; hiragana where the lexicon has a name.
func (s *Sentence) candidates() {
	s.cand = grown(s.cand, len(s.chars))
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
	s.runS, s.runE = grown(s.runS, n), grown(s.runE, n)
	for i := 0; i < n; {
		j := i + 1
		for j < n && s.types[j] == s.types[i] {
			j++
		}
		for k := i; k < j; k++ {
			s.runS[k], s.runE[k] = int32(i), int32(j)
		}
		i = j
	}
}

// char returns the character at i, 0 outside.
func (s *Sentence) char(i int) uint64 {
	if uint(i) >= uint(len(s.chars)) {
		return 0
	}
	return uint64(s.chars[i])
}

func (s *Sentence) typ(i int) uint64 {
	if uint(i) >= uint(len(s.types)) {
		return tNone
	}
	return uint64(s.types[i])
}

// at reads the lengths of all classes at a character, each at most 5; 7
// outside.
func (s *Sentence) at(lengths []uint8, i int) (l [classes]uint8) {
	if uint(i) >= uint(len(s.chars)) {
		for k := range l {
			l[k] = 7
		}
		return l
	}
	copy(l[:], lengths[i*classes:])
	for k := range l {
		l[k] = min(l[k], 5)
	}
	return l
}

func (s *Sentence) fullAt(i int) uint64 {
	if uint(i) >= uint(len(s.chars)) {
		return 7
	}
	return uint64(s.full[i])
}

// Feature is what the model has weights for: 52 bits of value, 9 of kind and 3
// that tell which of an n-gram's neighbours the weights are for.
type Feature uint64

func feature(kind, value uint64) Feature { return Feature(value<<12 | kind<<nearBits) }

// Kind is the kind of a feature.
func (f Feature) Kind() int { return int(f >> nearBits & 0x1ff) }

// Of returns the feature of the n-gram itself.
func (f Feature) Of() Feature { return f &^ (1<<nearBits - 1) }

func (f Feature) near() int { return int(f & (1<<nearBits - 1)) }

// Lexical reports whether the feature is of the characters themselves.
func (f Feature) Lexical() bool { k := f.Kind(); return k >= kGram && k < kGram+grams }

// Kinds of features. Dense ones have small values and a table of rows; the
// others are hashed.
const (
	kBegin  = 0                // by class: longest word that begins here, longest that ends before
	kEnd    = kBegin + classes // longest that ends here, longest that begins behind
	kHold   = kEnd + classes   // longest that holds, begins, ends
	kSplit  = kHold + classes  // surname before, given name here, noun over both
	kSplit2 = kSplit + 1       // the same one further on
	kFull   = kSplit2 + 1      // the marks of full names around
	kFullT  = kFull + 1        // mark and types around
	kRun    = kFullT + 1       // type, run's length, place in it
	kFullR  = kRun + 1         // mark, run's length, place in it
	dense   = kFullR + 1       // how many kinds are dense
	kGram   = dense            // n-grams, by length
	grams   = 4                // up to four characters
	kTypes  = kGram + grams    // five types around
	kTypesL = kTypes + 1       // four before
	kTypesR = kTypesL + 1      // four behind
	kFullH  = kTypesR + 1      // mark and the longest words of all classes that hold this
	kEdges  = kFullH + 1       // type, characters before and behind the run, length
	kBefore = kEdges + 1       // two characters before the run, place
	kBehind = kBefore + 1      // two behind, place
	kTail   = kBehind + 1      // three behind
	kFullE  = kTail + 1        // mark, characters around the run
	kToken  = kFullE + 1       // a whole run of katakana
	kNext   = kToken + 1       // mark at its end, two characters behind
	kPrev   = kNext + 1        // mark at its beginning, two characters before
	kTwo    = kPrev + 1        // one character on each side of the run, type
)

// denseSize is how many values each dense kind has, a power of two.
var denseSize = func() (n [dense]int) {
	for k := range classes {
		n[kBegin+k], n[kEnd+k], n[kHold+k] = 64, 64, 512
	}
	n[kSplit], n[kSplit2], n[kFull] = 512, 512, 512
	n[kFullT], n[kRun], n[kFullR] = 8*256, 4096, 8*256
	return n
}()

// gram is the value of the n-gram of n characters at i.
func (s *Sentence) gram(i, n int) uint64 {
	switch n {
	case 1:
		return s.char(i)
	case 2:
		return s.char(i)<<21 | s.char(i+1)
	}
	h := hashInit
	for k := range n {
		h = hashAdd(h, s.char(i+k))
	}
	return h >> 12
}

// An n-gram counts for the characters that it touches or neighbours: reach[n]
// gives where, seen from the character, n-grams of n+1 characters begin.
var reach = [grams][2]int{{-2, 2}, {-2, 1}, {-2, 0}, {-3, 0}}

// gramStep is how far the beginnings lie apart: of four characters only those
// that end or begin at the character count.
var gramStep = [grams]int{1, 1, 1, 3}

// grams calls f for the n-grams around the character at i.
func (s *Sentence) grams(i int, f func(Feature)) {
	for n := range grams {
		near := Feature(0)
		for k := reach[n][0]; k <= reach[n][1]; k += gramStep[n] {
			f(feature(uint64(kGram+n), s.gram(i+k, n+1)) | near)
			near++
		}
	}
}

// buffer gathers the other features of a character.
type buffer struct {
	dense  [3*classes + 8]uint32 // offset in the table of dense rows
	hashed [24]Feature
	d, h   int
}

// denseAt is where the rows of a dense kind begin.
var denseAt = func() (at [dense + 1]uint32) {
	for k := range dense {
		at[k+1] = at[k] + uint32(denseSize[k])
	}
	return at
}()

func (b *buffer) tabled(kind int, value uint64) {
	b.dense[b.d] = denseAt[kind] + uint32(value)
	b.d++
}

func (b *buffer) put(f Feature) {
	b.hashed[b.h] = f
	b.h++
}

func hash2(a, b uint64) uint64    { return hashAdd(hashAdd(hashInit, a), b) >> 12 }
func hash3(a, b, c uint64) uint64 { return hashAdd(hashAdd(hashAdd(hashInit, a), b), c) >> 12 }
func hash4(a, b, c, d uint64) uint64 {
	return hashAdd(hashAdd(hashAdd(hashAdd(hashInit, a), b), c), d) >> 12
}

// ofRun gathers the features that all characters of the run of one type around
// i share.
func (s *Sentence) ofRun(i int, b *buffer) {
	b.d, b.h = 0, 0
	a, e := int(s.runS[i]), int(s.runE[i])
	t, n := s.typ(i), uint64(min(e-a, 8))
	b.put(feature(kEdges, hash4(t, s.char(a-1), s.char(e), n)))
	b.put(feature(kTail, hash3(s.char(e), s.char(e+1), s.char(e+2))))
	b.put(feature(kTwo, hash3(t, s.char(a-1), s.char(e))))
}

// ofChar gathers the features of the character at i but n-grams and those of
// its run.
func (s *Sentence) ofChar(i int, b *buffer) {
	b.d, b.h = 0, 0
	var t [7]uint64
	for k := range t {
		t[k] = s.typ(i + k - 3)
	}
	types := t[1]<<16 | t[2]<<12 | t[3]<<8 | t[4]<<4 | t[5]
	b.put(feature(kTypes, types))
	b.put(feature(kTypesL, t[0]<<12|types>>8))
	b.put(feature(kTypesR, types&0xfff<<4|t[6]))
	begins, ends, holds := s.at(s.starts, i), s.at(s.stops, i), s.at(s.holds, i)
	endsB, beginsA := s.at(s.stops, i-1), s.at(s.starts, i+1)
	var hold uint64
	for k := range classes {
		x, f, h := uint64(begins[k]), uint64(ends[k]), uint64(holds[k])
		b.tabled(kBegin+k, x<<3|uint64(endsB[k]))
		b.tabled(kEnd+k, f<<3|uint64(beginsA[k]))
		b.tabled(kHold+k, h<<6|x<<3|f)
		hold = hold<<3 | h
	}
	b.tabled(kSplit, uint64(endsB[0])<<6|uint64(begins[1])<<3|uint64(holds[4]))
	b.tabled(kSplit2, uint64(ends[0])<<6|uint64(beginsA[1])<<3|uint64(holds[4]))
	full := s.fullAt(i)
	b.tabled(kFull, s.fullAt(i-1)<<6|full<<3|s.fullAt(i+1))
	b.tabled(kFullT, full<<8|t[2]<<4|t[4])
	a, e := int(s.runS[i]), int(s.runE[i])
	length, at := uint64(min(e-a, 8)), uint64(min(i-a, 8))
	b.tabled(kRun, t[3]<<8|length<<4|at)
	b.tabled(kFullR, full<<8|length<<4|at)
	b.put(feature(kFullH, full<<18|hold))
	b.put(feature(kBefore, hash3(s.char(a-2), s.char(a-1), at)))
	b.put(feature(kBehind, hash3(s.char(e), s.char(e+1), uint64(min(e-i, 8)))))
	b.put(feature(kFullE, hash3(full, s.char(a-1), s.char(e))))
	switch {
	case full == 5:
		b.put(feature(kNext, hash2(s.char(i+1), s.char(i+2))))
	case full == 1:
		b.put(feature(kPrev, hash2(s.char(i-2), s.char(i-1))))
	}
	if t[3] == tKata && e-a >= 2 && e-a <= 12 {
		h := hashInit
		for x := a; x < e; x++ {
			h = hashAdd(h, uint64(s.chars[x]))
		}
		place := uint64(1)
		if i == a {
			place = 0
		} else if i == e-1 {
			place = 2
		}
		b.put(feature(kToken, hashAdd(h, place)>>12))
	}
}

// Features calls f for every feature of the character at i, for training.
func (s *Sentence) Features(i int, f func(Feature)) {
	s.grams(i, f)
	var b buffer
	for _, gather := range []func(int, *buffer){s.ofRun, s.ofChar} {
		gather(i, &b)
		for _, x := range b.dense[:b.d] {
			kind := 0
			for denseAt[kind+1] <= x {
				kind++
			}
			f(feature(uint64(kind), uint64(x-denseAt[kind])))
		}
		for _, x := range b.hashed[:b.h] {
			f(x)
		}
	}
}

// Candidate reports whether the character at i may be part of a name.
func (s *Sentence) Candidate(i int) bool { return s.cand[i] }

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

// LongGrams calls f for every n-gram of three and four characters, with the
// hash of its first two.
func (s *Sentence) LongGrams(f func(g Feature, pair uint32)) {
	for p := -3; p < len(s.chars); p++ {
		pair := pairOf(rune(s.char(p)), rune(s.char(p+1)))
		f(feature(kGram+2, s.gram(p, 3)), pair)
		f(feature(kGram+3, s.gram(p, 4)), pair)
	}
}

// Words calls f for each word of the lexicon that is found, with its bytes.
func (s *Sentence) Words(f func(start, end int)) {
	for _, w := range s.found {
		f(int(s.offset[w.a]), int(s.offset[w.b]))
	}
}

// Spans calls f for each run of kanji or of katakana, with its bytes.
func (s *Sentence) Spans(f func(start, end int)) {
	for i := 0; i < len(s.chars); i = int(s.runE[i]) {
		if t := s.types[i]; (t == tKanji || t == tKata) && int(s.runE[i])-i <= MaxWord {
			f(int(s.offset[i]), int(s.offset[s.runE[i]]))
		}
	}
}

// Gold returns the label of each character for spans of byte offsets, each
// given with the label that begins its kind. A span with characters that are
// no candidates cannot be learned and is left out.
func (s *Sentence) Gold(spans func(yield func(start, end, begin int))) []int {
	gold := make([]int, len(s.chars))
	at := map[int]int{}
	for i, o := range s.offset {
		at[int(o)] = i
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
