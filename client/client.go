// Package client asks a madoguchi server from Go programs. The types are
// those of package wire (api/openapi.yaml describes them).
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/wire"
)

// Client asks one server. It is safe for concurrent use.
type Client struct {
	Base  string       // for example http://127.0.0.1:8737
	Token string       // of a server that asks for one
	HTTP  *http.Client // http.DefaultClient where it is nil
}

// Error is an answer that is a problem (RFC 9457).
type Error struct {
	Status     int    `json:"status"`
	Title      string `json:"title"`
	Detail     string `json:"detail"`
	RetryAfter string `json:"-"` // seconds, of a server that has too much to do
}

func (e *Error) Error() string { return fmt.Sprintf("madoguchi: %s: %s", e.Title, e.Detail) }

// ErrTooLarge is returned for an answer that no such server gives.
var ErrTooLarge = errors.New("madoguchi: the answer is too large")

const maxAnswer = 32 << 20

func (c *Client) do(ctx context.Context, method, path string, in, out any) (err error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.Base, "/")+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		r.Header.Set("X-Madoguchi-Token", c.Token)
	}
	h := c.HTTP
	if h == nil {
		h = http.DefaultClient
	}
	resp, err := h.Do(r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(b) > maxAnswer {
		return ErrTooLarge
	}
	if resp.StatusCode >= http.StatusBadRequest {
		e := &Error{Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode), RetryAfter: resp.Header.Get("Retry-After")}
		_ = json.Unmarshal(b, e) // what it can tell beyond its status
		return e
	}
	return json.Unmarshal(b, out)
}

// Check judges a draft or something received. lang, where it is not empty, adds
// the answer in words.
func (c *Client) Check(ctx context.Context, e wire.Exchange, lang string) (*wire.Checked, error) {
	out := &wire.Checked{}
	path := "/v1/check"
	if lang != "" {
		path += "?lang=" + url.QueryEscape(lang)
	}
	return out, c.do(ctx, http.MethodPost, path, e, out)
}

// Window tells whether an address or a number is the organization's own.
func (c *Client) Window(ctx context.Context, q wire.Window) (*report.Window, error) {
	out := &report.Window{}
	return out, c.do(ctx, http.MethodPost, "/v1/window", q, out)
}

// Redact covers personal data.
func (c *Client) Redact(ctx context.Context, q wire.RedactQuery) (*wire.Redacted, error) {
	out := &wire.Redacted{}
	return out, c.do(ctx, http.MethodPost, "/v1/redact", q, out)
}

// Needs lists the inquiries, or what one of them needs.
func (c *Client) Needs(ctx context.Context, inquiry, lang string) (*wire.Needs, error) {
	out := &wire.Needs{}
	q := url.Values{}
	if inquiry != "" {
		q.Set("inquiry", inquiry)
	}
	if lang != "" {
		q.Set("lang", lang)
	}
	return out, c.do(ctx, http.MethodGet, "/v1/needs?"+q.Encode(), nil, out)
}

// Organizations finds organizations by name, alias or domain.
func (c *Client) Organizations(ctx context.Context, name string) ([]knowledge.Organization, error) {
	var out struct {
		Organizations []knowledge.Organization `json:"organizations"`
	}
	err := c.do(ctx, http.MethodGet, "/v1/organizations?q="+url.QueryEscape(name), nil, &out)
	return out.Organizations, err
}
