package casebook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrSealed is returned for a session that there is not, or is no more.
var ErrSealed = errors.New("casebook: it is locked")

// Vault keeps a casebook open for the sessions that opened it, and locks it when
// none of them did anything for a while. It is safe for concurrent use. Sessions of
// a casebook on a server stand there, so that any of several vaults goes on with
// one; only the session's token opens what stands there.
type Vault struct {
	Place
	Idle time.Duration // a session that rests longer is over; 10 minutes where zero

	opening sync.Mutex // held while a casebook is opened with a passphrase

	mu       sync.Mutex
	book     *Book
	sessions map[string]time.Time // by token, when it was last used here
	timer    *time.Timer
	now      func() time.Time

	link   sync.Mutex // held for shared alone, so that Ready waits for nobody's work
	shared *database  // where sessions stand; nil until it is needed, or they do not
}

const defaultIdle = 10 * time.Minute

func (v *Vault) idle() time.Duration {
	if v.Idle > 0 {
		return v.Idle
	}
	return defaultIdle
}

func (v *Vault) time() time.Time {
	if v.now != nil {
		return v.now()
	}
	return time.Now()
}

// Unlock opens the casebook and begins a session, whose token it returns. Where
// there is no casebook, it makes one with create.
func (v *Vault) Unlock(u Unlock, create *Lock) (string, error) {
	b, err := v.open(u, create)
	if err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	token, err := v.begin(b)
	if err != nil {
		return "", errors.Join(err, b.Close())
	}
	return token, v.keep(token, b)
}

// open opens the casebook, or makes it. One does it at a time: opening needs much
// memory on purpose, so that nobody guesses a passphrase fast.
func (v *Vault) open(u Unlock, create *Lock) (*Book, error) {
	v.opening.Lock()
	defer v.opening.Unlock()
	b, err := OpenBook(v.Place, u)
	if errors.Is(err, ErrNoCasebook) && create != nil {
		b, err = Create(v.Place, *create)
		if errors.Is(err, ErrExists) { // another process made it meanwhile
			b, err = OpenBook(v.Place, u)
		}
	}
	return b, err
}

// begin notes a new session of a casebook.
func (v *Vault) begin(b *Book) (string, error) {
	if v.Store != "" {
		return v.beginShared(b)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// keep notes that a session was used, for which b was opened.
func (v *Vault) keep(token string, b *Book) (err error) {
	if v.book != nil {
		err = b.Close() // it is open already
	} else {
		v.book, v.sessions = b, map[string]time.Time{}
	}
	v.sessions[token] = v.time()
	v.watch()
	return err
}

// watch ends sessions that rest.
func (v *Vault) watch() {
	if v.timer != nil {
		v.timer.Stop()
	}
	v.timer = time.AfterFunc(v.idle()+time.Millisecond, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.expire()
		if v.book != nil {
			v.watch()
		}
	})
}

// expire ends the sessions whose time is over and closes the casebook with the
// last.
func (v *Vault) expire() {
	for t, last := range v.sessions {
		if v.time().Sub(last) > v.idle() {
			delete(v.sessions, t)
		}
	}
	v.shut()
}

func (v *Vault) shut() {
	if v.book == nil || len(v.sessions) > 0 {
		return
	}
	_ = v.book.Close() // every entry is on the disk already
	v.book = nil
	if v.timer != nil {
		v.timer.Stop()
	}
}

// With does something with the casebook within a session.
func (v *Vault) With(token string, f func(*Book) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.expire()
	if v.Store != "" {
		if err := v.resume(token); err != nil {
			return err
		}
	}
	if _, ok := v.sessions[token]; !ok || token == "" || v.book == nil {
		return ErrSealed
	}
	v.sessions[token] = v.time()
	return f(v.book)
}

// Lock ends a session.
func (v *Vault) Lock(token string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.sessions, token)
	v.shut()
	if v.Store != "" {
		return v.endShared(token)
	}
	return nil
}

// Exists reports whether there is a casebook, over the connection that is there.
func (v *Vault) Exists() (bool, error) {
	if v.Store == "" {
		return v.Place.Exists()
	}
	db, err := v.server()
	if err != nil {
		return false, err
	}
	return db.made()
}

// Ready reports what keeps the casebook from being opened: a server that cannot be
// reached. It asks for no key.
func (v *Vault) Ready(ctx context.Context) error {
	if v.Store == "" {
		return nil
	}
	db, err := v.server()
	if err != nil {
		return err
	}
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}

// Close locks the casebook here. Sessions that stand on a server go on elsewhere.
func (v *Vault) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sessions = nil
	v.shut()
	v.link.Lock()
	defer v.link.Unlock()
	if v.shared != nil {
		_ = v.shared.Close() // nothing is under way
		v.shared = nil
	}
}
