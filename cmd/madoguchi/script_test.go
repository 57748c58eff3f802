package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/madoguchi/madoguchi/internal/casebook/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(pgtest.Main{M: m}, map[string]func(){
		"madoguchi": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs every scenario under testdata/: what a person types and
// reads. `status N COMMAND` demands an exit status.
func TestScripts(t *testing.T) { scripts(t, "../../testdata", nil) }

// TestPostgres runs those that need a database server: $OWNER, and two of its
// users, $MADOGUCHI_STORE and $OTHER.
func TestPostgres(t *testing.T) {
	d := pgtest.New(t)
	scripts(t, "../../testdata/postgres", func(e *testscript.Env) error {
		e.Setenv("OWNER", d.URL("owner"))
		e.Setenv("MADOGUCHI_STORE", d.Tenant())
		e.Setenv("OTHER", d.Tenant())
		return nil
	})
}

func scripts(t *testing.T, dir string, setup func(*testscript.Env) error) {
	testscript.Run(t, testscript.Params{
		Dir:   dir,
		Setup: setup,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: status N COMMAND [ARG ...]")
				}
				want, err := strconv.Atoi(args[0])
				if err != nil {
					ts.Fatalf("status %s is no number", args[0])
				}
				got := 0
				var ee *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ee) {
					got = ee.ExitCode()
				} else if err != nil {
					ts.Fatalf("%v", err)
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
	})
}
