//go:build js

// Command madoguchi-wasm is the program for a browser: the pages of package web,
// answered in a service worker (internal/web/static/worker.js). It reads and writes nothing but
// what the worker hands it.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall/js"
	"time"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/contact"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/picture"
	"github.com/madoguchi/madoguchi/internal/web"
)

// version is set by the release build.
var version = "0.1.0-dev"

func main() {
	contact.SetDay(time.Now().Format(time.DateOnly))
	ocr := js.Global().Get("madoguchiOCR").Truthy()
	shelf := casebook.NewShelf(storage{js.Global().Get("madoguchiStorage")})
	shelf.Limit = web.MaxShelf
	vault := &casebook.Vault{Place: casebook.Place{Shelf: shelf}}
	pages := web.Handler(web.Options{Version: version, App: true, OCR: ocr, Read: read, Vault: vault})
	js.Global().Call("madoguchi", js.FuncOf(func(_ js.Value, a []js.Value) any {
		body := make([]byte, a[5].Length())
		js.CopyBytesToGo(body, a[5])
		r := request(a[0].String(), a[1].String(), body)
		for i, name := range []string{"Content-Type", "X-Fragment", "Accept-Language"} {
			if v := a[2+i].String(); v != "" {
				r.Header.Set(name, v)
			}
		}
		return promise(func() any {
			w := &response{header: http.Header{}, status: http.StatusOK}
			w.header.Set("Content-Security-Policy", web.AppPolicy)
			w.header.Set("Cache-Control", "no-store")
			pages.ServeHTTP(w, r)
			warm.Do(func() { time.AfterFunc(soon, func() { warmUp(pages) }) })
			return w.value()
		})
	}))
	select {} // until the browser ends the worker
}

// What checks need is made when it is first asked for: soon after the first page, while a
// person reads it and types, and not before.
var warm sync.Once

const soon = 200 * time.Millisecond

func warmUp(pages http.Handler) {
	for _, door := range []string{"received", "draft"} {
		r := request(http.MethodPost, "/ja/"+door, []byte(url.Values{"text": {"お知らせです。"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		pages.ServeHTTP(&response{header: http.Header{}}, r)
	}
}

// storage is the worker's, by its functions load and save.
type storage struct{ js.Value }

var errStorage = errors.New("the browser's storage failed")

// await waits for a promise. It must not be called on the worker's own thread of work.
func await(p js.Value) (js.Value, error) {
	done, failed := make(chan js.Value, 1), make(chan error, 1)
	then := js.FuncOf(func(_ js.Value, a []js.Value) any { done <- append(a, js.Undefined())[0]; return nil })
	defer then.Release()
	not := js.FuncOf(func(_ js.Value, a []js.Value) any {
		err := errStorage
		if len(a) > 0 && a[0].Type() == js.TypeObject && a[0].Get("name").String() == "QuotaExceededError" {
			err = casebook.ErrFull
		}
		failed <- err
		return nil
	})
	defer not.Release()
	p.Call("then", then, not)
	select {
	case v := <-done:
		return v, nil
	case err := <-failed:
		return js.Undefined(), err
	}
}

func (s storage) Load() (map[string][]byte, error) {
	all, err := await(s.Call("load"))
	if err != nil {
		return nil, err
	}
	out := make(map[string][]byte, all.Length())
	for i := range all.Length() {
		row := all.Index(i)
		data := make([]byte, row.Index(1).Length())
		js.CopyBytesToGo(data, row.Index(1))
		out[row.Index(0).String()] = data
	}
	return out, nil
}

func (s storage) Save(changes map[string][]byte) error {
	var list []any
	for name, data := range changes {
		row := []any{name, nil}
		if data != nil {
			b := js.Global().Get("Uint8Array").New(len(data))
			js.CopyBytesToJS(b, data)
			row[1] = b
		}
		list = append(list, row)
	}
	_, err := await(s.Call("save", list))
	return err
}

// read takes apart what was handed over. Of a picture the QR codes are read here; its
// text the page has read (page.js).
func read(r io.Reader) ([]intake.Item, error) {
	br := bufio.NewReaderSize(r, 64)
	if head, _ := br.Peek(16); !picture.Is(head) {
		return intake.Read(br)
	}
	b, err := io.ReadAll(io.LimitReader(br, intake.MaxInput+1))
	if err != nil {
		return nil, err
	}
	if len(b) > intake.MaxInput {
		return nil, intake.ErrTooLarge
	}
	codes, err := picture.QR(b)
	if err != nil {
		return nil, intake.ErrBinary
	}
	if len(codes) == 0 {
		return nil, web.ErrPicture
	}
	it := intake.Item{Kind: intake.Picture, Exchange: exchange.Exchange{Direction: exchange.Incoming, Text: strings.Join(codes, "\n")}}
	it.Exchange.Add(exchange.Gap{Kind: exchange.GapPicture})
	return []intake.Item{it}, nil
}

// request is what net/http's server would make of what the worker hands over.
func request(method, path string, body []byte) *http.Request {
	r := &http.Request{Method: method, URL: &url.URL{Path: "/"}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}
	if u, err := url.ParseRequestURI(path); err == nil {
		r.URL, r.RequestURI = u, path
	}
	if len(body) > 0 {
		r.Body, r.ContentLength = nopCloser{bytes.NewReader(body)}, int64(len(body))
	}
	return r
}

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }

// promise does something beside the worker's own work.
func promise(f func() any) js.Value {
	var start js.Func
	start = js.FuncOf(func(_ js.Value, a []js.Value) any {
		go func() {
			defer start.Release()
			defer func() {
				if recover() != nil { // what it says may hold what was typed
					a[1].Invoke()
				}
			}()
			a[0].Invoke(f())
		}()
		return nil
	})
	return js.Global().Get("Promise").New(start)
}

// response keeps what the pages answer.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *response) Header() http.Header         { return w.header }
func (w *response) WriteHeader(status int)      { w.status = status }
func (w *response) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *response) value() any {
	var headers []any
	for name, values := range w.header {
		for _, v := range values {
			headers = append(headers, []any{name, v})
		}
	}
	body := js.Global().Get("Uint8Array").New(w.body.Len())
	js.CopyBytesToJS(body, w.body.Bytes())
	return js.ValueOf(map[string]any{"status": w.status, "headers": headers, "body": body})
}
