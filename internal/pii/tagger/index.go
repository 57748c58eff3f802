package tagger

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errShort = errors.New("tagger: the model ends early")

// mix spreads a key over 64 bits: both halves of a product, folded.
func mix(h uint64) uint64 {
	hi, lo := bits.Mul64(h^0x2d358dccaa6c78a5, 0x9e3779b97f4a7c15)
	return hi ^ lo
}

// index holds the rows of hashed features: open addressing with linear
// probing, read straight from the model's bytes. A slot is 20 bits of
// fingerprint, 3 bits that tell which neighbour of the n-gram the row is for,
// and 17 bits of row; 0 is empty. All rows of one n-gram stand in one chain,
// mostly one cache line.
type index struct {
	slots []byte // slotBytes each, three to spare
	n     uint64 // slots
}

const (
	slotBytes = 5
	rowBits   = 17
	nearBits  = 3
	maxRows   = 1 << rowBits
)

func (x *index) home(f Feature) (slot, fp uint64) {
	h := mix(uint64(f.Of()))
	return (h >> 32) * x.n >> 32, h & (1<<(8*slotBytes-rowBits-nearBits) - 1)
}

func (x *index) slot(at uint64) uint64 {
	return binary.LittleEndian.Uint64(x.slots[slotBytes*at:]) & (1<<(8*slotBytes) - 1)
}

// newIndex builds an index of features and their rows, in the order given.
func newIndex(fs []Feature, rows []uint32) index {
	x := index{n: uint64(len(fs))*4/3 + 16}
	x.slots = make([]byte, slotBytes*x.n+3)
	for i, f := range fs {
		at, fp := x.home(f)
		for x.slot(at) != 0 {
			if at++; at == x.n {
				at = 0
			}
		}
		v := fp<<(rowBits+nearBits) | uint64(f.near())<<rowBits | uint64(rows[i])
		for k := range uint64(slotBytes) {
			x.slots[slotBytes*at+k] = byte(v >> (8 * k))
		}
	}
	return x
}

// Lexicon tells the classes of a word by its hash: open addressing over slots
// of 3 bytes, 17 bits of fingerprint and 7 of classes, read straight from the
// model's bytes. A word that is not in it gets classes once in some thirty
// thousand look-ups. pairs gates the look-ups: by a word's first two
// characters, how long it may be.
type Lexicon struct {
	slots []byte // 3 bytes each, one to spare
	n     uint64
	pairs []byte // by a hash of two characters: a bit for each length
}

// pairBits is the logarithm of the size of Lexicon.pairs.
const pairBits = 17

// NewLexicon builds a lexicon of words and their classes.
func NewLexicon(words []string, classes []uint32) *Lexicon {
	l := &Lexicon{n: uint64(len(words))*5/4 + 16, pairs: make([]byte, 1<<pairBits)}
	l.slots = make([]byte, 3*l.n+1)
	for i, w := range words {
		at, fp := l.home(wordKey(w))
		for l.slot(at) != 0 {
			if at++; at == l.n {
				at = 0
			}
		}
		v := fp<<values | classes[i]
		l.slots[3*at], l.slots[3*at+1], l.slots[3*at+2] = byte(v), byte(v>>8), byte(v>>16)
		rs := []rune(w)
		if len(rs) > 1 {
			l.pairs[pairOf(rs[0], rs[1])] |= 1 << (len(rs) - 2)
		}
	}
	return l
}

func pairOf(a, b rune) uint32 {
	return uint32(a*0x9E3B+b*0x5D17) * 0x9E3779B1 >> (32 - pairBits)
}

// lengths tells how long words with these first two characters may be: bit n
// stands for n+2 characters.
func (l *Lexicon) lengths(a, b rune) uint8 { return l.pairs[pairOf(a, b)] }

func (l *Lexicon) home(key uint64) (slot uint64, fp uint32) {
	h := mix(key)
	return (h >> 32) * l.n >> 32, uint32(h) >> (32 - (24 - values))
}

func (l *Lexicon) slot(at uint64) uint32 {
	return binary.LittleEndian.Uint32(l.slots[3*at:]) & 0xffffff
}

// lookup returns the classes of the word with a key, 0 for none.
func (l *Lexicon) lookup(key uint64) uint32 {
	at, fp := l.home(key)
	for {
		v := l.slot(at)
		if v == 0 {
			return 0
		}
		if v>>values == fp {
			return v & (1<<values - 1)
		}
		if at++; at == l.n {
			at = 0
		}
	}
}

// Classes returns the classes of a word, 0 where it is not in the lexicon.
func (l *Lexicon) Classes(word string) uint32 { return l.lookup(wordKey(word)) }

// wordKey is the lexicon's key of a word.
func wordKey(word string) uint64 {
	h := hashInit
	for _, r := range word {
		h = hashAdd(h, uint64(r))
	}
	return h
}
