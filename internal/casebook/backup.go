package casebook

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes the whole casebook, as it stands at this moment, into a new file.
// Others may go on writing. The file holds a casebook in a folder, wherever this
// one lies.
func (b *Book) Backup(name string) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	dir, err := os.MkdirTemp(filepath.Dir(name), ".madoguchi-backup-")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	to, err := openLocal(dir)
	if err != nil {
		return err
	}
	// Closed before it is read: its journal is folded in then.
	if err := errors.Join(b.db.copyTo(to), to.Close()); err != nil {
		return err
	}
	z := zip.NewWriter(f)
	list, err := to.files("")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	stamps, err := to.files("stamps/")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	for _, part := range append(list, stamps...) {
		if part != "stamps" {
			if err := zipFile(z, filepath.Join(dir, part), part); err != nil {
				return err
			}
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return f.Sync()
}

func zipFile(z *zip.Writer, from, name string) error {
	in, err := os.Open(from)
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

// copyTo copies all rows and files into an empty database.
func (d *database) copyTo(to *database) error {
	stamps, err := d.files("stamps/")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	for _, name := range append(stamps, checkpointFile, keyFile) { // the key last
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

// ErrNoBackup is returned for a file that Backup did not write.
var ErrNoBackup = errors.New("casebook: this is no backup of a casebook")

// Restore lays a backup's casebook into a place that holds none. It asks for no
// key.
func Restore(name string, p Place) (err error) {
	if there, err := p.Exists(); err != nil {
		return err
	} else if there {
		return ErrExists
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return ErrNoBackup
	}
	defer func() { _ = z.Close() }() // read only
	parent := filepath.Dir(p.Dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	dir, err := os.MkdirTemp(parent, ".madoguchi-restore-")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	laid := map[string]bool{}
	for _, f := range z.File {
		if !partOfBackup(f) || laid[f.Name] || len(laid) > maxParts {
			return ErrNoBackup
		}
		if err := lay(local{dir}, f); err != nil {
			return err
		}
		laid[f.Name] = true
	}
	if !laid["casebook.db"] || !laid[keyFile] {
		return ErrNoBackup
	}
	from, err := openLocal(dir)
	if err != nil {
		return err
	}
	to, err := p.open()
	if err != nil {
		return errors.Join(err, from.Close())
	}
	return errors.Join(from.copyTo(to), from.Close(), to.Close())
}

// maxParts bounds the files of a backup: one a time stamp, and few others.
const maxParts = 10_000

// partOfBackup reports whether Backup writes such a part: stored as it is, so that
// what it needs on the disk is no more than the backup itself.
func partOfBackup(f *zip.File) bool {
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || !filepath.IsLocal(f.Name) {
		return false
	}
	switch name := f.Name; {
	case name == "casebook.db", name == keyFile, strings.HasPrefix(name, checkpointFile):
		return !strings.ContainsAny(name, `/\`)
	default:
		stamp, ok := strings.CutPrefix(name, "stamps/")
		return ok && stamp != "" && !strings.ContainsAny(stamp, `/\`)
	}
}

func lay(to local, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return ErrNoBackup
	}
	b, err := io.ReadAll(io.LimitReader(r, int64(f.CompressedSize64))) //nolint:gosec // of a file that is there
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	return to.writeFile(f.Name, b)
}
