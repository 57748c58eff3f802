package casebook_test

import (
	"errors"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/casebook"
)

// TestVault: a session opens the casebook, rests, and is over; a wrong
// passphrase or token opens nothing.
func TestVault(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	v := casebook.NewTestVault(dir, &now)
	defer v.Close()
	if _, err := v.Unlock(pass, nil); !errors.Is(err, casebook.ErrNoCasebook) {
		t.Fatal(err)
	}
	lock := casebook.Quick(casebook.Lock{Passphrase: pass.Passphrase})
	a := must2(v.Unlock(pass, &lock))
	if _, err := v.Unlock(casebook.Unlock{Passphrase: "違う合言葉"}, nil); !errors.Is(err, casebook.ErrLocked) {
		t.Error(err)
	}
	use := func(token string) error {
		return v.With(token, func(b *casebook.Book) error {
			_, err := b.New(casebook.Subject{Title: "t"})
			return err
		})
	}
	for _, token := range []string{"", "x", a + "x"} {
		if err := use(token); !errors.Is(err, casebook.ErrSealed) {
			t.Errorf("%q: %v", token, err)
		}
	}
	now = now.Add(9 * time.Minute)
	if err := use(a); err != nil {
		t.Error(err)
	}
	now = now.Add(9 * time.Minute) // 18 since it began, 9 since it was used
	if err := use(a); err != nil {
		t.Error(err)
	}
	now = now.Add(11 * time.Minute)
	if err := use(a); !errors.Is(err, casebook.ErrSealed) {
		t.Errorf("after resting: %v", err)
	}
	b := must2(v.Unlock(pass, nil))
	v.Lock(b)
	if err := use(b); !errors.Is(err, casebook.ErrSealed) {
		t.Errorf("after locking: %v", err)
	}
}
