package casebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// portable is a whole casebook as one file that a browser reads, too; docs/bundle.md
// describes it. All of it is sealed as it is in the casebook.
type portable struct {
	Format string                     `json:"format"` // portableFormat
	Files  map[string][]byte          `json:"files"`
	Rows   map[string]json.RawMessage `json:"rows"`
}

const portableFormat = "madoguchi-casebook-1"

// Export writes the whole casebook, as it stands at this moment; with a lock, sealed to
// that.
func (b *Book) Export(w io.Writer, l *Lock) error {
	s := NewShelf(nil)
	to, err := s.open()
	if err != nil {
		return err
	}
	if err := errors.Join(b.db.copyTo(to), to.Close()); err != nil {
		return err
	}
	out := portable{Format: portableFormat, Files: s.names, Rows: map[string]json.RawMessage{}}
	if l != nil {
		if out.Files[keyFile], err = sealKey(b.secrets, *l); err != nil {
			return err
		}
	}
	for _, table := range s.tables {
		for key, row := range table {
			if out.Rows[key], err = encodeRow(row); err != nil {
				return err
			}
		}
	}
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// Import lays a casebook that Export wrote into a place that holds none. With a way to
// open it, that is tried first, and what does not open is not taken.
func Import(r io.Reader, p Place, u *Unlock) error {
	if there, err := p.Exists(); err != nil {
		return err
	} else if there {
		return ErrExists
	}
	kept, err := readPortable(r)
	if err != nil {
		return err
	}
	s := NewShelf(nil)
	if damaged := s.fill(kept); len(damaged) > 0 {
		return ErrNoBackup
	}
	if u != nil {
		b, err := OpenBook(Place{Shelf: s}, *u)
		if err != nil {
			return err
		}
		if err := b.Close(); err != nil {
			return err
		}
	}
	if p.Shelf != nil {
		return p.Shelf.take(kept)
	}
	from, err := s.open()
	if err != nil {
		return err
	}
	return errors.Join(from.settle(p), from.Close())
}

// readPortable returns what a shelf's storage holds of the casebook in a file.
func readPortable(r io.Reader) (map[string][]byte, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	var in portable
	if err := json.Unmarshal(data, &in); err != nil || in.Format != portableFormat || in.Files[keyFile] == nil || duplicateKeys(data) {
		return nil, ErrNoBackup
	}
	kept := map[string][]byte{}
	for key, row := range in.Rows {
		kept[key] = row
	}
	for name, data := range in.Files {
		if !partOf(name) || data == nil {
			return nil, ErrNoBackup
		}
		kept[filed+name] = data
	}
	return kept, nil
}
