package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/madoguchi/madoguchi/internal/corpus"
)

type corpusCmd struct {
	Check corpusCheckCmd `cmd:"" help:"Say what is wrong in files of hands, by file and line."`
	Build corpusBuildCmd `cmd:"" help:"Write the items as outgoing.jsonl and incoming.jsonl."`
	Stats corpusStatsCmd `cmd:"" help:"Count items by hand."`
}

type corpusFiles struct {
	Files []string `arg:"" type:"existingfile" help:"Files of hands (corpus/hands/*.txt)."`
}

// sound reads the files and fails where an item is faulty.
func (c *corpusFiles) sound(s *streams) ([]corpus.Item, error) {
	items, err := corpus.Files(c.Files...)
	if err != nil {
		return nil, err
	}
	faults := 0
	for i := range items {
		for _, f := range items[i].Faults {
			fmt.Fprintf(s.err, "%s, line %d: %s\n", items[i].Hand, items[i].Line, f)
			faults++
		}
	}
	if faults > 0 {
		return nil, &usageError{fmt.Errorf("%d faults in %d items", faults, len(items)), "corpus/hands/BRIEF.md and ANNOTATION.md say how an item is written"}
	}
	if len(items) == 0 {
		return nil, &usageError{errors.New("no items"), "an item begins with a line === out … or === in …"}
	}
	return items, nil
}

type corpusCheckCmd struct{ corpusFiles }

func (c *corpusCheckCmd) Run(s *streams) error {
	items, err := c.sound(s)
	if err == nil {
		fmt.Fprintf(s.out, "%d items, no faults\n", len(items))
	}
	return err
}

type corpusBuildCmd struct {
	Out string `required:"" type:"path" help:"The folder to write into."`
	corpusFiles
}

func (c *corpusBuildCmd) Run(s *streams) error {
	items, err := c.sound(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	for _, outgoing := range []bool{true, false} {
		name := map[bool]string{true: "outgoing.jsonl", false: "incoming.jsonl"}[outgoing]
		f, err := os.Create(filepath.Join(c.Out, name))
		if err != nil {
			return err
		}
		e := json.NewEncoder(f)
		e.SetEscapeHTML(false)
		for i := range items {
			if items[i].Outgoing == outgoing {
				err = errors.Join(err, e.Encode(&items[i]))
			}
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

type corpusStatsCmd struct{ corpusFiles }

func (c *corpusStatsCmd) Run(s *streams) error {
	items, err := c.sound(s)
	if err != nil {
		return err
	}
	type count struct{ out, clean, in, genuine, letters int }
	by := map[string]*count{}
	var all count
	scenarios := map[string]int{}
	for i := range items {
		it := &items[i]
		if by[it.Hand] == nil {
			by[it.Hand] = new(count)
		}
		for _, n := range []*count{by[it.Hand], &all} {
			n.letters += len([]rune(it.Text))
			switch {
			case it.Outgoing && len(it.Spans) == 0:
				n.clean++
				n.out++
			case it.Outgoing:
				n.out++
			case *it.Genuine:
				n.genuine++
				n.in++
			default:
				n.in++
			}
		}
		if !it.Outgoing {
			scenarios[it.Scenario]++
		}
	}
	hands := make([]string, 0, len(by))
	for h := range by {
		hands = append(hands, h)
	}
	slices.Sort(hands)
	fmt.Fprintf(s.out, "%-6s %8s %8s %8s %8s %8s\n", "hand", "drafts", "no data", "received", "genuine", "letters")
	for _, h := range hands {
		n := by[h]
		fmt.Fprintf(s.out, "%-6s %8d %8d %8d %8d %8d\n", h, n.out, n.clean, n.in, n.genuine, n.letters)
	}
	fmt.Fprintf(s.out, "%-6d %8d %8d %8d %8d %8d\n", len(hands), all.out, all.clean, all.in, all.genuine, all.letters)
	for _, id := range append(slices.Clone(corpus.Fraud), corpus.Genuine...) {
		fmt.Fprintf(s.out, "%6d %s\n", scenarios[id], id)
	}
	return nil
}
