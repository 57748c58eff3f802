// Command madoguchi tells whether a support window (窓口) is the
// organization's own, and which personal data may be told to it.
//
// Its rules: a verdict goes to standard output and is nothing else; what a
// person needs to know about the run goes to standard error with a
// "madoguchi:" prefix, and an error carries a hint. No message of either kind
// repeats the text that was checked. The exit status is part of the contract:
// see [exitOK] and its neighbours.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/contact"
)

// Exit statuses. Scripts may rely on them.
const (
	exitOK      = 0  // no reason to hold back was found, or the command did its work
	exitFailure = 1  // the program failed: a bug, a full disk, a broken pipe
	exitUsage   = 2  // the input or the command line cannot be used; the message says how to mend it
	exitCaution = 10 // confirm first
	exitStop    = 20 // stop
)

// version is set by the release build.
var version = "0.1.0-dev"

func main() {
	contact.SetDay(time.Now().Format(time.DateOnly))
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// commands is the command line.
type commands struct {
	Config kong.ConfigFlag `help:"Take flags that are not given from this file; see docs/config.md." env:"MADOGUCHI_CONFIG" placeholder:"FILE"`

	Own ownFlag `help:"Your own words, patterns, categories and windows, from this file; see docs/own-lists.md." env:"MADOGUCHI_OWN" placeholder:"FILE"`

	Check      checkCmd      `cmd:"" help:"Check a draft, a message, a mail, a URL or a number: where, what, how much."`
	Talk       talkCmd       `cmd:"" help:"Follow a talk turn by turn: what was asked, what was told, where it turned."`
	Window     windowCmd     `cmd:"" help:"Where alone: is this URL, mail address or number the organization's own?"`
	Redact     redactCmd     `cmd:"" help:"Cover the personal data of a text."`
	Needs      needsCmd      `cmd:"" help:"What windows need for an inquiry, and what nobody may ask."`
	Org        orgCmd        `cmd:"" help:"The directory of organizations and their windows."`
	Case       caseCmd       `cmd:"" help:"The record: encrypted, and so that a later change shows."`
	Policy     policyCmd     `cmd:"" help:"What a privacy policy says, and whether it says why they want something."`
	Serve      serveCmd      `cmd:"" help:"Open the page in the browser, and the API for programs, on this machine."`
	Site       siteCmd       `cmd:"" help:"Write the page as files for any host: answered on the visitor's own device."`
	Worker     workerCmd     `cmd:"" help:"Judge exchanges that come by NATS JetStream, each verdict stored once."`
	Milter     milterCmd     `cmd:"" help:"Judge mails for a mail server (Postfix, Sendmail) by the milter protocol."`
	MCP        mcpCmd        `cmd:"" name:"mcp" help:"Be a tool server for an AI agent (Model Context Protocol, standard input and output)."`
	Data       dataCmd       `cmd:"" help:"Look after the knowledge under data/."`
	Eval       evalCmd       `cmd:"" help:"Hold the program against gold files."`
	Corpus     corpusCmd     `cmd:"" help:"Check, build and count the messages of corpus/hands."`
	Completion completionCmd `cmd:"" help:"Print a completion script for bash, zsh or fish."`
	Version    versionCmd    `cmd:"" help:"Print the version and the knowledge's hash."`
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exit is an error that means an exit status and nothing to print.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is an error of what the person gave, with a hint.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// grammar is how the command line is read.
func grammar(s *streams, end func(code int)) []kong.Option {
	return []kong.Option{
		kong.Name("madoguchi"),
		kong.Description("窓口 — Before you tell a support window anything: is it really theirs, what are you telling, is it needed?\nNothing leaves this machine. Try: madoguchi check"),
		kong.Writers(s.out, s.err),
		kong.Exit(end),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.Bind(s),
		kong.Resolvers(settings(nil)), // the environment alone
		kong.Configuration(readSettings),
	}
}

func run(args []string, in io.Reader, out, errw io.Writer) (status int) {
	var c commands
	s := &streams{in, printed(out), plain{errw}}
	status = -1
	parser, err := kong.New(&c, grammar(s, func(code int) { status = code; panic(errExit) })...)
	if err != nil {
		fmt.Fprintln(errw, "madoguchi: error:", err)
		return exitFailure
	}
	defer func() {
		if r := recover(); r != nil && r != errExit { //nolint:errorlint // the very value
			panic(r)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if err == nil {
		err = ctx.Run(parser)
	}
	return s.finish(err)
}

// printed is a writer for people; what is written to a terminal is known by its own
// file, which colours and width depend on.
func printed(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		return terminal{plain{f}, f}
	}
	return plain{w}
}

// terminal is a plain writer to a file.
type terminal struct {
	plain
	*os.File
}

func (t terminal) Write(b []byte) (int, error) { return t.plain.Write(b) }

// exact is the writer beneath, for what programs read.
func exact(w io.Writer) io.Writer {
	switch x := w.(type) {
	case terminal:
		return x.File
	case plain:
		return x.w
	}
	return w
}

// fileOf is the file that a writer writes to, nil where it is none.
func fileOf(w io.Writer) *os.File {
	switch x := w.(type) {
	case terminal:
		return x.File
	case *os.File:
		return x
	case plain:
		return fileOf(x.w)
	}
	return nil
}

var errExit = errors.New("exit")

// finish prints an error and returns its exit status.
func (s *streams) finish(err error) int {
	var code exit
	var usage *usageError
	var parse *kong.ParseError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintln(s.err, "madoguchi: error:", err)
		fmt.Fprintln(s.err, "madoguchi: hint:", usage.hint)
		return exitUsage
	case errors.As(err, &parse):
		fmt.Fprintln(s.err, "madoguchi: error:", err)
		fmt.Fprintln(s.err, "madoguchi: hint: madoguchi --help lists the commands, madoguchi COMMAND --help its flags")
		return exitUsage
	}
	fmt.Fprintln(s.err, "madoguchi: error:", err)
	return exitFailure
}

// statusOf turns a verdict into an exit status.
func statusOf(l exchange.Level) error {
	switch l {
	case exchange.Stop:
		return exit(exitStop)
	case exchange.Caution:
		return exit(exitCaution)
	}
	return nil
}
