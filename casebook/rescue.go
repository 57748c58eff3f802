package casebook

import (
	"archive/zip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"
)

// Rescued tells what was saved of a damaged casebook.
type Rescued struct {
	Saved, Lost int64
	Unproven    int64 // of the saved: not as they were signed for
}

// Rescue copies what can be read of a damaged casebook in dir into a new one at
// to, which the same key opens. The damaged one is not written to. Numbers are
// new; times stay.
func Rescue(dir string, u Unlock, to string) (r Rescued, err error) {
	s, err := readKey(dir, u)
	if err != nil {
		return r, err
	}
	if _, err := os.Stat(filepath.Join(to, "key.age")); err == nil {
		return r, ErrExists
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "casebook.db")+"?mode=ro&_pragma=busy_timeout(20000)")
	if err != nil {
		return r, fmt.Errorf("casebook: %w", err)
	}
	old, err := begin(dir, db, s)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	key, err := os.ReadFile(filepath.Join(dir, "key.age"))
	if err != nil {
		return r, fmt.Errorf("casebook: %w", err)
	}
	fresh, err := createWith(to, s, func() error { return writeFile(filepath.Join(to, "key.age"), key) })
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
	if n, err := b.size(b.db); err == nil {
		most = n
	}
	if copied, err := os.ReadFile(filepath.Join(b.dir, "checkpoint")); err == nil {
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

// Backup writes the whole casebook, as it stands at this moment, into a new
// file. Other processes may go on writing.
func (b *Book) Backup(name string) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// The head's copy first: it may lag behind the database, never lead it.
	z := zip.NewWriter(f)
	for _, part := range []string{"key.age", "checkpoint"} {
		if err := zipFile(z, filepath.Join(b.dir, part), part); err != nil {
			return err
		}
	}
	copied := name + ".db"
	defer func() { _ = os.Remove(copied) }() // only ours: VACUUM INTO refuses a file that is there
	if _, err := b.db.Exec("VACUUM INTO ?", copied); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if err := zipFile(z, copied, "casebook.db"); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return f.Sync()
}

func zipFile(z *zip.Writer, from, name string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) && name == "checkpoint" {
		return nil // nothing was noted yet
	}
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = in.Close() }()                                        // read only
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // sealed bytes do not get smaller
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if _, err := io.Copy(w, in); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// ErrNoBackup is returned for a file that Backup did not write.
var ErrNoBackup = errors.New("casebook: this is no backup of a casebook")

// Restore lays a backup's casebook into dir, which must not hold one.
func Restore(name, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "key.age")); err == nil {
		return ErrExists
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return ErrNoBackup
	}
	defer func() { _ = z.Close() }() // read only
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		parts[f.Name] = f
	}
	if parts["casebook.db"] == nil || parts["key.age"] == nil {
		return ErrNoBackup
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	// key.age last: before it is there, there is no casebook.
	for _, part := range []string{"casebook.db", "checkpoint", "key.age"} {
		if parts[part] == nil {
			continue
		}
		r, err := parts[part].Open()
		if err != nil {
			return ErrNoBackup
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("%w: %w", ErrNoBackup, err)
		}
		if err := writeFile(filepath.Join(dir, part), b); err != nil {
			return err
		}
	}
	return nil
}
