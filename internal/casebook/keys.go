package casebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"filippo.io/age"
	"golang.org/x/text/secure/precis"
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
	MaxWork    int // of scrypt: what asks for more is refused; 0 is the library's own, 22
}

func (u Unlock) identities() ([]age.Identity, error) {
	if u.Passphrase == "" {
		return u.Identities, nil
	}
	var ids []age.Identity
	for _, p := range slices.Compact([]string{inForm(u.Passphrase), u.Passphrase}) { // as it is now made; as older programs took it
		id, err := age.NewScryptIdentity(p)
		if err != nil {
			return nil, err
		}
		if u.MaxWork > 0 {
			id.SetMaxWorkFactor(u.MaxWork)
		}
		ids = append(ids, id)
	}
	return append(ids, u.Identities...), nil
}

// inForm brings a passphrase into the one form that all keyboards' ways of writing
// it share (RFC 8265, profile OpaqueString: NFC, one kind of space). What the
// profile forbids stays as it is.
func inForm(p string) string {
	if s, err := precis.OpaqueString.String(p); err == nil {
		return s
	}
	return p
}

// PhoneWork is scrypt's work for a casebook that a phone opens: 64 MB, as a browser's
// worker has not the 256 MB that a computer spends.
const PhoneWork = 16

// Lock seals key.age: to a passphrase, or to recipients (a family's keys).
type Lock struct {
	Passphrase string
	Recipients []age.Recipient
	// Work is scrypt's, of which 2 to the power of Work kilobytes are needed; 0 is the
	// library's own, 18.
	Work int
}

func (l Lock) recipients() ([]age.Recipient, error) {
	switch {
	case l.Passphrase != "" && len(l.Recipients) > 0:
		return nil, errors.New("casebook: give a passphrase or recipients, not both: a file that a passphrase opens can have no other key")
	case l.Passphrase != "":
		r, err := age.NewScryptRecipient(inForm(l.Passphrase))
		if err != nil {
			return nil, err
		}
		if l.Work > 0 {
			r.SetWorkFactor(l.Work)
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
	sealed, err := sealKey(s, l)
	if err != nil {
		return err
	}
	return b.db.writeFile(keyFile, sealed)
}

// sealKey returns what key.age holds.
func sealKey(s secrets, l Lock) ([]byte, error) {
	to, err := l.recipients()
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return seal(plain, to...)
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
