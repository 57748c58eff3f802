package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

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
	case have < 0:
		return ErrNotOurs
	case have > version:
		return ErrNewer
	case have == version:
		return nil
	}
	steps := [][]string{{
		`CREATE TABLE entry (seq INTEGER PRIMARY KEY, "case" BLOB NOT NULL, at INTEGER NOT NULL, leaf BLOB NOT NULL, sealed BLOB)`,
		`CREATE INDEX entry_case ON entry ("case")`,
		`CREATE TABLE hash (pos INTEGER PRIMARY KEY, hash BLOB NOT NULL)`,
		`CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), signed BLOB NOT NULL)`,
	}, {
		// Cases of version 1 have no summary: they are told from their entries.
		`CREATE TABLE summary ("case" BLOB PRIMARY KEY, sealed BLOB NOT NULL)`,
	}}
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
