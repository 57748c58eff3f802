package casebook_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/casebook"
)

// storage is what a browser is for a shelf: it keeps all of a change or nothing, and
// refuses where it is full.
type storage struct {
	kept map[string][]byte
	full bool
}

var errFull = errors.New("full")

func (s *storage) Load() (map[string][]byte, error) { return maps.Clone(s.kept), nil }

func (s *storage) Save(changes map[string][]byte) error {
	if s.full {
		return errFull
	}
	if s.kept == nil {
		s.kept = map[string][]byte{}
	}
	for key, data := range changes {
		if s.kept[key] = bytes.Clone(data); data == nil {
			delete(s.kept, key)
		}
	}
	return nil
}

func onShelf(s casebook.Storage) casebook.Place { return casebook.Place{Shelf: casebook.NewShelf(s)} }

// TestShelf: what was noted is in the storage, sealed; what the storage refused was not
// noted, and leaves the rest whole.
func TestShelf(t *testing.T) {
	s := &storage{}
	b := create(t, onShelf(s))
	id := must2(b.New(casebook.Subject{Title: "見知らぬ電話"}))
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "切りました"}))
	s.full = true
	if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "多すぎる"}); !errors.Is(err, errFull) {
		t.Errorf("a full storage: %v", err)
	}
	if err := b.Remove(id); !errors.Is(err, errFull) {
		t.Errorf("a full storage: %v", err)
	}
	s.full = false
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "続き"}))
	for key, data := range s.kept {
		for _, word := range []string{"電話", "切り", "続き", pass.Passphrase} {
			if strings.Contains(key+string(data), word) {
				t.Errorf("%s can be read in %s", word, key)
			}
		}
	}
	again := must2(casebook.OpenBook(onShelf(s), pass)) // the browser was closed meanwhile
	defer again.Close()
	list := must2(again.Entries(id))
	if len(list) != 3 || list[1].Text != "切りました" || list[2].Text != "続き" {
		t.Errorf("%+v", list)
	}
	if faults, n, err := again.Verify(); err != nil || len(faults) > 0 || n != 3 {
		t.Errorf("verify: %v, %d entries, %v", faults, n, err)
	}
}

// TestShelfChanged: what is changed in the storage is found.
func TestShelfChanged(t *testing.T) {
	s := &storage{}
	b := create(t, onShelf(s))
	id := must2(b.New(casebook.Subject{Title: "t"}))
	older := maps.Clone(s.kept)
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "later"}))
	older["file/checkpoint"] = s.kept["file/checkpoint"]
	if _, err := casebook.OpenBook(onShelf(&storage{kept: older}), pass); !errors.Is(err, casebook.ErrOlder) {
		t.Errorf("rows put back: %v", err)
	}
	for key := range s.kept {
		torn := maps.Clone(s.kept)
		torn[key] = torn[key][:len(torn[key])-1]
		b, err := casebook.OpenBook(onShelf(&storage{kept: torn}), pass)
		if err != nil {
			continue
		}
		if faults, _, err := b.Verify(); err == nil && len(faults) == 0 {
			t.Errorf("%s is cut off, and nothing tells", key)
		}
		b.Close()
	}
}

// TestShelfDamaged: a row that cannot be read takes no other with it; the check names it, and
// it stays in the storage.
func TestShelfDamaged(t *testing.T) {
	s := &storage{}
	b := create(t, onShelf(s))
	id := must2(b.New(casebook.Subject{Title: "t"}))
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "first"}))
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "second"}))
	b.Close()
	const row = "entry/0000000000000001"
	s.kept[row] = s.kept[row][:20]
	b = must2(casebook.OpenBook(onShelf(s), pass))
	defer b.Close()
	if list := must2(b.Entries(id)); len(list) != 2 || list[1].Text != "second" {
		t.Errorf("%+v", list)
	}
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "third"}))
	faults, _, err := b.Verify()
	if err != nil || !slices.Contains(faults, casebook.Fault{Seq: 1, What: "is missing"}) || !slices.Contains(faults, casebook.Fault{Seq: -1, What: "a row of entry cannot be read"}) {
		t.Errorf("%v, %v", faults, err)
	}
	if len(s.kept[row]) != 20 {
		t.Error("the row is gone")
	}
}

// TestShelfFull: what goes beyond the limit is refused, and what is there stays.
func TestShelfFull(t *testing.T) {
	s := casebook.NewShelf(&storage{})
	s.Limit = 20_000
	b := create(t, casebook.Place{Shelf: s})
	defer b.Close()
	id := must2(b.New(casebook.Subject{Title: "t"}))
	if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Attachment, Name: "a", Data: make([]byte, 20_000)}); !errors.Is(err, casebook.ErrFull) {
		t.Errorf("too large: %v", err)
	}
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "small"}))
	// What is removed makes room for something else.
	large := make([]byte, 6_000)
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Attachment, Name: "b", Data: large}))
	other := must2(b.New(casebook.Subject{Title: "u"}))
	if _, err := b.Add(casebook.Entry{Case: other, Kind: casebook.Attachment, Name: "c", Data: large}); !errors.Is(err, casebook.ErrFull) {
		t.Errorf("no room is left: %v", err)
	}
	if err := b.Remove(id); err != nil {
		t.Fatal(err)
	}
	must2(b.Add(casebook.Entry{Case: other, Kind: casebook.Attachment, Name: "c", Data: large}))
	if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
		t.Errorf("verify: %v %v", faults, err)
	}
}

// TestPortable: a casebook goes from a folder to a browser and back, and proves what
// it proved.
func TestPortable(t *testing.T) {
	from := folder(t).Place
	b := create(t, from)
	id := must2(b.New(casebook.Subject{Title: "t"}))
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Attachment, Name: "a", Data: []byte{0, 255}}))
	gone := must2(b.New(casebook.Subject{Title: "gone"}))
	if err := errors.Join(b.Remove(gone), b.SetState(id, casebook.Stopped)); err != nil {
		t.Fatal(err)
	}
	there := onShelf(&storage{})
	back := casebook.Place{Dir: filepath.Join(t.TempDir(), "back")}
	for i, to := range []casebook.Place{there, back} {
		var file bytes.Buffer
		if err := errors.Join(b.Export(&file, nil), b.Close()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file.String(), "gone") {
			t.Error("it can be read")
		}
		for name, damaged := range map[string]string{
			"half":         file.String()[:file.Len()/2],
			"another kind": strings.Replace(file.String(), "casebook-1", "casebook-9", 1),
			"without key":  strings.Replace(file.String(), "key.age", "key.old", 1),
			"elsewhere":    strings.Replace(file.String(), `"checkpoint"`, `"../checkpoint"`, 1),
			"another row":  strings.Replace(file.String(), `"head/`, `"heads/`, 1),
			"a key twice":  strings.Replace(file.String(), `"format":`, `"format":"x","format":`, 1),
			"no hash":      regexp.MustCompile(`("hash/0+":\[0,)"[^"]*"`).ReplaceAllString(file.String(), `${1}null`),
			"a row's kind": strings.Replace(file.String(), `"head/0000000000000001":[1`, `"head/0000000000000001":["1"`, 1),
		} {
			if damaged == file.String() {
				t.Fatal(name)
			}
			if err := casebook.Import(strings.NewReader(damaged), onShelf(nil), nil); !errors.Is(err, casebook.ErrNoBackup) {
				t.Errorf("%s: %v", name, err)
			}
		}
		full, half := &storage{full: true}, file.String()
		if err := casebook.Import(strings.NewReader(half), onShelf(full), nil); !errors.Is(err, errFull) || len(full.kept) > 0 {
			t.Errorf("a full storage: %v, %d parts of it", err, len(full.kept))
		}
		if err := casebook.Import(strings.NewReader(half), onShelf(nil), &casebook.Unlock{Passphrase: "wrong"}); !errors.Is(err, casebook.ErrLocked) {
			t.Errorf("a wrong passphrase: %v", err)
		}
		if err := casebook.Import(&file, to, &pass); err != nil {
			t.Fatal(i, err)
		}
		if err := casebook.Import(strings.NewReader("{}"), to, nil); !errors.Is(err, casebook.ErrExists) {
			t.Errorf("over another casebook: %v", err)
		}
		b = must2(casebook.OpenBook(to, pass))
		if c := must2(b.Cases("")); len(c) != 1 || c[0].ID != id || c[0].State != casebook.Stopped {
			t.Errorf("%+v", c)
		}
		if list := must2(b.Entries(id)); !bytes.Equal(list[1].Data, []byte{0, 255}) {
			t.Errorf("%+v", list)
		}
		if faults, n, err := b.Verify(); err != nil || len(faults) > 0 || n != 5 {
			t.Errorf("verify: %v, %d entries, %v", faults, n, err)
		}
	}
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "on it goes"}))
	b.Close()
}

// TestRestoreBeside: a copy is laid into a folder where something else lies, too.
func TestRestoreBeside(t *testing.T) {
	b := create(t, folder(t).Place)
	must2(b.New(casebook.Subject{Title: "t"}))
	name, dir := filepath.Join(t.TempDir(), "copy.json"), t.TempDir()
	notes := filepath.Join(dir, "notes.txt")
	if err := errors.Join(b.ExportTo(name, nil), b.Close(), os.WriteFile(notes, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := casebook.Restore(name, casebook.Place{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	b = must2(casebook.OpenBook(casebook.Place{Dir: dir}, pass))
	defer b.Close()
	if list := must2(b.Cases("")); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	if must2(os.ReadFile(notes)); len(must2(filepath.Glob(filepath.Join(filepath.Dir(dir), ".madoguchi-restore-*")))) > 0 {
		t.Error("a folder is left over")
	}
}
