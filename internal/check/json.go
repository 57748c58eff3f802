package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/redact"
)

// ErrNotJSON is returned for bytes that are no JSON value.
var ErrNotJSON = errors.New("the input is no JSON")

// maxDepth bounds how deep JSON may be.
const maxDepth = 200

// RedactJSON covers the personal data in the values of a JSON text, strings and numbers,
// and leaves keys and layout alone but for blanks. A key is the label of its value:
// "password": "…" is a password. The same value has the same placeholder everywhere.
// about says what the inquiry is and by which channel; its text is not read.
func RedactJSON(ctx context.Context, data []byte, about exchange.Exchange, o RedactOptions) (out []byte, values map[string]string, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	w := &jsonRedactor{ctx: ctx, o: o, about: about, values: map[string]string{}}
	for first := true; ; first = false {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && !first {
			break
		}
		if err != nil {
			return nil, nil, ErrNotJSON
		}
		if !first { // several values, a line each: JSON Lines
			w.out.WriteByte('\n')
		}
		if err := w.value(d, t, "", 0); err != nil {
			return nil, nil, err
		}
	}
	w.out.WriteByte('\n')
	return w.out.Bytes(), w.values, nil
}

type jsonRedactor struct {
	ctx     context.Context
	o       RedactOptions
	about   exchange.Exchange
	out     bytes.Buffer
	coverer redact.Coverer
	values  map[string]string
}

// value writes the value that begins with a token; key is its label.
func (w *jsonRedactor) value(d *json.Decoder, t json.Token, key string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: deeper than %d", ErrNotJSON, maxDepth)
	}
	switch v := t.(type) {
	case json.Delim:
		end := map[json.Delim]string{'{': "}", '[': "]"}[v]
		w.out.WriteString(v.String())
		for n := 0; d.More(); n++ {
			if n > 0 {
				w.out.WriteByte(',')
			}
			t, err := d.Token()
			if err != nil {
				return ErrNotJSON
			}
			label := key
			if v == '{' {
				label, _ = t.(string) // an object's tokens are keys, then values
				if err := w.encode(label); err != nil {
					return err
				}
				w.out.WriteByte(':')
				if t, err = d.Token(); err != nil {
					return ErrNotJSON
				}
			}
			if err := w.value(d, t, label, depth+1); err != nil {
				return err
			}
		}
		if _, err := d.Token(); err != nil {
			return ErrNotJSON
		}
		w.out.WriteString(end)
		return nil
	case string:
		covered, _, err := w.cover(key, v)
		if err != nil {
			return err
		}
		return w.encode(covered)
	case json.Number:
		covered, changed, err := w.cover(key, v.String())
		if err != nil || !changed {
			w.out.WriteString(v.String())
			return err
		}
		return w.encode(covered)
	}
	return w.encode(t)
}

func (w *jsonRedactor) encode(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	w.out.Write(bytes.TrimRight(b.Bytes(), "\n"))
	return nil
}

// cover covers a value, read behind its key as behind a label.
func (w *jsonRedactor) cover(key, value string) (covered string, changed bool, err error) {
	label := strings.NewReplacer("_", " ", "-", " ").Replace(key) + ": "
	if key == "" {
		label = ""
	}
	ex := w.about
	ex.Text = label + value
	found, err := w.o.pieces(w.ctx, &ex)
	if err != nil {
		return "", false, err
	}
	var pieces []redact.Piece
	for _, p := range found {
		p.Span.Start, p.Span.End = max(p.Span.Start-len(label), 0), p.Span.End-len(label)
		if p.Span.End > p.Span.Start {
			pieces = append(pieces, p)
		}
	}
	if len(pieces) == 0 {
		return value, false, nil
	}
	r := w.coverer.Cover(value, pieces, w.o.style())
	for k, v := range r.Values {
		w.values[k] = v
	}
	return r.Text, true, nil
}
