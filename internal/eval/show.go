package eval

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"sort"
)

// Text prints a report's figures; misses, at most so many of them, behind.
func (r *Report) Text(w io.Writer, misses int) error {
	if _, err := fmt.Fprintf(w, "%s %s: %d items\n", r.Kind, r.Gold, r.Items); err != nil {
		return err
	}
	for _, m := range r.Metrics {
		of := ""
		if m.Of > 0 {
			of = fmt.Sprintf(" of %d", m.Of)
		}
		fmt.Fprintf(w, "  %-24s %.4f  [%.4f, %.4f]%s\n", m.ID, m.Value, m.Low, m.High, of)
	}
	for _, t := range r.Tables {
		fmt.Fprintf(w, "\n  by %-21s %6s %6s %6s %5s %5s %5s\n", t.Title, "P", "R", "F1", "tp", "fp", "fn")
		for _, x := range t.Rows {
			fmt.Fprintf(w, "  %-24s %6.3f %6.3f %6.3f %5d %5d %5d\n", x.Name, x.Precision(), x.Recall(), x.F1(), x.TP, x.FP, x.FN)
		}
	}
	if len(r.Calibration) > 0 {
		fmt.Fprintf(w, "\n  %-24s %8s %8s\n", "score (mean)", "right", "findings")
		for _, b := range r.Calibration {
			fmt.Fprintf(w, "  %-24.3f %8.3f %8d\n", b.Score, b.Right, b.N)
		}
	}
	if len(r.Confusion) > 0 {
		fmt.Fprintln(w, "\n  gold -> found")
		for _, g := range levels {
			for _, f := range levels {
				if n := r.Confusion[[2]string{g, f}]; n > 0 {
					fmt.Fprintf(w, "  %-8s -> %-8s %5d\n", g, f, n)
				}
			}
		}
	}
	for i, m := range r.Misses {
		if i == misses {
			fmt.Fprintf(w, "  … and %d more\n", len(r.Misses)-i)
			break
		}
		if i == 0 {
			fmt.Fprintln(w, "\n  what went wrong, and by which rule")
		}
		fmt.Fprintf(w, "  %s %s %s %q: %s\n", m.Item, m.Kind, m.Category, m.Text, m.Why)
	}
	return nil
}

var levels = []string{"ok", "caution", "stop"}

// Baseline maps a gold file and a metric to the figure that must hold.
type Baseline map[string]map[string]float64

// ReadBaseline reads a committed baseline.
func ReadBaseline(b []byte) (Baseline, error) {
	var out Baseline
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("eval: baseline: %w", err)
	}
	return out, nil
}

// Set notes a report's figures, to four digits.
func (b Baseline) Set(r *Report) {
	m := map[string]float64{}
	for _, x := range r.Metrics {
		m[x.ID] = math.Round(x.Value*1e4) / 1e4
	}
	b[r.Gold] = m
}

// JSON returns the baseline as it is committed.
func (b Baseline) JSON() ([]byte, error) {
	out, err := json.MarshalIndent(b, "", "  ")
	return append(out, '\n'), err
}

// Regressions tells what is worse than the baseline by more than the
// tolerance. A file that the baseline does not know has none.
func (b Baseline) Regressions(r *Report, tolerance float64) []string {
	var out []string
	want := b[r.Gold]
	for _, m := range r.Metrics {
		was, ok := want[m.ID]
		if !ok {
			continue
		}
		worse := was - m.Value
		if m.SmallerIsBetter {
			worse = -worse
		}
		if worse > tolerance {
			out = append(out, fmt.Sprintf("%s %s: %.4f, was %.4f", r.Gold, m.ID, m.Value, was))
		}
		delete(want, m.ID)
	}
	for id := range want {
		out = append(out, fmt.Sprintf("%s %s: no longer measured", r.Gold, id))
	}
	sort.Strings(out)
	return out
}

//go:embed page.html
var pageHTML string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"x":    func(v float64) float64 { return 40 + 240*v },
	"y":    func(v float64) float64 { return 260 - 240*v },
	"pct":  func(v float64) string { return fmt.Sprintf("%.1f %%", v*100) },
	"dot":  func(c Counts) float64 { return 3 + math.Sqrt(float64(c.TP+c.FN))/2 },
	"cell": func(r *Report, g, f string) int { return r.Confusion[[2]string{g, f}] },
	"shade": func(r *Report, g, f string) float64 {
		total := 0
		for _, x := range levels {
			total += r.Confusion[[2]string{g, x}]
		}
		return ratio(r.Confusion[[2]string{g, f}], total)
	},
	"levels": func() []string { return levels },
	"row":    func(i int) int { return 30 + 26*i },
	"bar":    func(v float64) float64 { return 300 * v },
	"add":    func(a, b float64) float64 { return a + b },
}).Parse(pageHTML))

// HTML writes a page that stands alone: figures with their intervals,
// precision against recall by category, calibration, confusion, and misses.
func HTML(w io.Writer, reports []*Report) error { return page.Execute(w, reports) }
