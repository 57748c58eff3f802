package casebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"filippo.io/age"
)

// secrets is what key.age holds.
type secrets struct {
	Identity string `json:"identity"` // age
	Signer   string `json:"signer"`   // note
	Verifier string `json:"verifier"`
}

// Unlock opens key.age: a passphrase or identities.
type Unlock struct {
	Passphrase string
	Identities []age.Identity
}

func (u Unlock) identities() ([]age.Identity, error) {
	if u.Passphrase == "" {
		return u.Identities, nil
	}
	id, err := age.NewScryptIdentity(u.Passphrase)
	if err != nil {
		return nil, err
	}
	return append([]age.Identity{id}, u.Identities...), nil
}

// Lock seals key.age: to a passphrase, or to recipients (a family's keys).
type Lock struct {
	Passphrase string
	Recipients []age.Recipient
	work       int // of scrypt, for tests; 0 is the library's own
}

func (l Lock) recipients() ([]age.Recipient, error) {
	switch {
	case l.Passphrase != "" && len(l.Recipients) > 0:
		return nil, errors.New("casebook: give a passphrase or recipients, not both: a file that a passphrase opens can have no other key")
	case l.Passphrase != "":
		r, err := age.NewScryptRecipient(l.Passphrase)
		if err != nil {
			return nil, err
		}
		if l.work > 0 {
			r.SetWorkFactor(l.work)
		}
		return []age.Recipient{r}, nil
	case len(l.Recipients) > 0:
		return l.Recipients, nil
	}
	return nil, errors.New("casebook: no passphrase and no recipient given")
}

// readKey opens key.age.
func readKey(k kind, u Unlock) (s secrets, err error) {
	sealed, err := k.readFile(keyFile)
	if errors.Is(err, os.ErrNotExist) {
		return s, ErrNoCasebook
	}
	if err != nil {
		return s, fmt.Errorf("casebook: %w", err)
	}
	ids, err := u.identities()
	if err != nil || len(ids) == 0 {
		return s, ErrLocked
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		return s, ErrLocked
	}
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return s, fmt.Errorf("casebook: key.age is damaged: %w", err)
	}
	return s, nil
}

// Rekey seals key.age anew: from then on only the new lock opens it. Copies of
// the old file still open with the old one.
func (b *Book) Rekey(l Lock, u Unlock) error {
	s, err := readKey(b.db, u)
	if err != nil {
		return err
	}
	return writeKey(b.db, s, l)
}

func writeKey(k kind, s secrets, l Lock) error {
	to, err := l.recipients()
	if err != nil {
		return err
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sealed, err := seal(plain, to...)
	if err != nil {
		return err
	}
	return k.writeFile(keyFile, sealed)
}

func seal(plain []byte, to ...age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	return out.Bytes(), nil
}
