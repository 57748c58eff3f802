package casebook

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// bundle is the file that proves chosen entries to somebody who has nothing
// else; docs/bundle.md describes it.
type bundle struct {
	Format  string        `json:"format"` // bundleFormat
	Key     string        `json:"key"`    // verifier key of the log's signed head
	Head    string        `json:"head"`   // signed note: size and root of the log
	Entries []bundleEntry `json:"entries"`
}

type bundleEntry struct {
	Content string   `json:"content"` // the entry's JSON, byte for byte as it was noted
	Proof   []string `json:"proof"`   // hashes of the inclusion proof, hexadecimal
}

const bundleFormat = "madoguchi-bundle-1"

// Proven is what a bundle proves: these entries were noted, with these numbers
// and times, in the log whose head the key signed.
type Proven struct {
	Key     string // whose it is, the person must tell: compare it with them
	Size    int64  // entries in the log
	Entries []Entry
}

// Bundle returns chosen entries of a case with the proof that they are in the
// log; without numbers, all of the case.
func (b *Book) Bundle(id string, seqs []int64) ([]byte, error) {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return nil, ErrNoCase
	}
	var signed []byte
	if err := b.db.QueryRow("SELECT signed FROM head").Scan(&signed); err != nil {
		return nil, fmt.Errorf("casebook: %w", err)
	}
	tree, err := b.head(signed)
	if err != nil {
		return nil, err
	}
	if len(seqs) == 0 {
		list, err := b.Entries(id)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			seqs = append(seqs, e.Seq)
		}
	}
	slices.Sort(seqs)
	out := bundle{Format: bundleFormat, Key: b.secrets.Verifier, Head: string(signed)}
	for _, seq := range slices.Compact(seqs) {
		var sealed []byte
		var at int64
		if err := b.db.QueryRow(`SELECT at, sealed FROM entry WHERE seq = ? AND "case" = ? AND sealed IS NOT NULL`, seq, raw).Scan(&at, &sealed); err != nil {
			return nil, fmt.Errorf("%w: entry %d is none of it", ErrNoCase, seq)
		}
		plain, _, err := b.proven(tree, raw, seq, at, sealed, hashReader(b.db))
		if err != nil {
			return nil, err
		}
		proof, err := tlog.ProveRecord(tree.N, seq, hashReader(b.db))
		if err != nil {
			return nil, fmt.Errorf("casebook: %w", err)
		}
		e := bundleEntry{Content: string(plain)}
		for _, h := range proof {
			e.Proof = append(e.Proof, hex.EncodeToString(h[:]))
		}
		out.Entries = append(out.Entries, e)
	}
	return json.MarshalIndent(out, "", "  ")
}

// VerifyBundle checks a bundle: the head's signature by the key that it names,
// and every entry's place in the log.
func VerifyBundle(data []byte) (Proven, error) {
	var in bundle
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	if _, more := d.Token(); err != nil || !errors.Is(more, io.EOF) || in.Format != bundleFormat || duplicateKeys(data) {
		return Proven{}, errors.New("casebook: no bundle of this program")
	}
	if len(in.Entries) == 0 {
		return Proven{}, errors.New("casebook: the bundle holds no entry, and so proves none")
	}
	v, err := note.NewVerifier(in.Key)
	if err != nil {
		return Proven{}, errors.New("casebook: the bundle's key is damaged")
	}
	n, err := note.Open([]byte(in.Head), note.VerifierList(v))
	if err != nil {
		return Proven{}, errors.New("casebook: the head of the log is not signed by the bundle's key")
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil {
		return Proven{}, errors.New("casebook: the head of the log is damaged")
	}
	out := Proven{Key: in.Key, Size: tree.N}
	seen := map[int64]bool{}
	for i, x := range in.Entries {
		var e Entry
		if err := json.Unmarshal([]byte(x.Content), &e); err != nil {
			return Proven{}, fmt.Errorf("casebook: entry %d of the bundle is damaged", i+1)
		}
		id, err := hex.DecodeString(e.Case)
		if err != nil {
			return Proven{}, fmt.Errorf("casebook: entry %d of the bundle is damaged", i+1)
		}
		var proof tlog.RecordProof
		for _, s := range x.Proof {
			var h tlog.Hash
			if k, err := hex.Decode(h[:], []byte(s)); err != nil || k != len(h) {
				return Proven{}, fmt.Errorf("casebook: the proof of entry %d is damaged", e.Seq)
			}
			proof = append(proof, h)
		}
		leaf := tlog.RecordHash(leafData(e.Seq, id, e.At.UnixMilli(), []byte(x.Content)))
		if e.Seq < 0 || e.Seq >= tree.N || tlog.CheckRecord(proof, tree.N, tree.Hash, e.Seq, leaf) != nil {
			return Proven{}, fmt.Errorf("casebook: entry %d is not what was noted", e.Seq)
		}
		if seen[e.Seq] {
			return Proven{}, fmt.Errorf("casebook: entry %d stands in the bundle twice", e.Seq)
		}
		seen[e.Seq] = true
		out.Entries = append(out.Entries, e)
	}
	return out, nil
}

// duplicateKeys reports whether an object of the JSON has a key twice, in letters
// of either case: of two programs one may read the first, one the second.
func duplicateKeys(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	type level struct {
		keys map[string]bool // nil in an array
		key  bool            // a key comes next
	}
	var open []level
	for {
		tok, err := d.Token()
		if err != nil {
			return false // its end, or the decoder told already
		}
		n := len(open) - 1
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				if n >= 0 {
					open[n].key = true // behind this value
				}
				l := level{}
				if t == '{' {
					l = level{map[string]bool{}, true}
				}
				open = append(open, l)
				continue
			}
			open = open[:n]
		case string:
			if n >= 0 && open[n].keys != nil && open[n].key {
				k := strings.ToLower(t)
				if open[n].keys[k] {
					return true
				}
				open[n].keys[k], open[n].key = true, false
				continue
			}
			if n >= 0 {
				open[n].key = true
			}
		default:
			if n >= 0 {
				open[n].key = true
			}
		}
	}
}
