package casebook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/digitorus/timestamp"
	"golang.org/x/mod/sumdb/tlog"
)

// Stamp is what a time-stamping authority (RFC 3161) said of the log: that its
// first Size entries were there at Time.
type Stamp struct {
	Size int64
	Time time.Time
	By   string // who signed, as its certificate says; whether to trust it is for the reader to judge
}

// ErrStamp is returned for an answer that is no time stamp of our log's head.
var ErrStamp = errors.New("casebook: the answer is no valid time stamp of this log")

// Stamp asks a time-stamping authority for a stamp of the log's signed head,
// through ask, and keeps it in the folder stamps. Nothing but the head's hash
// leaves the machine.
func (b *Book) Stamp(ctx context.Context, ask func(ctx context.Context, request []byte) ([]byte, error)) (Stamp, error) {
	var signed []byte
	if err := b.db.QueryRow("SELECT signed FROM head").Scan(&signed); err != nil {
		return Stamp{}, errors.New("casebook: there is nothing to stamp yet")
	}
	request, err := timestamp.CreateRequest(bytes.NewReader(signed), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true})
	if err != nil {
		return Stamp{}, fmt.Errorf("casebook: %w", err)
	}
	answer, err := ask(ctx, request)
	if err != nil {
		return Stamp{}, err
	}
	s, _, err := b.readStamp(signed, answer)
	if err != nil {
		return Stamp{}, err
	}
	name := fmt.Sprintf("stamps/%012d", s.Size)
	if err := b.db.writeFile(name+".head", signed); err != nil {
		return Stamp{}, err
	}
	return s, b.db.writeFile(name+".tsr", answer)
}

// readStamp holds an answer against the head that it should stamp.
func (b *Book) readStamp(signed, answer []byte) (Stamp, tlog.Tree, error) {
	t, err := timestamp.ParseResponse(answer) // verifies the signature
	if err != nil {
		return Stamp{}, tlog.Tree{}, ErrStamp
	}
	sum := sha256.Sum256(signed)
	tree, err := b.head(signed)
	if err != nil || t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]) {
		return Stamp{}, tlog.Tree{}, ErrStamp
	}
	s := Stamp{Size: tree.N, Time: t.Time.UTC()}
	if len(t.Certificates) > 0 {
		s.By = t.Certificates[0].Subject.String()
	}
	return s, tree, nil
}

// Stamps returns the stamps that hold for the log as it is, oldest first, and
// faults for those that do not.
func (b *Book) Stamps() ([]Stamp, []Fault, error) {
	names, err := b.db.files("stamps/")
	if err != nil {
		return nil, nil, fmt.Errorf("casebook: %w", err)
	}
	var out []Stamp
	var faults []Fault
	for _, name := range names {
		head, ok := strings.CutSuffix(name, ".tsr")
		if !ok {
			continue
		}
		answer, err1 := b.db.readFile(name)
		signed, err2 := b.db.readFile(head + ".head")
		if err := errors.Join(err1, err2); err != nil {
			faults = append(faults, Fault{-1, "a time stamp cannot be read: " + path.Base(name)})
			continue
		}
		s, tree, err := b.readStamp(signed, answer)
		if err != nil {
			faults = append(faults, Fault{-1, "a time stamp is damaged: " + path.Base(name)})
			continue
		}
		if root, err := tlog.TreeHash(tree.N, hashReader(b.db)); err != nil || root != tree.Hash {
			faults = append(faults, Fault{-1, "the log is not the one that was stamped at " + s.Time.Format(time.RFC3339)})
			continue
		}
		out = append(out, s)
	}
	return out, faults, nil
}
