// Package web is the page that people use: four doors, in Japanese, easy
// Japanese and English. Every page is whole without JavaScript; with it, checks
// run while one types and only the result is changed. What is shown, package
// report has put into words; what is kept, package casebook keeps.
package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/report"
)

//go:embed pages static
var files embed.FS

// Options say what the page has to work with.
type Options struct {
	Version string
	Vault   *Vault // nil: no records
	Secure  bool   // cookies over TLS only
	App     bool   // the pages are answered on the device: see Site
	OCR     bool   // and the text of pictures is read there
	// Read takes apart what was handed over; intake.Read where it is nil, which
	// reads no pictures.
	Read func(io.Reader) ([]intake.Item, error)
}

// Policy is the content security policy of every page: no script or style within it,
// nothing from another host, no frame around it.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types madoguchi; manifest-src 'self'; worker-src 'self'"

// AppPolicy is that of pages which are answered on the device: what reads pictures there
// starts a worker by its own name for a policy (static/ocr.js).
var AppPolicy = strings.Replace(Policy, "trusted-types madoguchi", "trusted-types madoguchi default", 1)

// ErrPicture is what Read returns for a picture of which nothing can be read.
var ErrPicture = errors.New("web: nothing can be read of the picture")

type site struct {
	o       Options
	pages   map[exchange.Lang]*template.Template
	session atomic.Pointer[string] // the device's own, where App
}

// Langs are the languages, as the path's first part names them.
var Langs = []exchange.Lang{exchange.Japanese, exchange.Easy, exchange.English}

// Handler returns the pages and what they load.
func Handler(o Options) http.Handler {
	if o.Read == nil {
		o.Read = intake.Read
	}
	s := &site{o: o, pages: map[exchange.Lang]*template.Template{}}
	for _, lang := range Langs {
		s.pages[lang] = pages(lang)
	}
	mux := http.NewServeMux()
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the folder is embedded
	}
	assets := http.StripPrefix("/static/", http.FileServerFS(static))
	mux.Handle("GET /static/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=600")
		assets.ServeHTTP(w, r)
	}))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", preferred(r)+"/") // the site may stand in any folder
		w.WriteHeader(http.StatusSeeOther)
	})
	for _, lang := range Langs {
		at := "/" + string(lang) + "/"
		page := func(pattern string, h func(*visit) error) {
			method, p, _ := strings.Cut(pattern, " ")
			mux.HandleFunc(method+" "+at+p, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, lang, h) })
		}
		page("GET {$}", func(v *visit) error { return v.show("home", v.form()) })
		page("POST {$}", func(v *visit) error { return v.show("home", v.form()) }) // typed in another language's page
		page("GET draft", (*visit).draftForm)
		page("POST draft", (*visit).draft)
		page("GET received", (*visit).receivedForm)
		page("POST received", (*visit).received)
		page("GET call", (*visit).callForm)
		page("POST call", (*visit).call)
		page("GET told", (*visit).told)
		page("POST told", (*visit).told)
		page("GET find", (*visit).findForm)
		page("POST find", (*visit).find)
		page("GET why", (*visit).why)
		page("POST why", (*visit).why)
		records(page)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lang := exchange.Lang(preferred(r))
		if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); slices.Contains(Langs, exchange.Lang(first)) {
			lang = exchange.Lang(first)
		}
		s.serve(w, r, lang, func(v *visit) error {
			v.status = http.StatusNotFound
			return v.show("message", "not-found")
		})
	})
	return mux
}

// pages are the templates in one language.
func pages(lang exchange.Lang) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"t":        func(key string) template.HTML { return furigana(words[key].In(lang), lang) },
		"plain":    func(key string) string { return plain(words[key].In(lang)) },
		"say":      func(s string) template.HTML { return furigana(s, lang) },
		"langName": func(l exchange.Lang) string { return langNames[l] },
		"tag":      func(l exchange.Lang) string { return tags[l] },
		"kind":     func(k string) string { return report.KindName(k, lang) },
		"channel":  func(id string) template.HTML { return furigana(channelNames[id].In(lang), lang) },
		"state":    func(id any) template.HTML { return furigana(stateNames[fmt.Sprint(id)].In(lang), lang) },
		"policy":   func() string { return strings.Replace(AppPolicy, "frame-ancestors 'none'; ", "", 1) }, // which counts in a header alone
		"has":      strings.Contains,
		"tel":      func(number string) template.URL { return template.URL("tel:" + url.PathEscape(number)) }, //nolint:gosec // a # would begin a fragment
		"unruby":   unruby, "host": hostOf, "day": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04") },
	}).ParseFS(files, "pages/*.html"))
}

// preferred is the language to begin with.
func preferred(r *http.Request) string {
	if !strings.HasPrefix(r.Header.Get("Accept-Language"), "ja") && r.Header.Get("Accept-Language") != "" {
		return string(exchange.English)
	}
	return string(exchange.Japanese)
}

// hostOf shortens a page's address to its host, for people.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	return u.Host
}

// visit is one request for a page.
type visit struct {
	site   *site
	w      http.ResponseWriter
	r      *http.Request
	Lang   exchange.Lang
	status int
	opened string // the session that this request began
}

// maxForm bounds what a form may bring.
const maxForm = intake.MaxInput + 1<<20

// On the device a form brings less, but for a casebook that is taken in: MaxShelf and what
// writes it down.
const (
	maxOnPhone  = 16 << 20
	MaxShelf    = 64 << 20
	maxCasebook = MaxShelf + 1<<20
)

func (s *site) serve(w http.ResponseWriter, r *http.Request, lang exchange.Lang, h func(*visit) error) {
	most, inMemory := int64(maxForm), int64(8<<20)
	if s.o.App { // where there are no files, and the memory is a phone's
		most = maxOnPhone
		if strings.HasSuffix(r.URL.Path, "/cases/restore") {
			most = maxCasebook
		}
		inMemory = most
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	v := &visit{site: s, w: w, r: r, Lang: lang, status: http.StatusOK}
	if r.Method == http.MethodPost {
		err := r.ParseMultipartForm(inMemory)
		if errors.Is(err, http.ErrNotMultipart) {
			err = r.ParseForm()
		}
		if r.MultipartForm != nil {
			defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary copies of what was handed over
		}
		if err != nil {
			v.status = http.StatusRequestEntityTooLarge
			h = func(v *visit) error { return v.show("message", "too-large") }
		}
	}
	if err := h(v); err != nil {
		// What went wrong may hold what was typed: it is not told.
		v.status = http.StatusInternalServerError
		_ = v.show("message", "went-wrong") // the client has gone
	}
}

// frame is what every page's template gets.
type frame struct {
	Root    string // where the site begins, from this page: it may stand in any folder
	App     bool
	OCR     bool
	Lang    exchange.Lang
	Tag     string // BCP 47
	Door    string // which page, for the menu
	Path    string // after the language
	Version string
	Records bool
	Held    bool // the device's casebook is open, as long as its worker lives
	Body    any
}

// Langs lists the languages for the switch.
func (frame) Langs() []exchange.Lang { return Langs }

// Doors lists the pages, as the menu has them.
func (f frame) Doors() []string {
	if f.Records {
		return []string{"received", "call", "draft", "told", "find", "why", "cases"}
	}
	return []string{"received", "call", "draft", "told", "find", "why"}
}

var tags = map[exchange.Lang]string{exchange.Japanese: "ja", exchange.Easy: "ja-x-easy", exchange.English: "en"}
var langNames = map[exchange.Lang]string{exchange.Japanese: "日本語", exchange.Easy: "やさしい日本語", exchange.English: "English"}

// root is where the site begins, from this page.
func (v *visit) root() string {
	p, _, _ := strings.Cut(v.r.RequestURI, "?") // as the browser counts: a/b and a%2Fb are not the same to it
	if !strings.HasPrefix(p, "/") {
		p = v.r.URL.EscapedPath()
	}
	return strings.Repeat("../", max(1, strings.Count(p, "/")-1))
}

// show writes a page, or of a request by the page's own script only the result.
func (v *visit) show(name string, body any) error {
	t := v.site.pages[v.Lang]
	door, _, _ := strings.Cut(strings.TrimPrefix(v.r.URL.Path, "/"+string(v.Lang)+"/"), "/")
	f := frame{Root: v.root(), Held: v.site.o.App && v.site.held() != "", App: v.site.o.App, OCR: v.site.o.OCR, Lang: v.Lang, Tag: tags[v.Lang], Door: door, Path: door, Version: v.site.o.Version, Records: v.site.o.Vault != nil, Body: body}
	if door == "cases" || door == "keep" {
		f.Path = "cases"
	}
	root := "page-" + name
	if v.r.Header.Get("X-Fragment") != "" && t.Lookup("part-"+name) != nil {
		root = "part-" + name
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, root, f); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(v.status)
	_, _ = out.WriteTo(v.w) // the client has gone
	return nil
}

// value is a form's field.
func (v *visit) value(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// SignIn writes the page that asks for the server's token.
func SignIn(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>窓口</title></head><body><main><h1>窓口</h1><form method="post" action="/sign-in"><p><label for="token">`+words["sign-in"].JA+` / `+words["sign-in"].EN+`</label><br><input id="token" name="token" type="password" autocomplete="current-password" required></p><p><button>`+words["unlock"].JA+`</button></p></form></main></body></html>`)
}

// Result is a verdict as the page shows it.
type Result struct {
	report.View
	Kind  string
	Text  string
	Parts []Part
	Two   []string            // what to do first and second
	Desk  *report.ViewContact // the first to consult who can be called
	Call  bool                // on the phone: a stop is told to hang up
	Log   string              // what was asked so far, for the next request
	Asked []string            // the same in words
	Keep  *Keep
	N, Of int
}

// Part is a piece of the text, with what was found in it.
type Part struct {
	Text string
	Item *report.ViewItem
	N    int
}

// Keep is what the form that keeps a result brings.
type Keep struct{ Organization, Channel, Initiator, Inquiry, From, Row string }

// parts cuts the text at what was found in it. Items that overlap others are
// left out of the text; they stand in the list.
func parts(s string, items []report.ViewItem) []Part {
	r := []rune(s)
	var out []Part
	last := 0
	order := make([]int, len(items))
	for i := range items {
		order[i] = i
	}
	// Of those that overlap, the worse and then the shorter is shown.
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &items[a], &items[b]
		if x.Level != y.Level {
			if x.Level.Worse(y.Level) == x.Level {
				return -1
			}
			return 1
		}
		return (x.End - x.Start) - (y.End - y.Start)
	})
	var kept []int // in the order of their places
	for _, i := range order {
		it := &items[i]
		at, _ := slices.BinarySearchFunc(kept, it.Start, func(k, start int) int { return items[k].Start - start })
		if it.End > len(r) || it.Start >= it.End || at > 0 && items[kept[at-1]].End > it.Start || at < len(kept) && items[kept[at]].Start < it.End {
			continue
		}
		kept = slices.Insert(kept, at, i)
	}
	for _, i := range kept {
		it := &items[i]
		if it.Start > last {
			out = append(out, Part{Text: string(r[last:it.Start])})
		}
		out = append(out, Part{string(r[it.Start:it.End]), it, i + 1})
		last = it.End
	}
	if len(out) == 0 {
		return nil
	}
	if last < len(r) {
		out = append(out, Part{Text: string(r[last:])})
	}
	return out
}
