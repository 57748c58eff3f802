package casebook_test

import (
	"errors"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/internal/casebook"
)

// note notes something within a session.
func noted(v *casebook.Vault, token string) error {
	return v.With(token, func(b *casebook.Book) error {
		_, err := b.New(casebook.Subject{Title: "t"})
		return err
	})
}

// TestVault: a session opens the casebook, rests, and is over; a wrong
// passphrase or token opens nothing.
func TestVault(t *testing.T) {
	both(t, testVault)
}

func testVault(t *testing.T, k kept) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	v := casebook.NewTestVault(k.Place, &now)
	defer v.Close()
	if _, err := v.Unlock(pass, nil); !errors.Is(err, casebook.ErrNoCasebook) {
		t.Fatal(err)
	}
	lock := casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase})
	a := must2(v.Unlock(pass, &lock))
	if _, err := v.Unlock(casebook.Unlock{Passphrase: "違う合言葉"}, nil); !errors.Is(err, casebook.ErrLocked) {
		t.Error(err)
	}
	for _, token := range []string{"", "x", a + "x"} {
		if err := noted(v, token); !errors.Is(err, casebook.ErrSealed) {
			t.Errorf("%q: %v", token, err)
		}
	}
	now = now.Add(9 * time.Minute)
	if err := noted(v, a); err != nil {
		t.Error(err)
	}
	now = now.Add(9 * time.Minute) // 18 since it began, 9 since it was used
	if err := noted(v, a); err != nil {
		t.Error(err)
	}
	now = now.Add(11 * time.Minute)
	if err := noted(v, a); !errors.Is(err, casebook.ErrSealed) {
		t.Errorf("after resting: %v", err)
	}
	b := must2(v.Unlock(pass, nil))
	if err := v.Lock(b); err != nil {
		t.Error(err)
	}
	if err := noted(v, b); !errors.Is(err, casebook.ErrSealed) {
		t.Errorf("after locking: %v", err)
	}
}

// TestVaults: replicas on one server share sessions: what one began another goes
// on with, and what one ends is over everywhere.
func TestVaults(t *testing.T) {
	k := onServer(t)
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	one, two := casebook.NewTestVault(k.Place, &now), casebook.NewTestVault(casebook.Place{Dir: t.TempDir(), Store: k.Store}, &now)
	defer one.Close()
	defer two.Close()
	lock := casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase})
	token := must2(one.Unlock(pass, &lock))
	for range 3 {
		now = now.Add(8 * time.Minute)
		if err := errors.Join(noted(one, token), noted(two, token)); err != nil {
			t.Error(err)
		}
	}
	one.Close() // the replica ends, the session does not
	if err := noted(two, token); err != nil {
		t.Error(err)
	}
	if err := two.Lock(token); err != nil {
		t.Error(err)
	}
	for _, v := range []*casebook.Vault{one, two} {
		if err := noted(v, token); !errors.Is(err, casebook.ErrSealed) {
			t.Errorf("after locking: %v", err)
		}
	}
	again := must2(two.Unlock(pass, nil))
	now = now.Add(11 * time.Minute)
	if err := noted(one, again); !errors.Is(err, casebook.ErrSealed) {
		t.Errorf("after resting: %v", err)
	}
}
