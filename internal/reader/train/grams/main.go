// Command grams trains the classifier of whole texts (reader.Grams) and puts it behind the
// networks of a model file, in the place of one that is there.
//
// usage: go run ./internal/reader/train/grams -data bin/train.jsonl -into internal/reader/model.bin
//
//	go run ./internal/reader/train/grams -data bin/train.jsonl -folds 3 -dir bin/folds
//
// Softmax regressions by FTRL-proximal: what tells little has no weight at all. The order
// of texts is drawn from a seed of its own, so the same texts give the same file.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/madoguchi/madoguchi/internal/reader"
)

type row struct {
	Hand     string `json:"hand"`
	Outgoing bool   `json:"out"`
	Inquiry  int    `json:"inquiry"`
	Letters  []rune `json:"letters"`
	Scenario int    `json:"scenario"`
	Verdict  int    `json:"verdict"`
}

var (
	passes = flag.Int("passes", 6, "how often each text is seen")
	rate   = flag.Float64("rate", 2, "the first step")
	sparse = flag.Float64("sparse", 0.5, "how much a weight must tell to be there")
	rare   = flag.Int("rare", 4, "of how few texts nothing is learned")
)

func main() {
	data, into, folds, dir := flag.String("data", "", "what internal/reader/train wrote"), flag.String("into", "", "the model"), flag.Int("folds", 0, "parts"), flag.String("dir", "", "the models of parts")
	flag.Parse()
	if err := run(*data, *into, *folds, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "grams:", err)
		os.Exit(1)
	}
}

func run(data, into string, folds int, dir string) error {
	rows, err := load(data)
	if err != nil {
		return err
	}
	if folds == 0 {
		return putBehind(into, train(rows))
	}
	var hands []string
	for i := range rows {
		hands = append(hands, rows[i].Hand)
	}
	slices.Sort(hands)
	hands = slices.Compact(hands)
	for f := range folds {
		left := map[string]bool{}
		for i := f; i < len(hands); i += folds { // as train.py parts them
			left[hands[i]] = true
		}
		var learn, rest []row
		for _, r := range rows {
			if left[r.Hand] {
				rest = append(rest, r)
			} else {
				learn = append(learn, r)
			}
		}
		b := train(learn)
		if err := measure(f, b, rest); err != nil {
			return err
		}
		if dir != "" {
			if err := putBehind(filepath.Join(dir, fmt.Sprint(f)+".bin"), b); err != nil {
				return err
			}
		}
	}
	return nil
}

func load(path string) (rows []row, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		var r row
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err
		}
		rows = append(rows, r)
	}
}

// putBehind writes a classifier behind the networks of a file.
func putBehind(path string, b []byte) error {
	networks, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if networks, err = reader.Networks(networks); err != nil {
		return err
	}
	return os.WriteFile(path, append(networks, b...), 0o644)
}

// heads are what a text teaches: of each question the answer, -1 for none.
func (r *row) heads() [len(reader.Heads)]int {
	if r.Outgoing {
		return [...]int{1, r.Inquiry - 1, -1, -1}
	}
	return [...]int{0, r.Inquiry - 1, r.Scenario, r.Verdict}
}

type model struct {
	at     map[uint64]int
	keys   []uint64
	weight []float32
	z, n   [][classes]float32
	bias   [classes]float64
}

const classes = 70

func train(rows []row) []byte {
	texts := make([][]uint64, len(rows))
	count := map[uint64]int{}
	for i := range rows {
		texts[i] = reader.GramsOf(rows[i].Letters)
		for _, k := range texts[i] {
			count[k]++
		}
	}
	m := model{at: map[uint64]int{}}
	for k, n := range count {
		if n >= *rare {
			m.keys = append(m.keys, k)
		}
	}
	slices.Sort(m.keys)
	for i, k := range m.keys {
		m.at[k] = i
		m.weight = append(m.weight, float32(1+math.Log(float64(1+len(rows))/float64(1+count[k]))))
	}
	m.z, m.n = make([][classes]float32, len(m.keys)), make([][classes]float32, len(m.keys))
	draw := rand.New(rand.NewPCG(1, 2))
	for range *passes {
		for _, i := range draw.Perm(len(rows)) {
			m.learn(texts[i], rows[i].heads())
		}
	}
	parts := make([][classes]float32, len(m.keys))
	var bias [classes]float32
	for i := range parts {
		for c := range parts[i] {
			parts[i][c] = float32(m.part(i, c))
		}
	}
	for c := range bias {
		bias[c] = float32(m.bias[c])
	}
	return reader.WriteGrams(m.keys, m.weight, parts, bias)
}

// part is a weight as FTRL-proximal has it.
func (m *model) part(i, c int) float64 {
	z := float64(m.z[i][c])
	if math.Abs(z) <= *sparse {
		return 0
	}
	return -(z - math.Copysign(*sparse, z)) * *rate / (1 + math.Sqrt(float64(m.n[i][c])))
}

func (m *model) learn(text []uint64, answers [len(reader.Heads)]int) {
	var at []int
	var x []float64
	squares := 0.0
	for _, k := range text {
		if i, ok := m.at[k]; ok {
			at = append(at, i)
			x = append(x, float64(m.weight[i]))
			squares += x[len(x)-1] * x[len(x)-1]
		}
	}
	for i := range x {
		x[i] /= math.Sqrt(squares)
	}
	for h, answer := range answers {
		if answer < 0 {
			continue
		}
		from, to := reader.Heads[h][0], reader.Heads[h][1]
		p := make([]float64, to-from)
		w := make([]float64, len(at)*(to-from))
		copy(p, m.bias[from:to])
		for j, i := range at {
			row := w[j*(to-from) : (j+1)*(to-from)]
			for c := range row {
				row[c] = m.part(i, from+c)
				p[c] += row[c] * x[j]
			}
		}
		top, sum := slices.Max(p), 0.0
		for c := range p {
			p[c] = math.Exp(p[c] - top)
			sum += p[c]
		}
		for c := range p {
			p[c] /= sum
			if c == answer {
				p[c]--
			}
			m.bias[from+c] -= 0.02 * p[c]
		}
		for j, i := range at {
			z, n := &m.z[i], &m.n[i]
			for c, e := range p {
				g := e * x[j]
				if math.Abs(g) < 1e-5 {
					continue
				}
				old := float64(n[from+c])
				s := (math.Sqrt(old+g*g) - math.Sqrt(old)) / *rate
				z[from+c] += float32(g - s*w[j*len(p)+c])
				n[from+c] = float32(old + g*g)
			}
		}
	}
}

// measure prints how often the likeliest answer is right on texts of hands left out.
func measure(fold int, b []byte, rows []row) error {
	m, err := reader.Load(b)
	if err != nil {
		return err
	}
	var right, all [len(reader.Heads)]float64
	var loss [len(reader.Heads)]float64
	for i := range rows {
		said := m.Classify(rows[i].Letters)
		for h, answer := range rows[i].heads() {
			if answer < 0 {
				continue
			}
			p := said[reader.Heads[h][0]:reader.Heads[h][1]]
			all[h]++
			if slices.Index(p, slices.Max(p)) == answer {
				right[h]++
			}
			loss[h] -= math.Log(max(p[answer], 1e-6))
		}
	}
	fmt.Printf("fold %d, %d bytes:", fold, len(b))
	for h, name := range []string{"way", "inquiry", "situation", "level"} {
		fmt.Printf("  %s %.4f (loss %.4f, of %.0f)", name, right[h]/all[h], loss[h]/all[h], all[h])
	}
	fmt.Println()
	return nil
}
