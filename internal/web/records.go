package web

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

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
	page("POST cases/{id}/bundle", (*visit).bundle)
	page("POST cases/backup", (*visit).backup)
	page("POST cases/restore", (*visit).restore)
	page("POST keep", (*visit).keep)
}

// cookie holds a session's token; it goes with the browser's window. On the device
// itself there are no cookies, and whoever holds it is the only visitor: the token
// goes with the worker that answers.
const cookie = "madoguchi-session"

func (s *site) hold(token string) { s.session.Store(&token) }

// held is the token of the device's own session.
func (s *site) held() string {
	if t := s.session.Load(); t != nil {
		return *t
	}
	return ""
}

// Records is the door to the casebook.
type Records struct {
	Open  bool
	None  bool   // there is no casebook yet
	Error string // key of words
	Query string
	Cases []casebook.Case
	// What was to be kept when the casebook was found locked, by the form's fields, and
	// Then which form it was. A file is not among them.
	Waiting map[string]string
	Then    string
	File    bool
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
	if v.site.o.App {
		return v.site.held()
	}
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
	r := &Records{None: !there, Error: key, Waiting: map[string]string{}}
	then := strings.TrimPrefix(v.r.URL.Path, "/"+string(v.Lang)+"/")
	if then == "cases/unlock" {
		then = v.r.PostFormValue("then")
	}
	if f, _ := v.later(then); f != nil && v.r.Method == http.MethodPost {
		r.Then = then
		for name := range v.r.PostForm {
			if name != "passphrase" && name != "create" && name != "then" {
				r.Waiting[name] = v.r.PostFormValue(name)
			}
		}
		_, head, err := v.r.FormFile("file")
		r.File = err == nil && head.Size > 0
	}
	return v.show("cases", r)
}

// later is what goes on once the casebook is open, and of which case: what keeps
// something.
func (v *visit) later(path string) (f func(*visit) error, id string) {
	switch path {
	case "keep":
		return (*visit).keep, ""
	case "cases/new":
		return (*visit).newCase, ""
	}
	rest, ok := strings.CutPrefix(path, "cases/")
	id, what, _ := strings.Cut(rest, "/")
	switch {
	case ok && what == "add":
		return (*visit).addEntry, id
	case ok && what == "state":
		return (*visit).setState, id
	}
	return nil, ""
}

// with does something with the casebook, or shows the locked door.
func (v *visit) with(f func(*casebook.Book) error) error {
	if v.site.o.Vault == nil {
		return v.locked("")
	}
	err := v.site.o.Vault.With(cmp.Or(v.opened, v.token()), f)
	switch {
	case errors.Is(err, casebook.ErrSealed):
		return v.locked("")
	case errors.Is(err, casebook.ErrNoCase):
		v.status = http.StatusNotFound
		return v.show("message", "not-found")
	case errors.Is(err, casebook.ErrFull):
		v.status = http.StatusInsufficientStorage
		return v.show("message", "book-full")
	}
	return err
}

// goTo sends the browser on, so that loading a page anew notes nothing twice.
func (v *visit) goTo(path string) error {
	v.w.Header().Set("Location", v.root()+string(v.Lang)+"/"+path) // the site may stand in any folder
	v.w.WriteHeader(http.StatusSeeOther)
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
		if v.site.o.App {
			lock.Work = casebook.PhoneWork
		}
	}
	token, err := vault.Unlock(v.key(pass), lock)
	if errors.Is(err, casebook.ErrLocked) || errors.Is(err, casebook.ErrNoCasebook) {
		return v.locked("wrong")
	}
	if err != nil {
		return err
	}
	v.begin(token)
	if f, id := v.later(v.r.PostFormValue("then")); f != nil {
		v.r.SetPathValue("id", id)
		return f(v)
	}
	return v.goTo("cases")
}

// key is what a passphrase opens with. What would take more than a computer's own work is
// not tried on a phone.
func (v *visit) key(passphrase string) casebook.Unlock {
	u := casebook.Unlock{Passphrase: passphrase}
	if v.site.o.App {
		const computers = 18
		u.MaxWork = computers
	}
	return u
}

// begin remembers the session, an empty token that there is none.
func (v *visit) begin(token string) {
	v.opened = token
	if v.site.o.App {
		if old := v.site.held(); old != "" && old != token {
			_ = v.site.o.Vault.Lock(old) // it is one session of the same device
		}
		v.site.hold(token)
		return
	}
	c := &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, Secure: v.site.o.Secure, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

func (v *visit) lock() error {
	if v.site.o.Vault != nil {
		if err := v.site.o.Vault.Lock(v.token()); err != nil {
			return err
		}
	}
	v.begin("")
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
		if v.value("as") == "html" || v.site.o.App {
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
			err = p.HTML(&out)
		} else {
			h.Set("Content-Type", "application/pdf")
			h.Set("Content-Disposition", `attachment; filename="madoguchi-`+id+`.pdf"`)
			err = pdf(p, &out)
		}
		if err != nil {
			return err
		}
		_, _ = out.WriteTo(v.w) // the client has gone
		return nil
	})
}

// file hands out what is to be saved.
func (v *visit) file(name string, data []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = v.w.Write(data) // the client has gone
	return nil
}

// bundle hands out a case with the proof of each entry.
func (v *visit) bundle() error {
	id := v.r.PathValue("id")
	return v.with(func(b *casebook.Book) error {
		data, err := b.Bundle(id, nil)
		if err != nil {
			return err
		}
		return v.file("madoguchi-"+id+".json", data)
	})
}

// backup hands out the whole casebook, sealed as it is.
func (v *visit) backup() error {
	return v.with(func(b *casebook.Book) error {
		var out bytes.Buffer
		if err := b.Export(&out, nil); err != nil {
			return err
		}
		return v.file("madoguchi-casebook-"+time.Now().Format(time.DateOnly)+".json", out.Bytes())
	})
}

// restore takes a whole casebook in where there is none.
func (v *visit) restore() error {
	if v.site.o.Vault == nil {
		return v.locked("")
	}
	file, _, err := v.r.FormFile("file")
	if err != nil {
		return v.goTo("cases")
	}
	u := v.key(v.r.PostFormValue("passphrase"))
	err = errors.Join(casebook.Import(file, v.site.o.Vault.Place, &u), file.Close())
	switch {
	case errors.Is(err, casebook.ErrLocked):
		return v.locked("wrong")
	case errors.Is(err, casebook.ErrNoBackup), errors.Is(err, casebook.ErrExists):
		return v.locked("no-backup")
	case errors.Is(err, casebook.ErrFull):
		return v.locked("book-full")
	case err != nil:
		return err
	}
	return v.unlock()
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

// begins is how a text begins: by that a person knows it again.
func begins(s string) string {
	const letters = 24
	line, _, _ := strings.Cut(s, "\n")
	r := []rune(strings.TrimSpace(line))
	if len(r) <= letters {
		return string(r)
	}
	return string(r[:letters]) + "…"
}

// keep notes a result: what was said, and the verdict.
func (v *visit) keep() error {
	return v.with(func(b *casebook.Book) error {
		s := casebook.Subject{Title: v.value("title"), Organization: v.value("organization"), Channel: v.value("channel"), Initiator: v.value("initiator"), Inquiry: v.value("inquiry")}
		s.Title = cmp.Or(s.Title, s.Organization, begins(v.value("text")), channelNames[s.Channel].JA, words["received"].JA)
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
