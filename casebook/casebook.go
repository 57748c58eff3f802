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
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
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
	"golang.org/x/mod/sumdb/tlog"

	_ "modernc.org/sqlite" // the driver
)

// Errors that a person can do something about.
var (
	ErrNoCasebook = errors.New("casebook: there is none here yet")
	ErrExists     = errors.New("casebook: there is one here already")
	ErrLocked     = errors.New("casebook: the passphrase or key does not open it")
	ErrNoCase     = errors.New("casebook: no such case")
	ErrNewer      = errors.New("casebook: written by a newer version of the program")
	ErrState      = errors.New("casebook: a case does not go from its state to that one")
)

// version is the schema's; a program opens it and older ones.
const version = 1

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
	Salt []byte    `json:"salt"`           // so that the log's hash tells nothing of a short text
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

// secrets is what key.age holds.
type secrets struct {
	Identity string `json:"identity"` // age
	Signer   string `json:"signer"`   // note
	Verifier string `json:"verifier"`
}

// Unlock opens key.age: a passphrase or identities.
type Unlock struct {
	Passphrase string
	Identities []age.Identity
}

func (u Unlock) identities() ([]age.Identity, error) {
	if u.Passphrase == "" {
		return u.Identities, nil
	}
	id, err := age.NewScryptIdentity(u.Passphrase)
	if err != nil {
		return nil, err
	}
	return append([]age.Identity{id}, u.Identities...), nil
}

// Lock seals key.age: to a passphrase, or to recipients (a family's keys).
type Lock struct {
	Passphrase string
	Recipients []age.Recipient
	work       int // of scrypt, for tests; 0 is the library's own
}

func (l Lock) recipients() ([]age.Recipient, error) {
	switch {
	case l.Passphrase != "" && len(l.Recipients) > 0:
		return nil, errors.New("casebook: give a passphrase or recipients, not both: a file that a passphrase opens can have no other key")
	case l.Passphrase != "":
		r, err := age.NewScryptRecipient(l.Passphrase)
		if err != nil {
			return nil, err
		}
		if l.work > 0 {
			r.SetWorkFactor(l.work)
		}
		return []age.Recipient{r}, nil
	case len(l.Recipients) > 0:
		return l.Recipients, nil
	}
	return nil, errors.New("casebook: no passphrase and no recipient given")
}

// Create makes a new casebook in dir and opens it.
func Create(dir string, l Lock) (*Book, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
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
	db, err := openDB(dir)
	if err != nil {
		return nil, err
	}
	if err := migrate(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := writeKey(dir, s, l); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return open(dir, db, s)
}

// readKey opens key.age.
func readKey(dir string, u Unlock) (s secrets, err error) {
	f, err := os.Open(filepath.Join(dir, "key.age"))
	if errors.Is(err, os.ErrNotExist) {
		return s, ErrNoCasebook
	}
	if err != nil {
		return s, fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	ids, err := u.identities()
	if err != nil || len(ids) == 0 {
		return s, ErrLocked
	}
	r, err := age.Decrypt(f, ids...)
	if err != nil {
		return s, ErrLocked
	}
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return s, fmt.Errorf("casebook: key.age is damaged: %w", err)
	}
	return s, nil
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
	return open(dir, db, s)
}

func open(dir string, db *sql.DB, s secrets) (*Book, error) {
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

// Rekey seals key.age anew: from then on only the new lock opens it. Copies of
// the old file still open with the old one.
func (b *Book) Rekey(l Lock, u Unlock) error {
	s, err := readKey(b.dir, u)
	if err != nil {
		return err
	}
	return writeKey(b.dir, s, l)
}

func writeKey(dir string, s secrets, l Lock) error {
	to, err := l.recipients()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sealed, err := seal(plain, to...)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "key.age"), sealed)
}

// writeFile replaces a file as a whole: a crash leaves the old one or the new.
func writeFile(name string, data []byte) error {
	tmp := name + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, name)
	}
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func seal(plain []byte, to ...age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return out.Bytes(), nil
}

// openDB opens the database. journal_mode WAL: a reader does not wait for a
// writer. synchronous FULL: a commit that is reported has been synced, so that
// it survives power loss. secure_delete: what is removed is overwritten.
// busy_timeout: a second process waits for the first.
func openDB(dir string) (*sql.DB, error) {
	name := filepath.Join(dir, "casebook.db")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) // the driver would make it readable for all
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+name+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_pragma=busy_timeout(20000)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func migrate(db *sql.DB) error {
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	var have int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	switch {
	case have > version:
		return ErrNewer
	case have == version:
		return nil
	}
	for _, q := range []string{
		`CREATE TABLE entry (seq INTEGER PRIMARY KEY, "case" BLOB NOT NULL, at INTEGER NOT NULL, leaf BLOB NOT NULL, sealed BLOB)`,
		`CREATE INDEX entry_case ON entry ("case")`,
		`CREATE TABLE hash (pos INTEGER PRIMARY KEY, hash BLOB NOT NULL)`,
		`CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), signed BLOB NOT NULL)`,
		fmt.Sprintf("PRAGMA user_version = %d", version),
	} {
		if _, err := tx.Exec(q); err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// leafData is what a leaf commits to: number, case, time and the content's
// hash. The content is its JSON as sealed, with a salt of its own: whoever is
// shown it can hold it against the log, and nobody can guess it from the log.
func leafData(seq int64, caseID []byte, at int64, plain []byte) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(seq))
	b = append(b, caseID...)
	b = binary.BigEndian.AppendUint64(b, uint64(at))
	sum := sha256.Sum256(plain)
	return append(b, sum[:]...)
}

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

func (b *Book) append(e Entry, also func(*sql.Tx, int64) error) (Entry, error) {
	raw, err := hex.DecodeString(e.Case)
	if err != nil || len(raw) != 8 {
		return Entry{}, ErrNoCase
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	e.At = e.At.UTC().Truncate(time.Millisecond)
	tx, err := b.db.BeginTx(context.Background(), nil)
	if err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	size, err := b.size(tx)
	if err != nil {
		return Entry{}, err
	}
	e.Seq, e.Salt = size, make([]byte, 16)
	if _, err := rand.Read(e.Salt); err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	plain, err := json.Marshal(e)
	if err != nil {
		return Entry{}, err
	}
	sealed, err := seal(plain, b.identity.Recipient())
	if err != nil {
		return Entry{}, err
	}
	data := leafData(size, raw, e.At.UnixMilli(), plain)
	leaf := tlog.RecordHash(data)
	read := hashReader(tx)
	hashes, err := tlog.StoredHashesForRecordHash(size, leaf, read)
	if err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	pos := tlog.StoredHashIndex(0, size)
	for i, h := range hashes {
		if _, err := tx.Exec("INSERT INTO hash (pos, hash) VALUES (?, ?)", pos+int64(i), h[:]); err != nil {
			return Entry{}, fmt.Errorf("casebook: %w", err)
		}
	}
	if _, err := tx.Exec(`INSERT INTO entry (seq, "case", at, leaf, sealed) VALUES (?, ?, ?, ?, ?)`, size, raw, e.At.UnixMilli(), leaf[:], sealed); err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	if also != nil {
		if err := also(tx, size); err != nil {
			return Entry{}, fmt.Errorf("casebook: %w", err)
		}
	}
	root, err := tlog.TreeHash(size+1, read)
	if err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tlog.Tree{N: size + 1, Hash: root}))}, b.signer)
	if err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	if _, err := tx.Exec("INSERT INTO head (one, signed) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET signed = excluded.signed", signed); err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	// A copy of the head outside the database: it shows a database that was put
	// back to an older one. It may lag behind by what a crash cut off.
	return e, writeFile(filepath.Join(b.dir, "checkpoint"), signed)
}

type querier interface {
	QueryRow(query string, args ...any) *sql.Row
}

func hashReader(q querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			var h []byte
			if err := q.QueryRow("SELECT hash FROM hash WHERE pos = ?", x).Scan(&h); err != nil {
				return nil, err
			}
			if copy(out[i][:], h) != len(out[i]) {
				return nil, errors.New("a hash of the log is cut off")
			}
		}
		return out, nil
	})
}

// size is how many entries the signed head covers.
func (b *Book) size(q querier) (int64, error) {
	var signed []byte
	err := q.QueryRow("SELECT signed FROM head").Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("casebook: %w", err)
	}
	t, err := b.head(signed)
	return t.N, err
}

func (b *Book) head(signed []byte) (tlog.Tree, error) {
	n, err := note.Open(signed, note.VerifierList(b.verifier))
	if err != nil {
		return tlog.Tree{}, errors.New("casebook: the signed head of the log is damaged or not ours")
	}
	return tlog.ParseTree([]byte(n.Text))
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

// unseal returns an entry and its JSON as it was sealed.
func (b *Book) unseal(sealed []byte) (e Entry, plain []byte, err error) {
	damaged := errors.New("its content is damaged")
	r, err := age.Decrypt(bytes.NewReader(sealed), b.identity)
	if err != nil {
		return Entry{}, nil, damaged
	}
	if plain, err = io.ReadAll(r); err != nil {
		return Entry{}, nil, damaged
	}
	if err := json.Unmarshal(plain, &e); err != nil {
		return Entry{}, nil, damaged
	}
	return e, plain, nil
}

// Case returns a case.
func (b *Book) Case(id string) (Case, error) {
	list, err := b.Entries(id)
	if err != nil {
		return Case{}, err
	}
	return caseOf(list), nil
}

func caseOf(list []Entry) Case {
	c := Case{ID: list[0].Case, State: Open, Opened: list[0].At, Last: list[len(list)-1].At, Entries: len(list)}
	for _, e := range list {
		switch e.Kind {
		case Opened:
			_ = json.Unmarshal([]byte(e.Text), &c.Subject) // written by New
		case StateSet:
			c.State = State(e.Text)
		}
	}
	return c
}

// Cases returns all cases, the last touched first. A word that is not empty
// must stand in one of the case's entries; it is looked for in memory only.
func (b *Book) Cases(word string) ([]Case, error) {
	rows, err := b.db.Query(`SELECT DISTINCT "case" FROM entry WHERE sealed IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	var ids []string
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
		}
		ids = append(ids, hex.EncodeToString(raw))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	var out []Case
	for _, id := range ids {
		list, err := b.Entries(id)
		if errors.Is(err, ErrNoCase) {
			continue // removed
		}
		if err != nil {
			return nil, err
		}
		if word == "" || slices.ContainsFunc(list, func(e Entry) bool { return strings.Contains(e.Text, word) || strings.Contains(e.Name, word) }) {
			out = append(out, caseOf(list))
		}
	}
	slices.SortFunc(out, func(a, b Case) int { return b.Last.Compare(a.Last) })
	return out, nil
}
