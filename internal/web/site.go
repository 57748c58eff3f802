//go:build !js

package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/casebook"
)

// Site writes the pages as files that any host can hand out, in any folder, so that
// they are answered on the device: the program, compiled for browsers (engine, of
// cmd/madoguchi-wasm), runs in a service worker. runtime is Go's wasm_exec.js of the
// compiler that made the engine. ocr are tesseract.js's files by name, for the text of
// pictures; without them only QR codes are read. The folder must be empty or not be there.
func Site(dir, version string, engine, runtime []byte, ocr map[string][]byte) error {
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return fmt.Errorf("web: %s is not empty", dir)
	}
	out := map[string][]byte{"engine.wasm": engine, "wasm_exec.js": runtime}
	static, err := fs.ReadDir(files, "static")
	if err != nil {
		return err
	}
	for _, f := range static {
		b, err := files.ReadFile("static/" + f.Name())
		if err != nil {
			return err
		}
		if f.Name() != "worker.js" {
			out["static/"+f.Name()] = b
		}
	}
	for _, lang := range Langs {
		if out[string(lang)+".webmanifest"], err = manifest(lang); err != nil {
			return err
		}
	}
	if len(ocr) == 0 {
		delete(out, "static/ocr.js")
	}
	// What the worker keeps on the device; the pages are answered by the engine.
	var kept []string
	sum := sha256.New()
	for name := range out {
		kept = append(kept, name)
	}
	slices.Sort(kept)
	for _, name := range kept {
		_, _ = fmt.Fprintf(sum, "%s %d\n", name, len(out[name])) // a hash takes everything
		_, _ = sum.Write(out[name])
	}
	worker, err := files.ReadFile("static/worker.js")
	if err != nil {
		return err
	}
	list, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	worker = bytes.Replace(worker, []byte("FILES;"), append(list, ';'), 1)
	out["worker.js"] = bytes.Replace(worker, []byte("VERSION"), []byte(hex.EncodeToString(sum.Sum(nil)[:8])), 1)

	for name, b := range ocr { // kept when they are first needed
		out["ocr/"+name] = b
	}
	// The first visit finds pages before there is a worker.
	none := &Vault{Place: casebook.Place{Shelf: casebook.NewShelf(nil)}}
	h := Handler(Options{Version: version, App: true, OCR: len(ocr) > 0, Vault: none})
	for _, lang := range Langs {
		for _, door := range append([]string{""}, frame{Records: true}.Doors()...) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+string(lang)+"/"+door, nil))
			if w.Code != http.StatusOK {
				return fmt.Errorf("web: the page %s/%s answers with status %d", lang, door, w.Code)
			}
			name := door + ".html"
			if door == "" {
				name = "index.html"
			}
			// Nothing can be sent before there is a worker that answers (page.js): it would
			// go to the host.
			out[string(lang)+"/"+name] = bytes.ReplaceAll(w.Body.Bytes(), []byte("<button"), []byte("<button disabled data-early"))
		}
	}
	out["index.html"] = []byte(`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>窓口</title><script src="static/start.js"></script></head><body><ul><li><a href="ja/">日本語</a></li><li><a href="easy/">やさしい日本語</a></li><li><a href="en/">English</a></li></ul></body></html>`)
	for name, data := range out {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil { //nolint:gosec // a site is for everybody to read
			return err
		}
	}
	return nil
}

// manifest makes the site installable; texts, links and pictures can be shared to it
// (https://www.w3.org/TR/appmanifest/, https://w3c.github.io/web-share-target/).
func manifest(lang exchange.Lang) ([]byte, error) {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	type shortcut struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	at := "./" + string(lang) + "/"
	var shortcuts []shortcut
	for _, door := range []string{"received", "call", "draft"} {
		shortcuts = append(shortcuts, shortcut{plain(words[door].In(lang)), at + door})
	}
	m := map[string]any{
		"name": plain(words["title"].In(lang)), "short_name": plain(words["brand"].In(lang)), "description": plain(words["tagline"].In(lang)), "lang": tags[lang],
		"id": "./", "start_url": at, "scope": "./", "display": "standalone", "background_color": "#ffffff", "theme_color": "#0017c1",
		"icons":     []icon{{"static/icon.svg", "any", "image/svg+xml", ""}, {"static/icon-192.png", "192x192", "image/png", ""}, {"static/icon-512.png", "512x512", "image/png", ""}, {"static/icon-512.png", "512x512", "image/png", "maskable"}},
		"shortcuts": shortcuts,
		"share_target": map[string]any{"action": at + "received", "method": "POST", "enctype": "multipart/form-data", "params": map[string]any{
			"title": "title", "text": "text", "url": "url", "files": []map[string]any{{"name": "file", "accept": []string{"image/*", "text/*", "message/rfc822", ".eml", ".txt", ".msg"}}},
		}},
		"file_handlers": []map[string]any{{"action": at + "received", "accept": map[string][]string{"message/rfc822": {".eml"}}}},
	}
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}
