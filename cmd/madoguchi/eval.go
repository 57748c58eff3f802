package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/madoguchi/madoguchi/internal/eval"
)

type evalCmd struct {
	Gold      []string `arg:"" help:"Gold files: drafts, received messages, names, addresses, clean texts."`
	Kind      string   `help:"What the files hold; told from their fields where not given." placeholder:"WORD"`
	Folds     string   `type:"existingdir" help:"The files are hands (corpus/hands/*.txt): judge each by the reader of this folder that has not seen it." placeholder:"DIR"`
	Misses    int      `help:"Print at most so many of the misses." default:"20"`
	HTML      string   `name:"html" help:"Write a page with plots to this file." placeholder:"FILE"`
	Baseline  string   `help:"Compare with this baseline; exit 1 where a figure is worse." placeholder:"FILE"`
	Tolerance float64  `help:"How much worse is still the same." default:"0.002"`
	Update    bool     `help:"Write the figures into the baseline instead."`
}

func (c *evalCmd) Run(s *streams) error {
	baseline := eval.Baseline{}
	if c.Baseline != "" {
		b, err := os.ReadFile(c.Baseline)
		switch {
		case err == nil:
			if baseline, err = eval.ReadBaseline(b); err != nil {
				return &usageError{err, "name a file that --update wrote"}
			}
		case !c.Update:
			return &usageError{fmt.Errorf("no such file: %s", c.Baseline), "write one with --update"}
		}
	}
	var reports []*eval.Report
	var worse []string
	all, err := c.reports(s)
	if err != nil {
		return err
	}
	for i, r := range all {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := r.Text(s.out, c.Misses); err != nil {
			return err
		}
		reports = append(reports, r)
		if c.Update {
			baseline.Set(r)
		} else {
			worse = append(worse, baseline.Regressions(r, c.Tolerance)...)
		}
	}
	if c.HTML != "" {
		if err := writeFile(c.HTML, func(w io.Writer) error { return eval.HTML(w, reports) }); err != nil {
			return err
		}
	}
	if c.Update {
		if c.Baseline == "" {
			return &usageError{errors.New("--update without --baseline"), "name the baseline to write"}
		}
		b, err := baseline.JSON()
		if err != nil {
			return err
		}
		return os.WriteFile(c.Baseline, b, 0o644)
	}
	for _, x := range worse {
		fmt.Fprintln(s.err, "madoguchi: worse than the baseline:", x)
	}
	if len(worse) > 0 {
		return exit(exitFailure)
	}
	return nil
}

// reports judges the files.
func (c *evalCmd) reports(s *streams) ([]*eval.Report, error) {
	if c.Folds != "" {
		all, worst, err := eval.Hands(c.Folds, c.Gold)
		if err != nil {
			return nil, &usageError{err, "make folds writes the folder"}
		}
		for _, w := range worst {
			fmt.Fprintln(s.out, w)
		}
		return all, nil
	}
	var all []*eval.Report
	for _, gold := range c.Gold {
		r, err := eval.File(c.Kind, gold)
		if err != nil {
			return nil, &usageError{err, "kinds: outgoing, incoming, scenarios, names, address, negative"}
		}
		all = append(all, r)
	}
	return all, nil
}

// writeFile creates a file and writes it by f.
func writeFile(name string, f func(io.Writer) error) error {
	w, err := os.Create(name)
	if err != nil {
		return &usageError{fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err)), "name a file in a folder that you may write to"}
	}
	if err := f(w); err != nil {
		return errors.Join(err, w.Close())
	}
	return w.Close()
}
