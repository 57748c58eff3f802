package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/internal/pii/tagger"
	"github.com/madoguchi/madoguchi/internal/text"
)

// example is a normalized sentence with the label of each character.
type example struct {
	source string
	text   string
	spans  []span
}

type span struct {
	start, end int // bytes of text
	kind       int // begin label: NameB, PlaceB, OrgB, OtherB
}

var kinds = map[string]int{
	"人名": tagger.NameB, "PERSON": tagger.NameB,
	"地名": tagger.PlaceB, "施設名": tagger.PlaceB, "GPE": tagger.PlaceB, "LOC": tagger.PlaceB, "FAC": tagger.PlaceB,
	"組織名": tagger.OrgB, "法人名": tagger.OrgB, "政治的組織名": tagger.OrgB, "その他の組織名": tagger.OrgB, "ORG": tagger.OrgB, "NORP": tagger.OrgB,
	"製品名": tagger.OtherB, "イベント名": tagger.OtherB, "PRODUCT": tagger.OtherB, "WORK_OF_ART": tagger.OtherB, "EVENT": tagger.OtherB,
}

func sentences(corpora string) ([]example, error) {
	var all []example
	for _, f := range []string{"stockmark-dev", "kyoto-wikipedia"} {
		list, err := readJSONL(filepath.Join(corpora, "ner", f+".jsonl"), f)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	list, err := readBIO(filepath.Join(corpora, "ner/gsd-train.bio"), "gsd")
	if err != nil {
		return nil, err
	}
	made, err := generated(corpora, *inquiries)
	if err != nil {
		return nil, err
	}
	return append(append(all, list...), made...), nil
}

// newExample normalizes a text and brings spans of code points along.
func newExample(source, raw string, at [][3]int) example {
	n := text.Normalize(raw)
	var offsets []int
	for i := range raw {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(raw))
	e := example{source: source, text: n.Norm}
	for _, a := range at {
		if a[1] < len(offsets) {
			e.spans = append(e.spans, span{n.NormOffset(offsets[a[0]]), n.NormOffset(offsets[a[1]]), a[2]})
		}
	}
	return e
}

func readJSONL(path, source string) ([]example, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []example
	d := json.NewDecoder(f)
	for {
		var r struct {
			Text     string
			Entities []struct {
				Span [2]int
				Type string
			}
		}
		if err := d.Decode(&r); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		var at [][3]int
		for _, e := range r.Entities {
			if k := kinds[e.Type]; k != 0 {
				at = append(at, [3]int{e.Span[0], e.Span[1], k})
			}
		}
		out = append(out, newExample(source, r.Text, at))
	}
}

func readBIO(path, source string) ([]example, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []example
	var b strings.Builder
	var at [][3]int
	pos := 0
	open := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, newExample(source, b.String(), at))
		}
		b.Reset()
		at, pos, open = nil, 0, false
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		line := s.Text()
		if line == "" {
			flush()
			continue
		}
		w, tag, _ := strings.Cut(line, "\t")
		tag, _, _ = strings.Cut(tag, "\t")
		n := utf8.RuneCountInString(w)
		place, kind, _ := strings.Cut(tag, "-")
		switch {
		case place == "B" && kinds[kind] != 0:
			at = append(at, [3]int{pos, pos + n, kinds[kind]})
			open = true
		case place == "I" && open && len(at) > 0 && at[len(at)-1][2] == kinds[kind]:
			at[len(at)-1][1] = pos + n
		default:
			open = false
		}
		b.WriteString(w)
		pos += n
	}
	flush()
	return out, s.Err()
}

// lexicon reads UniDic and the name lists.
func lexicon(unidic, corpora string, train []example) (*tagger.Lexicon, int, error) {
	words := map[string]uint32{}
	add := func(w string, class uint32) {
		w = text.Normalize(w).Norm
		n := utf8.RuneCountInString(w)
		if n == 0 || n > tagger.MaxWord {
			return
		}
		words[w] |= class
	}
	f, err := os.Open(unidic)
	if err != nil {
		return nil, 0, fmt.Errorf("%w (apt-get install unidic-mecab)", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		c := strings.SplitN(s.Text(), ",", 9)
		if len(c) < 9 {
			continue
		}
		w := c[0]
		kana, japanese := true, true
		for _, r := range w {
			hira := r >= 0x3041 && r <= 0x309F
			kata := r >= 0x30A1 && r <= 0x30FC
			han := r >= 0x4E00 && r <= 0x9FFF || r == '々'
			kana = kana && (hira || kata)
			japanese = japanese && (hira || kata || han)
		}
		if !japanese {
			continue
		}
		hiraOnly := strings.IndexFunc(w, func(r rune) bool { return r < 0x3041 || r > 0x309F }) < 0
		long := utf8.RuneCountInString(w) >= 2
		switch pos := c[4] + "," + c[5] + "," + c[6] + "," + c[7]; {
		case strings.HasSuffix(pos, "人名,姓"):
			if !kana || long {
				add(w, tagger.Surname)
			}
		case strings.HasSuffix(pos, "人名,名"), strings.HasSuffix(pos, "人名,一般"):
			if !kana || long {
				add(w, tagger.Given)
			}
		case strings.Contains(pos, "地名"):
			if !hiraOnly {
				add(w, tagger.Place)
			}
		case pos == "名詞,固有名詞,一般,*":
			if !hiraOnly {
				add(w, tagger.Organization)
			}
		case strings.HasPrefix(pos, "名詞,普通名詞"), strings.HasPrefix(pos, "形状詞"), strings.HasPrefix(pos, "名詞,数詞"):
			if !hiraOnly {
				add(w, tagger.Noun)
			}
		case strings.HasPrefix(pos, "接尾辞"), strings.HasPrefix(pos, "接頭辞"):
			if !hiraOnly {
				add(w, tagger.Suffix)
			}
		}
	}
	if err := s.Err(); err != nil {
		return nil, 0, err
	}
	for _, f := range []struct {
		name  string
		class uint32
		from  int
	}{{"last_name_org", tagger.Surname, 0}, {"first_name_man_org", tagger.Given, 2}, {"first_name_woman_org", tagger.Given, 2}} {
		rows, err := readCSV(filepath.Join(corpora, "name", f.name+".csv"))
		if err != nil {
			return nil, 0, err
		}
		for _, r := range rows {
			if f.from == 0 {
				add(r[0], f.class)
				continue
			}
			for _, w := range r[f.from:] {
				if utf8.RuneCountInString(w) >= 2 {
					add(w, f.class)
				}
			}
		}
	}
	plain(words, train)
	return lexiconOf(words), len(words), nil
}

// lexiconOf makes a lexicon of words with their classes.
func lexiconOf(words map[string]uint32) *tagger.Lexicon {
	list := make([]string, 0, len(words))
	for w := range words {
		list = append(list, w)
	}
	sort.Strings(list)
	values := make([]uint32, len(list))
	for i, w := range list {
		values[i] = words[w]
	}
	return tagger.NewLexicon(list, values)
}

// often is how many times a word stands in the training sentences for its
// never being a name to count.
const often = 4

// plain marks whole runs of kanji and katakana that stand in the training
// sentences often and never in a name, and takes hiragana words that stand
// there very often and never as a name from the lexicon: です is a given name
// of some list.
func plain(words map[string]uint32, train []example) {
	type count struct{ all, names int }
	runs, kana := map[string]count{}, map[string]count{}
	lex := lexiconOf(words)
	var s tagger.Sentence
	for _, e := range train {
		s.Load(e.text, lex, nil)
		note := func(m map[string]count, start, end int) {
			c := m[e.text[start:end]]
			c.all++
			for _, sp := range e.spans {
				if sp.kind == tagger.NameB && sp.start < end && start < sp.end {
					c.names++
				}
			}
			m[e.text[start:end]] = c
		}
		s.Spans(func(start, end int) { note(runs, start, end) })
		s.Words(func(start, end int) {
			if r, _ := utf8.DecodeRuneInString(e.text[start:]); r >= 0x3041 && r <= 0x309F {
				note(kana, start, end)
			}
		})
	}
	for w, c := range runs {
		if c.all >= often && c.names == 0 {
			words[w] |= tagger.Plain
		}
	}
	for w, c := range kana {
		if c.all >= 5*often && c.names == 0 && words[w] != 0 {
			if words[w] &^= tagger.Surname | tagger.Given; words[w] == 0 {
				delete(words, w)
			}
		}
	}
}

func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	return r.ReadAll()
}
