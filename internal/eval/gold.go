package eval

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/corpus"
)

// GoldSpan is a span of a draft, in code points.
type GoldSpan struct {
	Start, End            int
	Category, Text, Level string
}

// Draft is a gold draft.
type Draft struct {
	ID, Channel, Counterpart, Inquiry, Text, Verdict string
	Spans                                            []GoldSpan
}

func channel(s string) exchange.Channel {
	if s == "phone_note" || s == "phone_transcript" {
		s = "phone"
	}
	return exchange.Channel(s)
}

func (d *Draft) exchange() exchange.Exchange {
	return exchange.Exchange{Direction: exchange.Outgoing, Channel: channel(d.Channel), Organization: d.Counterpart, Inquiry: exchange.Inquiry(d.Inquiry),
		Initiator: exchange.InitiatorPerson, WindowConfirmed: true, Text: d.Text}
}

// GoldAsk is what a message asks for: a category or an action.
type GoldAsk struct{ Category, Action, Quote string }

// Received is a gold message.
type Received struct {
	ID, Channel, Claimed, From, Subject, Text, Verdict string
	Inquiry                                            *string // nil: unsolicited
	Genuine                                            bool
	Asks                                               []GoldAsk
}

func (r *Received) exchange() exchange.Exchange {
	ex := exchange.Exchange{Direction: exchange.Incoming, Channel: channel(r.Channel), Organization: r.Claimed, From: r.From, Subject: r.Subject, Text: r.Text, Initiator: exchange.InitiatorWindow}
	if r.Inquiry != nil {
		ex.Inquiry, ex.Initiator = exchange.Inquiry(*r.Inquiry), exchange.InitiatorPerson
	}
	return ex
}

// NamedText is a text with the personal names in it, in code points.
type NamedText struct {
	ID, Text string
	Spans    [][2]int
}

// ErrKind is returned for a file whose kind cannot be told.
var ErrKind = errors.New("eval: cannot tell what the file holds: name its kind (outgoing, incoming, names, address, negative)")

// File judges a gold file. kind may be empty: the file's fields tell.
func File(kind, path string) (*Report, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("eval: %w", err)
	}
	name := filepath.Base(path)
	if kind == "" {
		kind = guess(name, b)
	}
	switch kind {
	case "outgoing":
		return judge(b, name, Outgoing)
	case "incoming":
		return judge(b, name, Incoming)
	case "scenarios":
		return judge(b, name, Scenarios)
	case "names":
		if strings.HasSuffix(name, ".bio") {
			return Names(name, bio(b)), nil
		}
		return judge(b, name, func(name string, rows []struct {
			Text     string
			Entities []struct {
				Span [2]int
				Type string
			}
		}) *Report {
			var texts []NamedText
			for i, r := range rows {
				t := NamedText{ID: fmt.Sprint(i), Text: r.Text}
				for _, e := range r.Entities {
					if e.Type == "人名" {
						t.Spans = append(t.Spans, e.Span)
					}
				}
				texts = append(texts, t)
			}
			return Names(name, texts)
		})
	case "negative":
		return judge(b, name, Negative)
	case "address":
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("eval: %s: %w", name, err)
		}
		var list []string
		for i, r := range rows {
			if i > 0 && r[0] != "" {
				list = append(list, r[0])
			}
		}
		return Addresses(name, list), nil
	}
	return nil, ErrKind
}

// judge decodes JSON Lines and hands the rows on.
func judge[T any](b []byte, name string, f func(string, []T) *Report) (*Report, error) {
	var rows []T
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 16<<20)
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		var r T
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("eval: %s line %d: %w", name, n, err)
		}
		rows = append(rows, r)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("eval: %s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("eval: %s holds no items", name)
	}
	return f(name, rows), nil
}

// guess tells a gold file's kind by its name and its first line.
func guess(name string, b []byte) string {
	switch filepath.Ext(name) {
	case ".bio":
		return "names"
	case ".csv":
		return "address"
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	var fields map[string]json.RawMessage
	if json.Unmarshal(line, &fields) != nil {
		return ""
	}
	switch {
	case fields["spans"] != nil && fields["verdict"] != nil:
		return "outgoing"
	case fields["asks"] != nil:
		return "incoming"
	case fields["scenario"] != nil:
		return "scenarios"
	case fields["entities"] != nil:
		return "names"
	case fields["text"] != nil:
		return "negative"
	}
	return ""
}

// bio reads tokens with B-, I- and O tags, a sentence to an empty line.
func bio(b []byte) []NamedText {
	var out []NamedText
	var text strings.Builder
	cur := NamedText{}
	pos, start := 0, -1
	end := func() {
		if start >= 0 {
			cur.Spans = append(cur.Spans, [2]int{start, pos})
			start = -1
		}
	}
	flush := func() {
		end()
		if text.Len() > 0 {
			cur.ID, cur.Text = fmt.Sprint(len(out)), text.String()
			out = append(out, cur)
		}
		cur, pos = NamedText{}, 0
		text.Reset()
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			flush()
			continue
		}
		word, rest, _ := strings.Cut(line, "\t")
		tag, _, _ := strings.Cut(rest, "\t")
		place, kind, _ := strings.Cut(tag, "-")
		if start >= 0 && (place != "I" || kind != "PERSON") {
			end()
		}
		if kind == "PERSON" && (place == "B" || start < 0) {
			start = pos
		}
		text.WriteString(word)
		pos += utf8.RuneCountInString(word)
	}
	flush()
	return out
}

// Exchange is a corpus item as it is judged. A draft's window counts as confirmed:
// gold verdicts of drafts rest on what the draft tells alone.
func Exchange(it *corpus.Item) exchange.Exchange {
	or := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	ex := exchange.Exchange{ID: it.ID, Channel: channel(it.Channel), Inquiry: exchange.Inquiry(or(it.Inquiry)), Text: it.Text}
	if it.Outgoing {
		ex.Direction, ex.Organization, ex.Initiator, ex.WindowConfirmed = exchange.Outgoing, or(it.Counterpart), exchange.InitiatorPerson, true
		return ex
	}
	ex.Direction, ex.Organization, ex.From, ex.Subject, ex.Initiator = exchange.Incoming, or(it.Claimed), or(it.From), or(it.Subject), exchange.InitiatorWindow
	if it.Inquiry != nil {
		ex.Initiator = exchange.InitiatorPerson
	}
	return ex
}
