package casebook

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
// entries it looked at.
func (b *Book) Verify() ([]Fault, int64, error) {
	var faults []Fault
	var signed []byte
	if err := b.db.QueryRow("SELECT signed FROM head").Scan(&signed); err != nil {
		var n int64
		if e := b.db.QueryRow("SELECT count(*) FROM entry").Scan(&n); e == nil && n == 0 {
			if _, err := os.Stat(filepath.Join(b.dir, "checkpoint")); err == nil {
				return []Fault{{-1, "the log is empty, but was not at its last checkpoint"}}, 0, nil
			}
			return nil, 0, nil
		}
		return []Fault{{-1, "the signed head of the log is missing"}}, 0, nil
	}
	head, err := b.head(signed)
	if err != nil {
		return []Fault{{-1, err.Error()}}, 0, nil
	}
	rows, err := b.db.Query(`SELECT seq, "case", at, leaf, sealed FROM entry ORDER BY seq`)
	if err != nil {
		return nil, 0, fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = rows.Close() }()
	cases := map[string]*Case{}
	tree := &memory{}
	removed := map[string][]int64{}
	next := int64(0)
	for rows.Next() {
		var seq, at int64
		var id, leaf, sealed []byte
		if err := rows.Scan(&seq, &id, &at, &leaf, &sealed); err != nil {
			return nil, 0, fmt.Errorf("casebook: %w", err)
		}
		for ; next < seq; next++ {
			faults = append(faults, Fault{next, "is missing"})
		}
		next = seq + 1
		var h tlog.Hash
		copy(h[:], leaf)
		if len(leaf) != len(h) {
			faults = append(faults, Fault{seq, "its proof is damaged"})
		}
		if sealed == nil {
			removed[hex.EncodeToString(id)] = append(removed[hex.EncodeToString(id)], seq)
		} else {
			e, plain, err := b.unseal(sealed)
			switch {
			case err != nil:
				faults = append(faults, Fault{seq, err.Error()})
			case tlog.RecordHash(leafData(seq, id, at, plain)) != h:
				faults = append(faults, Fault{seq, "has been changed"})
			case e.Kind == Deleted:
				delete(removed, e.Case)
				delete(cases, e.Case)
			default:
				if e.Kind == Opened {
					cases[e.Case] = &Case{}
				}
				if c := cases[e.Case]; c != nil {
					c.note(&e)
				}
			}
		}
		if err := tree.add(seq, h); err != nil {
			faults = append(faults, Fault{seq, "does not continue the log"})
			break
		}
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("casebook: %w", err)
	}
	for _, list := range removed {
		for _, seq := range list {
			faults = append(faults, Fault{seq, "its content is gone and no removal was noted"})
		}
	}
	switch {
	case next < head.N:
		faults = append(faults, Fault{-1, fmt.Sprintf("the log was cut off: %d entries of %d are there", next, head.N)})
	case next > head.N:
		faults = append(faults, Fault{-1, fmt.Sprintf("%d entries are not signed for", next-head.N)})
	default:
		if root, err := tlog.TreeHash(head.N, tree); err != nil || root != head.Hash {
			faults = append(faults, Fault{-1, "the entries are not those that were signed for"})
		}
		for i, h := range tree.hashes {
			var stored []byte
			if err := b.db.QueryRow("SELECT hash FROM hash WHERE pos = ?", i).Scan(&stored); err != nil || !bytes.Equal(stored, h[:]) {
				faults = append(faults, Fault{-1, fmt.Sprintf("hash %d of the log is damaged", i)})
			}
		}
	}
	_ = rows.Close() // the connection is needed below; closing twice does no harm
	faults = append(faults, b.summaries(cases)...)
	faults = append(faults, b.pages()...)
	return append(faults, b.older(head, tree)...), next, nil
}

// summaries holds the cases' summaries against their entries.
func (b *Book) summaries(cases map[string]*Case) []Fault {
	var faults []Fault
	seen := 0
	for id, want := range cases {
		raw, err := hex.DecodeString(id)
		if err != nil {
			continue
		}
		got, ok, err := b.summary(b.db, raw)
		switch {
		case err != nil:
			faults = append(faults, Fault{-1, err.Error()})
		case ok && got != *want:
			faults = append(faults, Fault{-1, "the summary of case " + id + " does not say what its entries say"})
		case ok:
			seen++
		}
		var found int
		if err := b.db.QueryRow(`SELECT count(*) FROM entry WHERE "case" = ?`, raw).Scan(&found); err != nil || found != want.Entries {
			faults = append(faults, Fault{-1, "the index of case " + id + " is damaged"})
		}
	}
	var all int
	if err := b.db.QueryRow("SELECT count(*) FROM summary").Scan(&all); err != nil || all > seen && len(faults) == 0 {
		faults = append(faults, Fault{-1, "there is a summary of a case that is not there"})
	}
	return faults
}

// pages lets the database look at itself: indexes, order, lost pages.
func (b *Book) pages() []Fault {
	var said string
	if err := b.db.QueryRow("PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return []Fault{{-1, "the database's own structure is damaged; case rescue saves what can be read"}}
	}
	return nil
}

// older holds the database against the copy of the head beside it, which may
// lag behind it but never be ahead.
func (b *Book) older(head tlog.Tree, tree *memory) []Fault {
	copied, err := os.ReadFile(filepath.Join(b.dir, "checkpoint"))
	if errors.Is(err, os.ErrNotExist) {
		return []Fault{{-1, "the file checkpoint is missing"}}
	}
	if err != nil {
		return []Fault{{-1, "the file checkpoint cannot be read"}}
	}
	t, err := b.head(copied)
	switch {
	case err != nil:
		return []Fault{{-1, "the file checkpoint is damaged"}}
	case t.N > head.N:
		return []Fault{{-1, fmt.Sprintf("the database is an older one: it ends at entry %d, the last checkpoint at %d", head.N-1, t.N-1)}}
	}
	if root, err := tlog.TreeHash(t.N, tree); err != nil || root != t.Hash {
		return []Fault{{-1, "the database does not continue the last checkpoint"}}
	}
	return nil
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
