package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/dossier"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

type caseExportCmd struct {
	Case string `arg:"" help:"The case's id."`
	caseFlags
	As     string  `help:"json, html, pdf, arf (a report of the case's mail, RFC 5965) or bundle (with the proof that the entries were noted so; see docs/bundle.md)." default:"json" enum:"json,html,pdf,arf,bundle"`
	Bundle bool    `help:"The same as --as bundle." hidden:""`
	Entry  []int64 `help:"Of a bundle: only this entry; several are possible. Of arf: the mail." placeholder:"N"`
	For    string  `help:"A cover sheet for this place of consultation, for example shouhisha_hotline_188; an unknown one lists all." placeholder:"ID"`
	Show   bool    `help:"Show personal data in html and pdf; without it, it is masked."`
	Out    string  `help:"Write to this new file (mode 0600) instead of standard output." placeholder:"FILE"`
}

func (c *caseExportCmd) Run(s *streams) error {
	if c.Bundle {
		c.As = "bundle"
	}
	switch {
	case len(c.Entry) > 0 && c.As != "bundle" && c.As != "arf":
		return &usageError{errors.New("--entry without --as bundle or arf"), "add --as bundle: single entries are handed on with their proof"}
	case (c.For != "" || c.Show) && c.As != "html" && c.As != "pdf":
		return &usageError{fmt.Errorf("--for and --show do not go with %s", c.As), "add --as html or --as pdf"}
	case c.As == "pdf" && c.Out == "":
		return &usageError{errors.New("a PDF is no text"), "add --out FILE.pdf"}
	case c.For != "" && knowledge.ConsultationByID(c.For) == nil:
		var ids []string
		for _, k := range knowledge.Consultations() {
			ids = append(ids, k.ID)
		}
		return &usageError{fmt.Errorf("no place of consultation %q", c.For), "use one of " + strings.Join(ids, ", ")}
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
		if c.As != "pdf" && c.As != "arf" {
			out = append(out, '\n')
		}
		_, err = f.Write(out)
		return errors.Join(err, f.Close())
	})
}

func (c *caseExportCmd) encode(b *casebook.Book) ([]byte, error) {
	if c.As == "bundle" {
		return b.Bundle(c.Case, c.Entry)
	}
	var out bytes.Buffer
	if c.As == "html" || c.As == "pdf" {
		paper, err := dossier.Of(b, c.Case, dossier.Options{For: c.For, Show: c.Show})
		if err != nil {
			return nil, err
		}
		if c.As == "pdf" {
			err = paper.PDF(&out)
		} else {
			err = paper.HTML(&out)
		}
		return out.Bytes(), err
	}
	k, err := b.Case(c.Case)
	if err != nil {
		return nil, err
	}
	list, err := b.Entries(c.Case)
	if err != nil {
		return nil, err
	}
	if c.As == "arf" {
		err := c.report(&out, list)
		return out.Bytes(), err
	}
	return json.MarshalIndent(struct {
		Case    casebook.Case    `json:"case"`
		Entries []casebook.Entry `json:"entries"`
	}{k, list}, "", "  ")
}

// report writes the case's mail, or the one that --entry names, as ARF.
func (c *caseExportCmd) report(out *bytes.Buffer, list []casebook.Entry) error {
	for i := range list {
		e := &list[i]
		if e.Kind != casebook.Attachment || len(c.Entry) > 0 && e.Seq != c.Entry[0] {
			continue
		}
		out.Reset()
		to := ""
		if k := knowledge.ConsultationByID("antiphishing_council"); k != nil {
			to = k.Email
		}
		if err := dossier.ARF(out, e.Data, "", to, "madoguchi/"+version, time.Now()); err == nil {
			return nil
		} else if !errors.Is(err, dossier.ErrNotMail) {
			return err
		}
	}
	return &usageError{errors.New("the case holds no mail"), "madoguchi case add ID --file MAIL.eml keeps the mail as it came"}
}

type caseVerifyBundleCmd struct {
	File string `arg:"" help:"The bundle."`
}

func (c *caseVerifyBundleCmd) Run(s *streams) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return &usageError{fmt.Errorf("no such file: %s", c.File), "name the file that case export --as bundle wrote"}
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
