package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"github.com/madoguchi/madoguchi/batch"
	"github.com/madoguchi/madoguchi/casebook"
)

type caseCmd struct {
	New          caseNewCmd          `cmd:"" help:"Begin a case: one contact with one window. Makes the casebook if there is none."`
	Add          caseAddCmd          `cmd:"" help:"Note something of a case: a message, a remark, a file."`
	List         caseListCmd         `cmd:"" help:"List the cases, the last touched first."`
	Show         caseShowCmd         `cmd:"" help:"Show a case."`
	State        caseStateCmd        `cmd:"" help:"Note where a case stands."`
	Verify       caseVerifyCmd       `cmd:"" help:"Hold every entry against the signed log."`
	Export       caseExportCmd       `cmd:"" help:"Write a case as JSON, or chosen entries with their proof."`
	VerifyBundle caseVerifyBundleCmd `cmd:"" help:"Check a bundle that somebody handed you. Needs no casebook."`
	Rm           caseRmCmd           `cmd:"" help:"Remove a case's contents for good; the proof of the others stays."`
	Key          caseKeyCmd          `cmd:"" help:"Lock the casebook with another passphrase, or with the keys of several people."`
}

// caseFlags open a casebook.
type caseFlags struct {
	Dir      string `help:"The casebook's folder; by default under ~/.local/share/madoguchi." env:"MADOGUCHI_CASEBOOK" placeholder:"DIR"`
	Identity string `help:"Open it with this age identity file instead of a passphrase." placeholder:"FILE"`
}

func (c *caseFlags) dir() (string, error) {
	if c.Dir != "" {
		return c.Dir, nil
	}
	dir, err := dataDir()
	return filepath.Join(dir, "casebook"), err
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
	p, err := passphrase(s, "合言葉 / passphrase: ")
	return casebook.Unlock{Passphrase: p}, err
}

func (c *caseFlags) open(s *streams) (*casebook.Book, error) {
	dir, err := c.dir()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "key.age")); err != nil {
		return nil, &usageError{casebook.ErrNoCasebook, "madoguchi case new TITLE makes one"}
	}
	u, err := c.unlock(s)
	if err != nil {
		return nil, err
	}
	b, err := casebook.OpenBook(dir, u)
	return b, caseError(err)
}

// caseError gives errors that a person can mend their hint.
func caseError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, casebook.ErrLocked):
		return &usageError{err, "check the passphrase; without it nobody can open the casebook"}
	case errors.Is(err, casebook.ErrNoCase):
		return &usageError{err, "madoguchi case list shows the cases and their ids"}
	case errors.Is(err, casebook.ErrState):
		return &usageError{err, "madoguchi case show ID tells where the case stands"}
	case errors.Is(err, casebook.ErrNewer):
		return &usageError{err, "use the newer program; nothing was changed"}
	}
	return err
}

// with opens the casebook, does f and closes it.
func (c *caseFlags) with(s *streams, f func(*casebook.Book) error) error {
	b, err := c.open(s)
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
	if _, ok := batch.ParseChannel(c.Channel); c.Channel != "" && !ok {
		return &usageError{fmt.Errorf("unknown channel %q", c.Channel), "use one of " + strings.Join(batch.Channels, ", ")}
	}
	if _, ok := batch.ParseInquiry(c.Inquiry); !ok {
		return &usageError{fmt.Errorf("unknown inquiry %q", c.Inquiry), "use one of " + strings.Join(batch.Inquiries(), ", ")}
	}
	dir, err := c.dir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "key.age")); errors.Is(err, os.ErrNotExist) {
		if err := c.create(s, dir); err != nil {
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
func (c *caseNewCmd) create(s *streams, dir string) error {
	p, err := passphrase(s, "新しい合言葉（忘れると、だれも開けません）/ new passphrase (nobody can open it without): ")
	if err != nil {
		return err
	}
	if len([]rune(p)) < 8 {
		return &usageError{errors.New("the passphrase is shorter than 8 characters"), "take four words that do not belong together"}
	}
	b, err := casebook.Create(dir, casebook.Lock{Passphrase: p})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "madoguchi: new casebook in", dir)
	return b.Close()
}

type caseAddCmd struct {
	Case string   `arg:"" help:"The case's id."`
	Text []string `arg:"" optional:"" help:"What was said or noted; standard input where there is none."`
	caseFlags
	Kind string `help:"message, call or remark." default:"remark" enum:"message,call,remark"`
	From string `help:"Of a message: window or person." default:"window" enum:"window,person"`
	File string `help:"Add this file bit for bit: a mail, a screenshot, a recording." placeholder:"FILE"`
}

// maxFile bounds an attachment.
const maxFile = 64 << 20

func (c *caseAddCmd) Run(s *streams) error {
	e := casebook.Entry{Case: c.Case, Kind: casebook.Kind(c.Kind), Text: strings.Join(c.Text, " ")}
	if c.Kind == "message" {
		e.From = c.From
	}
	switch {
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
	return c.with(s, func(b *casebook.Book) error {
		faults, n, err := b.Verify()
		if err != nil {
			return err
		}
		for _, f := range faults {
			fmt.Fprintln(s.out, f)
		}
		if len(faults) > 0 {
			fmt.Fprintf(s.out, "%d 件の記録のうち、書いたときと違うところが %d か所あります。\n", n, len(faults))
			return exit(exitFailure)
		}
		fmt.Fprintf(s.out, "%d 件の記録は、書いたときのままです。\n", n)
		return nil
	})
}

type caseExportCmd struct {
	Case string `arg:"" help:"The case's id."`
	caseFlags
	Bundle bool    `help:"With the proof that the entries were noted so, for a third party; see docs/bundle.md."`
	Entry  []int64 `help:"Of a bundle: only this entry; several are possible." placeholder:"N"`
	Out    string  `help:"Write to this new file (mode 0600) instead of standard output." placeholder:"FILE"`
}

func (c *caseExportCmd) Run(s *streams) error {
	if len(c.Entry) > 0 && !c.Bundle {
		return &usageError{errors.New("--entry without --bundle"), "add --bundle: single entries are handed on with their proof"}
	}
	return c.with(s, func(b *casebook.Book) error {
		out, err := c.encode(b)
		if err != nil {
			return err
		}
		if c.Out == "" {
			return printText(s, string(out))
		}
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return &usageError{fmt.Errorf("cannot write %s: %w", c.Out, errors.Unwrap(err)), "name a new file in a folder that you may write to"}
		}
		_, err = f.Write(append(out, '\n'))
		return errors.Join(err, f.Close())
	})
}

func (c *caseExportCmd) encode(b *casebook.Book) ([]byte, error) {
	if c.Bundle {
		return b.Bundle(c.Case, c.Entry)
	}
	k, err := b.Case(c.Case)
	if err != nil {
		return nil, err
	}
	list, err := b.Entries(c.Case)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(struct {
		Case    casebook.Case    `json:"case"`
		Entries []casebook.Entry `json:"entries"`
	}{k, list}, "", "  ")
}

type caseVerifyBundleCmd struct {
	File string `arg:"" help:"The bundle."`
}

func (c *caseVerifyBundleCmd) Run(s *streams) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return &usageError{fmt.Errorf("no such file: %s", c.File), "name the file that case export --bundle wrote"}
	}
	p, err := casebook.VerifyBundle(b)
	if err != nil {
		fmt.Fprintln(s.out, "この書類は、記録したときのままではありません。")
		return err
	}
	fmt.Fprintf(s.out, "%d 件の記録は、記録したときのままです（全 %d 件の記録のうち）。\n鍵: %s\nこの鍵が本人のものかは、本人に確かめてください。時刻は、記録した機械の時計によります。\n\n", len(p.Entries), p.Size, p.Key)
	for i := range p.Entries {
		e := &p.Entries[i]
		fmt.Fprintf(s.out, "%d  %s  %s  %s\n", e.Seq, e.At.Format("2006-01-02 15:04:05 UTC"), e.Kind, e.Text)
	}
	return nil
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

type caseKeyCmd struct {
	caseFlags
	Recipient     []string `help:"An age recipient (age1…) who may open it; several for a family." placeholder:"AGE1…"`
	NewPassphrase bool     `help:"Ask for a new passphrase (or take MADOGUCHI_NEW_PASSPHRASE)."`
}

func (c *caseKeyCmd) Run(s *streams) error {
	var l casebook.Lock
	for _, r := range c.Recipient {
		to, err := age.ParseX25519Recipient(r)
		if err != nil {
			return &usageError{fmt.Errorf("%s is no age recipient", r), "age-keygen prints one: age1…"}
		}
		l.Recipients = append(l.Recipients, to)
	}
	if c.NewPassphrase == (len(l.Recipients) > 0) {
		return &usageError{errors.New("give --new-passphrase, or one or more --recipient"), "a file that a passphrase opens can have no other key"}
	}
	dir, err := c.dir()
	if err != nil {
		return err
	}
	u, err := c.unlock(s)
	if err != nil {
		return err
	}
	b, err := casebook.OpenBook(dir, u)
	if err != nil {
		return caseError(err)
	}
	if c.NewPassphrase {
		if l.Passphrase = os.Getenv("MADOGUCHI_NEW_PASSPHRASE"); l.Passphrase == "" {
			if l.Passphrase, err = typed(s, "新しい合言葉 / new passphrase: ", "run it in a terminal, or set MADOGUCHI_NEW_PASSPHRASE"); err != nil {
				return errors.Join(err, b.Close())
			}
		}
	}
	return errors.Join(b.Rekey(l, u), b.Close())
}
