package casebook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// copyTo copies all rows and files into an empty database.
func (d *database) copyTo(to *database) error {
	stamps, err := d.files("stamps/")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	set, err := d.files(checkpointFile + aside) // by Accept
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	for _, name := range slices.Concat(stamps, set, []string{checkpointFile, keyFile}) { // the key last
		data, err := d.readFile(name)
		if errors.Is(err, os.ErrNotExist) && name == checkpointFile {
			continue // nothing was noted yet
		}
		if err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
		if name == keyFile { // the rows are read after the head's copy, which may lag behind them, never lead
			if err := d.copyRows(to); err != nil {
				return err
			}
		}
		write := to.writeFile
		if name == keyFile {
			write = to.createFile
		}
		if err := write(name, data); err != nil {
			return err
		}
	}
	return nil
}

// tables are those that hold a casebook, with their columns.
var tables = []struct{ columns, values, name string }{
	{`seq, "case", at, leaf, sealed`, "?, ?, ?, ?, ?", "entry"},
	{"pos, hash", "?, ?", "hash"},
	{"one, signed", "?, ?", "head"},
	{`"case", sealed`, "?, ?", "summary"},
}

func (d *database) copyRows(to *database) error {
	return d.read(func(from *tx) error {
		return to.write(func(t *tx) error {
			for _, table := range tables {
				rows, err := from.Query("SELECT " + table.columns + " FROM " + table.name)
				if err != nil {
					return fmt.Errorf("casebook: %w", err)
				}
				columns, err := rows.Columns()
				if err != nil {
					return errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
				}
				row, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range row {
					into[i] = &row[i]
				}
				for rows.Next() {
					if err := rows.Scan(into...); err != nil {
						return errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
					}
					if _, err := t.Exec("INSERT INTO "+table.name+" ("+table.columns+") VALUES ("+table.values+")", row...); err != nil {
						return errors.Join(fmt.Errorf("casebook: %w", err), rows.Close())
					}
				}
				if err := errors.Join(rows.Err(), rows.Close()); err != nil {
					return fmt.Errorf("casebook: %w", err)
				}
			}
			return nil
		})
	})
}

// partOf reports whether a casebook has such a file beside its rows.
func partOf(name string) bool {
	stamp, isStamp := strings.CutPrefix(name, "stamps/")
	if !isStamp {
		return !strings.ContainsAny(name, `/\`) && (name == keyFile || strings.HasPrefix(name, checkpointFile))
	}
	return stamp != "" && !strings.ContainsAny(stamp, `/\`) && filepath.IsLocal(name)
}

// ErrNoBackup is returned for a file that neither Backup nor Export wrote.
var ErrNoBackup = errors.New("casebook: this is no backup of a casebook")
