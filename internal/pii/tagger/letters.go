package tagger

import "sync"

// What a letter is part of, as Letters says it.
const (
	NoWord       = iota
	FullName     // to FullName+4: a surname with a given name behind it
	SurnameBegin = iota + 4
	SurnameInside
	GivenBegin
	GivenInside
	PlaceBegin
	PlaceInside
	OtherWord
	Parts // how many there are
)

var sentences = sync.Pool{New: func() any { return new(Sentence) }}

// Letters tells of each character of a text which word of the lexicon it is part of, the
// longest that holds it; of equally long ones a surname before a given name before a
// place.
func (l *Lexicon) Letters(text string) []uint8 {
	s := sentences.Get().(*Sentence)
	defer sentences.Put(s)
	s.Load(text, l, nil)
	out := make([]uint8, s.Len())
	for i := range out {
		if s.full[i] > 0 {
			out[i] = FullName + s.full[i] - 1
			continue
		}
		h, b := s.holds[i*classes:(i+1)*classes], s.starts[i*classes:(i+1)*classes]
		best, kind := uint8(0), uint8(NoWord)
		for _, c := range []struct{ class, kind uint8 }{{0, SurnameBegin}, {1, GivenBegin}, {2, PlaceBegin}, {3, OtherWord}, {4, OtherWord}} {
			if h[c.class] <= best {
				continue
			}
			best, kind = h[c.class], c.kind
			if kind != OtherWord && b[c.class] != best {
				kind++
			}
		}
		out[i] = kind
	}
	return out
}
