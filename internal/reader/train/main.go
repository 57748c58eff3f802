// Command train writes what reader/train/train.py learns from: the messages of
// corpus/hands, encoded by the same code that reads texts in the product.
//
// usage: go run ./internal/reader/train -out FILE corpus/hands/*.txt
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/ask"
	"github.com/madoguchi/madoguchi/internal/corpus"
	"github.com/madoguchi/madoguchi/internal/eval"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/reader"
	"github.com/madoguchi/madoguchi/internal/text"
)

type row struct {
	ID        string   `json:"id"`
	Hand      string   `json:"hand"`
	Outgoing  bool     `json:"out"`
	Channel   int      `json:"channel"`
	Initiator int      `json:"initiator"`
	Inquiry   int      `json:"inquiry"`
	Letters   []rune   `json:"letters"`
	Shape     []int    `json:"shape"`
	Rule      []int    `json:"rule"`
	Word      []int    `json:"word"`
	Spans     [][4]int `json:"spans"` // from, to (letters), kind; 1 where it is only named, 2 where the inquiry does not need it
	Scenario  int      `json:"scenario"`
	Fake      int      `json:"fake"`
	Verdict   int      `json:"verdict"`
	Rules     [][3]int `json:"rules"` // what the rules alone say
}

func main() {
	out := flag.String("out", "", "the file to write")
	flag.Parse()
	items, err := corpus.Files(flag.Args()...)
	if err == nil {
		err = write(*out, items)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func write(path string, items []corpus.Item) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	e := json.NewEncoder(b)
	for i := range items {
		if len(items[i].Faults) > 0 {
			return fmt.Errorf("%s: %s", items[i].ID, items[i].Faults[0])
		}
		if err := e.Encode(encode(&items[i])); err != nil {
			return err
		}
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func encode(it *corpus.Item) row {
	ex := eval.Exchange(it)
	t := text.Normalize(ex.Text)
	about := reader.About{Outgoing: it.Outgoing, Channel: ex.Channel, Initiator: ex.Initiator, Inquiry: ex.Inquiry}
	if it.Outgoing {
		about.Hints, about.Lexicon = pii.Hints(t), pii.Lexicon(t)
	} else {
		about.Hints = ask.Hints(t)
	}
	in := reader.Encode(t, about)
	r := row{ID: it.ID, Hand: it.Hand, Outgoing: it.Outgoing, Channel: in.Channel, Initiator: in.Initiator, Inquiry: in.Inquiry, Letters: in.Letters, Spans: [][4]int{}, Rules: [][3]int{}}
	for i, c := range in.Letters {
		in.Letters[i] = reader.Plain(c)
		r.Shape = append(r.Shape, int(in.Shape[i]))
		r.Rule = append(r.Rule, int(in.Rule[i]))
		r.Word = append(r.Word, int(in.Word[i]))
	}
	offsets := byteOffsets(it.Text)
	letter := func(codePoint int) int {
		b := t.NormOffset(offsets[codePoint])
		i, _ := slices.BinarySearch(in.At, b)
		return i
	}
	add := func(start, end, kind, named int) {
		if a, b := letter(start), letter(end); a < b {
			r.Spans = append(r.Spans, [4]int{a, b, kind, named})
		}
	}
	for _, s := range it.Spans {
		idle := 0
		if s.Level == "unneeded" {
			idle = 2
		}
		add(s.Start, s.End, reader.Kind(exchange.Category(s.Category), ""), idle)
	}
	for _, a := range it.Asks {
		add(a.Start, a.End, reader.Kind(exchange.Category(a.Category), exchange.Action(a.Action)), 0)
	}
	for _, a := range it.Mentions {
		add(a.Start, a.End, reader.Kind(exchange.Category(a.Category), exchange.Action(a.Action)), 1)
	}
	for _, h := range about.Hints {
		a, _ := slices.BinarySearch(in.At, h.Start)
		b, _ := slices.BinarySearch(in.At, h.End)
		r.Rules = append(r.Rules, [3]int{a, b, h.Kind})
	}
	r.Scenario = slices.Index(reader.Scenarios, it.Scenario)
	if it.Genuine != nil && !*it.Genuine {
		r.Fake = 1
	}
	r.Verdict = slices.Index(corpus.Verdicts, it.Verdict)
	return r
}

// byteOffsets gives the byte offset of each code point, and of the end.
func byteOffsets(s string) (out []int) {
	for i := range s {
		out = append(out, i)
	}
	return append(out, len(s))
}
