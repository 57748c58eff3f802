package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/term"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/intake"
)

type caseCmd struct {
	New          caseNewCmd          `cmd:"" help:"Begin a case: one contact with one window. Makes the casebook if there is none."`
	Add          caseAddCmd          `cmd:"" help:"Note something of a case: a message, a remark, a file."`
	List         caseListCmd         `cmd:"" help:"List the cases, the last touched first."`
	Show         caseShowCmd         `cmd:"" help:"Show a case."`
	State        caseStateCmd        `cmd:"" help:"Note where a case stands."`
	Verify       caseVerifyCmd       `cmd:"" help:"Hold every entry against the signed log."`
	Accept       caseAcceptCmd       `cmd:"" help:"Take a record that was put back to an older one as it is now."`
	Export       caseExportCmd       `cmd:"" help:"Write a case on paper (HTML, PDF) with a cover sheet, as JSON, as a report of its mail, or chosen entries with their proof."`
	VerifyBundle caseVerifyBundleCmd `cmd:"" help:"Check a bundle that somebody handed you. Needs no casebook."`
	Rescue       caseRescueCmd       `cmd:"" help:"Save what can be read of a damaged casebook into a new one."`
	Backup       caseBackupCmd       `cmd:"" help:"Write the whole casebook, sealed as it is, into one file."`
	Restore      caseRestoreCmd      `cmd:"" help:"Lay a backup into an empty folder."`
	Stamp        caseStampCmd        `cmd:"" help:"Let a time-stamping authority (RFC 3161) stamp the log. Uses the network."`
	Prepare      casePrepareCmd      `cmd:"" help:"Make the tables of shared casebooks in a PostgreSQL database, as its owner."`
	Rm           caseRmCmd           `cmd:"" help:"Remove a case's contents for good; the proof of the others stays."`
	Key          caseKeyCmd          `cmd:"" help:"Lock the casebook with another passphrase, the keys of several people, or this computer's keyring."`
}

// placeFlags say where a casebook lies.
type placeFlags struct {
	Dir   string `help:"The casebook's folder; by default under ~/.local/share/madoguchi." env:"MADOGUCHI_CASEBOOK" placeholder:"DIR"`
	Store string `help:"Keep the casebook in this PostgreSQL database, postgres://USER@HOST/NAME, instead; see docs/postgres.md. --dir then holds a copy of the log's head." env:"MADOGUCHI_STORE" placeholder:"URL"`
}

// place is the casebook's, by default one a database and one of our own.
func (c *placeFlags) place() (casebook.Place, error) {
	p := casebook.Place{Dir: c.Dir, Store: c.Store}
	if p.Dir != "" {
		return p, nil
	}
	dir, err := dataDir()
	if p.Dir = filepath.Join(dir, "casebook"); p.Store != "" {
		p.Dir = filepath.Join(dir, "shared", storeName(p.Store))
	}
	return p, err
}

// storeName is a folder's name for a database and its user, the same after the
// password or a setting was changed.
func storeName(address string) string {
	if u, err := url.Parse(address); err == nil {
		address = u.User.Username() + "@" + u.Host + u.Path
	}
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:8])
}

// caseFlags open a casebook.
type caseFlags struct {
	placeFlags
	Identity string `help:"Open it with this age identity file instead of a passphrase." placeholder:"FILE"`
}

// passphrase comes from MADOGUCHI_PASSPHRASE, the file that
// MADOGUCHI_PASSPHRASE_FILE names, or the terminal.
func passphrase(s *streams, prompt string) (string, error) {
	if p := os.Getenv("MADOGUCHI_PASSPHRASE"); p != "" {
		return p, nil
	}
	if name := os.Getenv("MADOGUCHI_PASSPHRASE_FILE"); name != "" {
		b, err := os.ReadFile(name)
		if err != nil {
			return "", &usageError{fmt.Errorf("no such file: %s", name), "MADOGUCHI_PASSPHRASE_FILE names a file whose first line is the passphrase"}
		}
		line, _, _ := strings.Cut(string(b), "\n")
		return strings.TrimRight(line, "\r"), nil
	}
	return typed(s, prompt, "run it in a terminal, or set MADOGUCHI_PASSPHRASE or MADOGUCHI_PASSPHRASE_FILE")
}

// typed reads a secret from the terminal without showing it.
func typed(s *streams, prompt, hint string) (string, error) {
	f, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", &usageError{errors.New("no passphrase"), hint}
	}
	fmt.Fprint(s.err, prompt)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(s.err)
	return string(b), err
}

func (c *caseFlags) unlock(s *streams) (casebook.Unlock, error) {
	if c.Identity != "" {
		f, err := os.Open(c.Identity)
		if err != nil {
			return casebook.Unlock{}, &usageError{fmt.Errorf("no such file: %s", c.Identity), "name a file made by age-keygen"}
		}
		defer func() { _ = f.Close() }()
		ids, err := age.ParseIdentities(f)
		if err != nil {
			return casebook.Unlock{}, &usageError{fmt.Errorf("%s is no age identity file", c.Identity), "name a file made by age-keygen"}
		}
		return casebook.Unlock{Identities: ids}, nil
	}
	if p, err := c.place(); err == nil && os.Getenv("MADOGUCHI_PASSPHRASE") == "" && os.Getenv("MADOGUCHI_PASSPHRASE_FILE") == "" {
		if id := fromKeyring(p.Dir); id != nil {
			return casebook.Unlock{Identities: []age.Identity{id}}, nil
		}
	}
	p, err := passphrase(s, "合言葉 / passphrase: ")
	return casebook.Unlock{Passphrase: p}, err
}

// open opens the casebook, and tells where it lies and with what it was opened.
func (c *caseFlags) open(s *streams) (*casebook.Book, casebook.Place, casebook.Unlock, error) {
	return c.openBy(s, casebook.OpenBook)
}

func (c *caseFlags) openBy(s *streams, open func(casebook.Place, casebook.Unlock) (*casebook.Book, error)) (*casebook.Book, casebook.Place, casebook.Unlock, error) {
	p, err := c.place()
	if err != nil {
		return nil, p, casebook.Unlock{}, err
	}
	there, err := p.Exists()
	if err == nil && !there {
		err = casebook.ErrNoCasebook
	}
	if err != nil {
		return nil, p, casebook.Unlock{}, caseError(err)
	}
	u, err := c.unlock(s)
	if err != nil {
		return nil, p, u, err
	}
	b, err := open(p, u)
	return b, p, u, caseError(err)
}

// caseError gives errors that a person can mend their hint.
func caseError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, casebook.ErrNoCasebook):
		return &usageError{err, "madoguchi case new TITLE makes one"}
	case errors.Is(err, casebook.ErrStore):
		return &usageError{err, "write it as postgres://USER@HOST/NAME; the password comes best from PGPASSWORD or ~/.pgpass"}
	case errors.Is(err, casebook.ErrPlain):
		return &usageError{err, "add ?sslmode=verify-full to --store"}
	case errors.Is(err, casebook.ErrUnprepared):
		return &usageError{err, "the database's owner runs madoguchi case prepare, then GRANT madoguchi_tenant TO the user; see docs/postgres.md"}
	case errors.Is(err, casebook.ErrUnfenced):
		return &usageError{err, "use a user that is neither superuser nor BYPASSRLS; see docs/postgres.md"}
	case errors.Is(err, casebook.ErrLocked):
		return &usageError{err, "check the passphrase; without it nobody can open the casebook"}
	case errors.Is(err, casebook.ErrNoCase):
		return &usageError{err, "madoguchi case list shows the cases and their ids"}
	case errors.Is(err, casebook.ErrState):
		return &usageError{err, "madoguchi case show ID tells where the case stands"}
	case errors.Is(err, casebook.ErrOlder):
		return &usageError{err, "madoguchi case verify tells more; if you know why (you put a backup back yourself), madoguchi case accept --yes takes it as it is now"}
	case errors.Is(err, casebook.ErrNewer):
		return &usageError{err, "use the newer program; nothing was changed"}
	}
	return err
}

// with opens the casebook, does f and closes it.
func (c *caseFlags) with(s *streams, f func(*casebook.Book) error) error {
	return c.withBy(s, casebook.OpenBook, f)
}

func (c *caseFlags) withBy(s *streams, open func(casebook.Place, casebook.Unlock) (*casebook.Book, error), f func(*casebook.Book) error) error {
	b, _, _, err := c.openBy(s, open)
	if err != nil {
		return err
	}
	return errors.Join(caseError(f(b)), b.Close())
}

type caseNewCmd struct {
	Title []string `arg:"" help:"What it is about, in your words."`
	caseFlags
	Org       string `help:"The organization that the window says to be." placeholder:"NAME"`
	Channel   string `help:"email, sms, chat, phone, form, letter or popup." placeholder:"WORD"`
	Inquiry   string `help:"What it is about; 'madoguchi needs' lists the words." placeholder:"WORD"`
	Initiator string `help:"Who started: person (I did) or window (they did)." placeholder:"WORD"`
}

func (c *caseNewCmd) Run(s *streams) error {
	said := intake.Exchange{Channel: c.Channel, Inquiry: c.Inquiry, Initiator: c.Initiator}
	if err := said.Apply(&exchange.Exchange{}); err != nil {
		return wordError(err)
	}
	p, err := c.place()
	if err != nil {
		return err
	}
	there, err := p.Exists()
	if err != nil {
		return caseError(err)
	}
	if !there {
		if err := c.create(s, p); err != nil {
			return err
		}
	}
	return c.with(s, func(b *casebook.Book) error {
		id, err := b.New(casebook.Subject{Title: strings.Join(c.Title, " "), Organization: c.Org, Channel: c.Channel, Inquiry: c.Inquiry, Initiator: c.Initiator})
		if err == nil {
			fmt.Fprintln(s.out, id)
		}
		return err
	})
}

// create makes the casebook that is not there yet.
func (c *caseNewCmd) create(s *streams, at casebook.Place) error {
	p, err := passphrase(s, "新しい合言葉（忘れると、だれも開けません）/ new passphrase (nobody can open it without): ")
	if err != nil {
		return err
	}
	if len([]rune(p)) < 8 {
		return &usageError{errors.New("the passphrase is shorter than 8 characters"), "take four words that do not belong together"}
	}
	b, err := casebook.Create(at, casebook.Lock{Passphrase: p})
	if errors.Is(err, casebook.ErrExists) {
		return nil // somebody made it a moment ago: it is opened next
	}
	if err != nil {
		return err
	}
	if at.Store != "" {
		fmt.Fprintln(s.err, "madoguchi: new casebook in the database")
	} else {
		fmt.Fprintln(s.err, "madoguchi: new casebook in", at.Dir)
	}
	return b.Close()
}

type caseAddCmd struct {
	Case string   `arg:"" help:"The case's id."`
	Text []string `arg:"" optional:"" help:"What was said or noted; standard input where there is none."`
	caseFlags
	Kind string `help:"message, call or remark." default:"remark" enum:"message,call,remark"`
	From string `help:"Of a message: window or person." default:"window" enum:"window,person"`
	File string `help:"Add this file bit for bit: a mail, a screenshot, a recording." placeholder:"FILE"`

	Number     string `help:"Of a call: the number shown." group:"Of a call"`
	Company    string `help:"Of a call: the company they say to be." group:"Of a call"`
	Department string `help:"Of a call: their department." group:"Of a call"`
	Name       string `help:"Of a call: the caller's name." group:"Of a call"`
	Start      string `help:"Of a call: when it began, 2026-11-24 10:05." group:"Of a call" placeholder:"TIME"`
	End        string `help:"Of a call: when it ended." group:"Of a call" placeholder:"TIME"`
}

// notes are the fields of a call, nil where none was given.
func (c *caseAddCmd) notes() (*casebook.Notes, error) {
	n := &casebook.Notes{Number: c.Number, Company: c.Company, Department: c.Department, Name: c.Name}
	for _, t := range []struct {
		flag, text string
		to         *time.Time
	}{{"--start", c.Start, &n.Start}, {"--end", c.End, &n.End}} {
		if t.text == "" {
			continue
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", t.text, time.Local)
		if err != nil {
			return nil, &usageError{fmt.Errorf("%s %q is no time", t.flag, t.text), "write it as 2026-11-24 10:05"}
		}
		*t.to = at
	}
	if *n == (casebook.Notes{}) {
		return nil, nil
	}
	if c.Kind != "call" {
		return nil, &usageError{errors.New("notes of a call without --kind call"), "add --kind call"}
	}
	if !n.End.IsZero() && n.End.Before(n.Start) {
		return nil, &usageError{errors.New("the call ended before it began"), "check --start and --end"}
	}
	return n, nil
}

// maxFile bounds an attachment.
const maxFile = 64 << 20

func (c *caseAddCmd) Run(s *streams) error {
	e := casebook.Entry{Case: c.Case, Kind: casebook.Kind(c.Kind), Text: strings.Join(c.Text, " ")}
	if c.Kind == "message" {
		e.From = c.From
	}
	notes, err := c.notes()
	if err != nil {
		return err
	}
	e.Call = notes
	switch {
	case notes != nil && len(c.Text) == 0:
	case c.File != "":
		info, err := os.Stat(c.File)
		if err != nil || info.IsDir() || info.Size() > maxFile {
			return &usageError{fmt.Errorf("cannot take %s", c.File), "name a file of at most 64 MiB"}
		}
		if e.Data, err = os.ReadFile(c.File); err != nil {
			return &usageError{fmt.Errorf("cannot read %s", c.File), "check the file's permissions"}
		}
		e.Kind, e.Name = casebook.Attachment, filepath.Base(c.File)
	case len(c.Text) == 0:
		b, err := io.ReadAll(io.LimitReader(s.in, maxFile))
		if err != nil {
			return err
		}
		if e.Text = strings.TrimRight(string(b), "\n"); e.Text == "" {
			return &usageError{errors.New("nothing to note"), "give the words, a --file, or text on standard input"}
		}
	}
	return c.with(s, func(b *casebook.Book) error {
		got, err := b.Add(e)
		if err == nil {
			fmt.Fprintf(s.out, "記録しました: %d\n", got.Seq)
		}
		return err
	})
}

type caseListCmd struct {
	caseFlags
	Search string `help:"Only cases in which this stands; looked for in memory, not on the disk." placeholder:"WORD"`
}

func (c *caseListCmd) Run(s *streams) error {
	return c.with(s, func(b *casebook.Book) error {
		list, err := b.Cases(c.Search)
		if err != nil {
			return err
		}
		for i := range list {
			k := &list[i]
			fmt.Fprintf(s.out, "%s  %-11s %s  %s\n", k.ID, k.State, k.Last.Local().Format("2006-01-02 15:04"), k.Subject.Title)
		}
		if len(list) == 0 {
			fmt.Fprintln(s.out, "まだ記録はありません。")
		}
		return nil
	})
}

type caseShowCmd struct {
	Case string `arg:"" help:"The case's id."`
	caseFlags
}

func (c *caseShowCmd) Run(s *streams) error {
	return c.with(s, func(b *casebook.Book) error {
		k, err := b.Case(c.Case)
		if err != nil {
			return err
		}
		list, err := b.Entries(c.Case)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n%s  %s  %s\n\n", k.Subject.Title, k.State, k.Subject.Organization, k.Subject.Channel)
		for i := range list {
			e := &list[i]
			who := map[string]string{"window": "相手", "person": "私"}[e.From]
			body := e.Text
			switch e.Kind {
			case casebook.Opened:
				body = "記録を始めました"
			case casebook.Call:
				if n := e.Call; n != nil {
					body = strings.TrimSpace(strings.Join([]string{n.Number, n.Company, n.Department, n.Name}, " ") + "\n" + body)
				}
			case casebook.Attachment:
				body = fmt.Sprintf("%s (%d バイト)", e.Name, len(e.Data))
			}
			if who != "" {
				body = who + ": " + body
			}
			fmt.Fprintf(s.out, "%s  %-10s %s\n", e.At.Local().Format("2006-01-02 15:04:05"), e.Kind, strings.ReplaceAll(body, "\n", "\n"+strings.Repeat(" ", 33)))
		}
		return nil
	})
}

type caseStateCmd struct {
	Case  string `arg:"" help:"The case's id."`
	State string `arg:"" help:"open, suspicious, stopped, reconfirmed, reported or closed." enum:"open,suspicious,stopped,reconfirmed,reported,closed"`
	caseFlags
}

func (c *caseStateCmd) Run(s *streams) error {
	return c.with(s, func(b *casebook.Book) error { return b.SetState(c.Case, casebook.State(c.State)) })
}

type caseVerifyCmd struct{ caseFlags }

func (c *caseVerifyCmd) Run(s *streams) error {
	return c.withBy(s, casebook.Inspect, func(b *casebook.Book) error {
		faults, n, err := b.Verify()
		if err != nil {
			return err
		}
		stamps, more, err := b.Stamps()
		if err != nil {
			return err
		}
		faults = append(faults, more...)
		for _, f := range faults {
			fmt.Fprintln(s.out, f)
		}
		if len(faults) > 0 {
			fmt.Fprintf(s.out, "%d 件の記録のうち、書いたときと違うところが %d か所あります。\n", n, len(faults))
			return exit(exitFailure)
		}
		fmt.Fprintf(s.out, "%d 件の記録は、書いたときのままです。\n", n)
		for _, t := range stamps {
			fmt.Fprintf(s.out, "時刻の証明: %s に、はじめの %d 件（%s）\n", t.Time.Local().Format("2006-01-02 15:04:05"), t.Size, t.By)
		}
		return nil
	})
}

type caseAcceptCmd struct {
	caseFlags
	Yes bool `help:"Yes: it is right that the record is as it is now."`
}

func (c *caseAcceptCmd) Run(s *streams) error {
	if !c.Yes {
		return &usageError{errors.New("an older record may be what somebody put there"), "look at madoguchi case verify first; then case accept --yes"}
	}
	return c.withBy(s, casebook.Inspect, func(b *casebook.Book) error {
		kept, err := b.Accept()
		if err == nil && kept != "" {
			fmt.Fprintln(s.err, "madoguchi: what the record said before is kept in", kept)
		}
		return err
	})
}

type caseRmCmd struct {
	Case string `arg:"" help:"The case's id."`
	caseFlags
	Yes bool `help:"Yes, for good."`
}

func (c *caseRmCmd) Run(s *streams) error {
	if !c.Yes {
		return &usageError{errors.New("what is removed cannot be brought back"), "madoguchi case export ID --out FILE keeps a copy; then case rm ID --yes"}
	}
	return c.with(s, func(b *casebook.Book) error { return b.Remove(c.Case) })
}
