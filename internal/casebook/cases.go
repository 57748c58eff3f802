package casebook

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Case returns a case.
func (b *Book) Case(id string) (Case, error) {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return Case{}, ErrNoCase
	}
	return b.caseIn(b.db, raw)
}

func (b *Book) caseIn(q querier, raw []byte) (Case, error) {
	if c, ok, err := b.summary(q, raw); ok || err != nil {
		return c, err
	}
	list, err := b.entriesIn(q, raw)
	if err != nil {
		return Case{}, err
	}
	return caseOf(list), nil
}

// caseOf tells a case from its entries.
func caseOf(list []Entry) Case {
	var c Case
	for i := range list {
		c.note(&list[i])
	}
	return c
}

// note brings a case up to an entry.
func (c *Case) note(e *Entry) {
	switch e.Kind {
	case Opened:
		c.ID, c.State, c.Opened = e.Case, Open, e.At
		_ = json.Unmarshal([]byte(e.Text), &c.Subject) // written by New
	case StateSet:
		c.State = State(e.Text)
	}
	c.Last = e.At
	c.Entries++
}

// summary returns a case as its sealed summary has it: a list of cases need not
// open every entry. ok is false where there is none: a casebook of version 1,
// or no such case.
func (b *Book) summary(q querier, id []byte) (c Case, ok bool, err error) {
	var sealed []byte
	err = q.QueryRow(`SELECT sealed FROM summary WHERE "case" = ?`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("casebook: %w", err)
	}
	if len(sealed) == 0 {
		return c, false, nil // removed
	}
	plain, err := b.open(sealed)
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	if err != nil || c.ID != hex.EncodeToString(id) {
		return c, false, fmt.Errorf("casebook: the summary of case %x is damaged; case verify tells more", id)
	}
	return c, true, nil
}

// summarize brings a case's summary up to an entry.
func (b *Book) summarize(t *tx, id []byte, e *Entry) error {
	if e.Kind == Deleted {
		// Emptied, not taken away: who may delete rows of a shared table may lock
		// it for all.
		_, err := t.Exec(`UPDATE summary SET sealed = ? WHERE "case" = ?`, []byte{}, id)
		return err
	}
	c, ok, err := b.summary(t, id)
	if err != nil || !ok && e.Kind != Opened {
		return err
	}
	c.note(e)
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sealed, err := seal(plain, b.identity.Recipient())
	if err != nil {
		return err
	}
	return t.put(`UPDATE summary SET sealed = ? WHERE "case" = ?`, `INSERT INTO summary (sealed, "case") VALUES (?, ?)`, sealed, id)
}

// Cases returns all cases, the last touched first. A word that is not empty
// must stand in one of the case's entries; it is looked for in memory only.
func (b *Book) Cases(word string) ([]Case, error) {
	rows, err := b.db.Query(`SELECT DISTINCT "case" FROM entry WHERE sealed IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	ids, err := all(rows, func() (raw []byte, err error) { return raw, rows.Scan(&raw) })
	if err != nil {
		return nil, err
	}
	var out []Case
	for _, id := range ids {
		c, ok, err := b.listed(id, word)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Case) int { return b.Last.Compare(a.Last) })
	return out, nil
}

// listed returns a case where it is there and a word stands in it.
func (b *Book) listed(id []byte, word string) (Case, bool, error) {
	if word == "" {
		if c, ok, err := b.summary(b.db, id); ok && err == nil {
			return c, ok, nil
		} // a damaged one keeps nobody from the others: the entries tell the case

	}
	list, err := b.Entries(hex.EncodeToString(id))
	if errors.Is(err, ErrNoCase) {
		return Case{}, false, nil // removed
	}
	if err != nil {
		return Case{}, false, err
	}
	has := func(e Entry) bool {
		return strings.Contains(e.Text, word) || strings.Contains(e.Name, word) || e.Call != nil && strings.Contains(strings.Join([]string{e.Call.Number, e.Call.Company, e.Call.Department, e.Call.Name}, "\n"), word)
	}
	return caseOf(list), word == "" || slices.ContainsFunc(list, has), nil
}

// all reads all rows.
func all[T any](rows *sql.Rows, read func() (T, error)) ([]T, error) {
	var out []T
	for rows.Next() {
		v, err := read()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
		}
		out = append(out, v)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return out, nil
}
