package casebook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

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
	if err := b.summarize(tx, raw, &e); err != nil {
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
