package casebook_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/casebook/pgtest"
)

// TestTenants: a database user sees and writes its own casebook only, and cannot
// change what was noted, whatever it asks the server for.
func TestTenants(t *testing.T) {
	d := pgtest.New(t)
	mine, theirs := d.Tenant(), d.Tenant()
	for _, url := range []string{mine, theirs} {
		small(t, casebook.Place{Dir: t.TempDir(), Store: url})
	}
	db := must2(sql.Open("pgx", mine+"?search_path=madoguchi"))
	defer db.Close()
	them := strings.Split(strings.TrimPrefix(theirs, "postgres://"), "@")[0]
	for _, table := range []string{"entry", "hash", "head", "summary", "file"} {
		var all, others int
		if err := db.QueryRow("SELECT count(*), count(*) FILTER (WHERE tenant <> current_user) FROM "+table).Scan(&all, &others); err != nil || all == 0 || others != 0 {
			t.Errorf("%s: %d rows, %d of others: %v", table, all, others, err)
		}
	}
	for _, q := range []string{
		"UPDATE entry SET leaf = sealed WHERE seq = 1",
		"UPDATE entry SET at = 0",
		"DELETE FROM entry",
		"DELETE FROM hash",
		"UPDATE hash SET hash = ''",
		"DELETE FROM head",
		"DELETE FROM file",
		"DROP TABLE entry",
		"ALTER TABLE entry DISABLE ROW LEVEL SECURITY",
		"DROP POLICY own ON entry",
		"UPDATE entry SET sealed = 'deadbeef' WHERE seq = 1",
		"UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE seq = 0) WHERE seq = 1",
		"UPDATE file SET data = '' WHERE name <> 'key.age'; SELECT 1 / (SELECT count(*) FROM file WHERE data = '' AND name <> 'key.age')",
		"UPDATE file SET name = 'x' WHERE name = 'key.age'",
		"DELETE FROM summary",
		"DELETE FROM session",
		"TRUNCATE summary",
		"BEGIN; LOCK TABLE summary IN ACCESS EXCLUSIVE MODE; COMMIT",
		"BEGIN; LOCK TABLE session IN SHARE MODE; COMMIT",
		"BEGIN; LOCK TABLE entry IN ACCESS EXCLUSIVE MODE; COMMIT",
		"BEGIN; LOCK TABLE file IN EXCLUSIVE MODE; COMMIT",
		"SET ROLE " + them,
		"UPDATE file SET tenant = '" + them + "'",
		"INSERT INTO entry (tenant, seq, \"case\", at, leaf) VALUES ('" + them + "', 99, '', 0, '')",
		"INSERT INTO head (tenant, one, signed) VALUES ('" + them + "', 1, '')",
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("the server lets a tenant do: %s", q)
		}
	}
	// A sealed key that is replaced is kept, and cannot be taken away.
	key := func(q string) (n int) {
		if err := db.QueryRow("SELECT count(*) FROM file WHERE name LIKE 'key.age%' AND " + q).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	must2(db.Exec("UPDATE file SET data = 'x' WHERE name = 'key.age'"))
	if key("data = 'x'") != 1 || key("length(data) > 100") != 1 {
		t.Error("the key that was there is gone")
	}
	if _, err := db.Exec("UPDATE file SET data = '' WHERE name LIKE 'key.age-until-%'"); err == nil || key("length(data) > 100") != 1 {
		t.Error("what was kept can be changed")
	}
	if n, err := must2(db.Exec("UPDATE entry SET sealed = NULL WHERE tenant = '" + them + "'")).RowsAffected(); err != nil || n != 0 {
		t.Errorf("%d of another's rows emptied: %v", n, err)
	}
}

// TestStores: what a casebook is not kept in.
func TestStores(t *testing.T) {
	d := pgtest.New(t)
	for _, c := range []struct {
		name, store string
		want        error
	}{
		{"no address", "localhost/cases", casebook.ErrStore},
		{"another scheme", "mysql://me@localhost/cases", casebook.ErrStore},
		{"no TLS to another machine", "postgres://me@db.rei.example/cases", casebook.ErrPlain},
		{"TLS that checks nothing", "postgres://me@db.rei.example/cases?sslmode=require", casebook.ErrPlain},
		{"superuser", d.URL("root"), casebook.ErrUnfenced},
		{"no tables", d.Tenant()[:strings.LastIndex(d.Tenant(), "/")] + "/postgres", casebook.ErrUnprepared},
	} {
		_, err := casebook.OpenBook(casebook.Place{Dir: t.TempDir(), Store: c.store}, pass)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := casebook.Prepare(t.Context(), d.URL("owner")); err != nil {
		t.Errorf("preparing again: %v", err)
	}
	_, err := casebook.OpenBook(casebook.Place{Dir: t.TempDir(), Store: "postgres://me:canary-geheim@127.0.0.1:1/cases?connect_timeout=1"}, pass)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("no server: %v", err)
	}
}

// TestTogether: several programs that write to one casebook at once keep one log.
func TestTogether(t *testing.T) {
	both(t, func(t *testing.T, k kept) {
		b := create(t, k.Place)
		defer b.Close()
		id := must2(b.New(casebook.Subject{Title: "t"}))
		const writers, each = 4, 25
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				b, err := casebook.OpenBook(k.Place, pass)
				if err != nil {
					t.Error(err)
					return
				}
				defer b.Close()
				for i := range each {
					if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: fmt.Sprint(w, i)}); err != nil {
						t.Error(err)
					}
					if i%10 == 0 { // while the others write
						if faults, _, err := b.Verify(); err != nil || len(faults) > 0 {
							t.Errorf("%v %v", faults, err)
						}
					}
				}
			})
		}
		all.Wait()
		if faults, n, err := b.Verify(); err != nil || len(faults) > 0 || n != writers*each+1 {
			t.Errorf("%d entries, %v, %v", n, faults, err)
		}
	})
}
