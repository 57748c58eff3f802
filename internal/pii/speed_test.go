package pii_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/pii"
	"github.com/madoguchi/madoguchi/internal/text"
)

// BenchmarkCorpora measures on the texts of a corpora folder (drafts dense
// with data, encyclopedic prose, booking dialogues), named in CORPORA:
//
//	CORPORA=$PWD/../shared/corpora go test ./internal/pii -run '^$' -bench Corpora
func BenchmarkCorpora(b *testing.B) {
	dir := os.Getenv("CORPORA")
	if dir == "" {
		b.Skip("CORPORA names no folder")
	}
	for _, file := range []string{"messages/outgoing-dev.jsonl", "ner/stockmark-dev.jsonl", "negative/asdc-dev.jsonl"} {
		texts, bytes := readTexts(b, filepath.Join(dir, file))
		for _, c := range []struct {
			name string
			run  func(string)
		}{
			{"normalize", func(s string) { text.Normalize(s) }},
			{"all", func(s string) { sink = pii.Find(s) }},
			{"without names and addresses", func(s string) { sink = unnamed.Find(s) }},
		} {
			b.Run(filepath.Base(file)+"/"+c.name, func(b *testing.B) {
				b.SetBytes(int64(bytes))
				b.ReportAllocs()
				for b.Loop() {
					for _, s := range texts {
						c.run(s)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/text")
			})
		}
	}
}

var unnamed = pii.Options{Without: []exchange.Category{"name", "address"}}

func readTexts(b *testing.B, path string) (texts []string, bytes int) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	for sc.Scan() {
		var row struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			b.Fatal(err)
		}
		texts = append(texts, row.Text)
		bytes += len(row.Text)
	}
	return texts, bytes
}
