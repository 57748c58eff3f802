package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoEscapes: nothing that was received reaches a terminal as a command to it.
func TestNoEscapes(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("MADOGUCHI_CASEBOOK", filepath.Join(dir, "book"))
	t.Setenv("MADOGUCHI_PASSPHRASE", "four words that stay")
	const evil = "\x1b]0;owned\x07\x1b[31m\u009b31mパスワードは abc\x1b[2J です\x08\r!"
	name := filepath.Join(dir, "evil.txt")
	if err := os.WriteFile(name, []byte(evil), 0o600); err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(dir, "a\x1b[31m.txt")
	if err := os.WriteFile(odd, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	var id bytes.Buffer
	if run([]string{"case", "new", evil}, strings.NewReader(""), &id, &bytes.Buffer{}) != exitOK {
		t.Fatal("no case")
	}
	for _, args := range [][]string{
		{"check", name}, {"talk", name}, {"redact", name}, {"policy", name}, {"window", evil}, {"window", "--org", evil, "https://example.com/"},
		{"case", "list"}, {"case", "add", strings.TrimSpace(id.String()), "--file", odd}, {"case", "show", strings.TrimSpace(id.String())}, {"org", "find", evil}, {"check", "--channel", evil, "x"}, {"case", "show", evil},
	} {
		var out, errw bytes.Buffer
		run(args, strings.NewReader(""), &out, &errw)
		for _, s := range []string{out.String(), errw.String()} {
			if strings.ContainsAny(s, "\x1b\x07\x08\u009b") || strings.Contains(strings.ReplaceAll(s, "\r\n", ""), "\r") {
				t.Errorf("%q prints %q", args, s)
			}
		}
	}
}
