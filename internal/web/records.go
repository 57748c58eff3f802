//go:build !js

package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"path/filepath"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/dossier"
	"github.com/madoguchi/madoguchi/internal/knowledge"
	"github.com/madoguchi/madoguchi/internal/report"
)

// Vault is where records are kept.
type Vault = casebook.Vault

// records are the pages of the casebook.
func records(page func(string, func(*visit) error)) {
	page("GET cases", (*visit).cases)
	page("POST cases", (*visit).cases)
	page("POST cases/unlock", (*visit).unlock)
	page("POST cases/lock", (*visit).lock)
	page("POST cases/new", (*visit).newCase)
	page("GET cases/{id}", (*visit).oneCase)
	page("POST cases/{id}/add", (*visit).addEntry)
	page("POST cases/{id}/state", (*visit).setState)
	page("POST cases/{id}/paper", (*visit).paper)
	page("POST cases/{id}/remove", (*visit).remove)
	page("POST keep", (*visit).keep)
}

// cookie holds a session's token; it goes with the browser's window.
const cookie = "madoguchi-session"

// Records is the door to the casebook.
type Records struct {
	Open  bool
	None  bool   // there is no casebook yet
	Error string // key of words
	Query string
	Cases []casebook.Case
}

// CasePage is one case.
type CasePage struct {
	casebook.Case
	Lines  []dossier.Line
	States []casebook.State
	Places []report.ViewContact
	Error  string
	Kept   bool
}

func (v *visit) token() string {
	c, err := v.r.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// locked shows the door where the casebook is not open.
func (v *visit) locked(key string) error {
	vault := v.site.o.Vault
	if vault == nil {
		v.status = http.StatusNotFound
		return v.show("message", "not-found")
	}
	there, err := vault.Exists()
	if err != nil {
		return err
	}
	if key != "" {
		v.status = http.StatusForbidden
	}
	return v.show("cases", &Records{None: !there, Error: key})
}

// with does something with the casebook, or shows the locked door.
func (v *visit) with(f func(*casebook.Book) error) error {
	if v.site.o.Vault == nil {
		return v.locked("")
	}
	err := v.site.o.Vault.With(v.token(), f)
	switch {
	case errors.Is(err, casebook.ErrSealed):
		return v.locked("")
	case errors.Is(err, casebook.ErrNoCase):
		v.status = http.StatusNotFound
		return v.show("message", "not-found")
	}
	return err
}

// goTo sends the browser on, so that loading a page anew notes nothing twice.
func (v *visit) goTo(path string) error {
	http.Redirect(v.w, v.r, "/"+string(v.Lang)+"/"+path, http.StatusSeeOther)
	return nil
}

func (v *visit) unlock() error {
	vault := v.site.o.Vault
	if vault == nil {
		return v.locked("")
	}
	pass := v.r.PostFormValue("passphrase")
	var lock *casebook.Lock
	if v.value("create") != "" {
		if len([]rune(pass)) < 8 {
			return v.locked("short")
		}
		lock = &casebook.Lock{Passphrase: pass}
	}
	token, err := vault.Unlock(casebook.Unlock{Passphrase: pass}, lock)
	if errors.Is(err, casebook.ErrLocked) || errors.Is(err, casebook.ErrNoCasebook) {
		return v.locked("wrong")
	}
	if err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, Secure: v.site.o.Secure, SameSite: http.SameSiteStrictMode})
	return v.goTo("cases")
}

func (v *visit) lock() error {
	if v.site.o.Vault != nil {
		if err := v.site.o.Vault.Lock(v.token()); err != nil {
			return err
		}
	}
	http.SetCookie(v.w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: v.site.o.Secure, SameSite: http.SameSiteStrictMode})
	return v.goTo("cases")
}

func (v *visit) cases() error {
	return v.with(func(b *casebook.Book) error {
		r := &Records{Open: true, Query: v.value("q")}
		var err error
		if r.Cases, err = b.Cases(r.Query); err != nil {
			return err
		}
		return v.show("cases", r)
	})
}

func (v *visit) newCase() error {
	return v.with(func(b *casebook.Book) error {
		title := v.value("title")
		if title == "" {
			return v.goTo("cases")
		}
		id, err := b.New(casebook.Subject{Title: title, Organization: v.value("organization"), Channel: v.value("channel")})
		if err != nil {
			return err
		}
		return v.goTo("cases/" + id)
	})
}

func (v *visit) oneCase() error {
	return v.with(func(b *casebook.Book) error { return v.showCase(b, v.r.PathValue("id"), "") })
}

func (v *visit) showCase(b *casebook.Book, id, key string) error {
	c, err := b.Case(id)
	if err != nil {
		return err
	}
	p, err := dossier.Of(b, id, dossier.Options{Show: true})
	if err != nil {
		return err
	}
	page := &CasePage{Case: c, Lines: p.Lines, States: casebook.Next(c.State), Error: key}
	for _, k := range knowledge.Consultations() {
		page.Places = append(page.Places, *report.Contact(k.ID, v.Lang))
	}
	return v.show("case", page)
}

func (v *visit) addEntry() error {
	id := v.r.PathValue("id")
	return v.with(func(b *casebook.Book) error {
		if file, head, err := v.r.FormFile("file"); err == nil && head.Size > 0 {
			data, err := io.ReadAll(file)
			if err := errors.Join(err, file.Close()); err != nil {
				return err
			}
			if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Attachment, Name: filepath.Base(head.Filename), Data: data}); err != nil {
				return err
			}
		}
		if text := v.r.PostFormValue("text"); text != "" {
			if _, err := b.Add(casebook.Entry{Case: id, Kind: casebook.Remark, Text: text}); err != nil {
				return err
			}
		}
		return v.goTo("cases/" + id)
	})
}

func (v *visit) setState() error {
	id := v.r.PathValue("id")
	return v.with(func(b *casebook.Book) error {
		if err := b.SetState(id, casebook.State(v.value("state"))); err != nil && !errors.Is(err, casebook.ErrState) {
			return err
		}
		return v.goTo("cases/" + id)
	})
}

func (v *visit) paper() error {
	id := v.r.PathValue("id")
	return v.with(func(b *casebook.Book) error {
		p, err := dossier.Of(b, id, dossier.Options{For: v.value("for"), Show: v.value("show") != ""})
		if err != nil {
			return err
		}
		var out bytes.Buffer
		h := v.w.Header()
		if v.value("as") == "html" {
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
			err = p.HTML(&out)
		} else {
			h.Set("Content-Type", "application/pdf")
			h.Set("Content-Disposition", `attachment; filename="madoguchi-`+id+`.pdf"`)
			err = p.PDF(&out)
		}
		if err != nil {
			return err
		}
		_, _ = out.WriteTo(v.w) // the client has gone
		return nil
	})
}

func (v *visit) remove() error {
	return v.with(func(b *casebook.Book) error {
		if v.value("sure") == "" {
			return v.goTo("cases/" + v.r.PathValue("id"))
		}
		if err := b.Remove(v.r.PathValue("id")); err != nil {
			return err
		}
		return v.goTo("cases")
	})
}

// keep notes a result: what was said, and the verdict.
func (v *visit) keep() error {
	return v.with(func(b *casebook.Book) error {
		s := casebook.Subject{Title: v.value("title"), Organization: v.value("organization"), Channel: v.value("channel"), Initiator: v.value("initiator"), Inquiry: v.value("inquiry")}
		if s.Title == "" {
			if s.Title = s.Organization; s.Title == "" {
				s.Title = channelNames[s.Channel].JA
			}
			if s.Title == "" {
				s.Title = words["received"].JA
			}
		}
		id, err := b.New(s)
		if err != nil {
			return err
		}
		from := "window"
		if v.value("direction") == string(exchange.Outgoing) {
			from = "person"
		}
		entries := []casebook.Entry{{Kind: casebook.Message, From: from, Text: v.r.PostFormValue("text")}, {Kind: casebook.Verdict, Text: v.r.PostFormValue("row")}}
		if s.Channel == string(exchange.ChannelPhone) {
			entries = append(entries, casebook.Entry{Kind: casebook.Call, Text: v.r.PostFormValue("notes"), Call: &casebook.Notes{Number: v.value("from"), Company: s.Organization, Department: v.value("department"), Name: v.value("name")}})
		}
		for _, e := range entries {
			e.Case = id
			if e.Text == "" && e.Call == nil {
				continue
			}
			if _, err := b.Add(e); err != nil {
				return err
			}
		}
		return v.goTo("cases/" + id)
	})
}
