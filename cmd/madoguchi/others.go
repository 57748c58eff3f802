package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
	"github.com/madoguchi/madoguchi/internal/need"
	"github.com/madoguchi/madoguchi/internal/picture"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/report"
)

type windowCmd struct {
	Window []string `arg:"" optional:"" help:"A URL, a mail address or a telephone number."`
	Org    string   `help:"The organization that it claims to be." placeholder:"NAME"`
	Batch  bool     `help:"Read one JSON window a line, write one judgement a line."`
	QR     string   `name:"qr" help:"Judge what the QR code in this PNG or JPEG says." placeholder:"FILE"`
	Lang   string   `help:"ja, easy or en." default:"ja" enum:"ja,easy,en"`
	Full   bool     `help:"Print all that is known, with sources."`
	Format string   `help:"text or json." default:"text" enum:"text,json"`
}

func (c *windowCmd) Run(s *streams) error {
	if c.Batch {
		return runBatch(s, c.Window, batch.WindowLine)
	}
	windows := []string{strings.Join(c.Window, " ")}
	if c.QR != "" {
		var err error
		if windows, err = readQR(c.QR); err != nil {
			return err
		}
		for _, w := range windows {
			fmt.Fprintf(s.err, "madoguchi: the QR code says: %s\n", shownPlain(w))
		}
	}
	worst := exchange.OK
	for i, w := range windows {
		q := intake.Window{Organization: c.Org, Contact: w}
		if q.Check() != nil {
			return &usageError{errors.New("no URL, mail address or number given"), "madoguchi window https://example.com --org 例銀行; a name is looked up with madoguchi org find 例銀行"}
		}
		v := check.Window(q.Query())
		worst = worst.Worse(v.Verdict.Level)
		if i > 0 && c.Format == "text" {
			fmt.Fprintln(s.out, "\n"+strings.Repeat("=", 80))
		}
		if err := c.print(s, &v); err != nil {
			return err
		}
	}
	return statusOf(worst)
}

func (c *windowCmd) print(s *streams, v *exchange.WindowVerdict) error {
	if c.Format == "json" {
		e := json.NewEncoder(exact(s.out))
		e.SetEscapeHTML(false)
		return e.Encode(report.NewWindow("", v))
	}
	return report.Text(s.out, &v.Verdict, report.TextOptions{Lang: exchange.Lang(c.Lang), Color: colored(s.out), Columns: columns(s.out), Full: c.Full})
}

// readQR returns what the QR codes of a file say: where there are several, one may
// be pasted over another.
func readQR(name string) ([]string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, &usageError{fmt.Errorf("no such file: %s", name), "name a PNG or JPEG file"}
	}
	codes, err := picture.QR(b)
	switch {
	case err != nil:
		return nil, &usageError{err, "give a PNG or JPEG file of at most 24 million pixels"}
	case len(codes) == 0:
		return nil, &usageError{errors.New("no QR code found in the picture"), "take the photograph again: the whole code, straight from above, without glare"}
	}
	return codes, nil
}

type redactCmd struct {
	Input   []string           `arg:"" optional:"" help:"A file, - for standard input, or the text."`
	Only    string             `help:"Cover all, only what the inquiry does not need, or everybody: staff, role addresses and windows' numbers, too." default:"all" enum:"all,unneeded,everybody"`
	Shorter bool               `help:"Leave out sentences that would hold nothing but covered values."`
	Style   string             `help:"placeholder (〔氏名1〕), mask, or partial (the last four digits)." default:"placeholder" enum:"placeholder,mask,partial"`
	Least   map[string]float64 `help:"Leave findings of a category alone that are less probable, for example --least name=0.9." placeholder:"CATEGORY=P"`
	JSON    bool               `name:"json" help:"The input is JSON, or JSON Lines: cover its values, keep its keys."`
	Map     string             `help:"Write what the placeholders stand for to this new file, for --restore." placeholder:"FILE"`
	Restore string             `help:"Put the values of this file back." placeholder:"FILE"`
	circumstances
}

func (c *redactCmd) Run(s *streams) error {
	text, err := readText(s, c.Input)
	if err != nil {
		return err
	}
	if c.Restore != "" {
		return c.restore(s, text)
	}
	if c.Map != "" && c.Style != string(redact.Placeholder) {
		return &usageError{fmt.Errorf("--map with --style %s", c.Style), "only placeholders can be undone"}
	}
	e := c.said()
	e.Text = text
	ex, err := e.Exchange()
	if err != nil {
		return wordError(err)
	}
	opts := pii.Options{Least: map[exchange.Category]float64{}}
	for name, p := range c.Least {
		if knowledge.CategoryByID(exchange.Category(name)) == nil || p < 0 || p > 1 {
			return &usageError{fmt.Errorf("--least %s=%g", name, p), "name a category of data/categories and a probability from 0 to 1"}
		}
		opts.Least[exchange.Category(name)] = p
	}
	if c.JSON {
		out, values, err := check.RedactJSON(context.Background(), []byte(text), *ex, check.RedactOptions{Only: c.Only, Style: redact.Style(c.Style), Find: opts})
		if errors.Is(err, check.ErrNotJSON) {
			return &usageError{err, "give a JSON value, or one a line"}
		}
		if err != nil {
			return err
		}
		if c.Map != "" {
			if err := writeMap(c.Map, values); err != nil {
				return err
			}
		}
		_, err = exact(s.out).Write(out)
		return err
	}
	r, err := check.Redact(context.Background(), ex, check.RedactOptions{Only: c.Only, Style: redact.Style(c.Style), Find: opts})
	if err != nil {
		return err
	}
	if c.Map != "" {
		if err := writeMap(c.Map, r.Values); err != nil {
			return err
		}
	}
	if r.Shorter != r.Text {
		fmt.Fprintln(s.err, "madoguchi: some sentences hold nothing but what is covered; --shorter leaves them out")
		if c.Shorter {
			return printText(s, r.Shorter)
		}
	}
	return printText(s, r.Text)
}

// writeMap writes a mapping to a new file that only its owner may read. It
// never overwrites: an older mapping may be the only way back.
func writeMap(name string, values map[string]string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return &usageError{fmt.Errorf("%s exists", name), "name a new file, or remove the old one if you need it no more"}
	}
	if err != nil {
		return &usageError{fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err)), "name a file in a folder that you may write to"}
	}
	e := json.NewEncoder(f)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(values); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func (c *redactCmd) restore(s *streams, text string) error {
	b, err := os.ReadFile(c.Restore)
	if err != nil {
		return &usageError{fmt.Errorf("no such file: %s", c.Restore), "name the file that --map wrote"}
	}
	var values map[string]string
	if err := json.Unmarshal(b, &values); err != nil {
		return &usageError{fmt.Errorf("%s is no mapping", c.Restore), "name the file that --map wrote"}
	}
	out, missing := redact.Restore(text, values)
	if len(missing) > 0 {
		fmt.Fprintf(s.err, "madoguchi: %d of %d placeholders are not in the text: %s\n", len(missing), len(values), strings.Join(missing, " "))
	}
	return printText(s, out)
}

// printText prints a text with a line feed at its end.
func printText(s *streams, text string) error {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := fmt.Fprint(s.out, text)
	return err
}

type needsCmd struct {
	Inquiry   string `arg:"" optional:"" help:"The inquiry; without one, the list."`
	Initiator string `help:"Who started: person or window." default:"person" enum:"person,window"`
	Listener  string `help:"human, keypad or form." default:"unknown" enum:"human,keypad,form,unknown"`
	Lang      string `help:"ja, easy or en." default:"ja" enum:"ja,easy,en"`
}

func (c *needsCmd) Run(s *streams) error {
	if c.Inquiry == "" {
		for _, q := range knowledge.Inquiries() {
			fmt.Fprintf(s.out, "%-22s %s\n", q.ID, q.Name.In(exchange.Lang(c.Lang)))
		}
		return nil
	}
	inquiry, err := intake.Inquiry(c.Inquiry)
	if err != nil {
		return &usageError{fmt.Errorf("unknown inquiry %q", c.Inquiry), "madoguchi needs, without a word behind it, lists them"}
	}
	return report.Needs(s.out, inquiry, need.Table(inquiry, need.Circumstances{Initiator: exchange.Initiator(c.Initiator), Listener: exchange.Listener(c.Listener)}), exchange.Lang(c.Lang), columns(s.out))
}

type orgCmd struct {
	Find  orgFindCmd  `cmd:"" help:"Find organizations by name, alias or domain."`
	Show  orgShowCmd  `cmd:"" help:"Show a record with its sources."`
	Due   orgDueCmd   `cmd:"" help:"List the records that are to be looked at again, by risk."`
	Learn orgLearnCmd `cmd:"" help:"Read contact points from an organization's own site (uses the network)."`
}

type orgFindCmd struct {
	Words []string `arg:"" help:"A name or a domain, or part of one."`
}

func (c *orgFindCmd) Run(s *streams) error {
	found := contact.Find(strings.Join(c.Words, " "), len(knowledge.Organizations()))
	for i := range found {
		o := &found[i]
		domain := "-"
		if len(o.Domains) > 0 {
			domain = o.Domains[0].Name
		}
		fmt.Fprintf(s.out, "%-28s %s  %s  [%s]\n", o.ID, o.Name.JA, domain, o.Status)
	}
	if len(found) == 0 {
		return &usageError{errors.New("no organization of the directory matches"), "try a shorter part of the name, in kanji, kana or Latin letters"}
	}
	return nil
}

type orgShowCmd struct {
	ID string `arg:"" help:"The record's id, or the organization's name."`
}

func (c *orgShowCmd) Run(s *streams) error {
	o := knowledge.OrganizationByID(c.ID)
	if o == nil {
		o = contact.Resolve(c.ID)
	}
	if o == nil {
		return &usageError{fmt.Errorf("no organization %q", c.ID), "madoguchi org find NAME lists the ids"}
	}
	return report.Organization(s.out, o, columns(s.out))
}

type dataCmd struct {
	Lint dataLintCmd `cmd:"" help:"Check the records under data/ against schemas and criteria."`
}

type dataLintCmd struct {
	Dir string `arg:"" optional:"" default:"data" help:"The data folder."`
}

func (c *dataLintCmd) Run(s *streams) error {
	d, err := curate.Read(c.Dir)
	if err != nil {
		return &usageError{err, "run it from the top of the repository, or name the data folder"}
	}
	problems, err := d.Lint(time.Now())
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(s.out, p)
	}
	n := curate.Errors(problems)
	fmt.Fprintf(s.out, "%d errors, %d warnings\n", n, len(problems)-n)
	if n > 0 {
		return exit(exitUsage)
	}
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(s *streams) error {
	_, err := fmt.Fprintf(s.out, "madoguchi %s\nknowledge %s (%d organizations, %d inquiries)\n", version, knowledge.Hash(), len(knowledge.Organizations()), len(knowledge.Inquiries()))
	return err
}

type completionCmd struct {
	Shell string `arg:"" help:"bash, zsh or fish." enum:"bash,zsh,fish"`
}

func (c *completionCmd) Run(s *streams, k *kong.Kong) error {
	var names []string
	flags := map[string][]string{}
	for _, n := range k.Model.Children {
		names = append(names, n.Name)
		for _, f := range n.Flags {
			flags[n.Name] = append(flags[n.Name], "--"+f.Name)
		}
		for _, sub := range n.Children {
			flags[n.Name] = append(flags[n.Name], sub.Name)
		}
	}
	switch c.Shell {
	case "fish":
		for _, n := range names {
			fmt.Fprintf(s.out, "complete -c madoguchi -n __fish_use_subcommand -a %s\n", n)
			for _, f := range flags[n] {
				fmt.Fprintf(s.out, "complete -c madoguchi -n '__fish_seen_subcommand_from %s' -a '%s'\n", n, f)
			}
		}
		return nil
	case "zsh":
		fmt.Fprintln(s.out, "autoload -U +X bashcompinit && bashcompinit")
	}
	fmt.Fprintln(s.out, "_madoguchi() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  if [ $COMP_CWORD -eq 1 ]; then")
	fmt.Fprintf(s.out, "    COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n", strings.Join(names, " "))
	for _, n := range names {
		fmt.Fprintf(s.out, "  %s) COMPREPLY=($(compgen -f -W '%s' -- \"$cur\")) ;;\n", n, strings.Join(flags[n], " "))
	}
	_, err := fmt.Fprintln(s.out, "  esac\n}\ncomplete -o filenames -F _madoguchi madoguchi")
	return err
}
