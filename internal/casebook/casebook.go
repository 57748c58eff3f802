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
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Errors that a person can do something about.
var (
	ErrNoCasebook = errors.New("casebook: there is none here yet")
	ErrExists     = errors.New("casebook: there is one here already")
	ErrLocked     = errors.New("casebook: the passphrase or key does not open it")
	ErrNoCase     = errors.New("casebook: no such case")
	ErrNewer      = errors.New("casebook: written by a newer version of the program")
	ErrNotOurs    = errors.New("casebook: casebook.db is damaged or none of ours; case rescue saves what can be read")
	ErrFull       = errors.New("casebook: there is no room for more")
	ErrState      = errors.New("casebook: a case does not go from its state to that one")
	ErrOlder      = errors.New("casebook: it is not what was noted here last, but an older one or another's; nothing is written to it")
)

// version is the schema's; a program opens it and older ones.
const version = 2

// Book is an open casebook. It is safe for use by one goroutine; several
// processes may have the same casebook open.
type Book struct {
	db       *database
	identity *age.X25519Identity
	signer   note.Signer
	verifier note.Verifier

	secrets secrets
}

// Create makes a new casebook and opens it.
func Create(p Place, l Lock) (*Book, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, "madoguchi-casebook")
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	s := secrets{id.String(), skey, vkey}
	if there, err := p.Exists(); err != nil || there { // before the work of sealing
		return nil, cmp.Or(err, ErrExists)
	}
	key, err := sealKey(s, l)
	if err != nil {
		return nil, err
	}
	return createWith(p, s, key)
}

// createWith makes a casebook with given secrets, sealed in key. Of several who do
// it at once one succeeds, the others get ErrExists.
func createWith(p Place, s secrets, key []byte) (*Book, error) {
	db, err := p.open()
	if err != nil {
		return nil, err
	}
	// The key makes the casebook; it is never replaced by another's.
	if err := db.createFile(keyFile, key); err != nil {
		if errors.Is(err, os.ErrExist) {
			err = ErrExists
		}
		return nil, errors.Join(err, db.Close())
	}
	return begin(db, s)
}

// OpenBook opens a casebook. It refuses with ErrOlder one that does not continue
// what was noted last, as far as the copy of the log's head tells: Inspect opens
// that.
func OpenBook(p Place, u Unlock) (*Book, error) {
	b, err := Inspect(p, u)
	if err != nil {
		return nil, err
	}
	if err := b.continues(b.db); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Inspect opens a casebook whatever its log says, to be read and verified. Nothing
// is added to one that OpenBook refuses until Accept.
func Inspect(p Place, u Unlock) (*Book, error) {
	if p.Store == "" { // what is not there is not made
		if there, err := p.Exists(); err != nil || !there {
			return nil, cmp.Or(err, ErrNoCasebook)
		}
	}
	db, err := p.open()
	if err != nil {
		return nil, err
	}
	s, err := readKey(db, u)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return begin(db, s)
}

func begin(db *database, s secrets) (*Book, error) {
	id, err1 := age.ParseX25519Identity(s.Identity)
	signer, err2 := note.NewSigner(s.Signer)
	verifier, err3 := note.NewVerifier(s.Verifier)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, errors.Join(fmt.Errorf("casebook: key.age is damaged: %w", err), db.Close())
	}
	return &Book{db, id, signer, verifier, s}, nil
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
	return b.append(e, func(t *tx, id []byte) error { return live(t, id) })
}

// live reports ErrNoCase where a case has no entries, or was removed. It opens
// none of them.
func live(q querier, id []byte) error {
	var all, sealed int64
	if err := q.QueryRow(`SELECT count(*), count(sealed) FROM entry WHERE "case" = ?`, id).Scan(&all, &sealed); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if all == 0 || sealed < all {
		return ErrNoCase
	}
	return nil
}

// SetState notes a new state.
func (b *Book) SetState(id string, s State) error {
	_, err := b.append(Entry{Case: id, Kind: StateSet, Text: string(s)}, func(t *tx, raw []byte) error {
		c, err := b.caseIn(t, raw)
		if err != nil {
			return err
		}
		if !slices.Contains(after[c.State], s) {
			return fmt.Errorf("%w: %s to %s", ErrState, c.State, s)
		}
		return nil
	})
	return err
}

// Remove takes the contents of a case away for good and leaves a tombstone:
// the proof of all other entries stays whole. On a server, its journal, backups
// and vacuum decide when the sealed bytes are gone, too.
func (b *Book) Remove(id string) error {
	_, err := b.append(Entry{Case: id, Kind: Deleted}, func(t *tx, raw []byte) error {
		if err := live(t, raw); err != nil {
			return err
		}
		_, err := t.Exec(`UPDATE entry SET sealed = NULL WHERE "case" = ?`, raw)
		return err
	})
	if err != nil {
		return err
	}
	if err := b.db.forget(b.db.DB); err != nil {
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
	return b.entriesIn(b.db, raw)
}

func (b *Book) entriesIn(q querier, raw []byte) ([]Entry, error) {
	rows, err := q.Query(`SELECT seq, at, sealed FROM entry WHERE "case" = ? AND sealed IS NOT NULL ORDER BY seq`, raw)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	type row struct {
		seq, at int64
		sealed  []byte
	}
	list, err := all(rows, func() (r row, err error) { return r, rows.Scan(&r.seq, &r.at, &r.sealed) })
	if err != nil {
		return nil, err
	}
	// The head is read after the entries: it covers them all, also where others
	// go on writing.
	tree, err := b.tree(q)
	if err != nil {
		return nil, err
	}
	read := hashReader(q)
	var out []Entry
	for _, r := range list {
		_, e, err := b.proven(tree, raw, r.seq, r.at, r.sealed, read)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if len(out) == 0 || out[len(out)-1].Kind == Deleted {
		return nil, ErrNoCase
	}
	return out, nil
}

var (
	errDamaged = errors.New("its content is damaged")
	errMoved   = errors.New("it is not what was noted in this case; case verify tells more")
)

// proven opens an entry, which must be what the tree signs for: at this place, in
// this case, at this time.
func (b *Book) proven(t tlog.Tree, id []byte, seq, at int64, sealed []byte, read tlog.HashReader) (plain []byte, e Entry, err error) {
	if e, plain, err = b.unseal(sealed); err != nil {
		return nil, e, fmt.Errorf("casebook: entry %d: %w", seq, err)
	}
	proof, err := tlog.ProveRecord(t.N, seq, read)
	if err != nil || e.Case != hex.EncodeToString(id) || e.Seq != seq ||
		tlog.CheckRecord(proof, t.N, t.Hash, seq, tlog.RecordHash(leafData(seq, id, at, plain))) != nil {
		return nil, e, fmt.Errorf("casebook: entry %d: %w", seq, errMoved)
	}
	return plain, e, nil
}

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
