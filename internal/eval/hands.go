package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/corpus"
	"github.com/madoguchi/madoguchi/internal/reader"
)

// Hands judges the messages of hands, each by a reader that has seen nothing of its
// hand. folds is the folder of reader/train/train.py --folds: models 0.bin, 1.bin …,
// and 0.json … which name the hands that each has not seen. Beside the two reports
// over all hands come the worst hands of each fold.
func Hands(folds string, paths []string) (reports []*Report, worst []string, err error) {
	items, err := corpus.Files(paths...)
	if err != nil {
		return nil, nil, err
	}
	byHand := map[string][]*corpus.Item{}
	for i := range items {
		if len(items[i].Faults) > 0 {
			return nil, nil, fmt.Errorf("eval: %s: %s: see madoguchi corpus check", items[i].ID, items[i].Faults[0])
		}
		byHand[items[i].Hand] = append(byHand[items[i].Hand], &items[i])
	}
	const outName, inName = "drafts, hands left out", "received, hands left out"
	out, in := newRun("outgoing", outName), newRun("incoming", inName)
	defer reader.Use(nil)
	for fold := 0; ; fold++ {
		m, left, err := fold1(folds, fold)
		if errors.Is(err, os.ErrNotExist) && fold > 0 {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("eval: %w", err)
		}
		reader.Use(m)
		type of struct {
			hand  string
			value float64
		}
		var drafts, messages []of
		for _, h := range left {
			o, i := newRun("outgoing", h), newRun("incoming", h)
			for _, it := range byHand[h] {
				if it.Outgoing {
					d := draftOf(it)
					out.draft(d)
					o.draft(d)
				} else {
					r := receivedOf(it)
					in.received(r)
					i.received(r)
				}
			}
			if len(o.items) > 0 {
				drafts = append(drafts, of{h, o.done("structured_f1").Metrics[0].Value})
			}
			if len(i.items) > 0 {
				messages = append(messages, of{h, i.done("asks_f1").Metrics[0].Value})
			}
		}
		by := func(a, b of) int {
			if a.value < b.value {
				return -1
			}
			return 1
		}
		if len(drafts) > 0 && len(messages) > 0 {
			d, r := slices.MinFunc(drafts, by), slices.MinFunc(messages, by)
			worst = append(worst, fmt.Sprintf("fold %d (%d hands): worst in drafts %s, structured F1 %.3f; in received %s, asks F1 %.3f", fold, len(left), d.hand, d.value, r.hand, r.value))
		}
	}
	return []*Report{out.done("structured_f1"), in.done("asks_f1")}, worst, nil
}

func fold1(folds string, k int) (*reader.Model, []string, error) {
	b, err := os.ReadFile(filepath.Join(folds, fmt.Sprint(k)+".json"))
	if err != nil {
		return nil, nil, err
	}
	var left []string
	if err := json.Unmarshal(b, &left); err != nil {
		return nil, nil, err
	}
	if b, err = os.ReadFile(filepath.Join(folds, fmt.Sprint(k)+".bin")); err != nil {
		return nil, nil, err
	}
	m, err := reader.Load(b)
	return m, left, err
}

func draftOf(it *corpus.Item) *Draft {
	ex := Exchange(it)
	d := &Draft{ID: it.ID, Channel: string(ex.Channel), Counterpart: ex.Organization, Inquiry: string(ex.Inquiry), Text: it.Text, Verdict: it.Verdict}
	for _, s := range it.Spans {
		d.Spans = append(d.Spans, GoldSpan{s.Start, s.End, s.Category, s.Text, s.Level})
	}
	return d
}

func receivedOf(it *corpus.Item) *Received {
	ex := Exchange(it)
	r := &Received{ID: it.ID, Channel: string(ex.Channel), Claimed: ex.Organization, From: ex.From, Subject: ex.Subject, Text: it.Text, Verdict: it.Verdict, Genuine: *it.Genuine}
	if ex.Initiator == exchange.InitiatorPerson {
		inquiry := string(ex.Inquiry)
		r.Inquiry = &inquiry
	}
	for _, a := range it.Asks {
		r.Asks = append(r.Asks, GoldAsk{a.Category, a.Action, a.Quote})
	}
	return r
}
