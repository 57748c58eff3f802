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

// Export writes the whole casebook, as it stands at this moment.
func (b *Book) Export(w io.Writer) error {
	s := NewShelf(nil)
	to, err := s.open()
	if err != nil {
		return err
	}
	if err := errors.Join(b.db.copyTo(to), to.Close()); err != nil {
		return err
	}
	out := portable{Format: portableFormat, Files: s.names, Rows: map[string]json.RawMessage{}}
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

// Import lays a casebook that Export wrote into a place that holds none. It asks for
// no key.
func Import(r io.Reader, p Place) error {
	if there, err := p.Exists(); err != nil {
		return err
	} else if there {
		return ErrExists
	}
	var in portable
	if err := json.NewDecoder(r).Decode(&in); err != nil || in.Format != portableFormat || in.Files[keyFile] == nil {
		return ErrNoBackup
	}
	kept := map[string][]byte{}
	for key, row := range in.Rows {
		kept[key] = row
	}
	for name, data := range in.Files {
		if !partOf(name) {
			return ErrNoBackup
		}
		kept[filed+name] = data
	}
	s := NewShelf(nil)
	if err := s.fill(kept); err != nil {
		return ErrNoBackup
	}
	from, err := s.open()
	if err != nil {
		return err
	}
	to, err := p.open()
	if err != nil {
		return errors.Join(err, from.Close())
	}
	return errors.Join(from.copyTo(to), from.Close(), to.Close())
}
