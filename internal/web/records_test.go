package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/web"
)

// device is the page as a phone answers it, with an empty storage.
func device() http.Handler {
	return web.Handler(web.Options{App: true, Vault: &casebook.Vault{Place: casebook.Place{Shelf: casebook.NewShelf(nil)}}})
}

func send(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// TestWaiting: what a locked record book was to keep goes along with the passphrase, and
// is kept as soon as it is open; a removal is not.
func TestWaiting(t *testing.T) {
	h := device()
	pass := url.Values{"passphrase": {"馬 電池 ホチキス"}}
	for _, c := range []struct {
		path string
		form url.Values
		want string
	}{
		{"/ja/keep", url.Values{"title": {"一つ目"}, "text": {"本文"}, "row": {"判定"}}, "本文"},
		{"/ja/cases/new", url.Values{"title": {"二つ目"}}, "二つ目"},
	} {
		door := send(h, c.path, c.form)
		form := url.Values{"passphrase": pass["passphrase"]}
		if strings.Contains(door.Body.String(), `name="create"`) {
			form.Set("create", "1")
		}
		for _, m := range hidden.FindAllStringSubmatch(door.Body.String(), -1) {
			form.Set(m[1], m[2])
		}
		opened := send(h, "/ja/cases/unlock", form)
		at := opened.Header().Get("Location")
		if opened.Code != http.StatusSeeOther || !strings.HasPrefix(at, "../../ja/cases/") {
			t.Fatalf("%s: %d to %q: %s", c.path, opened.Code, at, opened.Body)
		}
		shown := send(h, strings.TrimPrefix(at, "../.."), nil).Body.String()
		if !strings.Contains(shown, c.want) {
			t.Errorf("%s: %q is not kept", c.path, c.want)
		}
		send(h, "/ja/cases/lock", url.Values{})
		id := strings.TrimPrefix(at, "../../ja/cases/")
		door = send(h, "/ja/cases/"+id+"/add", url.Values{"text": {"書き足したこと"}})
		form = url.Values{"passphrase": pass["passphrase"]}
		for _, m := range hidden.FindAllStringSubmatch(door.Body.String(), -1) {
			form.Set(m[1], m[2])
		}
		send(h, "/ja/cases/unlock", form)
		if shown := send(h, "/ja/cases/"+id, nil).Body.String(); !strings.Contains(shown, "書き足したこと") {
			t.Errorf("a note to %s is not kept", c.path)
		}
		send(h, "/ja/cases/lock", url.Values{})
		door = send(h, "/ja/cases/"+id+"/remove", url.Values{"sure": {"1"}})
		if hidden.MatchString(door.Body.String()) {
			t.Error("a removal waits behind the door")
		}
	}
}

// TestFolder: a page leads back to its folder however its address is written, as the
// browser counts.
func TestFolder(t *testing.T) {
	h := device()
	for path, want := range map[string]string{"/ja/": "../", "/ja/cases": "../", "/ja/cases/a%2Fb": "../../", "/ja/cases/ab?x=/y/": "../../"} {
		if got := send(h, path, nil).Body.String(); !strings.Contains(got, `href="`+want+`static/page.css"`) {
			t.Errorf("%s does not lead to %s", path, want)
		}
	}
}

// TestFull: a record book that takes no more says so.
func TestFull(t *testing.T) {
	s := casebook.NewShelf(nil)
	s.Limit = 8_000
	h := web.Handler(web.Options{App: true, Vault: &casebook.Vault{Place: casebook.Place{Shelf: s}}})
	send(h, "/ja/cases/unlock", url.Values{"passphrase": {"馬 電池 ホチキス"}, "create": {"1"}})
	w := send(h, "/ja/keep", url.Values{"text": {strings.Repeat("長い話。", 4000)}, "row": {"x"}})
	if w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), "いっぱいです") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
