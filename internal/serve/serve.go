// Package serve puts the page and the API behind one guarded door: on this
// machine only unless it is told otherwise, no other site's pages let in,
// bounded in what it takes on, and without a word of content in its metrics.
package serve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"

	"github.com/madoguchi/madoguchi/internal/api"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/web"
)

// Options say how to serve.
type Options struct {
	Version string
	Vault   *casebook.Vault
	// Token must come with every request, as "Authorization: Bearer" or by the
	// page's sign-in; none where it is empty.
	Token string
	// Hosts are the names under which the server is asked; those of this machine
	// itself (localhost, 127.0.0.1, [::1]) where there are none.
	Hosts []string
	TLS   bool
	// Concurrent is how many requests are worked on at once, Deadline how long
	// one may take; 8 a processor and 30 seconds where zero.
	Concurrent int
	Deadline   time.Duration
	Read       func(io.Reader) ([]intake.Item, error) // see web.Options
	// Tracer and Log are told of each request by its route, without content;
	// nobody where nil.
	Tracer trace.Tracer
	Log    *slog.Logger
}

// ErrExposed is returned where a server would listen to others without
// protection.
var ErrExposed = errors.New("serve: an address that others can reach needs TLS and a token")

// CheckAddress reports ErrExposed where addr is reachable from elsewhere and the
// options do not protect it.
func (o Options) CheckAddress(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("serve: write the address as HOST:PORT, for example 127.0.0.1:8737")
	}
	if a, err := netip.ParseAddr(host); host == "localhost" || err == nil && a.IsLoopback() {
		return nil
	}
	if o.TLS && len(o.Token) >= 16 && len(o.Hosts) > 0 {
		return nil
	}
	return ErrExposed
}

const defaultDeadline = 30 * time.Second

// Handler returns everything that is served.
func Handler(o Options) http.Handler {
	if o.Deadline == 0 {
		o.Deadline = defaultDeadline
	}
	g := &guard{o: o, work: make(chan struct{}, concurrent(o.Concurrent)), memory: semaphore.NewWeighted(bodyMemory)}
	g.freed.Store(time.Now().UnixNano())
	mux := http.NewServeMux()
	api.New(mux, api.Options{Version: o.Version, Vault: o.Vault})
	server := api.NewMCP(o.Version)
	mux.Handle("/mcp", mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{JSONResponse: true, Stateless: true}))
	mux.Handle("/", web.Handler(web.Options{Version: o.Version, Vault: o.Vault, Secure: o.TLS, Read: o.Read}))
	mux.HandleFunc("GET /healthz", ok)
	mux.HandleFunc("GET /readyz", g.ready)
	g.observer = newObserver(&o)
	mux.Handle("GET /metrics", promhttp.HandlerFor(g.observer.registry, promhttp.HandlerOpts{}))
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusForbidden, "a page of another site sent this")
	}))
	return g.host(g.headers(cross.Handler(g.token(g.limit(mux)))))
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the client has gone
}

// ready tells whether requests may be sent here: work gets done, and what it needs
// can be reached.
func (g *guard) ready(w http.ResponseWriter, r *http.Request) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	if len(g.work) == cap(g.work) && time.Since(time.Unix(0, g.freed.Load())) > g.o.Deadline {
		problem(w, http.StatusServiceUnavailable, "all places are taken, and none was given back for longer than a request may take")
		return
	}
	if g.o.Vault != nil && g.o.Vault.Ready(ctx) != nil {
		problem(w, http.StatusServiceUnavailable, "the casebook's database cannot be reached")
		return
	}
	ok(w, r)
}

// probes are the paths that supervisors ask, without a token.
var probes = []string{"/healthz", "/readyz"}

// watched reports a request that only looks after the server: it is answered however
// busy it is.
func watched(r *http.Request) bool {
	return r.URL.Path == "/metrics" || slices.Contains(probes, r.URL.Path)
}

type guard struct {
	o        Options
	observer *observer
	work     chan struct{}
	freed    atomic.Int64        // when a place was given back last, in nanoseconds since 1970
	memory   *semaphore.Weighted // of bodies that are being read or worked on
}

// Bounds of what requests bring.
const (
	bodyMemory = 256 << 20 // bytes of all bodies together
	maxSignIn  = 4 << 10
	maxUpload  = intake.MaxInput + 1<<20
	bodyPiece  = 64 << 10
	bodyTime   = 20 * time.Second // for a body, and a second more for each
	bodyRate   = 1 << 20          // bytes
)

// bodyLimit is how many bytes a request's body may have.
func bodyLimit(path string) int64 {
	switch {
	case path == "/sign-in":
		return maxSignIn
	case path == "/v1/mail":
		return api.MaxMail
	case strings.HasPrefix(path, "/v1/cases/"):
		return api.MaxEntry
	}
	for _, lang := range web.Langs {
		if strings.HasPrefix(path, "/"+string(lang)+"/") {
			return maxUpload
		}
	}
	return api.MaxBody
}

var errTooLarge = errors.New("too large")

// take reads a request's body, as it comes and only so much as there is memory for:
// who sends slowly holds no place meanwhile. It returns what gives the memory back.
func (g *guard) take(w http.ResponseWriter, r *http.Request) (release func(), err error) {
	var held int64
	release = func() { g.memory.Release(held) }
	if r.Body == nil || r.Body == http.NoBody {
		return release, nil
	}
	limit := bodyLimit(r.URL.Path)
	if r.ContentLength > limit {
		return release, errTooLarge
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(bodyTime + time.Duration(max(r.ContentLength, 0)/bodyRate)*time.Second)) // where the server can
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	var body bytes.Buffer
	for {
		if int64(body.Len())+bodyPiece > held {
			ctx, cancel := context.WithTimeout(r.Context(), maxWait)
			err := g.memory.Acquire(ctx, bodyPiece)
			cancel()
			if err != nil {
				return release, err
			}
			held += bodyPiece
		}
		n, err := io.CopyN(&body, r.Body, bodyPiece/2)
		if int64(body.Len()) > limit {
			return release, errTooLarge
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return release, fmt.Errorf("serve: after %d bytes: %w", n, err)
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body.Bytes())), int64(body.Len())
	return release, nil
}

// problem answers as RFC 9457 says.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(problemBody(status, detail)) // the client has gone
}

func problemBody(status int, detail string) []byte {
	return []byte(`{"title":` + strconv.Quote(http.StatusText(status)) + `,"status":` + strconv.Itoa(status) + `,"detail":` + strconv.Quote(detail) + "}\n")
}

// host refuses names that are not ours: a page of another site whose name was
// made to point here (DNS rebinding) asks under that name.
func (g *guard) host(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if h, _, err := net.SplitHostPort(name); err == nil {
			name = h
		}
		name = strings.ToLower(strings.Trim(name, "[]"))
		ok := slices.Contains(g.o.Hosts, name)
		if len(g.o.Hosts) == 0 {
			ok = name == "localhost" || name == "127.0.0.1" || name == "::1"
		}
		if !ok {
			problem(w, http.StatusMisdirectedRequest, "this server does not go by that name")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headers forbid everything that a page of ours does not need: no script or
// style within a page, nothing from another host, no frame around it.
func (g *guard) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", web.Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if g.o.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// tokenCookie holds a hash of the token once the page has been signed in to.
const tokenCookie = "madoguchi-access"

// token asks for the server's token where there is one.
func (g *guard) token(next http.Handler) http.Handler {
	if g.o.Token == "" {
		return next
	}
	want := sha256.Sum256([]byte(g.o.Token))
	cookie := sha256.Sum256([]byte(tokenCookie + g.o.Token))
	signedIn := hex.EncodeToString(cookie[:])
	same := func(s string) bool {
		got := sha256.Sum256([]byte(s))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ok := slices.Contains(probes, r.URL.Path) || same(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) || same(r.Header.Get("X-Madoguchi-Token"))
		if c, err := r.Cookie(tokenCookie); err == nil {
			ok = ok || subtle.ConstantTimeCompare([]byte(c.Value), []byte(signedIn)) == 1
		}
		if r.URL.Path == "/sign-in" && r.Method == http.MethodPost && same(given(w, r)) {
			http.SetCookie(w, &http.Cookie{Name: tokenCookie, Value: signedIn, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		if !ok {
			if strings.Contains(r.Header.Get("Accept"), "text/html") {
				web.SignIn(w)
				return
			}
			w.Header().Set("WWW-Authenticate", "Bearer")
			problem(w, http.StatusUnauthorized, "this server asks for its token")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// given is the token that somebody signs in with. It is read before anything is
// known of who that is: a short form and nothing else.
func given(w http.ResponseWriter, r *http.Request) string {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return ""
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSignIn)
	if r.ParseForm() != nil {
		return ""
	}
	return r.PostForm.Get("token")
}

// limit takes on so many requests at once and tells the others to come again. One
// that takes longer than the deadline is answered with 503; its place is free when
// the work on it has really ended.
func (g *guard) limit(next http.Handler) http.Handler {
	timed := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			g.freed.Store(time.Now().UnixNano())
			<-g.work
		}()
		next.ServeHTTP(w, r)
		if route, ok := r.Context().Value(routeKey{}).(*atomic.Value); ok {
			route.Store(r.Pattern) // as the mux notes it in the request that it gets
		}
	}), g.o.Deadline, string(problemBody(http.StatusServiceUnavailable, "this takes longer than a request may")))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		ctx, answered := g.observer.begin(r)
		r = r.WithContext(ctx)
		if endless(r) {
			defer func() { answered(r.Pattern, rec.status) }()
			next.ServeHTTP(rec, r)
			return
		}
		var route atomic.Value
		defer func() {
			pattern, _ := route.Load().(string)
			answered(pattern, rec.status)
		}()
		release, err := g.take(rec, r)
		defer release()
		switch {
		case errors.Is(err, errTooLarge):
			rec.Header().Set("Connection", "close")
			problem(rec, http.StatusRequestEntityTooLarge, "the body is larger than "+strconv.FormatInt(bodyLimit(r.URL.Path), 10)+" bytes")
			return
		case errors.Is(err, context.DeadlineExceeded):
			busy(rec)
			return
		case err != nil:
			problem(rec, http.StatusRequestTimeout, "the body did not come in time")
			return
		}
		// A short wait evens out what comes in bursts.
		t := time.NewTimer(maxWait)
		defer t.Stop()
		select {
		case g.work <- struct{}{}:
			timed.ServeHTTP(&late{rec}, r.WithContext(context.WithValue(r.Context(), routeKey{}, &route)))
		case <-r.Context().Done():
		case <-t.C:
			busy(rec)
		}
	})
}

func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	problem(w, http.StatusTooManyRequests, "too much at once; come again in a second")
}

// routeKey is where a request's context holds the pattern that took it.
type routeKey struct{}

// late names the kind of the answer that http.TimeoutHandler gives of its own.
type late struct{ http.ResponseWriter }

func (l *late) WriteHeader(status int) {
	if h := l.Header(); status == http.StatusServiceUnavailable && h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/problem+json")
	}
	l.ResponseWriter.WriteHeader(status)
}

// maxWait is how long a request waits for its turn.
const maxWait = 2 * time.Second

// endless reports a request that lasts as long as its client wishes.
func endless(r *http.Request) bool {
	return r.Method == http.MethodGet && (strings.HasSuffix(r.URL.Path, "/events") || r.URL.Path == "/mcp" || watched(r))
}

func concurrent(n int) int {
	if n > 0 {
		return n
	}
	return 8 * runtime.GOMAXPROCS(0)
}

// recorder keeps the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush through it.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush sends what is written so far.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }
