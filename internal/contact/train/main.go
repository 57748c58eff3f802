// Command train makes contact/look.bin from hosts of confirmed phishing and
// ordinary hosts. The same input gives the same bytes.
//
//	go run ./internal/contact/train -corpora ../shared/corpora
//
// Thresholds come from hosts that the weights of their fold were not trained
// on. -since 202401 keeps the phishing from that month on out of training and
// prints the share of its rows that look bad, with half of the ordinary hosts
// kept out too.
package main

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/knowledge"
)

func main() {
	corpora := flag.String("corpora", "../shared/corpora", "the corpora folder")
	out := flag.String("out", "internal/contact/look.bin", "where the weights go; - for nowhere")
	since := flag.String("since", "", "keep phishing of this month (YYYYMM) and later out, and test on it")
	flag.Parse()
	if err := run(*corpora, *out, *since); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// host is a host with its features.
type host struct {
	month    string // of phishing
	bad      bool
	features []uint32
	rows     int  // how many URLs stood on it
	ours     bool // from data/: trained on, not measured with
}

const (
	weights      = 1 << 16
	oursCost     = 3      // one of data/, mostly Japanese, which the lists of ordinary hosts have few of, so many of those
	ordinaryCost = 3      // an ordinary host counts as much as so many bad ones
	strongRate   = 0.0007 // share of ordinary hosts that may look bad for sure
	someRate     = 0.01   // somewhat
	folds        = 5
)

func run(corpora, out, since string) error {
	hosts, err := read(corpora)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(5, 6))
	rng.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	if since != "" {
		var train, test []*host
		for i, h := range hosts {
			if h.bad && h.month >= since || !h.bad && i%2 == 0 {
				test = append(test, h)
			} else {
				train = append(train, h)
			}
		}
		report(fit(train), test)
		return nil
	}
	var scored []float64 // of ordinary hosts, by weights of other folds
	for f := range folds {
		var train, test []*host
		for i, h := range hosts {
			if i%folds == f {
				test = append(test, h)
			} else {
				train = append(train, h)
			}
		}
		w := fit(train)
		for _, h := range test {
			if !h.bad && !h.ours {
				scored = append(scored, score(w, h))
			}
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(scored)))
	strong, some := scored[int(float64(len(scored))*strongRate)], scored[int(float64(len(scored))*someRate)]
	fmt.Printf("%d hosts; thresholds %.2f and %.2f\n", len(hosts), strong, some)
	w := fit(hosts)
	if out == "-" {
		return nil
	}
	return os.WriteFile(out, encode(w, strong, some), 0o644)
}

// encode writes the file that package contact reads: weights above 127 units
// are rare and cut.
func encode(w []float64, strong, some float64) []byte {
	const unit = 1.0 / 48
	var b []byte
	for _, x := range []float64{unit, strong, some} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	for _, x := range w {
		b = append(b, byte(int8(max(-127, min(127, math.Round(x/unit))))))
	}
	return b
}

func report(w []float64, test []*host) {
	var bad, good []float64
	for _, h := range test {
		s := score(w, h)
		if h.ours {
			continue
		}
		if !h.bad {
			good = append(good, s)
			continue
		}
		for range h.rows {
			bad = append(bad, s)
		}
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(good)))
	for _, rate := range []float64{0.0005, 0.001, 0.005, 0.01} {
		t, n := good[int(float64(len(good))*rate)], 0
		for _, s := range bad {
			if s > t {
				n++
			}
		}
		fmt.Printf("at %.2f %% of ordinary hosts: %.3f of %d rows\n", 100*rate, float64(n)/float64(len(bad)), len(bad))
	}
}

func score(w []float64, h *host) (s float64) {
	for _, f := range h.features {
		s += w[f]
	}
	return s
}

// fit does logistic regression by AdaGrad with a pull to zero.
func fit(hosts []*host) []float64 {
	w, g := make([]float64, weights), make([]float64, weights)
	const rate, pull, epochs = 0.03, 1e-3, 8
	sum, times := make([]float64, weights), 0.0
	for e := range epochs {
		rng := rand.New(rand.NewPCG(uint64(e), 9))
		for _, i := range rng.Perm(len(hosts)) {
			h := hosts[i]
			p := 1 / (1 + math.Exp(-score(w, h)))
			d := p
			if h.bad {
				d = p - 1
			} else if d *= ordinaryCost; h.ours {
				d *= oursCost
			}
			for _, f := range h.features {
				x := d + pull*w[f]
				g[f] += x * x
				w[f] -= rate * x / (math.Sqrt(g[f]) + 1)
			}
		}
		if e >= epochs/2 {
			times++
			for f := range w {
				sum[f] += w[f]
			}
		}
	}
	for f := range sum {
		sum[f] /= times
	}
	return sum
}

func read(corpora string) ([]*host, error) {
	var list []*host
	known := map[string]*host{}
	add := func(raw, month string, bad bool) {
		p := contact.JudgeURL(raw, nil)
		if bad && p.Organization != "" || p.Value == "" || strings.ContainsAny(p.Value, " :") || p.Value[len(p.Value)-1] <= '9' {
			return // an organization's own, or an address: rules say enough
		}
		if h := known[p.Value]; h != nil {
			if h.bad == bad {
				h.rows++
			}
			return
		}
		h := &host{month: month, bad: bad, rows: 1}
		contact.LookFeatures(p.Value, contact.HostRules(&p), func(f uint32, _, _ string) { h.features = append(h.features, f) })
		known[p.Value] = h
		list = append(list, h)
	}
	ours := func(raw string) {
		n := len(list)
		add(raw, "", false)
		for _, h := range list[n:] {
			h.ours = true
		}
	}
	for _, o := range knowledge.Organizations() {
		for _, d := range o.Domains {
			ours("https://" + d.Name + "/")
			ours("https://www." + d.Name + "/")
		}
		for _, x := range o.Sources {
			ours(x.URL)
		}
	}
	for _, q := range knowledge.Inquiries() {
		for _, x := range q.Sources {
			ours(x.URL)
		}
	}
	for _, name := range []string{"cisco20k", "tranco10k"} { // first: a host in both is ordinary
		b, err := gunzip(filepath.Join(corpora, "url", "ordinary-"+name+".json.gz"))
		if err != nil {
			return nil, err
		}
		var file struct{ List []string }
		if err := json.Unmarshal(b, &file); err != nil {
			return nil, err
		}
		for _, d := range file.List {
			add((&url.URL{Scheme: "https", Host: strings.Trim(d, "."), Path: "/"}).String(), "", false)
		}
	}
	files, err := filepath.Glob(filepath.Join(corpora, "url", "jpcert", "*.csv.gz"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	for _, name := range files {
		b, err := gunzip(name)
		if err != nil {
			return nil, err
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff")))
		r.FieldsPerRecord = -1
		r.LazyQuotes = true
		rows, err := r.ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, row := range rows[1:] {
			if len(row) > 1 {
				add(row[1], filepath.Base(name)[:6], true)
			}
		}
	}
	return list, nil
}

func gunzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
