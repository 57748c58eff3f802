//go:build !js

package casebook

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Rescued tells what was saved of a damaged casebook.
type Rescued struct {
	Saved, Lost int64
	Unproven    int64 // of the saved: not as they were signed for
}

// Rescue copies what can be read of a damaged casebook in a folder into a new one,
// which the same key opens. The damaged one is not written to. Numbers are new;
// times stay.
func Rescue(dir string, u Unlock, to Place) (r Rescued, err error) {
	db, err := readLocal(dir)
	if err != nil {
		return r, err
	}
	s, err := readKey(db, u)
	if err != nil {
		return r, errors.Join(err, db.Close())
	}
	old, err := begin(db, s)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	key, err := db.readFile(keyFile)
	if err != nil {
		return r, fmt.Errorf("casebook: %w", err)
	}
	fresh, err := createWith(to, s, key)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	known := map[string]bool{}
	for seq := range old.extent() {
		e, proven, ok := old.salvage(seq)
		if !ok {
			r.Lost++
			continue
		}
		if e.Case == "" || e.Kind == Deleted {
			continue // removed by the person
		}
		if !known[e.Case] && e.Kind != Opened {
			text, err := json.Marshal(Subject{Title: "(始まりの記録は失われました)"})
			if err != nil {
				return r, err
			}
			if _, err := fresh.append(Entry{Case: e.Case, At: e.At, Kind: Opened, Text: string(text)}, nil); err != nil {
				return r, err
			}
		}
		known[e.Case] = true
		if _, err := fresh.append(e, nil); err != nil {
			return r, err
		}
		r.Saved++
		if !proven {
			r.Unproven++
		}
	}
	return r, nil
}

// extent is how many entries a damaged casebook had, as far as can be told.
func (b *Book) extent() int64 {
	var most int64
	if t, err := b.tree(b.db); err == nil {
		most = t.N
	}
	if copied, err := b.db.readFile(checkpointFile); err == nil {
		if t, err := b.head(copied); err == nil {
			most = max(most, t.N)
		}
	}
	var last int64
	if err := b.db.QueryRow("SELECT max(seq) FROM entry").Scan(&last); err == nil {
		most = max(most, last+1)
	}
	return most
}

// salvage reads one entry by its number alone. An entry that the person removed
// is ok and empty.
func (b *Book) salvage(seq int64) (e Entry, proven, ok bool) {
	var id, leaf, sealed []byte
	var at int64
	if err := b.db.QueryRow(`SELECT "case", at, leaf, sealed FROM entry WHERE seq = ?`, seq).Scan(&id, &at, &leaf, &sealed); err != nil {
		return e, false, false
	}
	if sealed == nil {
		return Entry{}, false, true
	}
	e, plain, err := b.unseal(sealed)
	if err != nil || e.Seq != seq {
		return e, false, false
	}
	h := tlog.RecordHash(leafData(seq, id, at, plain))
	return e, string(h[:]) == string(leaf), true
}
