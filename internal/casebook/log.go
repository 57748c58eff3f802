package casebook

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
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

// append adds an entry to the log. Before that, first is asked within the same
// transaction; where it fails, nothing is changed.
func (b *Book) append(e Entry, first func(t *tx, id []byte) error) (Entry, error) {
	raw, err := hex.DecodeString(e.Case)
	if err != nil || len(raw) != 8 {
		return Entry{}, ErrNoCase
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	e.At = e.At.UTC().Truncate(time.Millisecond)
	e.Salt = make([]byte, 16)
	if _, err := rand.Read(e.Salt); err != nil {
		return Entry{}, fmt.Errorf("casebook: %w", err)
	}
	var signed []byte
	err = b.db.write(func(t *tx) error {
		if first != nil {
			if err := first(t, raw); err != nil {
				return err
			}
		}
		signed, err = b.extend(t, raw, &e)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	// A copy of the head outside the database: it shows a database that was put
	// back to an older one. It may lag behind by what a crash cut off.
	return e, b.db.writeFile(checkpointFile, signed)
}

// extend writes an entry with all that proves it, and returns the new signed head.
func (b *Book) extend(t *tx, raw []byte, e *Entry) ([]byte, error) {
	if err := b.continues(t); err != nil {
		return nil, err
	}
	tree, err := b.tree(t)
	if err != nil {
		return nil, err
	}
	size := tree.N
	if size == 0 { // a log that has begun has a checkpoint, whatever happens next
		if err := b.checkpoint(tree); err != nil {
			return nil, err
		}
	}
	e.Seq = size
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sealed, err := seal(plain, b.identity.Recipient())
	if err != nil {
		return nil, err
	}
	leaf := tlog.RecordHash(leafData(size, raw, e.At.UnixMilli(), plain))
	read := hashReader(t)
	hashes, err := tlog.StoredHashesForRecordHash(size, leaf, read)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	pos := tlog.StoredHashIndex(0, size)
	for i, h := range hashes {
		if _, err := t.Exec("INSERT INTO hash (pos, hash) VALUES (?, ?)", pos+int64(i), h[:]); err != nil {
			return nil, fmt.Errorf("casebook: %w", err)
		}
	}
	if _, err := t.Exec(`INSERT INTO entry (seq, "case", at, leaf, sealed) VALUES (?, ?, ?, ?, ?)`, size, raw, e.At.UnixMilli(), leaf[:], sealed); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if err := b.summarize(t, raw, e); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	root, err := tlog.TreeHash(size+1, read)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	signed, err := b.sign(tlog.Tree{N: size + 1, Hash: root})
	if err != nil {
		return nil, err
	}
	if err := t.put("UPDATE head SET signed = ? WHERE one = 1", "INSERT INTO head (one, signed) VALUES (1, ?)", signed); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return signed, nil
}

// hashReader reads hashes of the log, all that are asked for at once.
func hashReader(q querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		args := make([]any, len(indexes))
		for i, x := range indexes {
			args[i] = x
		}
		rows, err := q.Query("SELECT pos, hash FROM hash WHERE pos IN (?"+strings.Repeat(", ?", len(indexes)-1)+")", args...)
		if err != nil {
			return nil, err
		}
		found, err := readHashes(rows)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			h, ok := found[x]
			if !ok {
				return nil, errors.New("a hash of the log is missing or cut off")
			}
			out[i] = h
		}
		return out, nil
	})
}

// readHashes reads rows of positions and hashes; one that is cut off is left out.
func readHashes(rows *sql.Rows) (map[int64]tlog.Hash, error) {
	type at struct {
		pos  int64
		hash []byte
	}
	list, err := all(rows, func() (x at, err error) { return x, rows.Scan(&x.pos, &x.hash) })
	found := make(map[int64]tlog.Hash, len(list))
	for _, x := range list {
		if len(x.hash) == tlog.HashSize {
			found[x.pos] = tlog.Hash(x.hash)
		}
	}
	return found, err
}

func (b *Book) sign(t tlog.Tree) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(t))}, b.signer)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return signed, nil
}

// tree is what the signed head covers, nothing where nothing was noted.
func (b *Book) tree(q querier) (tlog.Tree, error) {
	var signed []byte
	err := q.QueryRow("SELECT signed FROM head").Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return tlog.Tree{}, nil
	}
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("casebook: %w", err)
	}
	return b.head(signed)
}

// checkpoint writes the copy of the log's head.
func (b *Book) checkpoint(t tlog.Tree) error {
	signed, err := b.sign(t)
	if err != nil {
		return err
	}
	return b.db.writeFile(checkpointFile, signed)
}

// continues returns ErrOlder where the log does not continue the one whose head
// the checkpoint is: the signature over a log that was put back would else be the
// end of the evidence that it was.
func (b *Book) continues(q querier) error {
	// The copy first: it may lag behind the log, never lead it.
	copied, errCopy := b.db.readFile(checkpointFile)
	now, err := b.tree(q)
	if err != nil {
		return err
	}
	if errors.Is(errCopy, os.ErrNotExist) {
		if b.db.alone() && now.N > 0 {
			return fmt.Errorf("%w: the file checkpoint is missing", ErrOlder)
		}
		return nil // made a moment ago; or this machine sees it for the first time
	}
	if errCopy != nil {
		return fmt.Errorf("casebook: %w", errCopy)
	}
	then, err := b.head(copied)
	switch {
	case err != nil:
		return fmt.Errorf("%w: the file checkpoint is damaged", ErrOlder)
	case then.N > now.N:
		return fmt.Errorf("%w: it ends at entry %d, the last checkpoint at %d", ErrOlder, now.N-1, then.N-1)
	case then.N == now.N && then.N > 0 && then.Hash != now.Hash:
		return fmt.Errorf("%w: it does not continue the last checkpoint", ErrOlder)
	case then.N == 0 || then.N == now.N:
		return nil
	}
	proof, err := tlog.ProveTree(now.N, then.N, hashReader(q))
	if err != nil || tlog.CheckTree(proof, now.N, now.Hash, then.N, then.Hash) != nil {
		return fmt.Errorf("%w: it does not continue the last checkpoint", ErrOlder)
	}
	return nil
}

// aside is in the name of a checkpoint that is one no more.
const aside = "-until-"

// Accept takes the log as it is now for the true one: what a person decides who
// knows why it is an older one. The checkpoint that says otherwise is kept beside
// it, under the name returned; "" where there was none.
func (b *Book) Accept() (kept string, err error) {
	tree, err := b.tree(b.db)
	if err != nil {
		return "", err
	}
	old, err := b.db.readFile(checkpointFile)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("casebook: %w", err)
	default:
		kept = checkpointFile + aside + time.Now().UTC().Format("20060102T150405.000")
		if err := b.db.here().createFile(kept, old); err != nil {
			return "", err
		}
	}
	return kept, b.checkpoint(tree)
}

func (b *Book) head(signed []byte) (tlog.Tree, error) {
	n, err := note.Open(signed, note.VerifierList(b.verifier))
	if err != nil {
		return tlog.Tree{}, errors.New("casebook: the signed head of the log is damaged or not ours")
	}
	return tlog.ParseTree([]byte(n.Text))
}
