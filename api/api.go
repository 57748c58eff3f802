// Package api gives programs the same answers that people get: JSON over HTTP
// (OpenAPI 3.1 generated from this code, RFC 9457 errors), the endpoints of
// Presidio, and tools for AI agents (MCP). Texts that come in are judged and
// forgotten; only the casebook keeps anything, and only where it is asked to.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/madoguchi/madoguchi"
	"github.com/madoguchi/madoguchi/batch"
	"github.com/madoguchi/madoguchi/casebook"
	"github.com/madoguchi/madoguchi/check"
	"github.com/madoguchi/madoguchi/contact"
	"github.com/madoguchi/madoguchi/knowledge"
	"github.com/madoguchi/madoguchi/redact"
	"github.com/madoguchi/madoguchi/report"
)

// Limits of a request.
const (
	MaxBody = 2 << 20 // bytes
	MaxText = 1 << 20 // bytes of one text; huma counts code points, which are fewer
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

// Exchange is what a person is about to send, or has received.
type Exchange struct {
	ID              string `json:"id,omitempty" maxLength:"200" doc:"Comes back in the answer."`
	Direction       string `json:"direction,omitempty" enum:"outgoing,incoming" doc:"outgoing: a draft; incoming: something received. Incoming where it is missing."`
	Channel         string `json:"channel,omitempty" enum:"email,sms,chat,phone,form,letter,popup"`
	Organization    string `json:"organization,omitempty" maxLength:"200" doc:"Whom the window says to be."`
	Inquiry         string `json:"inquiry,omitempty" maxLength:"60" doc:"An id of /v1/needs; guessed where it is missing."`
	Initiator       string `json:"initiator,omitempty" enum:"person,window,unknown" doc:"Who started the contact."`
	Listener        string `json:"listener,omitempty" enum:"human,keypad,form,unknown"`
	WindowConfirmed bool   `json:"window_confirmed,omitempty" doc:"The person looked the window up on the official site."`
	From            string `json:"from,omitempty" maxLength:"1000" doc:"Sender as shown."`
	Subject         string `json:"subject,omitempty" maxLength:"2000"`
	Text            string `json:"text" maxLength:"1048576" example:"暗証番号を教えてください。"`
}

// exchange checks what the schema cannot.
func (e *Exchange) exchange() (*madoguchi.Exchange, error) {
	if e.Direction == "" {
		e.Direction = string(madoguchi.Incoming)
	}
	line, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	ex, err := batch.Exchange(line)
	var le *batch.LineError
	if errors.As(err, &le) {
		return nil, huma.Error422UnprocessableEntity(le.Err.Error())
	}
	return ex, err
}

// Lang asks for the answer in words, too.
type Lang struct {
	Lang string `query:"lang" enum:"ja,easy,en" doc:"Adds view: the answer in the words of this language."`
}

// Checked is the answer to an exchange.
type Checked struct {
	report.Row
	View *report.View `json:"view,omitempty"`
}

type checkInput struct {
	Lang
	Body Exchange
}

type checkOutput struct{ Body Checked }

// WindowQuery is an address or a number, and whom it says to be.
type WindowQuery struct {
	Organization string `json:"organization,omitempty" maxLength:"200" doc:"Whom it says to be."`
	URL          string `json:"url,omitempty" maxLength:"8000"`
	Email        string `json:"email,omitempty" maxLength:"1000"`
	Phone        string `json:"phone,omitempty" maxLength:"100"`
}

type windowInput struct{ Body WindowQuery }

// Window is the answer to where.
type Window struct {
	Organization string               `json:"organization,omitempty" doc:"Id of the organization that it stands with or claims."`
	Status       madoguchi.Status     `json:"status" enum:"official,unconfirmed,impostor"`
	Suspicion    madoguchi.Suspicion  `json:"suspicion" enum:"none,some,strong"`
	Evidence     []report.RowEvidence `json:"evidence"`
}

type windowOutput struct{ Body Window }

func (a *API) checks() {
	huma.Register(a, huma.Operation{OperationID: "check", Method: http.MethodPost, Path: "/v1/check", Summary: "Check a draft or something received", MaxBodyBytes: MaxBody},
		func(_ context.Context, in *checkInput) (*checkOutput, error) {
			ex, err := in.Body.exchange()
			if err != nil {
				return nil, err
			}
			v := check.Check(ex)
			out := &checkOutput{Checked{Row: report.NewRow(&v)}}
			if in.Lang.Lang != "" {
				view := report.NewView(&v, madoguchi.Lang(in.Lang.Lang))
				out.Body.View = &view
			}
			return out, nil
		})
	huma.Register(a, huma.Operation{OperationID: "window", Method: http.MethodPost, Path: "/v1/window", Summary: "Is this address or number the organization's own?", MaxBodyBytes: MaxBody},
		func(_ context.Context, in *windowInput) (*windowOutput, error) {
			var claimed *knowledge.Organization
			if in.Body.Organization != "" {
				if claimed = contact.Resolve(in.Body.Organization); claimed == nil {
					claimed = knowledge.OrganizationByID(in.Body.Organization)
				}
			}
			var p madoguchi.ContactPoint
			switch {
			case in.Body.URL != "":
				p = contact.JudgeURL(in.Body.URL, claimed)
			case in.Body.Email != "":
				p = contact.JudgeEmail(in.Body.Email, claimed)
			case in.Body.Phone != "":
				p = contact.JudgePhone(in.Body.Phone, claimed)
			default:
				return nil, huma.Error422UnprocessableEntity("give one of url, email, phone")
			}
			org := p.Organization
			if claimed != nil {
				org = claimed.ID
			}
			return &windowOutput{Window{org, p.Status, p.Suspicion, report.Evidence(p)}}, nil
		})
	huma.Register(a, huma.Operation{OperationID: "redact", Method: http.MethodPost, Path: "/v1/redact", Summary: "Cover the personal data of a text", MaxBodyBytes: MaxBody}, a.redact)
}

// RedactQuery is a text to cover.
type RedactQuery struct {
	Text  string `json:"text" maxLength:"1048576"`
	Style string `json:"style,omitempty" enum:"placeholder,mask,partial" doc:"placeholder where it is missing."`
	All   bool   `json:"all,omitempty" doc:"Cover all personal data, not only what need not or must not be told."`
	// What the text is about, as for /v1/check.
	Inquiry   string `json:"inquiry,omitempty" maxLength:"60"`
	Channel   string `json:"channel,omitempty" enum:"email,sms,chat,phone,form,letter,popup"`
	Initiator string `json:"initiator,omitempty" enum:"person,window,unknown"`
}

// Redacted is a text with its personal data covered.
type Redacted struct {
	Text   string            `json:"text"`
	Values map[string]string `json:"values" doc:"What each placeholder stands for: keep it like the original."`
}

type redactOutput struct{ Body Redacted }

func (a *API) redact(_ context.Context, in *struct{ Body RedactQuery }) (*redactOutput, error) {
	e := Exchange{Direction: string(madoguchi.Outgoing), Text: in.Body.Text, Inquiry: in.Body.Inquiry, Channel: in.Body.Channel, Initiator: in.Body.Initiator}
	ex, err := e.exchange()
	if err != nil {
		return nil, err
	}
	return &redactOutput{redacted(ex, in.Body.Style, in.Body.All)}, nil
}

func redacted(ex *madoguchi.Exchange, style string, all bool) Redacted {
	if style == "" {
		style = string(redact.Placeholder)
	}
	v := check.Check(ex)
	var pieces []redact.Piece
	for _, f := range v.Findings {
		if all || f.Need.Level == madoguchi.Never || f.Need.Level == madoguchi.Unneeded {
			pieces = append(pieces, redact.Piece{Span: f.Span, Name: knowledge.NameOf(f.Category).JA})
		}
	}
	r := redact.Cover(ex.Text, pieces, redact.Style(style))
	return Redacted{r.Text, r.Values}
}

type needsInput struct {
	Inquiry string `query:"inquiry" maxLength:"60" doc:"An inquiry's id; all inquiries are listed without it."`
	Lang    string `query:"lang" enum:"ja,easy,en" default:"ja"`
	Channel string `query:"channel" enum:"email,sms,chat,phone,form,letter,popup"`
}

// Needs are the inquiries, or what one of them needs.
type Needs struct {
	Inquiries []Named           `json:"inquiries,omitempty"`
	Needs     []report.ViewItem `json:"needs,omitempty"`
}

// Named is an id and its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func inquiries(lang madoguchi.Lang) []Named {
	var out []Named
	for _, q := range knowledge.Inquiries() {
		out = append(out, Named{string(q.ID), q.Name.In(lang)})
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
		func(_ context.Context, in *needsInput) (*struct{ Body Needs }, error) {
			id, ok := batch.ParseInquiry(in.Inquiry)
			if !ok {
				return nil, huma.Error404NotFound("no such inquiry; /v1/needs lists them")
			}
			return &struct{ Body Needs }{needsOf(id, langOf(in.Lang), madoguchi.Channel(in.Channel))}, nil
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
