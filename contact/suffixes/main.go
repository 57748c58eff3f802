// Command suffixes turns the Public Suffix List into contact/suffixes.txt, the
// sorted form in which package contact searches it. Run it from the top of the
// repository with the list's file, for example from Debian's package
// publicsuffix or PyPI's publicsuffixlist:
//
//	go run ./contact/suffixes /usr/share/publicsuffix/public_suffix_list.dat
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"

	"golang.org/x/net/idna"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: suffixes public_suffix_list.dat")
		os.Exit(2)
	}
	if err := write(os.Args[1], "contact/suffixes.txt"); err != nil {
		fmt.Fprintln(os.Stderr, "suffixes:", err)
		os.Exit(1)
	}
}

func write(list, out string) error {
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
