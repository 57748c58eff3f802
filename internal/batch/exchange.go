package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/report"
)

// CheckLine is an [Each] that judges an exchange.
func CheckLine(line []byte) ([]byte, error) { return CheckLineContext(context.Background(), line) }

// CheckLineContext is CheckLine for one who does not wait for ever.
func CheckLineContext(ctx context.Context, line []byte) ([]byte, error) {
	ex, err := intake.DecodeExchange(line)
	if err != nil {
		return nil, named(err)
	}
	v, err := check.CheckContext(ctx, ex)
	if err != nil {
		return nil, err
	}
	return encode(report.NewRow(&v))
}

// WindowLine is an [Each] that judges a URL, a mail address or a number against
// an organization's name.
func WindowLine(line []byte) ([]byte, error) {
	q, err := intake.DecodeWindow(line)
	if err != nil {
		return nil, named(err)
	}
	v := check.Window(q.Query())
	return encode(report.NewWindow(string(q.ID), &v))
}

// named tells which line an error is about.
func named(err error) error {
	var fe *intake.FieldError
	if errors.As(err, &fe) {
		return &LineError{fe.ID, err}
	}
	return err
}

// encode is json.Marshal without escaping < > &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
