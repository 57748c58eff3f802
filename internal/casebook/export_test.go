package casebook

import (
	"encoding/json"
	"fmt"
	"time"

	"filippo.io/age"
)

// Quick makes scrypt cheap, for tests.
func Quick(l Lock) Lock {
	l.Work = 4
	return l
}

// Reseal seals key.age as an older program did, whose passphrases had no form.
func (b *Book) Reseal(to age.Recipient) error {
	plain, err := json.Marshal(b.secrets)
	if err != nil {
		return err
	}
	sealed, err := seal(plain, to)
	if err != nil {
		return err
	}
	return b.db.writeFile(keyFile, sealed)
}

// Fill adds n entries in cases of a hundred without waiting for the disk at each.
func Fill(b *Book, n int, text string) error {
	if _, err := b.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		return err
	}
	id := ""
	for i := range n {
		var err error
		if i%100 == 0 {
			id, err = b.New(Subject{Title: fmt.Sprint("t", i)})
		} else {
			_, err = b.append(Entry{Case: id, Kind: Remark, Text: text}, nil)
		}
		if err != nil {
			return err
		}
	}
	_, err := b.db.Exec("PRAGMA synchronous = FULL")
	return err
}

// NewTestVault is a vault whose clock the test turns.
func NewTestVault(p Place, now *time.Time) *Vault {
	return &Vault{Place: p, now: func() time.Time { return *now }}
}
