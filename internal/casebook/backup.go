//go:build !js

package casebook

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// ExportTo exports the casebook into a new file.
func (b *Book) ExportTo(name string, l *Lock) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if err := errors.Join(b.Export(f, l), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name)) // half a copy is none
	}
	return nil
}

// Restore lays the casebook that Backup or Export wrote into a place that holds none.
// It asks for no key.
func Restore(name string, p Place) (err error) {
	if there, err := p.Exists(); err != nil {
		return err
	} else if there {
		return ErrExists
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		f, err := os.Open(name)
		if err != nil {
			return ErrNoBackup
		}
		return errors.Join(Import(f, p, nil), f.Close())
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
	return errors.Join(from.settle(p), from.Close())
}

// settle copies a casebook into a place that holds none. A new or empty folder gets all
// of it or nothing.
func (d *database) settle(p Place) (err error) {
	if p.Store != "" {
		return d.copyInto(p)
	}
	parent := filepath.Dir(filepath.Clean(p.Dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	dir, err := os.MkdirTemp(parent, ".madoguchi-restore-")
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }() // where it was not moved
	if err := d.copyInto(Place{Dir: dir}); err != nil {
		return err
	}
	if err := os.Remove(p.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return d.copyInto(p) // something else is there, or a disk is mounted there
	}
	if err := os.Rename(dir, p.Dir); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

func (d *database) copyInto(p Place) error {
	to, err := p.open()
	if err != nil {
		return err
	}
	return errors.Join(d.copyTo(to), to.Close())
}

// maxParts bounds the files of a backup: one a time stamp, and few others.
const maxParts = 10_000

// partOfBackup reports whether Backup writes such a part: stored as it is, so that
// what it needs on the disk is no more than the backup itself.
func partOfBackup(f *zip.File) bool {
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || !filepath.IsLocal(f.Name) {
		return false
	}
	return f.Name == "casebook.db" || partOf(f.Name)
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
