package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/dossier"
)

// Session is the token that unlocking gave.
type Session struct {
	Authorization string `header:"Authorization" hidden:"true"` // a security scheme in the document
}

func (s Session) token() string { return strings.TrimPrefix(s.Authorization, "Bearer ") }

// CasePath names a case.
type CasePath struct {
	Session
	ID string `path:"id" pattern:"^[0-9a-f]{16}$" doc:"16 hexadecimal digits."`
}

// NewEntry is an entry to note.
type NewEntry struct {
	Kind string          `json:"kind" enum:"message,remark,call,attachment"`
	From string          `json:"from,omitempty" enum:"window,person"`
	Name string          `json:"name,omitempty" maxLength:"200"`
	Text string          `json:"text,omitempty" maxLength:"100000"`
	Data []byte          `json:"data,omitempty" doc:"Of an attachment, base64."`
	Call *casebook.Notes `json:"call,omitempty"`
}

func (a *API) with(s Session, f func(*casebook.Book) error) error {
	err := a.options.Vault.With(s.token(), f)
	switch {
	case errors.Is(err, casebook.ErrSealed):
		return huma.Error401Unauthorized("the casebook is locked; POST /v1/casebook/unlock")
	case errors.Is(err, casebook.ErrNoCase):
		return huma.Error404NotFound("no such case")
	case errors.Is(err, casebook.ErrState):
		return huma.Error409Conflict(err.Error())
	}
	return err
}

func (a *API) cases() {
	huma.Register(a, huma.Operation{OperationID: "unlock", Method: http.MethodPost, Path: "/v1/casebook/unlock", Summary: "Unlock the casebook; the token is over after resting", MaxBodyBytes: MaxBody},
		func(_ context.Context, in *struct {
			Body struct {
				Passphrase string `json:"passphrase" minLength:"8" maxLength:"500"`
				Create     bool   `json:"create,omitempty" doc:"Make a casebook where there is none."`
			}
		}) (*struct {
			Body struct {
				Token string `json:"token"`
			}
		}, error) {
			var lock *casebook.Lock
			if in.Body.Create {
				lock = &casebook.Lock{Passphrase: in.Body.Passphrase}
			}
			token, err := a.options.Vault.Unlock(casebook.Unlock{Passphrase: in.Body.Passphrase}, lock)
			switch {
			case errors.Is(err, casebook.ErrLocked):
				return nil, huma.Error401Unauthorized("the passphrase does not open it")
			case errors.Is(err, casebook.ErrNoCasebook):
				return nil, huma.Error404NotFound("there is no casebook yet; create: true makes one")
			case err != nil:
				return nil, err
			}
			out := &struct {
				Body struct {
					Token string `json:"token"`
				}
			}{}
			out.Body.Token = token
			return out, nil
		})
	huma.Register(a, huma.Operation{OperationID: "lock", Method: http.MethodPost, Path: "/v1/casebook/lock", Summary: "Lock the casebook for this token"},
		func(_ context.Context, in *Session) (*struct{}, error) {
			return nil, a.options.Vault.Lock(in.token())
		})
	huma.Register(a, huma.Operation{OperationID: "list-cases", Method: http.MethodGet, Path: "/v1/cases", Summary: "List the cases, the last touched first"},
		func(_ context.Context, in *struct {
			Session
			Query string `query:"q" maxLength:"200"`
		}) (*struct {
			Body struct {
				Cases []casebook.Case `json:"cases"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Cases []casebook.Case `json:"cases"`
				}
			}{}
			err := a.with(in.Session, func(b *casebook.Book) (err error) {
				out.Body.Cases, err = b.Cases(in.Query)
				return err
			})
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "new-case", Method: http.MethodPost, Path: "/v1/cases", Summary: "Begin a case", DefaultStatus: http.StatusCreated, MaxBodyBytes: MaxBody},
		func(_ context.Context, in *struct {
			Session
			Body casebook.Subject
		}) (*struct{ Body casebook.Case }, error) {
			out := &struct{ Body casebook.Case }{}
			err := a.with(in.Session, func(b *casebook.Book) error {
				id, err := b.New(in.Body)
				if err != nil {
					return err
				}
				out.Body, err = b.Case(id)
				return err
			})
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "show-case", Method: http.MethodGet, Path: "/v1/cases/{id}", Summary: "A case with its entries"},
		func(_ context.Context, in *CasePath) (*struct {
			Body struct {
				Case    casebook.Case    `json:"case"`
				Entries []casebook.Entry `json:"entries"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Case    casebook.Case    `json:"case"`
					Entries []casebook.Entry `json:"entries"`
				}
			}{}
			err := a.with(in.Session, func(b *casebook.Book) (err error) {
				if out.Body.Case, err = b.Case(in.ID); err != nil {
					return err
				}
				out.Body.Entries, err = b.Entries(in.ID)
				return err
			})
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "add-entry", Method: http.MethodPost, Path: "/v1/cases/{id}/entries", Summary: "Note something of a case", DefaultStatus: http.StatusCreated, MaxBodyBytes: MaxEntry},
		func(_ context.Context, in *struct {
			CasePath
			Body NewEntry
		}) (*struct{ Body casebook.Entry }, error) {
			out := &struct{ Body casebook.Entry }{}
			err := a.with(in.Session, func(b *casebook.Book) (err error) {
				e := in.Body
				out.Body, err = b.Add(casebook.Entry{Case: in.ID, Kind: casebook.Kind(e.Kind), From: e.From, Name: e.Name, Text: e.Text, Data: e.Data, Call: e.Call})
				return err
			})
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "set-state", Method: http.MethodPut, Path: "/v1/cases/{id}/state", Summary: "Note where a case stands"},
		func(_ context.Context, in *struct {
			CasePath
			Body struct {
				State string `json:"state" enum:"open,suspicious,stopped,reconfirmed,reported,closed"`
			}
		}) (*struct{}, error) {
			return nil, a.with(in.Session, func(b *casebook.Book) error { return b.SetState(in.ID, casebook.State(in.Body.State)) })
		})
	huma.Register(a, huma.Operation{OperationID: "remove-case", Method: http.MethodDelete, Path: "/v1/cases/{id}", Summary: "Remove a case's contents for good"},
		func(_ context.Context, in *CasePath) (*struct{}, error) {
			return nil, a.with(in.Session, func(b *casebook.Book) error { return b.Remove(in.ID) })
		})
	huma.Register(a, huma.Operation{OperationID: "verify", Method: http.MethodPost, Path: "/v1/casebook/verify", Summary: "Hold every entry against the signed log"},
		func(_ context.Context, in *Session) (*struct {
			Body struct {
				Entries int64    `json:"entries"`
				Faults  []string `json:"faults"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Entries int64    `json:"entries"`
					Faults  []string `json:"faults"`
				}
			}{}
			err := a.with(*in, func(b *casebook.Book) error {
				faults, n, err := b.Verify()
				out.Body.Entries = n
				for _, f := range faults {
					out.Body.Faults = append(out.Body.Faults, f.String())
				}
				return err
			})
			return out, err
		})
	huma.Register(a, huma.Operation{OperationID: "export-case", Method: http.MethodGet, Path: "/v1/cases/{id}/paper", Summary: "A case on paper",
		Responses: map[string]*huma.Response{"200": {Description: "The paper", Content: map[string]*huma.MediaType{"text/html": {}, "application/pdf": {}}}}},
		func(_ context.Context, in *struct {
			CasePath
			As   string `query:"as" enum:"html,pdf" default:"html"`
			For  string `query:"for" maxLength:"60" doc:"A cover sheet for this place of consultation."`
			Show bool   `query:"show" doc:"Show personal data."`
		}) (*huma.StreamResponse, error) {
			raw, kind, err := a.paper(in.Session, in.ID, in.As, dossier.Options{For: in.For, Show: in.Show, Zone: time.Local})
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(ctx huma.Context) {
				ctx.SetHeader("Content-Type", kind)
				_, _ = ctx.BodyWriter().Write(raw) // the client has gone
			}}, nil
		})
}

func (a *API) paper(s Session, id, as string, o dossier.Options) (raw []byte, kind string, err error) {
	var out bytes.Buffer
	err = a.with(s, func(b *casebook.Book) error {
		p, err := dossier.Of(b, id, o)
		if errors.Is(err, dossier.ErrNoPlace) {
			return huma.Error404NotFound("no such place of consultation")
		}
		if err != nil {
			return err
		}
		if as == "pdf" {
			kind = "application/pdf"
			return p.PDF(&out)
		}
		kind = "text/html; charset=utf-8"
		return p.HTML(&out)
	})
	return out.Bytes(), kind, err
}
