//go:build !js

package casebook

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Errors of a casebook on a server.
var (
	ErrStore      = errors.New("casebook: this is no address of a PostgreSQL database")
	ErrUnprepared = errors.New("casebook: the database is not prepared, or its user is no tenant of it")
	ErrUnfenced   = errors.New("casebook: this database user is bound by no row-level security")
	ErrPlain      = errors.New("casebook: the connection would not be encrypted and the server not be checked")
)

//go:embed postgres.sql
var schema string

// settings of each connection. A replica that falls silent in the middle of a
// transaction must not keep the others out.
var settings = map[string]string{"search_path": "madoguchi", "lock_timeout": "20s", "idle_in_transaction_session_timeout": "60s"}

const connectTime = 10 * time.Second

func connect(address string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil || !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, ErrStore // the parser's own words may hold a password
	}
	if !guarded(&c.Config) {
		return nil, ErrPlain
	}
	for k, v := range settings {
		c.RuntimeParams[k] = v
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "madoguchi"
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	return stdlib.OpenDB(*c), nil
}

// guarded reports whether each server that may be connected to is on this machine,
// or reached by TLS that checks its certificate.
func guarded(c *pgconn.Config) bool {
	check := func(host string, t bool) bool {
		a, err := netip.ParseAddr(host)
		return t || strings.HasPrefix(host, "/") || host == "localhost" || err == nil && a.IsLoopback()
	}
	ok := check(c.Host, c.TLSConfig != nil && !c.TLSConfig.InsecureSkipVerify)
	for _, f := range c.Fallbacks {
		ok = ok && check(f.Host, f.TLSConfig != nil && !f.TLSConfig.InsecureSkipVerify)
	}
	return ok
}

// Prepare makes the tables in a database, and the role madoguchi_tenant that those
// who keep casebooks in it are members of. Only the database's owner can; doing it
// again changes nothing.
func Prepare(ctx context.Context, address string) (err error) {
	db, err := connect(address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// openShared opens a casebook's database on a server.
func openShared(p Place) (*database, error) {
	db, err := connect(p.Store)
	if err != nil {
		return nil, err
	}
	const connections = 4 // at most; others of the same tenant have their own
	db.SetMaxOpenConns(connections)
	if err := errors.Join(tenant(db), os.MkdirAll(p.Dir, 0o700)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &database{db, &shared{local{p.Dir}, db}}, nil
}

// tenant checks that the database is what it should be for its user.
func tenant(db *sql.DB) error {
	var free bool
	if err := db.QueryRow("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&free); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	if free {
		return ErrUnfenced
	}
	var have int
	err := db.QueryRow("SELECT version FROM version").Scan(&have)
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) || errors.Is(err, sql.ErrNoRows):
		return ErrUnprepared
	case err != nil:
		return fmt.Errorf("casebook: %w", err)
	case have > version:
		return ErrNewer
	case have != version:
		return ErrUnprepared
	}
	return nil
}

// shared is a casebook on a server. Its files are rows, too, but for the copy of
// the log's head: that is kept where the server cannot put it back.
type shared struct {
	local local
	db    *sql.DB
}

// query numbers the values.
func (*shared) query(q string) string {
	var b strings.Builder
	n := 0
	for _, c := range q {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// lock waits for the tenant's own key: nobody else can hold it.
func (*shared) lock(t *sql.Tx) error {
	_, err := t.Exec("SELECT 1 FROM file WHERE name = 'key.age' FOR UPDATE")
	return err
}

func (*shared) sound(querier) []Fault { return nil } // the server's own checksums and amcheck are its operator's

func (*shared) forget(*sql.DB) error { return nil } // see Book.Remove

func (*shared) alone() bool { return false }

func (s *shared) here() keeper { return s.local }

func (s *shared) readFile(name string) ([]byte, error) {
	if name == checkpointFile {
		return s.local.readFile(name)
	}
	var data []byte
	err := s.db.QueryRow("SELECT data FROM file WHERE name = $1", name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		err = os.ErrNotExist
	}
	return data, err
}

func (s *shared) writeFile(name string, data []byte) error {
	if name == checkpointFile {
		return s.local.writeFile(name, data)
	}
	if err := s.createFile(name, data); !errors.Is(err, os.ErrExist) {
		return err
	}
	if _, err := s.db.Exec("UPDATE file SET data = $2 WHERE name = $1", name, data); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

func (s *shared) createFile(name string, data []byte) error {
	_, err := s.db.Exec("INSERT INTO file (name, data) VALUES ($1, $2)", name, data)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == uniqueViolation {
		return os.ErrExist
	}
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

const uniqueViolation = "23505" // https://www.postgresql.org/docs/current/errcodes-appendix.html

func (s *shared) files(prefix string) ([]string, error) {
	rows, err := s.db.Query("SELECT name FROM file WHERE starts_with(name, $1) ORDER BY name", prefix)
	if err != nil {
		return nil, err
	}
	return all(rows, func() (name string, err error) { return name, rows.Scan(&name) })
}
