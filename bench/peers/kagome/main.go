// Command kagome is a peer of the benchmark: names are runs of tokens that
// kagome with IPADIC calls 人名. Texts come and findings go as JSON Lines.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/ikawaha/kagome-dict/ipa"
	"github.com/ikawaha/kagome/v2/tokenizer"
)

func main() {
	t, err := tokenizer.New(ipa.Dict(), tokenizer.OmitBosEos())
	if err != nil {
		panic(err)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var r struct{ ID, Text string }
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(err)
		}
		found := []map[string]any{}
		pos, start := 0, -1
		end := func() {
			if start >= 0 {
				found = append(found, map[string]any{"category": "name", "start": start, "end": pos})
				start = -1
			}
		}
		for _, tok := range t.Tokenize(r.Text) {
			if strings.TrimSpace(tok.Surface) == "" {
				continue // MeCab passes over spaces too
			}
			f := tok.Features()
			person := len(f) > 2 && f[1] == "固有名詞" && f[2] == "人名"
			if person && start < 0 {
				start = tok.Start
			}
			if !person {
				end()
			}
			pos = tok.End
		}
		end()
		_ = out.Encode(map[string]any{"id": r.ID, "findings": found})
	}
}
