package tagger

import (
	"encoding/binary"
	"errors"
)

// Table maps 64-bit hashes to small values in a few bits a key and three
// memory reads a lookup: a static function by peeling (as in xor filters,
// Graf and Lemire 2020) whose cells hold value and fingerprint. A hash that
// is none of its keys answers with a value once in 2^fingerprint lookups.
type Table struct {
	seed      uint64
	block     uint32 // cells in each of the three blocks
	valueBits uint
	cellBytes int // in a file: 3 or 4; fingerprints fill what values leave
	cells     []uint32
}

// mix is the finalizer of splitmix64.
func mix(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}

// places returns the cells of a key and its fingerprint.
func (t *Table) places(key uint64) (a, b, c, fp uint32) {
	h := mix(key ^ t.seed)
	n := uint64(t.block)
	a = uint32(h & 0xffffffff * n >> 32)
	b = t.block + uint32(h>>21&0xffffffff*n>>32)
	c = 2*t.block + uint32((h>>42|h<<22)&0xffffffff*n>>32)
	return a, b, c, uint32(mix(h)>>(64-8*t.cellBytes)) >> t.valueBits
}

// Lookup returns a key's value, or ok false where the table has no such key.
func (t *Table) Lookup(key uint64) (value uint32, ok bool) {
	a, b, c, fp := t.places(key)
	v := t.cells[a] ^ t.cells[b] ^ t.cells[c]
	if v>>t.valueBits != fp {
		return 0, false
	}
	return v & (1<<t.valueBits - 1), true
}

// NewTable builds a table of keys and values of at most valueBits bits, with
// cells of 3 or 4 bytes.
func NewTable(keys []uint64, values []uint32, valueBits uint, cellBytes int) *Table {
	for seed := uint64(1); ; seed++ {
		t := &Table{seed: mix(seed), block: uint32(len(keys)*123/300) + 16, valueBits: valueBits, cellBytes: cellBytes}
		t.cells = make([]uint32, 3*t.block)
		if t.fill(keys, values) {
			return t
		}
	}
}

// fill peels the hypergraph of keys and cells; false where it has a core.
func (t *Table) fill(keys []uint64, values []uint32) bool {
	count := make([]int32, len(t.cells))
	xor := make([]uint32, len(t.cells)) // of the indices of the keys at a cell
	for i, k := range keys {
		a, b, c, _ := t.places(k)
		for _, p := range [3]uint32{a, b, c} {
			count[p]++
			xor[p] ^= uint32(i)
		}
	}
	var queue []uint32
	for p := range count {
		if count[p] == 1 {
			queue = append(queue, uint32(p))
		}
	}
	type assigned struct{ key, cell uint32 }
	order := make([]assigned, 0, len(keys))
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if count[p] != 1 {
			continue
		}
		i := xor[p]
		order = append(order, assigned{i, p})
		a, b, c, _ := t.places(keys[i])
		for _, q := range [3]uint32{a, b, c} {
			count[q]--
			xor[q] ^= i
			if count[q] == 1 {
				queue = append(queue, q)
			}
		}
	}
	if len(order) != len(keys) {
		return false
	}
	for j := len(order) - 1; j >= 0; j-- {
		x := order[j]
		a, b, c, fp := t.places(keys[x.key])
		want := fp<<t.valueBits | values[x.key]
		t.cells[x.cell] = 0
		t.cells[x.cell] = want ^ t.cells[a] ^ t.cells[b] ^ t.cells[c]
	}
	return true
}

// append writes the table.
func (t *Table) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, t.seed)
	b = binary.LittleEndian.AppendUint32(b, t.block)
	b = append(b, byte(t.valueBits), byte(t.cellBytes))
	for _, c := range t.cells {
		for k := range t.cellBytes {
			b = append(b, byte(c>>(8*k)))
		}
	}
	return b
}

var errShort = errors.New("tagger: the model ends early")

// readTable reads a table and returns what follows it.
func readTable(b []byte) (*Table, []byte, error) {
	if len(b) < 14 || b[13] != 3 && b[13] != 4 {
		return nil, nil, errShort
	}
	t := &Table{seed: binary.LittleEndian.Uint64(b), block: binary.LittleEndian.Uint32(b[8:]), valueBits: uint(b[12]), cellBytes: int(b[13])}
	b = b[14:]
	n := int(t.block) * 3
	if len(b) < t.cellBytes*n {
		return nil, nil, errShort
	}
	t.cells = make([]uint32, n)
	for i := range t.cells {
		for k := range t.cellBytes {
			t.cells[i] |= uint32(b[t.cellBytes*i+k]) << (8 * k)
		}
	}
	return t, b[t.cellBytes*n:], nil
}
