// Package pgtest runs a real PostgreSQL server for tests: Debian's package, a
// cluster of its own, on this machine only.
package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/madoguchi/madoguchi/internal/casebook"
)

// Server is a running server with a prepared database.
type Server struct {
	dir, bin string
	port     int
	as       *syscall.Credential
	cmd      *exec.Cmd
	ended    chan struct{}
	count    atomic.Int64 // of databases and users made
}

// Dir is where the server keeps everything.
func (s *Server) Dir() string { return s.dir }

var shared = sync.OnceValues(start)

// Of returns the server of this test binary. Where PostgreSQL is not installed the
// test is skipped, or fails where CI is set.
func Of(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNone) && os.Getenv("CI") == "" {
		t.Skip("PostgreSQL is not installed; make tools does")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Main runs the tests and then ends the server, if it was ever begun: for TestMain.
type Main struct{ M *testing.M }

// Run runs the tests.
func (m Main) Run() int {
	defer stop()
	return m.M.Run()
}

func stop() {
	if begun.Load() {
		if s, err := shared(); err == nil {
			s.Kill()
			_ = os.RemoveAll(s.dir)
		}
	}
}

var (
	begun   atomic.Bool
	errNone = errors.New("pgtest: no PostgreSQL under /usr/lib/postgresql")
)

func start() (*Server, error) {
	begun.Store(true)
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return nil, errors.Join(errNone, err)
	}
	s := &Server{bin: slices.Max(bins)}
	if s.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 { // the server does not run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2, os.Chown(s.dir, uid, gid)); err != nil {
			return nil, err
		}
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	initdb := s.command("initdb", "-D", s.data(), "-U", "root", "-A", "trust", "-E", "UTF8", "--no-locale", "-k")
	initdb.Stdout, initdb.Stderr = &out, &out
	if err := initdb.Run(); err != nil {
		return nil, fmt.Errorf("pgtest: initdb: %w\n%s", err, &out)
	}
	if err := s.Restart(); err != nil {
		return nil, err
	}
	if err := s.exec("postgres", "CREATE ROLE owner LOGIN CREATEROLE", "CREATE DATABASE cases OWNER owner"); err != nil {
		return nil, err
	}
	return s, casebook.Prepare(context.Background(), s.url("cases", "owner"))
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// Restart starts the server again and waits until it answers. What was left by
// processes that were killed may keep it from starting for a moment.
func (s *Server) Restart() error {
	const patience = 60 * time.Second
	var out bytes.Buffer
	for until := time.Now().Add(patience); time.Now().Before(until); {
		out.Reset()
		s.cmd = s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+s.dir, "-c", "max_connections=200")
		s.cmd.Stderr = &out
		if err := s.cmd.Start(); err != nil {
			return err
		}
		s.ended = make(chan struct{})
		go func() { _ = s.cmd.Wait(); close(s.ended) }()
		for running := true; running && time.Now().Before(until); {
			if s.exec("postgres", "SELECT 1") == nil {
				return nil
			}
			select {
			case <-s.ended:
				running = false
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("pgtest: the server does not start:\n%s", &out)
}

// Kill ends all of the server's processes with SIGKILL.
func (s *Server) Kill() {
	pid := strconv.Itoa(s.cmd.Process.Pid)
	children, _ := os.ReadFile(filepath.Join("/proc", pid, "task", pid, "children")) // none where it has ended
	for _, c := range append(strings.Fields(string(children)), pid) {
		if n, err := strconv.Atoi(c); err == nil {
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	}
	<-s.ended
}

// Database is a prepared database, with nothing in it.
type Database struct {
	server *Server
	name   string
	t      testing.TB
}

// New makes a prepared database for a test.
func New(t testing.TB) *Database {
	t.Helper()
	s := Of(t)
	d := &Database{s, fmt.Sprintf("cases%d", s.count.Add(1)), t}
	if err := s.exec("postgres", "CREATE DATABASE "+d.name+" TEMPLATE cases OWNER owner"); err != nil {
		t.Fatal(err)
	}
	return d
}

// URL is the database's address for a user.
func (d *Database) URL(user string) string { return d.server.url(d.name, user) }

func (s *Server) url(database, user string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s", user, s.port, database)
}

// Exec runs statements as the superuser, whom no row-level security binds.
func (d *Database) Exec(statements ...string) {
	d.t.Helper()
	if err := d.server.exec(d.name, statements...); err != nil {
		d.t.Fatal(err)
	}
}

// Tenant makes a user who may keep a casebook, and returns the address for it.
func (d *Database) Tenant() string {
	d.t.Helper()
	name := fmt.Sprintf("tenant%d", d.server.count.Add(1))
	d.Exec("CREATE ROLE " + name + " LOGIN IN ROLE madoguchi_tenant")
	return d.URL(name)
}

func (s *Server) exec(database string, statements ...string) (err error) {
	db, err := sql.Open("pgx", s.url(database, "root")+"?search_path=madoguchi")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			return err
		}
	}
	return nil
}
