package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/zalando/go-keyring"

	"github.com/madoguchi/madoguchi/internal/casebook"
)

type caseKeyCmd struct {
	caseFlags
	Recipient     []string `help:"An age recipient (age1…) who may open it; several for a family." placeholder:"AGE1…"`
	Keyring       bool     `help:"Open it with a key in this computer's keyring (Secret Service, Keychain, Credential Manager), without asking; may go with --recipient."`
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
	if c.NewPassphrase == (len(l.Recipients) > 0 || c.Keyring) {
		return &usageError{errors.New("give --new-passphrase, or --keyring, or one or more --recipient"), "a file that a passphrase opens can have no other key"}
	}
	b, p, u, err := c.open(s)
	if err != nil {
		return err
	}
	if c.NewPassphrase {
		if l.Passphrase = os.Getenv("MADOGUCHI_NEW_PASSPHRASE"); l.Passphrase == "" {
			if l.Passphrase, err = typed(s, "新しい合言葉 / new passphrase: ", "run it in a terminal, or set MADOGUCHI_NEW_PASSPHRASE"); err != nil {
				return errors.Join(err, b.Close())
			}
		}
	}
	if c.Keyring {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			return errors.Join(err, b.Close())
		}
		if err := keyring.Set(keyringService, keyringUser(p.Dir), id.String()); err != nil {
			return errors.Join(&usageError{fmt.Errorf("the keyring cannot be used: %w", err), "unlock the keyring, or keep the passphrase"}, b.Close())
		}
		l.Recipients = append(l.Recipients, id.Recipient())
	}
	return errors.Join(b.Rekey(l, u), b.Close())
}

const keyringService = "madoguchi"

// keyringUser names a casebook within the keyring.
func keyringUser(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// fromKeyring returns the casebook's key in the computer's keyring, nil where
// there is none.
func fromKeyring(dir string) age.Identity {
	s, err := keyring.Get(keyringService, keyringUser(dir))
	if err != nil {
		return nil
	}
	id, err := age.ParseX25519Identity(s)
	if err != nil {
		return nil
	}
	return id
}

type caseRescueCmd struct {
	To string `arg:"" help:"A new folder for what is saved."`
	caseFlags
}

func (c *caseRescueCmd) Run(s *streams) error {
	p, err := c.place()
	if err != nil {
		return err
	}
	if p.Store != "" {
		return &usageError{errors.New("case rescue saves a casebook in a folder"), "of a server, its operator's backups and PostgreSQL's own tools; leave --store out"}
	}
	u, err := c.unlock(s)
	if err != nil {
		return err
	}
	r, err := casebook.Rescue(p.Dir, u, casebook.Place{Dir: c.To})
	if errors.Is(err, casebook.ErrExists) {
		return &usageError{err, "name a folder that holds no casebook"}
	}
	if err != nil {
		return caseError(err)
	}
	fmt.Fprintf(s.out, "%d 件を救い出しました: %s\n読めなかったもの: %d 件\n", r.Saved, c.To, r.Lost)
	if r.Unproven > 0 {
		fmt.Fprintf(s.out, "うち %d 件は、書いたときのままだと証明できません。\n", r.Unproven)
	}
	fmt.Fprintln(s.out, "元の記録には手をつけていません。")
	return nil
}

type caseBackupCmd struct {
	File     string `arg:"" help:"A new file."`
	Portable bool   `help:"As one JSON file, which the page on a phone takes in, too."`
	caseFlags
}

func (c *caseBackupCmd) Run(s *streams) error {
	b, _, u, err := c.open(s)
	if err != nil {
		return err
	}
	switch {
	case !c.Portable:
		err = b.Backup(c.File)
	case u.Passphrase != "": // a phone has less memory to try it with
		err = b.ExportTo(c.File, &casebook.Lock{Passphrase: u.Passphrase, Work: casebook.PhoneWork})
	default:
		err = b.ExportTo(c.File, nil)
	}
	err = errors.Join(err, b.Close())
	if errors.Is(err, os.ErrExist) {
		return &usageError{fmt.Errorf("%s is there already", c.File), "name a new file; a backup is not written over"}
	}
	if err != nil {
		return caseError(err)
	}
	fmt.Fprintf(s.out, "写しを作りました: %s\n開くには、今と同じ合言葉か鍵が要ります。\n", c.File)
	if c.Portable && u.Passphrase == "" {
		fmt.Fprintln(s.out, "スマートフォンのページは合言葉でだけ開けます。先に madoguchi case key で合言葉にしてください。")
	}
	return nil
}

type caseRestoreCmd struct {
	File string `arg:"" help:"A file that case backup wrote."`
	caseFlags
}

func (c *caseRestoreCmd) Run(s *streams) error {
	p, err := c.place()
	if err != nil {
		return err
	}
	switch err := casebook.Restore(c.File, p); {
	case errors.Is(err, casebook.ErrExists):
		return &usageError{err, "name an empty folder with --dir, or a user without a casebook with --store; a casebook is not written over"}
	case errors.Is(err, casebook.ErrNoBackup):
		return &usageError{err, "name a file that madoguchi case backup wrote"}
	case err != nil:
		return caseError(err)
	}
	to := p.Dir
	if p.Store != "" {
		to = "データベース"
	}
	fmt.Fprintf(s.out, "戻しました: %s\nmadoguchi case verify で確かめられます。\n", to)
	return nil
}

type caseStampCmd struct {
	caseFlags
	TSA string `help:"The authority's address." required:"" placeholder:"URL"`
}

// stampTime and stampSize bound what an authority may cost.
const (
	stampTime = 30 * time.Second
	stampSize = 1 << 20
)

func (c *caseStampCmd) Run(s *streams) error {
	if !strings.HasPrefix(c.TSA, "https://") && !strings.HasPrefix(c.TSA, "http://") {
		return &usageError{fmt.Errorf("%q is no address", c.TSA), "give the authority's http or https address"}
	}
	return c.with(s, func(b *casebook.Book) error {
		ctx, cancel := context.WithTimeout(context.Background(), stampTime)
		defer cancel()
		t, err := b.Stamp(ctx, c.ask)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "時刻の証明を受けました: %s、はじめの %d 件（%s）\n外へ送ったのは、記録のハッシュ値だけです。\n", t.Time.Local().Format("2006-01-02 15:04:05"), t.Size, t.By)
		return nil
	})
}

// ask sends a request to the authority (RFC 3161 section 3.4).
func (c *caseStampCmd) ask(ctx context.Context, request []byte) (answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.TSA, bytes.NewReader(request))
	if err != nil {
		return nil, &usageError{err, "check the address"}
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, &usageError{fmt.Errorf("the authority does not answer: %w", errors.Unwrap(err)), "check the address and the connection; nothing was changed"}
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, &usageError{fmt.Errorf("the authority answers %s", resp.Status), "check the address; nothing was changed"}
	}
	return io.ReadAll(io.LimitReader(resp.Body, stampSize))
}

type casePrepareCmd struct {
	Store string `help:"The database, as its owner: postgres://OWNER@HOST/NAME." env:"MADOGUCHI_STORE" required:"" placeholder:"URL"`
}

func (c *casePrepareCmd) Run(s *streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := casebook.Prepare(ctx, c.Store); err != nil {
		return caseError(err)
	}
	fmt.Fprintln(s.out, "用意できました。記録をつける人ごとにデータベースの利用者を作り、madoguchi_tenant に加えてください（docs/postgres.md）。")
	return nil
}
