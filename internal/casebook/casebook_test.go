package casebook_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/casebook/pgtest"
)

var pass = casebook.Unlock{Passphrase: "見本の合言葉"}

// kept is a place for a casebook, and a way to its rows behind the program's back.
type kept struct {
	casebook.Place
	exec func(sql string)
}

// both runs a test for casebooks in a folder and on a server.
func both(t *testing.T, f func(t *testing.T, k kept)) {
	t.Run("folder", func(t *testing.T) { f(t, folder(t)) })
	t.Run("server", func(t *testing.T) { f(t, onServer(t)) })
}

// everywhere runs a test on a shelf, too.
func everywhere(t *testing.T, f func(t *testing.T, k kept)) {
	both(t, f)
	t.Run("shelf", func(t *testing.T) {
		f(t, kept{Place: casebook.Place{Dir: t.TempDir(), Shelf: casebook.NewShelf(&storage{})}})
	})
}

func folder(t testing.TB) kept {
	dir := filepath.Join(t.TempDir(), "book")
	return kept{casebook.Place{Dir: dir}, func(q string) {
		t.Helper()
		db := must2(sql.Open("sqlite", filepath.Join(dir, "casebook.db")))
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}}
}

func onServer(t testing.TB) kept {
	d := pgtest.New(t)
	return kept{casebook.Place{Dir: t.TempDir(), Store: d.Tenant()}, func(q string) {
		t.Helper()
		d.Exec(regexp.MustCompile(`x'(\w*)'`).ReplaceAllString(q, `'\x$1'`))
	}}
}

func create(t interface {
	Helper()
	Fatal(...any)
}, p casebook.Place) *casebook.Book {
	t.Helper()
	b, err := casebook.Create(p, casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCase: what is noted is there after closing and opening, in order, with
// its state; bytes stay bit for bit.
func TestCase(t *testing.T) {
	everywhere(t, testCase)
}

func testCase(t *testing.T, k kept) {
	b := create(t, k.Place)
	id := must2(b.New(casebook.Subject{Title: "銀行を名乗る電話", Organization: "例銀行"}))
	raw := []byte{0, 1, 2, 0xff, '\n'}
	for _, e := range []casebook.Entry{
		{Case: id, Kind: casebook.Message, From: "window", Text: "暗証番号をお願いします。"},
		{Case: id, Kind: casebook.Attachment, Name: "mail.eml", Data: raw},
		{Case: id, Kind: casebook.Remark, Text: "切った。"},
	} {
		if _, err := b.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.SetState(id, casebook.Stopped); err != nil {
		t.Fatal(err)
	}
	if err := b.SetState(id, casebook.Suspicious); !errors.Is(err, casebook.ErrState) {
		t.Errorf("stopped to suspicious: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := casebook.OpenBook(k.Place, casebook.Unlock{Passphrase: "wrong"}); !errors.Is(err, casebook.ErrLocked) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	b = must2(casebook.OpenBook(k.Place, pass))
	defer b.Close()
	list := must2(b.Entries(id))
	if len(list) != 5 || list[1].Text != "暗証番号をお願いします。" || !bytes.Equal(list[2].Data, raw) {
		t.Errorf("%+v", list)
	}
	cases := must2(b.Cases("切った"))
	if len(cases) != 1 || cases[0].State != casebook.Stopped || cases[0].Subject.Organization != "例銀行" {
		t.Errorf("%+v", cases)
	}
	if faults, n, err := b.Verify(); err != nil || len(faults) > 0 || n != 5 {
		t.Errorf("verify: %v, %d entries, %v", faults, n, err)
	}
	for _, f := range must2(os.ReadDir(k.Dir)) {
		if info := must2(f.Info()); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", f.Name(), info.Mode())
		}
	}
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestKeys: a family's recipients, and a new lock in place of the old one.
func TestKeys(t *testing.T) {
	everywhere(t, testKeys)
}

func testKeys(t *testing.T, k kept) {
	b := create(t, k.Place)
	id := must2(b.New(casebook.Subject{Title: "x"}))
	mother, son := must2(age.GenerateX25519Identity()), must2(age.GenerateX25519Identity())
	if err := b.Rekey(casebook.Lock{Recipients: []age.Recipient{mother.Recipient(), son.Recipient()}}, pass); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := casebook.OpenBook(k.Place, pass); !errors.Is(err, casebook.ErrLocked) {
		t.Errorf("the old passphrase: %v", err)
	}
	for _, who := range []age.Identity{mother, son} {
		b, err := casebook.OpenBook(k.Place, casebook.Unlock{Identities: []age.Identity{who}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Case(id); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := casebook.Create(k.Place, casebook.Lock{Passphrase: "x"}); !errors.Is(err, casebook.ErrExists) {
		t.Errorf("a second casebook in one folder: %v", err)
	}
	if _, err := casebook.OpenBook(casebook.Place{Dir: t.TempDir()}, pass); !errors.Is(err, casebook.ErrNoCasebook) {
		t.Errorf("no casebook: %v", err)
	}
}

// TestRemove: contents go, in the file too; the proof of the rest stays.
func TestRemove(t *testing.T) {
	everywhere(t, testRemove)
}

func testRemove(t *testing.T, k kept) {
	b := create(t, k.Place)
	keep, gone := must2(b.New(casebook.Subject{Title: "a"})), must2(b.New(casebook.Subject{Title: "b"}))
	must2(b.Add(casebook.Entry{Case: gone, Kind: casebook.Remark, Text: strings.Repeat("x", 5000)}))
	must2(b.Add(casebook.Entry{Case: keep, Kind: casebook.Remark, Text: "y"}))
	if err := b.Remove(gone); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{gone, "0011223344556677"} {
		if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "z"}); !errors.Is(err, casebook.ErrNoCase) {
			t.Errorf("an entry for %s: %v", id, err)
		}
	}
	if _, err := b.Case(gone); !errors.Is(err, casebook.ErrNoCase) {
		t.Errorf("the removed case: %v", err)
	}
	if list := must2(b.Cases("")); len(list) != 1 || list[0].ID != keep {
		t.Errorf("%+v", list)
	}
	if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
		t.Errorf("verify: %v %v", faults, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyFinds: everything that is changed behind the program's back.
func TestVerifyFinds(t *testing.T) {
	for _, c := range []struct{ name, sql, want string }{
		{"content", "UPDATE entry SET sealed = x'00' WHERE seq = 2", "entry 2: its content is damaged"},
		{"time", "UPDATE entry SET at = at + 1 WHERE seq = 1", "entry 1: has been changed"},
		{"case", `UPDATE entry SET "case" = x'0000000000000000' WHERE seq = 1`, "entry 1: has been changed"},
		{"another's content", "UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE seq = 3) WHERE seq = 2", "entry 2: has been changed"},
		{"removed", "DELETE FROM entry WHERE seq = 1", "entry 1: is missing"},
		{"emptied", "UPDATE entry SET sealed = NULL WHERE seq = 1", "entry 1: its content is gone"},
		{"truncated", "DELETE FROM entry WHERE seq = 3", "cut off"},
		{"swapped", "UPDATE entry SET seq = CASE seq WHEN 1 THEN -2 WHEN 2 THEN -1 ELSE seq END; UPDATE entry SET seq = -seq WHERE seq < 0", "has been changed"},
		{"proof", "UPDATE entry SET leaf = x'0000000000000000000000000000000000000000000000000000000000000000' WHERE seq = 2", "entry 2: has been changed"},
		{"hash", "UPDATE hash SET hash = x'0000000000000000000000000000000000000000000000000000000000000000' WHERE pos = 2", "hash 2"},
		{"head", "UPDATE head SET signed = x'00'", "signed head"},
		{"no head", "DELETE FROM head", "signed head of the log is missing"},
		{"all", "DELETE FROM entry; DELETE FROM hash; DELETE FROM head", "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, k kept) {
				b := create(t, k.Place)
				id := must2(b.New(casebook.Subject{Title: "t"}))
				for i := range 3 {
					must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: strconv.Itoa(i)}))
				}
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				k.exec(c.sql)
				b = must2(casebook.Inspect(k.Place, pass))
				defer b.Close()
				faults, _, err := b.Verify()
				if err != nil || !slices.ContainsFunc(faults, func(f casebook.Fault) bool { return strings.Contains(f.String(), c.want) }) {
					t.Errorf("%v, %v, want %q", faults, err, c.want)
				}
			})
		})
	}
}

// TestBundle: chosen entries and their proof are checked by a stranger without
// the rest; a changed word, another number, another head are found.
func TestBundle(t *testing.T) {
	everywhere(t, testBundle)
}

func testBundle(t *testing.T, k kept) {
	b := create(t, k.Place)
	defer b.Close()
	id, other := must2(b.New(casebook.Subject{Title: "t"})), must2(b.New(casebook.Subject{Title: "nobody's business"}))
	for i := range 7 {
		must2(b.Add(casebook.Entry{Case: []string{id, other}[i%2], Kind: casebook.Remark, Text: fmt.Sprintf("remark %d", i)}))
	}
	bundle := must2(b.Bundle(id, []int64{2, 4}))
	if bytes.Contains(bundle, []byte("nobody")) || bytes.Contains(bundle, []byte("remark 1")) {
		t.Error("the bundle holds what was not chosen")
	}
	got, err := casebook.VerifyBundle(bundle)
	if err != nil || len(got.Entries) != 2 || got.Entries[0].Text != "remark 0" || got.Entries[1].Text != "remark 2" || got.Key == "" {
		t.Fatalf("%+v %v", got, err)
	}
	for _, c := range [][2]string{{"remark 2", "remark 9"}, {`\"seq\":4`, `\"seq\":5`}, {"madoguchi-casebook", "madoguchi-casebooc"}} {
		plain := strings.ReplaceAll(string(bundle), c[0], c[1])
		if plain == string(bundle) {
			t.Fatalf("%q is not in the bundle", c[0])
		}
		if _, err := casebook.VerifyBundle([]byte(plain)); err == nil {
			t.Errorf("%q for %q is not found", c[1], c[0])
		}
	}
	if _, err := b.Bundle(id, []int64{3}); !errors.Is(err, casebook.ErrNoCase) {
		t.Errorf("an entry of another case: %v", err)
	}
	entries := bundle[bytes.Index(bundle, []byte(`"entries"`)):]
	for name, made := range map[string]string{
		"no bundle":       "{",
		"no entries":      strings.Replace(string(bundle), string(entries), `"entries": []}`, 1),
		"entries twice":   strings.Replace(string(bundle), string(entries), `"entries": [], `+string(entries), 1),
		"another case":    strings.TrimRight(string(bundle), "\n}") + `], "ENTRIES": null}`,
		"an unknown word": strings.Replace(string(bundle), `"format"`, `"more": 1, "format"`, 1),
		"something more":  string(bundle) + "{}",
		"an entry twice":  regexp.MustCompile(`(?s)"entries": \[(.*)\]\s*}$`).ReplaceAllString(string(bundle), `"entries": [$1,$1]}`),
	} {
		if p, err := casebook.VerifyBundle([]byte(made)); err == nil {
			t.Errorf("%s: %d entries", name, len(p.Entries))
		}
	}
}

// TestOlderDatabase: a database that was put back to an older copy.
func TestOlderDatabase(t *testing.T) {
	both(t, testOlderDatabase)
}

func testOlderDatabase(t *testing.T, k kept) {
	b := create(t, k.Place)
	id := must2(b.New(casebook.Subject{Title: "t"}))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	keep := `CREATE TABLE old AS SELECT signed, (SELECT sealed FROM summary) AS sealed FROM head`
	back := "DELETE FROM entry WHERE seq > 0; DELETE FROM hash WHERE pos > 0; UPDATE head SET signed = (SELECT signed FROM old); UPDATE summary SET sealed = (SELECT sealed FROM old); DROP TABLE old"
	var older []byte
	if k.Store != "" {
		k.exec(keep)
	} else {
		older = must2(os.ReadFile(filepath.Join(k.Dir, "casebook.db")))
	}
	b = must2(casebook.OpenBook(k.Place, pass))
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "later"}))
	running := must2(casebook.OpenBook(k.Place, pass)) // a program that was open all the while
	defer running.Close()
	if k.Store != "" {
		k.exec(back)
	} else {
		if err := errors.Join(b.Close(), running.Close(), os.WriteFile(filepath.Join(k.Dir, "casebook.db"), older, 0o600)); err != nil {
			t.Fatal(err)
		}
		running = must2(casebook.Inspect(k.Place, pass))
	}
	if _, err := running.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "over it"}); !errors.Is(err, casebook.ErrOlder) {
		t.Errorf("an entry upon an older log: %v", err)
	}
	if _, err := casebook.OpenBook(k.Place, pass); !errors.Is(err, casebook.ErrOlder) {
		t.Errorf("opened: %v", err)
	}
	b = must2(casebook.Inspect(k.Place, pass))
	defer b.Close()
	if faults, _, err := b.Verify(); err != nil || len(faults) == 0 || !strings.Contains(faults[0].String(), "older") {
		t.Errorf("%v %v", faults, err)
	}
	kept := must2(b.Accept())
	if said := must2(os.ReadFile(filepath.Join(k.Dir, kept))); !bytes.Contains(said, []byte("\n2\n")) {
		t.Errorf("the checkpoint that said otherwise is kept as %q", said)
	}
	if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
		t.Errorf("after a person took it for true: %v %v", faults, err)
	}
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "on it goes"}))
}

// TestForeignKey: who knows a recipient's public key can seal a key.age of his own;
// what is there already shows that it is none of ours.
func TestForeignKey(t *testing.T) {
	k, other := folder(t), folder(t)
	b := create(t, k.Place)
	must2(b.New(casebook.Subject{Title: "t"}))
	if err := errors.Join(b.Close(), create(t, other.Place).Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.Dir, "key.age"), must2(os.ReadFile(filepath.Join(other.Dir, "key.age"))), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := casebook.OpenBook(k.Place, pass); err == nil {
		t.Error("opened with another's key")
	}
}

// TestCreators: of many who make a casebook at once one does; all entries of all
// can be read.
func TestCreators(t *testing.T) {
	both(t, func(t *testing.T, k kept) {
		const n = 8
		said := make(chan error, n)
		for i := range n {
			go func() {
				b, err := casebook.Create(k.Place, casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase}))
				if errors.Is(err, casebook.ErrExists) {
					b, err = casebook.OpenBook(k.Place, pass)
				}
				if err == nil {
					_, err = b.New(casebook.Subject{Title: fmt.Sprint(i)})
					err = errors.Join(err, b.Close())
				}
				said <- err
			}()
		}
		for range n {
			if err := <-said; err != nil {
				t.Error(err)
			}
		}
		b := must2(casebook.OpenBook(k.Place, pass))
		defer b.Close()
		if list, err := b.Cases(""); err != nil || len(list) != n {
			t.Errorf("%d cases, %v", len(list), err)
		}
		if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
			t.Errorf("%v %v", faults, err)
		}
	})
}

// TestMoved: an entry that was laid into another case is not shown as that one's.
func TestMoved(t *testing.T) {
	both(t, func(t *testing.T, k kept) {
		b := create(t, k.Place)
		first, second := must2(b.New(casebook.Subject{Title: "a"})), must2(b.New(casebook.Subject{Title: "b"}))
		must2(b.Add(casebook.Entry{Case: second, Kind: casebook.Remark, Text: "of b"}))
		defer b.Close()
		k.exec(`UPDATE entry SET "case" = x'` + first + `' WHERE seq = 2`)
		if list, err := b.Entries(first); err == nil {
			t.Errorf("shown: %v", list)
		}
		if _, err := b.Bundle(first, []int64{2}); err == nil {
			t.Error("handed out")
		}
	})
}

// TestPassphraseForms: a passphrase opens in every form that keyboards give it,
// also a casebook that was made before one form was chosen.
func TestPassphraseForms(t *testing.T) {
	composed, apart := "ひみつのがぎぐげご窓口", norm.NFD.String("ひみつのがぎぐげご窓口")
	for _, c := range []struct{ made, opened string }{{composed, apart}, {apart, composed}, {"four\u3000words that stay", "four words that stay"}} {
		k := folder(t)
		b, err := casebook.Create(k.Place, casebook.Quick(casebook.Lock{Passphrase: c.made}))
		if err != nil {
			t.Fatal(err)
		}
		b.Close()
		if b, err = casebook.OpenBook(k.Place, casebook.Unlock{Passphrase: c.opened}); err != nil {
			t.Errorf("made with %+q, opened with %+q: %v", c.made, c.opened, err)
			continue
		}
		b.Close()
	}
	k := folder(t)
	create(t, k.Place).Close()
	r := must2(age.NewScryptRecipient(apart))
	r.SetWorkFactor(4)
	old := must2(casebook.OpenBook(k.Place, pass))
	if err := old.Reseal(r); err != nil {
		t.Fatal(err)
	}
	old.Close()
	b, err := casebook.OpenBook(k.Place, casebook.Unlock{Passphrase: apart})
	if err != nil {
		t.Fatalf("made by an older program: %v", err)
	}
	b.Close()
}

// TestPathNames: a folder's name is a name, whatever stands in it.
func TestPathNames(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a?mode=memory", "a", "b#c", "b", "100%", "%41", "A", "ひみつ の 記録", "a;b&c=d"} {
		p := casebook.Place{Dir: filepath.Join(root, name)}
		b := create(t, p)
		must2(b.New(casebook.Subject{Title: name}))
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(p.Dir, "casebook.db"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v %v", name, info, err)
		}
	}
	for _, f := range must2(os.ReadDir(root)) {
		if !f.IsDir() {
			t.Errorf("%s was laid beside", f.Name())
		}
	}
}

// TestDamagedSummary: one case whose summary is damaged keeps nobody from the list.
func TestDamagedSummary(t *testing.T) {
	both(t, func(t *testing.T, k kept) {
		b := create(t, k.Place)
		defer b.Close()
		id := must2(b.New(casebook.Subject{Title: "a"}))
		must2(b.New(casebook.Subject{Title: "b"}))
		k.exec(`UPDATE summary SET sealed = x'00' WHERE "case" = x'` + id + `'`)
		if list, err := b.Cases(""); err != nil || len(list) != 2 {
			t.Errorf("%v %v", list, err)
		}
	})
}

// TestNewer: a newer program's casebook is refused and left as it is.
func TestNewer(t *testing.T) {
	both(t, testNewer)
}

func testNewer(t *testing.T, k kept) {
	if err := create(t, k.Place).Close(); err != nil {
		t.Fatal(err)
	}
	if k.Store != "" {
		k.exec("UPDATE version SET version = 99")
	} else {
		k.exec("PRAGMA user_version = 99")
	}
	if _, err := casebook.OpenBook(k.Place, pass); !errors.Is(err, casebook.ErrNewer) {
		t.Errorf("%v", err)
	}
}

// TestNothingReadable: none of a thousand known strings stands in any file, in
// UTF-8 or UTF-16, also while the casebook is open.
func TestNothingReadable(t *testing.T) {
	both(t, testNothingReadable)
}

func testNothingReadable(t *testing.T, k kept) {
	b := create(t, k.Place)
	defer b.Close()
	id := must2(b.New(casebook.Subject{Title: "secret-title-0", Organization: "例の秘密銀行"}))
	words := []string{"secret-title-0", "例の秘密銀行", pass.Passphrase}
	for i := range 50 {
		var text strings.Builder
		for k := range 20 {
			w := fmt.Sprintf("canary-%d-%d-秘密", i, k)
			words = append(words, w)
			text.WriteString(w + "\n")
		}
		must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Message, Text: text.String(), Name: words[len(words)-1]}))
	}
	var files []string
	root := k.Dir
	if k.Store != "" { // the server's, with its journal; what the words have in common is enough
		words = []string{"secret-title-0", "例の秘密銀行", pass.Passphrase, "canary-", "-秘密"}
		root = pgtest.Of(t).Dir()
	}
	if err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // a server takes files away
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			var little, big, four []byte
			for _, u := range utf16.Encode([]rune(w)) {
				little = append(little, byte(u), byte(u>>8))
				big = append(big, byte(u>>8), byte(u))
			}
			for _, r := range w {
				four = append(four, byte(r), byte(r>>8), byte(r>>16), 0)
			}
			for _, form := range [][]byte{[]byte(w), little, big, four, []byte(width.Widen.String(w)), []byte(hex.EncodeToString([]byte(w))), []byte(base64.StdEncoding.EncodeToString([]byte(w)))[:8]} {
				if bytes.Contains(data, form) {
					t.Fatalf("%s holds %q", name, w)
				}
			}
		}
	}
	if len(files) < 3 {
		t.Errorf("only %d files looked at", len(files))
	}
}

// TestKilled: two processes write and are killed at random; every entry that
// was acknowledged is there afterwards, and the log verifies each time.
func TestKilled(t *testing.T) {
	both(t, func(t *testing.T, k kept) {
		testKilled(t, k, 4, func(cmds []*exec.Cmd) {
			for _, cmd := range cmds {
				_ = cmd.Process.Kill() // SIGKILL
			}
		})
	})
}

// TestServerKilled: the same where the server is killed and begun again.
func TestServerKilled(t *testing.T) {
	k := onServer(t)
	s := pgtest.Of(t)
	testKilled(t, k, 2, func(cmds []*exec.Cmd) {
		s.Kill()
		for _, cmd := range cmds {
			_ = cmd.Process.Kill()
		}
		if err := s.Restart(); err != nil {
			t.Fatal(err)
		}
	})
}

func testKilled(t *testing.T, k kept, rounds int, kill func([]*exec.Cmd)) {
	b := create(t, k.Place)
	id := must2(b.New(casebook.Subject{Title: "t"}))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	if s := os.Getenv("HAMMER"); s != "" {
		rounds = must2(strconv.Atoi(s))
	}
	for round := range rounds {
		var cmds []*exec.Cmd
		outs := make([]*bytes.Buffer, 2)
		for p := range 2 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "CASEBOOK_WRITER="+k.Dir, "CASEBOOK_STORE="+k.Store, "CASEBOOK_CASE="+id, fmt.Sprintf("CASEBOOK_NAME=%d-%d", round, p))
			outs[p] = &bytes.Buffer{}
			cmd.Stdout = outs[p]
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			cmds = append(cmds, cmd)
		}
		time.Sleep(time.Duration(300+37*round%400) * time.Millisecond)
		kill(cmds)
		for _, cmd := range cmds {
			_ = cmd.Wait()
		}
		for _, o := range outs {
			sc := bufio.NewScanner(o)
			for sc.Scan() {
				if w, ok := strings.CutPrefix(sc.Text(), "ack "); ok {
					acknowledged[w] = true
				}
			}
		}
		b := must2(casebook.OpenBook(k.Place, pass))
		faults, n, err := b.Verify()
		if err != nil || len(faults) > 0 {
			t.Fatalf("round %d, %d entries: %v %v", round, n, faults, err)
		}
		have := map[string]bool{}
		for _, e := range must2(b.Entries(id)) {
			have[e.Text] = true
		}
		for w := range acknowledged {
			if !have[w] {
				t.Fatalf("round %d: %s was acknowledged and is lost", round, w)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was written before the kills")
	}
	t.Logf("%d rounds of two processes, %d entries acknowledged, none lost", rounds, len(acknowledged))
}

// TestMain lets the test binary be the process that TestKilled kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CASEBOOK_WRITER"); dir != "" {
		write(casebook.Place{Dir: dir, Store: os.Getenv("CASEBOOK_STORE")})
	}
	if dir := os.Getenv("CASEBOOK_FILL"); dir != "" {
		limited(dir)
		return
	}
	os.Exit(pgtest.Main{M: m}.Run())
}

// write adds entries and tells of each, until it is killed.
func write(p casebook.Place) {
	b := must2(casebook.OpenBook(p, pass))
	for i := 0; ; i++ {
		w := fmt.Sprintf("%s-%d", os.Getenv("CASEBOOK_NAME"), i)
		must2(b.Add(casebook.Entry{Case: os.Getenv("CASEBOOK_CASE"), Kind: casebook.Remark, Text: w}))
		fmt.Println("ack " + w)
	}
}

// TestMachine: any sequence of opening, adding, stating, removing and reopening
// keeps what a simple model keeps, and the log verifies.
func TestMachine(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		testMachine(t, func() casebook.Place { return folder(t).Place })
	})
	t.Run("shelf", func(t *testing.T) {
		t.Parallel()
		testMachine(t, func() casebook.Place { return casebook.Place{Shelf: casebook.NewShelf(&storage{})} })
	})
	t.Run("server", func(t *testing.T) {
		t.Parallel()
		d := pgtest.New(t)
		testMachine(t, func() casebook.Place { return casebook.Place{Dir: t.TempDir(), Store: d.Tenant()} })
	})
}

func testMachine(t *testing.T, place func() casebook.Place) {
	rapid.Check(t, func(t *rapid.T) {
		at := place()
		b := create(t, at)
		model := map[string][]string{}
		var ids []string
		t.Repeat(map[string]func(*rapid.T){
			"new": func(t *rapid.T) {
				if len(ids) > 4 {
					t.Skip()
				}
				id, err := b.New(casebook.Subject{Title: "t"})
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
				model[id] = []string{}
			},
			"add": func(t *rapid.T) {
				if len(ids) == 0 {
					t.Skip()
				}
				id, w := rapid.SampledFrom(ids).Draw(t, "case"), rapid.String().Draw(t, "text")
				if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: w}); err != nil {
					t.Fatal(err)
				}
				model[id] = append(model[id], strings.ToValidUTF8(w, "\uFFFD"))
			},
			"remove": func(t *rapid.T) {
				if len(ids) == 0 {
					t.Skip()
				}
				k := rapid.IntRange(0, len(ids)-1).Draw(t, "which")
				if err := b.Remove(ids[k]); err != nil {
					t.Fatal(err)
				}
				delete(model, ids[k])
				ids = slices.Delete(ids, k, k+1)
			},
			"rotate": func(t *rapid.T) {
				if err := b.Rekey(casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase}), pass); err != nil {
					t.Fatal(err)
				}
			},
			"export": func(t *rapid.T) {
				if len(ids) == 0 {
					t.Skip()
				}
				id := rapid.SampledFrom(ids).Draw(t, "case")
				raw, err := b.Bundle(id, nil)
				if err != nil {
					t.Fatal(err)
				}
				if p, err := casebook.VerifyBundle(raw); err != nil || len(p.Entries) != len(model[id])+1 {
					t.Fatal(p, err)
				}
			},
			"reopen": func(t *rapid.T) {
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				var err error
				if b, err = casebook.OpenBook(at, pass); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				list, err := b.Cases("")
				if err != nil || len(list) != len(model) {
					t.Fatalf("%d cases, want %d: %v", len(list), len(model), err)
				}
				for id, want := range model {
					entries, err := b.Entries(id)
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, e := range entries[1:] {
						got = append(got, e.Text)
					}
					if !slices.Equal(got, want) && len(want) > 0 {
						t.Fatalf("%q, want %q", got, want)
					}
				}
			},
		})
		if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
			t.Fatalf("%v %v", faults, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkAdd is an entry of 500 characters, synced to the disk.
func BenchmarkAdd(b *testing.B) {
	book, err := casebook.Create(casebook.Place{Dir: b.TempDir()}, casebook.Quick(casebook.Lock{Passphrase: "x"}))
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	id, err := book.New(casebook.Subject{Title: "t"})
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("あ", 500)
	for b.Loop() {
		if _, err := book.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: text}); err != nil {
			b.Fatal(err)
		}
	}
}
