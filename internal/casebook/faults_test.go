package casebook_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/madoguchi/madoguchi/internal/casebook"
)

// small makes a casebook with two cases and five entries, and closes it.
func small(t *testing.T, p casebook.Place) {
	t.Helper()
	b := create(t, p)
	for i := range 2 {
		id := must2(b.New(casebook.Subject{Title: "電話", Organization: "例銀行"}))
		must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Call, Text: "折り返した。", Call: &casebook.Notes{Company: "例銀行", Number: "03-0000-1234"}}))
		if i == 1 {
			if err := b.SetState(id, casebook.Stopped); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// contents is all that a casebook says, or why it says nothing.
func contents(p casebook.Place, u casebook.Unlock) (said string, detected bool) {
	b, err := casebook.OpenBook(p, u)
	if err != nil {
		return err.Error(), true
	}
	defer func() { _ = b.Close() }()
	faults, n, err := b.Verify()
	if err != nil || len(faults) > 0 {
		return fmt.Sprint(faults, err), true
	}
	said = fmt.Sprintln(n)
	list, err := b.Cases("")
	if err != nil {
		return err.Error(), true
	}
	for _, c := range list {
		entries, err := b.Entries(c.ID)
		if err != nil {
			return err.Error(), true
		}
		said += fmt.Sprintf("%+v\n", c)
		for _, e := range entries {
			said += fmt.Sprintf("%d %s %s %s %+v\n", e.Seq, e.At, e.Kind, e.Text, e.Call)
		}
	}
	return said, false
}

// TestBitFlips: a bit that turns over in any file of a casebook either changes
// nothing that it says, or is noticed. HAMMER turns every single one; without it
// every 211th.
func TestBitFlips(t *testing.T) {
	k := folder(t)
	dir := k.Dir
	small(t, k.Place)
	want, detected := contents(k.Place, pass)
	if detected {
		t.Fatal(want)
	}
	step := 211
	if os.Getenv("HAMMER") != "" {
		step = 1
	}
	files := map[string][]byte{}
	for _, name := range []string{"casebook.db", "key.age", "checkpoint"} {
		files[name] = must2(os.ReadFile(filepath.Join(dir, name)))
	}
	lay := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	bits, noticed := 0, 0
	for name, whole := range files {
		for i := 0; i < len(whole)*8; i += step {
			changed := append([]byte{}, whole...)
			changed[i/8] ^= 1 << (i % 8)
			lay(name, changed)
			got, detected := contents(k.Place, pass)
			bits++
			if detected {
				noticed++
			} else if got != want {
				t.Fatalf("%s, bit %d: not noticed, and it says\n%s\ninstead of\n%s", name, i, got, want)
			}
			for _, extra := range []string{"casebook.db-wal", "casebook.db-shm", "casebook.db-journal"} {
				_ = os.Remove(filepath.Join(dir, extra)) // left where a damaged database could not be closed
			}
			lay("casebook.db", files["casebook.db"]) // opening may have written
		}
		lay(name, whole)
	}
	if noticed == 0 {
		t.Error("no change was noticed")
	}
	t.Logf("%d bits turned, %d noticed, the others change nothing", bits, noticed)
}

// TestFullDisk: where the disk is full, an entry is refused and nothing that was
// acknowledged is lost. It needs the right to mount; TestNoSpace does not.
func TestFullDisk(t *testing.T) {
	if os.Getenv("HAMMER") == "" {
		t.Skip("runs with make hammer: it mounts a file system")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatalf("mount: %s", out)
	}
	defer func() { _ = exec.Command("umount", dir).Run() }()
	said, err := fill(casebook.Place{Dir: dir})
	if err != nil {
		t.Error(err)
	}
	t.Log(said)
}

// TestNoSpace: the same where no file may grow beyond a limit.
func TestNoSpace(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CASEBOOK_FILL="+t.TempDir())
	said, err := cmd.CombinedOutput()
	if err != nil || !bytes.HasSuffix(said, []byte("all there\n")) {
		t.Errorf("%s%v", said, err)
	}
}

// limited fills a casebook in a process whose files may not grow beyond 300 KB.
func limited(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	const bytes = 300 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		panic(err)
	}
	said, err := fill(casebook.Place{Dir: dir})
	if err != nil {
		panic(err)
	}
	fmt.Println(said)
}

// fill notes entries until they are refused, and looks whether all that were
// acknowledged are there.
func fill(p casebook.Place) (said string, err error) {
	b, err := casebook.Create(p, casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase}))
	if err != nil {
		return "", err
	}
	id, err := b.New(casebook.Subject{Title: "t"})
	if err != nil {
		return "", err
	}
	acknowledged, refused := 0, 0
	for i := range 2000 {
		if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: strconv.Itoa(i)}); err != nil {
			if refused++; refused > 5 {
				break
			}
			continue
		}
		acknowledged++
	}
	if refused == 0 || acknowledged == 0 {
		return "", fmt.Errorf("%d acknowledged, %d refused: the disk was not filled", acknowledged, refused)
	}
	entries, err := b.Entries(id)
	if err != nil || len(entries)-1 < acknowledged {
		return "", fmt.Errorf("%d of %d acknowledged entries are there: %w", len(entries)-1, acknowledged, err)
	}
	if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
		return "", fmt.Errorf("%v %w", faults, err)
	}
	_ = b.Close() // on a full disk the journal may not be folded in
	return fmt.Sprintf("%d acknowledged, then refused %d times; all there", acknowledged, refused), nil
}

// TestRescue: of a damaged database, what can be read is saved into a new
// casebook that the same key opens.
func TestRescue(t *testing.T) {
	k := folder(t)
	dir := k.Dir
	b := create(t, k.Place)
	id := must2(b.New(casebook.Subject{Title: "電話"}))
	gone := must2(b.New(casebook.Subject{Title: "消した"}))
	const n = 200
	for i := range n {
		must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "覚え書き " + strconv.Itoa(i)}))
	}
	if err := errors.Join(b.Remove(gone), b.Close()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "casebook.db")
	whole := must2(os.ReadFile(name))
	for i := 0; i < 4096; i++ { // one page in the middle
		whole[len(whole)/2/4096*4096+i] = 0xAA
	}
	if err := os.WriteFile(name, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, detected := contents(k.Place, pass); !detected {
		t.Fatalf("a page is gone and nobody noticed: %s", said)
	}
	to := casebook.Place{Dir: filepath.Join(t.TempDir(), "new")}
	r, err := casebook.Rescue(dir, pass, to)
	if err != nil {
		t.Fatal(err)
	}
	if r.Saved < n/2 || r.Lost == 0 || r.Unproven != 0 {
		t.Errorf("%+v", r)
	}
	said, detected := contents(to, pass)
	if detected {
		t.Error(said)
	}
	nb := must2(casebook.OpenBook(to, pass))
	cases := must2(nb.Cases(""))
	if len(cases) != 1 || cases[0].ID != id {
		t.Errorf("%+v", cases)
	}
	if err := nb.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := casebook.Rescue(dir, pass, to); !errors.Is(err, casebook.ErrExists) {
		t.Errorf("a casebook that is there was written over: %v", err)
	}
}

// TestBackup: a backup holds all, opens with the same key, and is not laid over
// a casebook.
func TestBackup(t *testing.T) {
	both(t, testBackup)
}

func testBackup(t *testing.T, k kept) {
	small(t, k.Place)
	want, _ := contents(k.Place, pass)
	file := filepath.Join(t.TempDir(), "backup.zip")
	b := must2(casebook.OpenBook(k.Place, pass))
	if err := errors.Join(b.Backup(file), b.Close()); err != nil {
		t.Fatal(err)
	}
	for _, to := range []casebook.Place{folder(t).Place, onServer(t).Place} {
		if err := casebook.Restore(file, to); err != nil {
			t.Fatal(err)
		}
		if got, detected := contents(to, pass); detected || got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if err := casebook.Restore(file, to); !errors.Is(err, casebook.ErrExists) {
			t.Errorf("laid over a casebook: %v", err)
		}
	}
	if err := os.WriteFile(file, []byte("PK no"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := casebook.Restore(file, folder(t).Place); !errors.Is(err, casebook.ErrNoBackup) {
		t.Errorf("%v", err)
	}
}

// TestOldVersion: a casebook of version 1, which had no summaries, opens, lists
// and goes on.
func TestOldVersion(t *testing.T) {
	k := folder(t)
	small(t, k.Place)
	want, _ := contents(k.Place, pass)
	k.exec("DROP TABLE summary; PRAGMA user_version = 1")
	if got, detected := contents(k.Place, pass); detected || got != want {
		t.Errorf("%s, want %s", got, want)
	}
	b := must2(casebook.OpenBook(k.Place, pass))
	id := must2(b.Cases(""))[0].ID
	must2(b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: "続き"}))
	if c := must2(b.Case(id)); c.Entries < 3 {
		t.Errorf("%+v", c)
	}
	if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStamp: a time-stamping authority (openssl's) stamps the log; the stamp
// holds while the log goes on, and not for another log.
func TestStamp(t *testing.T) {
	ca := t.TempDir()
	openssl := func(args ...string) {
		cmd := exec.Command("openssl", args...)
		cmd.Dir = ca
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(ca, "tsa.cnf"), []byte("[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\nCN=Rei TSA\n[v3]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature\n[tsa]\ndefault_tsa=t\n[t]\ndir=.\nserial=serial\nsigner_cert=cert.pem\nsigner_key=key.pem\ncerts=cert.pem\ndefault_policy=1.2.3.4\nsigner_digest=sha256\ndigests=sha256\ness_cert_id_alg=sha256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-config", "tsa.cnf")
	authority := func(_ context.Context, request []byte) ([]byte, error) {
		if err := os.WriteFile(filepath.Join(ca, "q"), request, 0o600); err != nil {
			return nil, err
		}
		openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-out", "r")
		return os.ReadFile(filepath.Join(ca, "r"))
	}
	both(t, func(t *testing.T, k kept) {
		small(t, k.Place)
		b := must2(casebook.OpenBook(k.Place, pass))
		defer b.Close()
		s, err := b.Stamp(t.Context(), authority)
		if err != nil || s.Size != 5 || s.By != "CN=Rei TSA" {
			t.Fatalf("%+v %v", s, err)
		}
		must2(b.New(casebook.Subject{Title: "続き"}))
		stamps, faults, err := b.Stamps()
		if err != nil || len(faults) > 0 || len(stamps) != 1 || stamps[0] != s {
			t.Errorf("%v %v %v", stamps, faults, err)
		}
		if _, err := b.Stamp(t.Context(), func(context.Context, []byte) ([]byte, error) { return []byte("no"), nil }); !errors.Is(err, casebook.ErrStamp) {
			t.Errorf("%v", err)
		}
		if k.Store != "" {
			return // whose files are rows of its own
		}
		other := folder(t)
		small(t, other.Place)
		if err := os.CopyFS(filepath.Join(other.Dir, "stamps"), os.DirFS(filepath.Join(k.Dir, "stamps"))); err != nil {
			t.Fatal(err)
		}
		ob := must2(casebook.OpenBook(other.Place, pass))
		defer ob.Close()
		if stamps, faults, err := ob.Stamps(); err != nil || len(stamps) != 0 || len(faults) != 1 {
			t.Errorf("another log's stamp: %v %v %v", stamps, faults, err)
		}
	})
}

// BenchmarkLarge is a casebook of 100,000 entries in 1,000 cases (500 bytes
// each): opening, listing, verifying. Making it takes a while.
func BenchmarkLarge(b *testing.B) {
	at := casebook.Place{Dir: b.TempDir()}
	book := create(b, at)
	n := 100000
	if s := os.Getenv("CASEBOOK_ENTRIES"); s != "" {
		n = must2(strconv.Atoi(s))
	}
	if err := casebook.Fill(book, n, strings.Repeat("覚え書き。", 33)); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for range b.N {
			if err := must2(casebook.OpenBook(at, pass)).Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("list", func(b *testing.B) {
		for range b.N {
			if len(must2(book.Cases(""))) == 0 {
				b.Fatal("no cases")
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		size := must2(os.Stat(filepath.Join(at.Dir, "casebook.db"))).Size()
		b.SetBytes(size)
		for range b.N {
			if faults, _, err := book.Verify(); err != nil || len(faults) > 0 {
				b.Fatal(faults, err)
			}
		}
	})
}

// TestRestoreBounds: a file that says to be a backup and is none is refused, and
// nothing of it is left.
func TestRestoreBounds(t *testing.T) {
	k := folder(t)
	small(t, k.Place)
	good := filepath.Join(t.TempDir(), "backup.zip")
	b := must2(casebook.OpenBook(k.Place, pass))
	if err := errors.Join(b.Backup(good), b.Close()); err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	z := must2(zip.OpenReader(good))
	for _, f := range z.File {
		r := must2(f.Open())
		parts[f.Name] = must2(io.ReadAll(r))
		r.Close()
	}
	z.Close()
	hostile := folder(t)
	small(t, hostile.Place)
	hostile.exec("DROP TABLE entry; CREATE VIEW entry AS WITH RECURSIVE n(seq) AS (SELECT 0 UNION ALL SELECT seq + 1 FROM n) SELECT seq, x'00' AS \"case\", 0 AS at, x'00' AS leaf, x'00' AS sealed FROM n")
	triggered := folder(t)
	small(t, triggered.Place)
	triggered.exec("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END")
	for _, c := range []struct {
		name   string
		change func(*zip.Writer)
		skip   string
	}{
		{"a part that grows", func(w *zip.Writer) { part(w, "stamps/x", make([]byte, 64<<20), zip.Deflate) }, ""},
		{"a part that is none", func(w *zip.Writer) { part(w, "other.txt", nil, zip.Store) }, ""},
		{"a part outside", func(w *zip.Writer) { part(w, "../x", nil, zip.Store) }, ""},
		{"a part deep inside", func(w *zip.Writer) { part(w, "stamps/a/b", nil, zip.Store) }, ""},
		{"a part twice", func(w *zip.Writer) { part(w, "key.age", nil, zip.Store) }, ""},
		{"a table that is a view", func(w *zip.Writer) {
			part(w, "casebook.db", must2(os.ReadFile(filepath.Join(hostile.Dir, "casebook.db"))), zip.Store)
		}, "casebook.db"},
		{"a table that works by itself", func(w *zip.Writer) {
			part(w, "casebook.db", must2(os.ReadFile(filepath.Join(triggered.Dir, "casebook.db"))), zip.Store)
		}, "casebook.db"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			name := filepath.Join(root, "b.zip")
			f := must2(os.Create(name))
			w := zip.NewWriter(f)
			for n, data := range parts {
				if n != c.skip {
					part(w, n, data, zip.Store)
				}
			}
			c.change(w)
			if err := errors.Join(w.Close(), f.Close()); err != nil {
				t.Fatal(err)
			}
			to := casebook.Place{Dir: filepath.Join(root, "into", "book")}
			err := casebook.Restore(name, to)
			if !errors.Is(err, casebook.ErrNoBackup) && !errors.Is(err, casebook.ErrNotOurs) {
				t.Errorf("%v", err)
			}
			if there, err := to.Exists(); there || err != nil {
				t.Error("a casebook is there", err)
			}
			if list, err := filepath.Glob(filepath.Join(root, "into", ".madoguchi-*")); err != nil || len(list) > 0 {
				t.Error("left:", list, err)
			}
		})
	}
}

func part(w *zip.Writer, name string, data []byte, method uint16) {
	f := must2(w.CreateHeader(&zip.FileHeader{Name: name, Method: method}))
	must2(f.Write(data))
}
