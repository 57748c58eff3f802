package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Place says where a casebook lies.
type Place struct {
	// Dir is its folder; of a casebook on a server, only the copy of the log's
	// head is there.
	Dir string
	// Store is the address of a PostgreSQL database, postgres://USER@HOST/NAME,
	// prepared by Prepare; the casebook is the user's. Empty for a casebook of
	// one's own.
	Store string
	// Shelf holds the casebook where there is neither: in a browser.
	Shelf *Shelf
}

// open opens the database of a casebook that may not be made yet.
func (p Place) open() (*database, error) {
	if p.Shelf != nil {
		return p.Shelf.open()
	}
	if p.Store != "" {
		return openShared(p)
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return openLocal(p.Dir)
}

// Exists reports whether there is a casebook.
func (p Place) Exists() (bool, error) {
	if p.Store == "" && p.Shelf == nil { // without making the database
		_, err := os.Stat(filepath.Join(p.Dir, keyFile))
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	db, err := p.open()
	if err != nil {
		return false, err
	}
	there, err := db.made()
	return there, errors.Join(err, db.Close())
}

// made reports whether a casebook was made in the database.
func (d *database) made() (bool, error) {
	_, err := d.readFile(keyFile)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Files beside the rows.
const (
	keyFile        = "key.age"
	checkpointFile = "checkpoint"
)

// database holds a casebook's rows, and knows where its files are. Both kinds have
// the same tables and are asked the same questions.
type database struct {
	*sql.DB
	kind
}

// kind is in what databases differ.
type kind interface {
	// query writes a query, which has ? for each value, as the database reads it.
	query(string) string
	// lock keeps all other writers of the casebook out until the transaction ends.
	lock(*sql.Tx) error
	// sound lets the database look at its own structure.
	sound(querier) []Fault
	// forget takes what was removed out of the journal.
	forget(*sql.DB) error
	// alone reports whether this machine alone writes, so that its copy of the
	// log's head must be there.
	alone() bool

	readFile(name string) ([]byte, error) // os.ErrNotExist where there is none
	writeFile(name string, data []byte) error
	createFile(name string, data []byte) error // os.ErrExist where there is one
	files(prefix string) ([]string, error)     // their names, sorted

	here() keeper // the folder on this machine
}

// keeper is where the copy of the log's head lies.
type keeper interface {
	createFile(name string, data []byte) error
}

// querier is a database or a transaction.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

func (d *database) Query(q string, args ...any) (*sql.Rows, error) {
	return d.DB.Query(d.query(q), args...)
}

func (d *database) QueryRow(q string, args ...any) *sql.Row {
	return d.DB.QueryRow(d.query(q), args...)
}

// Exec is for a single statement; what belongs together is done in write.
func (d *database) Exec(q string, args ...any) (sql.Result, error) {
	return d.DB.Exec(d.query(q), args...)
}

// tx is a transaction.
type tx struct {
	*sql.Tx
	kind
}

func (t *tx) Query(q string, args ...any) (*sql.Rows, error) { return t.Tx.Query(t.query(q), args...) }
func (t *tx) QueryRow(q string, args ...any) *sql.Row        { return t.Tx.QueryRow(t.query(q), args...) }

func (t *tx) Exec(q string, args ...any) (sql.Result, error) { return t.Tx.Exec(t.query(q), args...) }

// put writes a row anew where its key is there, and adds it where not.
func (t *tx) put(update, insert string, args ...any) error {
	r, err := t.Exec(update, args...)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	_, err = t.Exec(insert, args...)
	return err
}

// write does something in a transaction beside which nobody else writes.
func (d *database) write(f func(*tx) error) error {
	t, err := d.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = t.Rollback() }() // after a commit it does nothing
	if err := d.lock(t); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if err := f(&tx{t, d.kind}); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// read does something with the casebook as it is at one moment.
func (d *database) read(f func(*tx) error) error {
	t, err := d.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { _ = t.Rollback() }() // nothing was written
	return f(&tx{t, d.kind})
}
