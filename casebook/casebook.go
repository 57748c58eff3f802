// Package casebook keeps the record of what passed between a person and a
// window: encrypted, append-only, and so that a change made afterwards shows.
//
// A casebook is a folder (0700) with casebook.db (SQLite), key.age and
// checkpoint. Entries are sealed to the casebook's own age identity; nothing
// of them is readable at rest but their numbers, the cases' random ids, times
// and sizes. Every entry is a leaf of a Merkle log (golang.org/x/mod/sumdb/tlog)
// whose head is signed; identity and signing key stand in key.age, sealed to a
// passphrase or to age recipients.
package casebook

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
)

// Errors that a person can do something about.
var (
	ErrNoCasebook = errors.New("casebook: there is none here yet")
	ErrExists     = errors.New("casebook: there is one here already")
	ErrLocked     = errors.New("casebook: the passphrase or key does not open it")
	ErrNoCase     = errors.New("casebook: no such case")
	ErrNewer      = errors.New("casebook: written by a newer version of the program")
	ErrNotOurs    = errors.New("casebook: casebook.db is damaged or none of ours; case rescue saves what can be read")
	ErrState      = errors.New("casebook: a case does not go from its state to that one")
)

// version is the schema's; a program opens it and older ones.
const version = 2

// Kind is what an entry holds.
type Kind string

const (
	Opened     Kind = "opened"     // a case begins: Body is a Subject
	Message    Kind = "message"    // what was said or written; From tells by whom
	Verdict    Kind = "verdict"    // what the program said, with the knowledge's hash
	Call       Kind = "call"       // notes of a call
	Attachment Kind = "attachment" // bytes as they came
	Remark     Kind = "remark"     // the person's own words
	StateSet   Kind = "state"
	Deleted    Kind = "deleted" // a case was removed: its entries' contents are gone, their proof stays
)

// State is where a case stands.
type State string

const (
	Open        State = "open"
	Suspicious  State = "suspicious"
	Stopped     State = "stopped"
	Reconfirmed State = "reconfirmed"
	Reported    State = "reported"
	Closed      State = "closed"
)

// after lists the states that may follow each.
var after = map[State][]State{
	Open: {Suspicious, Stopped, Reconfirmed, Reported, Closed}, Suspicious: {Stopped, Reconfirmed, Reported, Closed},
	Stopped: {Reconfirmed, Reported, Closed}, Reconfirmed: {Suspicious, Stopped, Closed}, Reported: {Closed, Reconfirmed}, Closed: {Open},
}

// States are all states, in the order in which a case usually takes them.
var States = []State{Open, Suspicious, Stopped, Reconfirmed, Reported, Closed}

// Next returns the states that may follow one.
func Next(s State) []State { return slices.Clone(after[s]) }

// Subject is what a case is about.
type Subject struct {
	Title        string `json:"title"`
	Organization string `json:"organization,omitempty"`
	Channel      string `json:"channel,omitempty"`
	Inquiry      string `json:"inquiry,omitempty"`
	Initiator    string `json:"initiator,omitempty"`
}

// Entry is one thing noted.
type Entry struct {
	Seq  int64     `json:"seq"` // from 0, over all cases
	Case string    `json:"case"`
	At   time.Time `json:"at"`
	Kind Kind      `json:"kind"`
	From string    `json:"from,omitempty"` // message: "person" or "window"
	Name string    `json:"name,omitempty"` // attachment: the file's name
	Text string    `json:"text,omitempty"`
	Data []byte    `json:"data,omitempty"` // attachment
	Call *Notes    `json:"call,omitempty"` // call
	Salt []byte    `json:"salt"`           // so that the log's hash tells nothing of a short text
}

// Notes are what a person writes down of a call.
type Notes struct {
	Start      time.Time `json:"start,omitzero"`
	End        time.Time `json:"end,omitzero"`
	Number     string    `json:"number,omitempty"` // as shown
	Company    string    `json:"company,omitempty"`
	Department string    `json:"department,omitempty"`
	Name       string    `json:"name,omitempty"`
}

// Case is a case as its entries tell.
type Case struct {
	ID      string    `json:"id"`
	Subject Subject   `json:"subject"`
	State   State     `json:"state"`
	Opened  time.Time `json:"opened"`
	Last    time.Time `json:"last"`
	Entries int       `json:"entries"`
}

// Book is an open casebook. It is safe for use by one goroutine; several
// processes may have the same casebook open.
type Book struct {
	dir      string
	db       *sql.DB
	identity *age.X25519Identity
	signer   note.Signer
	verifier note.Verifier

	verifierKey string
}

// Create makes a new casebook in dir and opens it.
func Create(dir string, l Lock) (*Book, error) {
	if _, err := os.Stat(filepath.Join(dir, "key.age")); err == nil {
		return nil, ErrExists
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, "madoguchi-casebook")
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	s := secrets{id.String(), skey, vkey}
	return createWith(dir, s, func() error { return writeKey(dir, s, l) })
}

// createWith makes a casebook with given secrets; key lays key.age, without
// which there is none, last.
func createWith(dir string, s secrets, key func() error) (*Book, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db, err := openDB(dir)
	if err != nil {
		return nil, err
	}
	if err := migrate(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := key(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return begin(dir, db, s)
}

// OpenBook opens the casebook in dir.
func OpenBook(dir string, u Unlock) (*Book, error) {
	s, err := readKey(dir, u)
	if err != nil {
		return nil, err
	}
	db, err := openDB(dir)
	if err != nil {
		return nil, err
	}
	if err := migrate(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return begin(dir, db, s)
}

func begin(dir string, db *sql.DB, s secrets) (*Book, error) {
	id, err1 := age.ParseX25519Identity(s.Identity)
	signer, err2 := note.NewSigner(s.Signer)
	verifier, err3 := note.NewVerifier(s.Verifier)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, errors.Join(fmt.Errorf("casebook: key.age is damaged: %w", err), db.Close())
	}
	return &Book{dir, db, id, signer, verifier, s.Verifier}, nil
}

// Close closes the casebook.
func (b *Book) Close() error { return b.db.Close() }

// New begins a case and returns its id.
func (b *Book) New(s Subject) (string, error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return "", fmt.Errorf("casebook: %w", err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	name := hex.EncodeToString(id)
	_, err = b.append(Entry{Case: name, Kind: Opened, Text: string(text)}, nil)
	return name, err
}

// Add notes an entry of a case. When it returns without an error, the entry is
// on the disk.
func (b *Book) Add(e Entry) (Entry, error) {
	return b.append(e, func(tx *sql.Tx, seq int64) error { return live(tx, e.Case, seq) })
}

// live reports ErrNoCase where a case has no entries before seq, or was removed.
// It opens none of them.
func live(tx *sql.Tx, id string, seq int64) error {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return ErrNoCase
	}
	var all, sealed int64
	if err := tx.QueryRow(`SELECT count(*), count(sealed) FROM entry WHERE "case" = ? AND seq < ?`, raw, seq).Scan(&all, &sealed); err != nil {
		return err
	}
	if all == 0 || sealed < all {
		return ErrNoCase
	}
	return nil
}

// SetState notes a new state.
func (b *Book) SetState(id string, s State) error {
	c, err := b.Case(id)
	if err != nil {
		return err
	}
	if !slices.Contains(after[c.State], s) {
		return fmt.Errorf("%w: %s to %s", ErrState, c.State, s)
	}
	_, err = b.append(Entry{Case: id, Kind: StateSet, Text: string(s)}, nil)
	return err
}

// Remove takes the contents of a case away for good and leaves a tombstone:
// the proof of all other entries stays whole.
func (b *Book) Remove(id string) error {
	if _, err := b.Case(id); err != nil {
		return err
	}
	raw, err := hex.DecodeString(id)
	if err != nil {
		return ErrNoCase
	}
	_, err = b.append(Entry{Case: id, Kind: Deleted}, func(tx *sql.Tx, seq int64) error {
		_, err := tx.Exec(`UPDATE entry SET sealed = NULL WHERE "case" = ? AND seq < ?`, raw, seq)
		return err
	})
	if err != nil {
		return err
	}
	// What was removed must not stay in the journal.
	_, err = b.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// Entries returns the entries of a case, in order.
func (b *Book) Entries(id string) ([]Entry, error) {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return nil, ErrNoCase
	}
	rows, err := b.db.Query(`SELECT seq, sealed FROM entry WHERE "case" = ? AND sealed IS NOT NULL ORDER BY seq`, raw)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Entry
	for rows.Next() {
		var seq int64
		var sealed []byte
		if err := rows.Scan(&seq, &sealed); err != nil {
			return nil, fmt.Errorf("casebook: %w", err)
		}
		e, _, err := b.unseal(sealed)
		if err != nil {
			return nil, fmt.Errorf("casebook: entry %d: %w", seq, err)
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if len(out) == 0 || out[len(out)-1].Kind == Deleted {
		return nil, ErrNoCase
	}
	return out, nil
}

var errDamaged = errors.New("its content is damaged")

// unseal returns an entry and its JSON as it was sealed.
func (b *Book) unseal(sealed []byte) (e Entry, plain []byte, err error) {
	if plain, err = b.open(sealed); err != nil {
		return Entry{}, nil, err
	}
	if err := json.Unmarshal(plain, &e); err != nil {
		return Entry{}, nil, errDamaged
	}
	return e, plain, nil
}

// open opens what was sealed to the casebook.
func (b *Book) open(sealed []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), b.identity)
	if err != nil {
		return nil, errDamaged
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, errDamaged
	}
	return plain, nil
}

// Case returns a case.
func (b *Book) Case(id string) (Case, error) {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return Case{}, ErrNoCase
	}
	if c, ok, err := b.summary(b.db, raw); ok || err != nil {
		return c, err
	}
	list, err := b.Entries(id)
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
func (b *Book) summarize(tx *sql.Tx, id []byte, e *Entry) error {
	if e.Kind == Deleted {
		_, err := tx.Exec(`DELETE FROM summary WHERE "case" = ?`, id)
		return err
	}
	c, ok, err := b.summary(tx, id)
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
	_, err = tx.Exec(`INSERT INTO summary ("case", sealed) VALUES (?, ?) ON CONFLICT ("case") DO UPDATE SET sealed = excluded.sealed`, id, sealed)
	return err
}

// Cases returns all cases, the last touched first. A word that is not empty
// must stand in one of the case's entries; it is looked for in memory only.
func (b *Book) Cases(word string) ([]Case, error) {
	rows, err := b.db.Query(`SELECT DISTINCT "case" FROM entry WHERE sealed IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	var ids [][]byte
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
		}
		ids = append(ids, raw)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
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
		if c, ok, err := b.summary(b.db, id); ok || err != nil {
			return c, ok, err
		}
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
