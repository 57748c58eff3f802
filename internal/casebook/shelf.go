package casebook

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// Storage keeps values by key, where there is no database.
type Storage interface {
	// Load returns all that is kept.
	Load() (map[string][]byte, error)
	// Save keeps values, and takes away those that are nil: all of it, or nothing.
	Save(changes map[string][]byte) error
}

// Shelf is a casebook's tables and files in a storage, all of them in memory, too.
// Every change is in the storage before it is reported. It is safe for concurrent use;
// nobody else may write to the storage.
type Shelf struct {
	storage Storage

	// Limit is how many bytes it takes, ErrFull what goes beyond; 0 is no limit.
	Limit int

	mu      sync.Mutex // held by a transaction, or a statement outside of one
	tables  map[string]map[string][]any
	damaged []string // keys of rows that cannot be read; they stay in the storage

	room  sync.Mutex
	sizes map[string]int // of what is kept, by key
	size  int            // all of them

	fileLock sync.Mutex // files are written within transactions, too
	names    map[string][]byte
}

// NewShelf returns the shelf that a storage holds, which may be an empty one. A nil
// storage keeps nothing beyond memory.
func NewShelf(s Storage) *Shelf { return &Shelf{storage: s} }

// column is a table's column; the first one is the table's key.
type column struct {
	name  string
	bytes bool // and not a number
	empty bool // may be NULL
}

var shelved = map[string][]column{
	"entry":   {{"seq", false, false}, {"case", true, false}, {"at", false, false}, {"leaf", true, false}, {"sealed", true, true}},
	"hash":    {{"pos", false, false}, {"hash", true, false}},
	"head":    {{"one", false, false}, {"signed", true, false}},
	"summary": {{"case", true, false}, {"sealed", true, false}},
}

// filed is before the names of files.
const filed = "file/"

func (s *Shelf) open() (*database, error) {
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	db := sql.OpenDB(shelfConnector{s})
	db.SetMaxOpenConns(1)
	return &database{db, s}, nil
}

// load reads the storage, once.
func (s *Shelf) load() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tables != nil {
		return nil
	}
	kept, err := s.stored()
	if err != nil {
		return err
	}
	s.damaged = s.fill(kept)
	return nil
}

func (s *Shelf) stored() (map[string][]byte, error) {
	if s.storage == nil {
		return nil, nil
	}
	return s.storage.Load()
}

// take lays a whole casebook on a shelf that holds none: all of it or nothing. What is
// left of one that has no key goes.
func (s *Shelf) take(kept map[string][]byte) error {
	if err := s.load(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fileLock.Lock()
	defer s.fileLock.Unlock()
	if s.names[keyFile] != nil {
		return ErrExists
	}
	old, err := s.stored()
	if err != nil {
		return err
	}
	changes := maps.Clone(kept)
	for key := range old {
		if _, stays := kept[key]; !stays {
			changes[key] = nil
		}
	}
	if err := s.save(changes); err != nil {
		return err
	}
	s.damaged = s.fill(kept)
	return nil
}

// fill sets up the tables and files, and returns the keys of rows that cannot be read.
func (s *Shelf) fill(kept map[string][]byte) (damaged []string) {
	tables, names := map[string]map[string][]any{}, map[string][]byte{}
	for name := range shelved {
		tables[name] = map[string][]any{}
	}
	for key, data := range kept {
		if name, ok := strings.CutPrefix(key, filed); ok {
			names[name] = data
			continue
		}
		table, _, _ := strings.Cut(key, "/")
		row, err := decodeRow(shelved[table], data)
		if err != nil || rowKey(table, row[0]) != key {
			damaged = append(damaged, key)
			continue
		}
		tables[table][key] = row
	}
	s.tables, s.names = tables, names
	s.room.Lock()
	defer s.room.Unlock()
	s.sizes, s.size = map[string]int{}, 0
	s.weigh(kept)
	slices.Sort(damaged)
	return damaged
}

// rowKey is where a row is kept: keys of one table sort as their numbers do.
func rowKey(table string, key any) string {
	if n, ok := key.(int64); ok {
		return fmt.Sprintf("%s/%016x", table, n)
	}
	return table + "/" + hex.EncodeToString(key.([]byte))
}

// encodeRow writes a row as a JSON array, bytes in Base64.
func encodeRow(row []any) ([]byte, error) { return json.Marshal(row) }

func decodeRow(columns []column, data []byte) ([]any, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) != len(columns) || len(parts) == 0 {
		return nil, ErrNotOurs
	}
	row := make([]any, len(parts))
	for i, p := range parts {
		switch {
		case string(p) == "null" && columns[i].empty:
		case columns[i].bytes:
			b := []byte{}
			if err := json.Unmarshal(p, &b); err != nil || b == nil {
				return nil, ErrNotOurs
			}
			row[i] = b
		default:
			var n int64
			if err := json.Unmarshal(p, &n); err != nil || string(p) == "null" {
				return nil, ErrNotOurs
			}
			row[i] = n
		}
	}
	return row, nil
}

func (*Shelf) query(q string) string { return q }
func (*Shelf) lock(*sql.Tx) error    { return nil } // a transaction has the shelf to itself
func (*Shelf) forget(*sql.DB) error  { return nil } // the storage's own matter
func (*Shelf) alone() bool           { return true }
func (s *Shelf) here() keeper        { return s }

// sound names the rows that could not be read when the storage was: one that was written
// anew since is sound again.
func (s *Shelf) sound(querier) (out []Fault) {
	for _, key := range s.damaged {
		table, _, _ := strings.Cut(key, "/")
		if s.tables[table][key] == nil {
			out = append(out, Fault{-1, "a row of " + table + " cannot be read"})
		}
	}
	return out
}

func (s *Shelf) save(changes map[string][]byte) error {
	s.room.Lock()
	defer s.room.Unlock()
	more := 0
	for key, data := range changes {
		more += len(data) - s.sizes[key]
	}
	if s.Limit > 0 && more > 0 && s.size+more > s.Limit {
		return ErrFull
	}
	if s.storage != nil && len(changes) > 0 {
		if err := s.storage.Save(changes); err != nil {
			return err
		}
	}
	s.weigh(changes)
	return nil
}

// weigh notes the sizes of what was kept.
func (s *Shelf) weigh(changes map[string][]byte) {
	for key, data := range changes {
		s.size += len(data) - s.sizes[key]
		s.sizes[key] = len(data)
	}
}

func (s *Shelf) readFile(name string) ([]byte, error) {
	s.fileLock.Lock()
	defer s.fileLock.Unlock()
	if data, ok := s.names[name]; ok {
		return slices.Clone(data), nil
	}
	return nil, &os.PathError{Op: "read", Path: name, Err: os.ErrNotExist}
}

func (s *Shelf) writeFile(name string, data []byte) error {
	s.fileLock.Lock()
	defer s.fileLock.Unlock()
	return s.layFile(name, data)
}

func (s *Shelf) createFile(name string, data []byte) error {
	s.fileLock.Lock()
	defer s.fileLock.Unlock()
	if _, there := s.names[name]; there {
		return &os.PathError{Op: "create", Path: name, Err: os.ErrExist}
	}
	return s.layFile(name, data)
}

func (s *Shelf) layFile(name string, data []byte) error {
	data = slices.Clone(data)
	if err := s.save(map[string][]byte{filed + name: data}); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	s.names[name] = data
	return nil
}

func (s *Shelf) files(prefix string) ([]string, error) {
	s.fileLock.Lock()
	defer s.fileLock.Unlock()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	return out, nil
}
