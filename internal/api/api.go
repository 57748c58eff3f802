// Package api gives programs the same answers that people get: JSON over HTTP
// (OpenAPI 3.1 generated from this code, RFC 9457 errors), the endpoints of
// Presidio, and tools for AI agents (MCP). Texts that come in are judged and
// forgotten; only the casebook keeps anything, and only where it is asked to.
package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/check"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/gateway"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/redact"
	"github.com/madoguchi/madoguchi/internal/report"
	"github.com/madoguchi/madoguchi/wire"
)

// Limits of a request.
const (
	MaxBody  = 4 << 20  // bytes: of a text of intake.MaxText bytes, which JSON may write longer
	MaxMail  = 32 << 20 // bytes of a raw mail
	MaxEntry = 96 << 20 // bytes of an entry of the record: a file of 64 MiB in base64
)

// Options say what an API serves.
type Options struct {
	Version string
	Vault   *casebook.Vault // nil: no casebook
}

// API is a set of handlers.
type API struct {
	huma.API
	options Options
	talks   *talks
}

// New registers the API's handlers on mux.
func New(mux *http.ServeMux, o Options) *API {
	c := huma.DefaultConfig("madoguchi", o.Version)
	c.Info.Description = "Is it all right to tell this to that support window? Where, what, how much; then tell, confirm first, or stop."
	c.Info.Contact = &huma.Contact{Name: "madoguchi", URL: "https://github.com/madoguchi/madoguchi"}
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.DocsPath = "" // its page would come from another host
	c.CreateHooks = nil
	a := &API{humago.New(mux, c), o, newTalks()}
	a.checks()
	a.directory()
	a.chats()
	if o.Vault != nil {
		a.cases()
	}
	a.describe()
	presidio(mux)
	return a
}

// Errors tell what is wrong, never with what was sent.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		m := &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: message}
		for _, err := range errs {
			var d *huma.ErrorDetail
			if errors.As(err, &d) {
				m.Errors = append(m.Errors, &huma.ErrorDetail{Message: d.Message, Location: d.Location})
			} else if status < http.StatusInternalServerError && err != nil {
				m.Errors = append(m.Errors, &huma.ErrorDetail{Message: err.Error()})
			}
		}
		return m
	}
}

// unusable tells what is wrong with an exchange or a question.
func unusable(err error) error {
	var fe *intake.FieldError
	if errors.As(err, &fe) {
		return huma.Error422UnprocessableEntity(fe.Error())
	}
	return err
}

// Lang asks for the answer in words, too.
type Lang struct {
	Lang string `query:"lang" enum:"ja,easy,en" doc:"Adds view: the answer in the words of this language."`
}

type checkInput struct {
	Lang
	RawBody []byte
}

type checkOutput struct{ Body wire.Checked }

type windowInput struct{ RawBody []byte }

type windowOutput struct{ Body report.Window }

// body is the body of a request that intake decodes: the schema says what it takes.
func body[T any](a *API, description string) *huma.RequestBody {
	s := huma.SchemaFromType(a.OpenAPI().Components.Schemas, reflect.TypeFor[T]())
	return &huma.RequestBody{Required: true, Description: description, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

func (a *API) checked(v *exchange.Verdict, l Lang) *checkOutput {
	out := &checkOutput{wire.Checked{Row: report.NewRow(v)}}
	if l.Lang != "" {
		view := report.NewView(v, exchange.Lang(l.Lang))
		out.Body.View = &view
	}
	return out
}

func (a *API) checks() {
	huma.Register(a, huma.Operation{OperationID: "check", Method: http.MethodPost, Path: "/v1/check", Summary: "Check a draft or something received", MaxBodyBytes: MaxBody, RequestBody: body[intake.Exchange](a, "What is about to be sent, or was received."), SkipValidateBody: true},
		func(ctx context.Context, in *checkInput) (*checkOutput, error) {
			ex, err := intake.DecodeExchange(in.RawBody)
			if err != nil {
				return nil, unusable(err)
			}
			v, err := check.CheckContext(ctx, ex)
			if err != nil {
				return nil, err
			}
			return a.checked(&v, in.Lang), nil
		})
	huma.Register(a, huma.Operation{OperationID: "mail", Method: http.MethodPost, Path: "/v1/mail", Summary: "Check a mail's raw source, as a mail filter has it", MaxBodyBytes: MaxMail, SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Required: true, Description: "The mail as it came (RFC 5322); of the mails within it the worst verdict counts.", Content: map[string]*huma.MediaType{"message/rfc822": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}},
		func(ctx context.Context, in *checkInput) (*checkOutput, error) {
			v, err := gateway.Judge(ctx, in.RawBody, false)
			switch {
			case ctx.Err() != nil:
				return nil, err
			case errors.Is(err, gateway.ErrNotMail):
				return nil, huma.Error422UnprocessableEntity(err.Error())
			case err != nil:
				return nil, huma.Error422UnprocessableEntity(gateway.ErrNotMail.Error())
			}
			return a.checked(&v, in.Lang), nil
		})
	huma.Register(a, huma.Operation{OperationID: "window", Method: http.MethodPost, Path: "/v1/window", Summary: "Is this address or number the organization's own?", MaxBodyBytes: MaxBody, RequestBody: body[intake.Window](a, "An address or a number, and who they claim to be."), SkipValidateBody: true},
		func(_ context.Context, in *windowInput) (*windowOutput, error) {
			q, err := intake.DecodeWindow(in.RawBody)
			if err != nil {
				return nil, unusable(err)
			}
			v := check.Window(q.Query())
			return &windowOutput{report.NewWindow(string(q.ID), &v)}, nil
		})
	huma.Register(a, huma.Operation{OperationID: "redact", Method: http.MethodPost, Path: "/v1/redact", Summary: "Cover the personal data of a text", MaxBodyBytes: MaxBody, RequestBody: body[wire.RedactQuery](a, "The text to cover."), SkipValidateBody: true}, a.redact)
}

type redactOutput struct{ Body wire.Redacted }

func (a *API) redact(ctx context.Context, in *struct{ RawBody []byte }) (*redactOutput, error) {
	var q wire.RedactQuery
	if err := intake.Decode(in.RawBody, &q); err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	out, err := covered(ctx, &q)
	return &redactOutput{out}, unusable(err)
}

func covered(ctx context.Context, q *wire.RedactQuery) (wire.Redacted, error) {
	e := intake.Exchange(q.Exchange)
	ex, err := e.Exchange()
	if err != nil {
		return wire.Redacted{}, err
	}
	if q.Only != "" && !slices.Contains(check.Covering, q.Only) {
		return wire.Redacted{}, &intake.FieldError{ID: ex.ID, Field: "only", What: "unknown word in only", Choices: check.Covering}
	}
	if q.Style != "" && !slices.Contains(redact.Styles, q.Style) {
		return wire.Redacted{}, &intake.FieldError{ID: ex.ID, Field: "style", What: "unknown word in style", Choices: redact.Styles}
	}
	r, err := check.Redact(ctx, ex, check.RedactOptions{Only: q.Only, Style: redact.Style(q.Style)})
	return wire.Redacted{Text: r.Text, Values: r.Values, Shorter: r.Shorter}, err
}

type needsInput struct {
	Inquiry string `query:"inquiry" maxLength:"60" doc:"An inquiry's id; all inquiries are listed without it."`
	Lang    string `query:"lang" enum:"ja,easy,en" default:"ja"`
	Channel string `query:"channel" enum:"email,sms,chat,phone,form,letter,popup"`
}

func inquiries(lang exchange.Lang) []wire.Named {
	var out []wire.Named
	for _, q := range knowledge.Inquiries() {
		out = append(out, wire.Named{ID: string(q.ID), Name: q.Name.In(lang)})
	}
	return out
}

type organizationsInput struct {
	Query string `query:"q" maxLength:"200" doc:"A name, an alias or a domain."`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type organizationInput struct {
	ID string `path:"id" maxLength:"100"`
}

func (a *API) directory() {
	huma.Register(a, huma.Operation{OperationID: "needs", Method: http.MethodGet, Path: "/v1/needs", Summary: "What windows need for an inquiry"},
		func(_ context.Context, in *needsInput) (*struct{ Body wire.Needs }, error) {
			id, err := intake.Inquiry(in.Inquiry)
			if err != nil {
				return nil, huma.Error404NotFound("no such inquiry; /v1/needs lists them")
			}
			return &struct{ Body wire.Needs }{needsOf(id, langOf(in.Lang), exchange.Channel(in.Channel))}, nil
		})
	huma.Register(a, huma.Operation{OperationID: "organizations", Method: http.MethodGet, Path: "/v1/organizations", Summary: "Find organizations and their windows"},
		func(_ context.Context, in *organizationsInput) (*struct {
			Body struct {
				Organizations []knowledge.Organization `json:"organizations"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Organizations []knowledge.Organization `json:"organizations"`
				}
			}{}
			out.Body.Organizations = contact.Find(in.Query, in.Limit)
			return out, nil
		})
	huma.Register(a, huma.Operation{OperationID: "organization", Method: http.MethodGet, Path: "/v1/organizations/{id}", Summary: "One organization, with sources and dates"},
		func(_ context.Context, in *organizationInput) (*struct{ Body knowledge.Organization }, error) {
			o := knowledge.OrganizationByID(in.ID)
			if o == nil {
				return nil, huma.Error404NotFound("no such organization; /v1/organizations?q= finds it")
			}
			return &struct{ Body knowledge.Organization }{*o}, nil
		})
}
