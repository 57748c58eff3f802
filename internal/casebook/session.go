package casebook

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"filippo.io/age"
)

// A session of a casebook on a server is a row: the hash of its token, and the
// casebook's secrets sealed to a key that is the token itself. One that is over
// holds nothing; case prepare takes it away.

// server is the connection that sessions are looked up by.
func (v *Vault) server() (*database, error) {
	v.link.Lock()
	defer v.link.Unlock()
	if v.shared == nil {
		db, err := v.Place.open()
		if err != nil {
			return nil, err
		}
		v.shared = db
	}
	return v.shared, nil
}

func sessionID(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// beginShared notes a new session on the server.
func (v *Vault) beginShared(b *Book) (string, error) {
	db, err := v.server()
	if err != nil {
		return "", err
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("casebook: %w", err)
	}
	plain, err := json.Marshal(b.secrets)
	if err != nil {
		return "", err
	}
	sealed, err := seal(plain, key.Recipient())
	if err != nil {
		return "", err
	}
	now := v.time()
	return key.String(), db.write(func(t *tx) error {
		if _, err := t.Exec("UPDATE session SET sealed = '' WHERE used < ? AND sealed <> ''", now.Add(-v.idle()).UnixMilli()); err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
		if _, err := t.Exec("INSERT INTO session (id, sealed, used) VALUES (?, ?, ?)", sessionID(key.String()), sealed, now.UnixMilli()); err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
		return nil
	})
}

// resume goes on with a session that may have begun elsewhere, or ended there.
func (v *Vault) resume(token string) error {
	key, err := age.ParseX25519Identity(token)
	if err != nil {
		return ErrSealed
	}
	db, err := v.server()
	if err != nil {
		return err
	}
	var sealed []byte
	var used int64
	err = db.QueryRow("SELECT sealed, used FROM session WHERE id = ?", sessionID(token)).Scan(&sealed, &used)
	now := v.time()
	rested := now.Sub(time.UnixMilli(used))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (rested > v.idle() || len(sealed) == 0) {
		delete(v.sessions, token)
		v.shut()
		return ErrSealed
	}
	if err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	const fraction = 10 // of the resting time, within which it need not be noted anew
	if rested > v.idle()/fraction {
		if _, err := db.Exec("UPDATE session SET used = ? WHERE id = ?", now.UnixMilli(), sessionID(token)); err != nil {
			return fmt.Errorf("casebook: %w", err)
		}
	}
	if v.book != nil {
		v.sessions[token] = now
		return nil
	}
	var s secrets
	r, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err == nil {
		err = json.NewDecoder(r).Decode(&s)
	}
	if err != nil {
		return ErrSealed
	}
	own, err := v.Place.open()
	if err != nil {
		return err
	}
	b, err := begin(own, s)
	if err != nil {
		return err
	}
	return v.keep(token, b)
}

func (v *Vault) endShared(token string) error {
	db, err := v.server()
	if err != nil {
		return err
	}
	if _, err := db.Exec("UPDATE session SET sealed = '', used = 0 WHERE id = ?", sessionID(token)); err != nil {
		return fmt.Errorf("casebook: %w", err)
	}
	return nil
}
