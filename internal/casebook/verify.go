package casebook

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// Fault is one thing that is not as it was written.
type Fault struct {
	Seq  int64 // the entry, -1 where it is the whole log
	What string
}

func (f Fault) String() string {
	if f.Seq < 0 {
		return f.What
	}
	return fmt.Sprintf("entry %d: %s", f.Seq, f.What)
}

// Verify holds every entry against the log and the log against its signed
// head. It returns what is changed, removed, moved or cut off, and how many
// entries it looked at. Others may go on writing.
func (b *Book) Verify() (faults []Fault, n int64, err error) {
	// The head's copy first: it may lag behind the database, never lead it.
	copied, errCopy := b.db.readFile(checkpointFile)
	err = b.db.read(func(t *tx) error {
		faults, n, err = b.verify(t, copied, errCopy)
		return err
	})
	return faults, n, err
}

func (b *Book) verify(q querier, copied []byte, errCopy error) ([]Fault, int64, error) {
	var signed []byte
	if err := q.QueryRow("SELECT signed FROM head").Scan(&signed); err != nil {
		var n int64
		if e := q.QueryRow("SELECT count(*) FROM entry").Scan(&n); e == nil && n == 0 {
			if t, err := b.head(copied); errCopy == nil && (err != nil || t.N > 0) {
				return []Fault{{-1, "the log is empty, but was not at its last checkpoint"}}, 0, nil //nolint:nilerr // what is wrong with it is the answer
			}
			return nil, 0, nil
		}
		return []Fault{{-1, "the signed head of the log is missing"}}, 0, nil
	}
	head, err := b.head(signed)
	if err != nil {
		return []Fault{{-1, err.Error()}}, 0, nil //nolint:nilerr // what is wrong with it is the answer
	}
	v := verification{b: b, cases: map[string]*Case{}, removed: map[string][]int64{}}
	if err := v.entries(q); err != nil {
		return nil, 0, err
	}
	for _, list := range v.removed {
		for _, seq := range list {
			v.fault(seq, "its content is gone and no removal was noted")
		}
	}
	switch {
	case v.next < head.N:
		v.fault(-1, fmt.Sprintf("the log was cut off: %d entries of %d are there", v.next, head.N))
	case v.next > head.N:
		v.fault(-1, fmt.Sprintf("%d entries are not signed for", v.next-head.N))
	default:
		if root, err := tlog.TreeHash(head.N, &v.tree); err != nil || root != head.Hash {
			v.fault(-1, "the entries are not those that were signed for")
		}
		if err := v.hashes(q); err != nil {
			return nil, 0, err
		}
	}
	v.summaries(q)
	v.faults = append(v.faults, b.db.sound(q)...)
	v.older(head, copied, errCopy)
	return v.faults, v.next, nil
}

// verification is a casebook as its entries tell, and what is wrong with it.
type verification struct {
	b       *Book
	faults  []Fault
	next    int64 // entries seen so far
	tree    memory
	cases   map[string]*Case
	removed map[string][]int64 // entries without content, by case, whose removal was not noted yet
}

func (v *verification) fault(seq int64, what string) { v.faults = append(v.faults, Fault{seq, what}) }

// entries reads all entries, in order.
func (v *verification) entries(q querier) error {
	rows, err := q.Query(`SELECT seq, "case", at, leaf, sealed FROM entry ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = rows.Close() }() // all were read, or an error is returned already
	for rows.Next() {
		var seq, at int64
		var id, leaf, sealed []byte
		if err := rows.Scan(&seq, &id, &at, &leaf, &sealed); err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
		for ; v.next < seq; v.next++ {
			v.fault(v.next, "is missing")
		}
		v.next = seq + 1
		var h tlog.Hash
		copy(h[:], leaf)
		if len(leaf) != len(h) {
			v.fault(seq, "its proof is damaged")
		}
		if sealed == nil {
			v.removed[hex.EncodeToString(id)] = append(v.removed[hex.EncodeToString(id)], seq)
		} else {
			v.content(seq, id, at, h, sealed)
		}
		if err := v.tree.add(seq, h); err != nil {
			v.fault(seq, "does not continue the log")
			break
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// content holds an entry's content against its leaf.
func (v *verification) content(seq int64, id []byte, at int64, leaf tlog.Hash, sealed []byte) {
	e, plain, err := v.b.unseal(sealed)
	switch {
	case err != nil:
		v.fault(seq, err.Error())
	case tlog.RecordHash(leafData(seq, id, at, plain)) != leaf:
		v.fault(seq, "has been changed")
	case e.Kind == Deleted:
		delete(v.removed, e.Case)
		delete(v.cases, e.Case)
	default:
		if e.Kind == Opened {
			v.cases[e.Case] = &Case{}
		}
		if c := v.cases[e.Case]; c != nil {
			c.note(&e)
		}
	}
}

// hashes holds the stored hashes against those that the entries give.
func (v *verification) hashes(q querier) error {
	rows, err := q.Query("SELECT pos, hash FROM hash ORDER BY pos")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	stored, err := readHashes(rows)
	if err != nil {
		return err
	}
	for i, h := range v.tree.hashes {
		if got, ok := stored[int64(i)]; !ok || got != h {
			v.fault(-1, fmt.Sprintf("hash %d of the log is damaged", i))
		}
	}
	return nil
}

// summaries holds the cases' summaries against their entries.
func (v *verification) summaries(q querier) {
	seen, before := 0, len(v.faults)
	for id, want := range v.cases {
		raw, err := hex.DecodeString(id)
		if err != nil {
			continue
		}
		got, ok, err := v.b.summary(q, raw)
		switch {
		case err != nil:
			v.fault(-1, err.Error())
		case ok && got != *want:
			v.fault(-1, "the summary of case "+id+" does not say what its entries say")
		case ok:
			seen++
		}
		var found int
		if err := q.QueryRow(`SELECT count(*) FROM entry WHERE "case" = ?`, raw).Scan(&found); err != nil || found != want.Entries {
			v.fault(-1, "the index of case "+id+" is damaged")
		}
	}
	var all int
	if err := q.QueryRow("SELECT count(*) FROM summary WHERE length(sealed) > 0").Scan(&all); err != nil || all > seen && len(v.faults) == before {
		v.fault(-1, "there is a summary of a case that is not there")
	}
}

// older holds the database against the copy of the head beside it, which may
// lag behind it but never be ahead.
func (v *verification) older(head tlog.Tree, copied []byte, errCopy error) {
	if errors.Is(errCopy, os.ErrNotExist) {
		if v.b.db.alone() {
			v.fault(-1, "the file checkpoint is missing")
		}
		return
	}
	if errCopy != nil {
		v.fault(-1, "the file checkpoint cannot be read")
		return
	}
	t, err := v.b.head(copied)
	switch {
	case err != nil:
		v.fault(-1, "the file checkpoint is damaged")
	case t.N > head.N:
		v.fault(-1, fmt.Sprintf("the database is an older one: it ends at entry %d, the last checkpoint at %d", head.N-1, t.N-1))
	default:
		if root, err := tlog.TreeHash(t.N, &v.tree); t.N > 0 && (err != nil || root != t.Hash) {
			v.fault(-1, "the database does not continue the last checkpoint")
		}
	}
}

// memory is a log built anew from leaves.
type memory struct{ hashes []tlog.Hash }

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(m.hashes)) {
			return nil, errors.New("beyond the log")
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}

func (m *memory) add(seq int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(seq, leaf, m)
	if err != nil || tlog.StoredHashIndex(0, seq) != int64(len(m.hashes)) {
		return errors.New("out of order")
	}
	m.hashes = append(m.hashes, hashes...)
	return nil
}
