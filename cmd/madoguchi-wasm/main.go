//go:build js

// Command madoguchi-wasm is the program for a browser: the pages of package web,
// answered in a service worker (web/static/worker.js). It reads and writes nothing but
// what the worker hands it.
package main

import (
	"bytes"
	"net/http"
	"net/url"
	"syscall/js"

	"github.com/madoguchi/madoguchi/web"
)

// version is set by the release build.
var version = "0.1.0-dev"

func main() {
	pages := web.Handler(web.Options{Version: version, App: true})
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
			w.header.Set("Content-Security-Policy", web.Policy)
			w.header.Set("Cache-Control", "no-store")
			pages.ServeHTTP(w, r)
			return w.value()
		})
	}))
	select {} // until the browser ends the worker
}

// request is what net/http's server would make of what the worker hands over.
func request(method, path string, body []byte) *http.Request {
	r := &http.Request{Method: method, URL: &url.URL{Path: "/"}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}
	if u, err := url.ParseRequestURI(path); err == nil {
		r.URL = u
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
