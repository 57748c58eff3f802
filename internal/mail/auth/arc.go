package auth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// maxSeals bounds the chain that is followed; RFC 8617 allows 50, mails that
// people forward have two or three.
const maxSeals = 10

// arcSet is one link of the chain: what a server that passed the mail on saw
// (results), its signature over the mail and its seal over the chain.
type arcSet struct{ results, signature, seal *field }

// field is a header field as it stands, without its last line end.
type field struct{ name, raw string }

func (f *field) value() string { return f.raw[strings.IndexByte(f.raw, ':')+1:] }

// ReadChain takes over what a server that trusted names saw before the mail was
// forwarded, where the Authenticated Received Chain (RFC 8617) is whole and its
// last sealer is one of trusted. ok is false where it is not.
func ReadChain(ctx context.Context, raw []byte, r Resolver, trusted []string) (res Result, ok bool) {
	fields, body := split(crlf(raw))
	sets := arcSets(fields)
	if len(sets) == 0 {
		return Result{}, false
	}
	last := sets[len(sets)-1]
	sealer := strings.ToLower(tags(last.seal.value())["d"])
	if !slices.Contains(trusted, sealer) || !chainHolds(ctx, sets, fields, body, r) {
		return Result{}, false
	}
	from := ""
	for _, f := range fields {
		if strings.EqualFold(f.name, "from") {
			from = domainOf(f.value())
		}
	}
	_, seen, _ := strings.Cut(unfold(last.results.value()), ";") // i=1;
	_, results, err := authres.Parse(strings.TrimSpace(seen))
	if err != nil || organizational(from) == "" {
		return Result{}, false
	}
	res = Result{SPF: None, DKIM: None, DMARC: None, Domain: organizational(from), By: sealer}
	res.take(results, from)
	return res, true
}

// chainHolds verifies the newest signature and every seal.
func chainHolds(ctx context.Context, sets []arcSet, fields []field, body []byte, r Resolver) bool {
	for i, s := range sets {
		want := "pass"
		if i == 0 {
			want = "none"
		}
		if tags(s.seal.value())["cv"] != want {
			return false
		}
	}
	newest := sets[len(sets)-1].signature
	t := tags(newest.value())
	header, canonBody, _ := strings.Cut(t["c"], "/")
	sum := sha256.Sum256(canonicalBody(body, canonBody == "relaxed"))
	if base64.StdEncoding.EncodeToString(sum[:]) != strip(t["bh"]) || t["l"] != "" {
		return false
	}
	var b bytes.Buffer
	left := slices.Clone(fields)
	for _, name := range strings.Split(t["h"], ":") {
		// The last of a name counts first (RFC 6376 section 5.4.2).
		for i := len(left) - 1; i >= 0; i-- {
			if strings.EqualFold(left[i].name, strings.TrimSpace(name)) {
				b.WriteString(canonicalField(left[i].raw, header == "relaxed") + "\r\n")
				left = slices.Delete(left, i, i+1)
				break
			}
		}
	}
	b.WriteString(canonicalField(withoutSignature(newest.raw), header == "relaxed"))
	if !verify(ctx, r, t, b.Bytes()) {
		return false
	}
	for i := range sets {
		b.Reset()
		for j, s := range sets[:i+1] {
			b.WriteString(canonicalField(s.results.raw, true) + "\r\n" + canonicalField(s.signature.raw, true) + "\r\n")
			if j < i {
				b.WriteString(canonicalField(s.seal.raw, true) + "\r\n")
			}
		}
		b.WriteString(canonicalField(withoutSignature(sets[i].seal.raw), true))
		if !verify(ctx, r, tags(sets[i].seal.value()), b.Bytes()) {
			return false
		}
	}
	return true
}

// verify checks a signature of rsa-sha256, the one algorithm that ARC knows.
func verify(ctx context.Context, r Resolver, t map[string]string, signed []byte) bool {
	if t["a"] != "rsa-sha256" || t["s"] == "" || t["d"] == "" {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(strip(t["b"]))
	if err != nil {
		return false
	}
	records, err := r.LookupTXT(ctx, t["s"]+"._domainkey."+t["d"])
	if err != nil || len(records) == 0 {
		return false
	}
	der, err := base64.StdEncoding.DecodeString(strip(tags(records[0])["p"]))
	if err != nil {
		return false
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return false
	}
	pub, ok := key.(*rsa.PublicKey)
	if !ok || pub.Size() < 128 { // RFC 8301: keys under 1024 bits prove nothing
		return false
	}
	sum := sha256.Sum256(signed)
	return rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], sig) == nil
}

// arcSets returns the chain in order, nil where it is not whole.
func arcSets(fields []field) []arcSet {
	by := map[int]*arcSet{}
	for i := range fields {
		f := &fields[i]
		var at func(*arcSet) **field
		switch strings.ToLower(f.name) {
		case "arc-authentication-results":
			at = func(s *arcSet) **field { return &s.results }
		case "arc-message-signature":
			at = func(s *arcSet) **field { return &s.signature }
		case "arc-seal":
			at = func(s *arcSet) **field { return &s.seal }
		default:
			continue
		}
		n, err := strconv.Atoi(tags(f.value())["i"])
		if err != nil || n < 1 || n > maxSeals {
			return nil
		}
		if by[n] == nil {
			by[n] = &arcSet{}
		}
		if p := at(by[n]); *p == nil {
			*p = f
		} else {
			return nil // two of one kind
		}
	}
	var out []arcSet
	for n := 1; n <= len(by); n++ {
		s := by[n]
		if s == nil || s.results == nil || s.signature == nil || s.seal == nil {
			return nil
		}
		out = append(out, *s)
	}
	return out
}

// split takes a mail apart into its fields as they stand and its body.
func split(raw []byte) (fields []field, body []byte) {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		if n := len(fields); n > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			fields[n-1].raw += "\r\n" + line
			continue
		}
		if i := strings.IndexByte(line, ':'); i > 0 {
			fields = append(fields, field{strings.TrimSpace(line[:i]), line})
		}
	}
	return fields, body
}

var blanks = regexp.MustCompile(`[ \t]+`)

// canonicalField is RFC 6376 section 3.4.1 (simple) and 3.4.2 (relaxed).
func canonicalField(raw string, relaxed bool) string {
	if !relaxed {
		return raw
	}
	name, value, _ := strings.Cut(raw, ":")
	return strings.ToLower(strings.TrimRight(name, " \t")) + ":" + strings.Trim(blanks.ReplaceAllString(unfold(value), " "), " ")
}

func unfold(s string) string { return strings.ReplaceAll(s, "\r\n", "") }

// canonicalBody is RFC 6376 section 3.4.3 (simple) and 3.4.4 (relaxed).
func canonicalBody(body []byte, relaxed bool) []byte {
	lines := strings.Split(string(body), "\r\n")
	if relaxed {
		for i, l := range lines {
			lines[i] = strings.TrimRight(blanks.ReplaceAllString(l, " "), " ")
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		if relaxed {
			return nil
		}
		return []byte("\r\n")
	}
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

var signatureTag = regexp.MustCompile(`(^|;)([\s]*b[\s]*=)[^;]*`)

// withoutSignature empties a signature field's own b.
func withoutSignature(raw string) string {
	i := strings.IndexByte(raw, ':') + 1
	return raw[:i] + signatureTag.ReplaceAllString(raw[i:], "$1$2")
}

// tags reads a tag list (RFC 6376 section 3.2).
func tags(s string) map[string]string {
	m := map[string]string{}
	for _, part := range strings.Split(unfold(s), ";") {
		if k, v, ok := strings.Cut(part, "="); ok {
			m[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	return m
}

// strip takes the white space out of folded base64.
func strip(s string) string { return strings.Join(strings.Fields(s), "") }
