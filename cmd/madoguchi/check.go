package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/batch"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/mail/auth"
	"github.com/madoguchi/madoguchi/internal/picture"
	"github.com/madoguchi/madoguchi/internal/report"
)

// circumstances are the flags that say what an exchange is.
type circumstances struct {
	Direction string `help:"outgoing (I am about to send this) or incoming (I received this); judged both ways where not given, and the worse counts." placeholder:"WORD"`
	Channel   string `help:"email, sms, chat, phone, form, letter or popup." placeholder:"WORD"`
	Inquiry   string `help:"What it is about; 'madoguchi needs' lists the words." placeholder:"WORD"`
	Org       string `help:"The organization, as you call it." placeholder:"NAME"`
	Subject   string `help:"The subject of a mail." placeholder:"WORDS"`
	From      string `help:"The sender as shown: address, number, account, page." placeholder:"SENDER"`
	Initiator string `help:"Who started: person (I did) or window (they did)." placeholder:"WORD"`
	Listener  string `help:"Who takes it in: human, keypad or form." placeholder:"WORD"`
	Confirmed bool   `help:"I looked this window up on the official site."`
}

type checkCmd struct {
	Input []string `arg:"" optional:"" help:"A file, - for standard input, or the text, URL or number itself."`
	circumstances
	Batch  bool      `help:"Read one JSON exchange a line, write one verdict a line."`
	Lang   string    `help:"ja, easy (やさしい日本語) or en." default:"ja" enum:"ja,easy,en"`
	Full   bool      `help:"Print all that is known: every reason, where, what, sources, whom to consult."`
	Format string    `help:"text or json." default:"text" enum:"text,json"`
	Online bool      `help:"Look up the sender's SPF, DKIM and DMARC records of a mail (the name of its domain goes to your resolver)."`
	Trust  []string  `help:"Believe what this receiving server wrote into Authentication-Results, for example mx.google.com." placeholder:"SERVER"`
	Case   string    `help:"Record the message and the verdict in this case of the casebook." placeholder:"ID"`
	Book   caseFlags `embed:"" prefix:"case-"`
}

func (c *checkCmd) Run(s *streams) error {
	if c.Batch {
		if c.circumstances != (circumstances{}) || c.Case != "" {
			return &usageError{errors.New("check: with --batch each line says its own direction, channel, sender and so on"), "put them into the lines (docs/batch.md), or check without --batch"}
		}
		return runBatch(s, c.Input, batch.CheckLine)
	}
	var book *casebook.Book
	if c.Case != "" {
		var err error
		if book, _, _, err = c.Book.open(s); err != nil {
			return err
		}
		defer func() { _ = book.Close() }() // each entry is on the disk when record returns
	}
	worst, n := exchange.OK, 0
	err := eachInput(s, c.Input, func(it intake.Item) error {
		if err := c.apply(&it.Exchange, it.Kind); err != nil {
			return err
		}
		if len(it.Raw) > 0 {
			c.authenticate(s, &it)
		}
		v := check.Check(&it.Exchange)
		worst = worst.Worse(v.Level)
		if book != nil {
			if err := c.record(book, &v, &it); err != nil {
				return caseError(err)
			}
		}
		n++
		return c.print(s, &v, &it, n-1)
	})
	if err != nil {
		return err
	}
	return statusOf(worst)
}

// record notes what was checked, bit for bit, and the verdict with the hash of
// the knowledge that it rests on.
func (c *checkCmd) record(b *casebook.Book, v *exchange.Verdict, item *intake.Item) error {
	e := casebook.Entry{Case: c.Case, Kind: casebook.Message, From: "window", Text: item.Exchange.Text}
	if v.Exchange.Direction == exchange.Outgoing {
		e.From = "person"
	}
	if len(item.Raw) > 0 {
		e = casebook.Entry{Case: c.Case, Kind: casebook.Attachment, Name: "mail.eml", Data: item.Raw}
	}
	if _, err := b.Add(e); err != nil {
		return err
	}
	row, err := json.Marshal(report.NewStored(v))
	if err != nil {
		return err
	}
	_, err = b.Add(casebook.Entry{Case: c.Case, Kind: casebook.Verdict, Text: string(row)})
	return err
}

// authenticate notes whom a mail is really from, as far as a trusted server or
// lookups tell; without either the From field stays unproven.
func (c *checkCmd) authenticate(s *streams, item *intake.Item) {
	res, ok := auth.Read(item.Raw, c.Trust)
	if !ok && c.Online {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
		defer cancel()
		var err error
		if res, ok = auth.ReadChain(ctx, item.Raw, net.DefaultResolver, c.Trust); ok {
			// forwarded by a server that the person trusts, who saw it arrive
		} else if res, err = auth.Check(ctx, item.Raw, net.DefaultResolver); err != nil || res.DMARC == auth.TempError || res.DKIM == auth.TempError {
			fmt.Fprintln(s.err, "madoguchi: the sender's records could not be looked up; the sender stays unproven")
		}
		ok = err == nil
	}
	if ok && item.Exchange.Mail != nil {
		item.Exchange.Mail.Authentic = res.Authentic
		item.Exchange.Mail.Failed = item.Exchange.Mail.Failed || res.Forged()
	}
}

// lookupTime bounds the lookups of one mail.
const lookupTime = 15 * time.Second

func (c *checkCmd) print(s *streams, v *exchange.Verdict, item *intake.Item, i int) error {
	if c.Format == "json" {
		e := json.NewEncoder(exact(s.out))
		e.SetEscapeHTML(false)
		return e.Encode(report.NewRow(v))
	}
	if i > 0 {
		fmt.Fprintln(s.out, "\n"+strings.Repeat("=", 80))
	}
	return report.Text(s.out, v, report.TextOptions{Lang: exchange.Lang(c.Lang), Color: colored(s.out), Columns: columns(s.out), Full: c.Full, TakenFor: string(item.Kind)})
}

// said are the flags as all doors take them.
func (c *circumstances) said() *intake.Exchange {
	return &intake.Exchange{Direction: c.Direction, Channel: c.Channel, Inquiry: c.Inquiry, Organization: c.Org, From: c.From, Subject: c.Subject, Initiator: c.Initiator, Listener: c.Listener, WindowConfirmed: c.Confirmed}
}

// apply puts the flags onto an exchange that was read.
func (c *circumstances) apply(ex *exchange.Exchange, kind intake.Kind) error {
	if err := c.said().Apply(ex); err != nil {
		return wordError(err)
	}
	if ex.Initiator == "" && ex.Direction == exchange.Incoming && ex.Mail != nil {
		ex.Initiator = exchange.InitiatorWindow
	}
	return nil
}

// wordError tells of a flag's word that is not known.
func wordError(err error) error {
	var fe *intake.FieldError
	if !errors.As(err, &fe) {
		return err
	}
	if len(fe.Choices) > 0 {
		return &usageError{errors.New(fe.What), "use one of " + strings.Join(fe.Choices, ", ")}
	}
	return &usageError{errors.New(fe.What), "paste the text, or name a file: madoguchi check FILE"}
}

// readInput reads what the arguments name, all of it.
func readInput(s *streams, args []string) ([]intake.Item, error) {
	var items []intake.Item
	err := eachInput(s, args, func(it intake.Item) error {
		items = append(items, it)
		return nil
	})
	return items, err
}

// eachInput calls f for each thing in what the arguments name: a file, standard
// input, or the words themselves.
func eachInput(s *streams, args []string, f func(intake.Item) error) error {
	name := strings.Join(args, " ")
	var r io.Reader
	switch {
	case len(args) == 0 || name == "-":
		if in, ok := s.in.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
			fmt.Fprintln(s.err, "確かめたい文章を貼り付けて、最後に Ctrl-D を押してください。")
			fmt.Fprintln(s.err, "Paste the text to check, then press Ctrl-D. A file, URL or number works too: madoguchi check FILE")
		}
		r = s.in
	default:
		info, err := os.Stat(name)
		switch {
		case err == nil && info.IsDir():
			return &usageError{fmt.Errorf("%s is a folder", name), "name a file, or - for standard input"}
		case err == nil:
			file, err := os.Open(name)
			if err != nil {
				return &usageError{fmt.Errorf("cannot open %s: %w", name, errors.Unwrap(err)), "check the file's name and permissions"}
			}
			defer file.Close()
			r = file
		case looksLikeFile(name):
			return &usageError{fmt.Errorf("no such file: %s", name), "check the name; to check words that look like a file's name, pass them on standard input"}
		default:
			r = strings.NewReader(name)
		}
	}
	err := readItems(r, f)
	switch {
	case errors.Is(err, errNothingInPicture):
		return &usageError{err, "install tesseract-ocr and tesseract-ocr-jpn to have its text read, or type the text"}
	case errors.Is(err, intake.ErrEmpty):
		return &usageError{err, "paste the text, or name a file: madoguchi check FILE"}
	case errors.Is(err, intake.ErrTNEF):
		return &usageError{err, "ask for the mail again in plain text or HTML, or open it in Outlook and save it as .eml or .msg"}
	case errors.Is(err, intake.ErrBinary):
		return &usageError{err, "give the text itself, a mail (.eml, .mbox), an exported talk, a Word, Excel, PowerPoint or PDF file, or a PNG or JPEG"}
	case errors.Is(err, intake.ErrTooLarge):
		return &usageError{err, "cut out the part to check; for many messages use --batch"}
	}
	return err
}

var errNothingInPicture = errors.New("the picture has no QR code, and its text cannot be read here")

// readItems reads an input; of a picture, its QR codes and, where tesseract is
// installed, its text.
func readItems(r io.Reader, f func(intake.Item) error) error {
	br := bufio.NewReaderSize(r, 64)
	if head, _ := br.Peek(16); !picture.Is(head) {
		return intake.Each(br, f)
	}
	b, err := io.ReadAll(io.LimitReader(br, intake.MaxInput+1))
	if err != nil {
		return err
	}
	if len(b) > intake.MaxInput {
		return intake.ErrTooLarge
	}
	it, err := readPicture(b)
	if err != nil {
		return err
	}
	return f(it)
}

// readPicture reads a picture's QR codes, and its text where tesseract is installed.
func readPicture(b []byte) (intake.Item, error) {
	codes, err := picture.QR(b)
	if err != nil {
		return intake.Item{}, intake.ErrBinary
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	shown, err := picture.Text(ctx, b)
	if len(codes) == 0 && (err != nil || shown == "") {
		return intake.Item{}, errNothingInPicture
	}
	it := intake.Item{Kind: intake.Picture, Exchange: exchange.Exchange{Direction: exchange.Incoming, Text: strings.TrimSpace(shown + "\n" + strings.Join(codes, "\n"))}}
	if err != nil {
		it.Exchange.Add(exchange.Gap{Kind: exchange.GapPicture})
	}
	return it, nil
}

// looksLikeFile reports whether a single word is meant as a file's name.
func looksLikeFile(name string) bool {
	if strings.ContainsAny(name, " \n") || strings.Contains(name, "://") {
		return false
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".eml", ".txt", ".mbox", ".jsonl", ".json", ".xml", ".msg", ".csv", ".md", ".html", ".docx", ".xlsx", ".pptx", ".pdf":
		return true
	}
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../")
}

// runBatch judges a file, or standard input, line by line.
func runBatch(s *streams, args []string, each batch.Each) error {
	in := s.in
	if name := strings.Join(args, " "); name != "" && name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return &usageError{fmt.Errorf("no such file: %s", name), "name a file of JSON Lines, or - for standard input"}
		}
		defer f.Close()
		in = f
	}
	var o batch.Options
	if f := fileOf(s.err); f != nil && term.IsTerminal(int(f.Fd())) {
		last := time.Now()
		o.Progress = func(rows int) {
			if time.Since(last) > 500*time.Millisecond {
				last = time.Now()
				fmt.Fprintf(s.err, "\rmadoguchi: %d rows", rows)
			}
		}
	}
	rows, failures, err := batch.Run(in, exact(s.out), each, o)
	if o.Progress != nil && rows > 0 {
		fmt.Fprintf(s.err, "\rmadoguchi: %d rows\n", rows)
	}
	if failures > 0 {
		fmt.Fprintf(s.err, "madoguchi: %d of %d lines could not be judged; their rows bear \"error\"\n", failures, rows)
	}
	return err
}

// colored reports whether a writer is a terminal that wants colours
// (https://no-color.org).
func colored(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// columns returns a terminal's width, at most 100, or 80.
func columns(w io.Writer) int {
	if f := fileOf(w); f != nil {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n >= 40 {
			return min(n, 100)
		}
	}
	return 80
}

// readText reads a text for commands that want nothing else.
func readText(s *streams, args []string) (string, error) {
	items, err := readInput(s, args)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	for _, it := range items {
		b.WriteString(it.Exchange.Text)
	}
	return b.String(), nil
}
