//go:build !js

package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// openLocal opens the database in a folder. journal_mode WAL: a reader does not
// wait for a writer. synchronous FULL: a commit that is reported has been synced,
// so that it survives power loss. secure_delete: what is removed is overwritten.
// busy_timeout: a second process waits for the first.
func openLocal(dir string) (*database, error) {
	name := filepath.Join(dir, "casebook.db")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) // the driver would make it readable for all
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db, err := sql.Open("sqlite", fileURI(name)+"?_pragma=busy_timeout(20000)&_pragma=trusted_schema(OFF)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db.SetMaxOpenConns(1)
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		err := migrate(db)
		if err == nil {
			break
		}
		if !busy(err) || time.Now().After(until) {
			return nil, errors.Join(err, db.Close())
		}
	}
	if err := (local{dir}).sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("casebook: %w", err), db.Close())
	}
	return &database{db, local{dir}}, nil
}

// patience is how long a process waits for another that holds the database.
const patience = 20 * time.Second

// busy reports whether another process held the database. While one turns the write-ahead log
// on, SQLite says so at once, whatever the timeout is.
func busy(err error) bool {
	var e *sqlite.Error
	const code, primary = 5, 0xff // SQLITE_BUSY, in the low byte of the extended codes
	return errors.As(err, &e) && e.Code()&primary == code
}

// readLocal opens a damaged database to read what can be read.
func readLocal(dir string) (*database, error) {
	db, err := sql.Open("sqlite", fileURI(filepath.Join(dir, "casebook.db"))+"?mode=ro&_pragma=trusted_schema(OFF)&_pragma=busy_timeout(20000)")
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return &database{db, local{dir}}, nil
}

// fileURI names a file as SQLite reads it (https://www.sqlite.org/uri.html): in a
// name ?, # and % would end it or stand for something else.
func fileURI(name string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(name))
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
	case have < 0:
		return ErrNotOurs
	case have > version:
		return ErrNewer
	}
	if err := ours(tx, have); err != nil {
		return err
	}
	if have == version {
		return nil
	}
	for _, step := range steps[have:] {
		for _, q := range step {
			if _, err := tx.Exec(q); err != nil {
				return fmt.Errorf("casebook: %w", err)
			}
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// steps lead from each version of the schema to the next.
var steps = [][]string{{
	`CREATE TABLE entry (seq INTEGER PRIMARY KEY, "case" BLOB NOT NULL, at INTEGER NOT NULL, leaf BLOB NOT NULL, sealed BLOB)`,
	`CREATE INDEX entry_case ON entry ("case")`,
	`CREATE TABLE hash (pos INTEGER PRIMARY KEY, hash BLOB NOT NULL)`,
	`CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), signed BLOB NOT NULL)`,
}, {
	// Cases of version 1 have no summary: they are told from their entries.
	`CREATE TABLE summary ("case" BLOB PRIMARY KEY, sealed BLOB NOT NULL)`,
}}

// ours returns ErrNotOurs for a schema that these steps did not make: in a view
// or a trigger a stranger's work would be done.
func ours(tx *sql.Tx, have int) error {
	rows, err := tx.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
	if err != nil {
		return ErrNotOurs
	}
	found, err := all(rows, func() (q string, err error) { return q, rows.Scan(&q) })
	if err != nil {
		return ErrNotOurs
	}
	want := slices.Concat(steps[:have]...)
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		return ErrNotOurs
	}
	return nil
}

// local is a casebook in a folder.
type local struct{ dir string }

func (local) query(q string) string { return q }
func (local) lock(*sql.Tx) error    { return nil } // a transaction that may write begins with the lock
func (local) alone() bool           { return true }
func (l local) here() keeper        { return l }

func (local) forget(db *sql.DB) error {
	_, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// sound finds damaged indexes, wrong order, lost pages.
func (local) sound(q querier) []Fault {
	var said string
	if err := q.QueryRow("PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return []Fault{{-1, "the database's own structure is damaged; case rescue saves what can be read"}}
	}
	return nil
}

func (l local) readFile(name string) ([]byte, error) { return os.ReadFile(filepath.Join(l.dir, name)) }

// writeFile replaces a file as a whole: a crash leaves the old one or the new.
func (l local) writeFile(name string, data []byte) error { return l.lay(name, data, os.Rename) }

// createFile lays a file where there is none: of several that do it at once, one
// succeeds.
func (l local) createFile(name string, data []byte) error {
	return l.lay(name, data, func(from, to string) error {
		err := os.Link(from, to)
		if err == nil || errors.Is(err, os.ErrExist) {
			return errors.Join(err, os.Remove(from))
		}
		// A file system without links.
		f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		return errors.Join(err, f.Sync(), f.Close(), os.Remove(from))
	})
}

func (l local) lay(name string, data []byte, place func(from, to string) error) error {
	name = filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+unfinished) // mode 0600
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = place(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // where it is still there
		return fmt.Errorf("casebook: %w", err)
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func (l local) files(prefix string) ([]string, error) {
	dir := path.Dir(prefix)
	list, err := os.ReadDir(filepath.Join(l.dir, dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, f := range list {
		if name := path.Join(dir, f.Name()); strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names, err
}

// sweep takes away what a process left that was killed while it replaced a file.
func (l local) sweep() error {
	list, err := os.ReadDir(l.dir)
	for _, f := range list {
		if !strings.Contains(f.Name(), unfinished) {
			continue
		}
		if info, err := f.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(l.dir, f.Name())) // it does no harm
		}
	}
	return err
}

// unfinished is in the name of a file that is still being written.
const unfinished = ".new-"
