package contact

import (
	_ "embed"
	"strings"
	"sync"
)

// suffixes.txt is the Public Suffix List (publicsuffix.org, MPL-2.0) with its
// private section (made by `contact/tables suffixes`), one rule a line, sorted by
// bytes: rule, space, i for ICANN
// or p for private. Package golang.org/x/net/publicsuffix would do, but it
// brings net/http with it, which nothing under check may reach.
//
//go:embed suffixes.txt
var suffixesText string

// suffixRule looks a rule up. found is false where the list has none such.
func suffixRule(rule string) (private, found bool) {
	lo, hi := 0, len(suffixesText)
	for lo < hi {
		m := lo + (hi-lo)/2
		for m > lo && suffixesText[m-1] != '\n' {
			m--
		}
		end := m + strings.IndexByte(suffixesText[m:], '\n')
		line := suffixesText[m : end-2] // without the mark
		switch {
		case line == rule:
			return suffixesText[end-1] == 'p', true
		case line < rule: // as the file is sorted: a space comes before every other byte
			lo = end + 1
		default:
			hi = m
		}
	}
	return false, false
}

// unusual are the rules that begin with ! and *: few, and first in the file.
var unusual = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(suffixesText) {
		if line[0] != '!' && line[0] != '*' {
			break
		}
		m[line[:len(line)-3]] = line[len(line)-2] == 'p'
	}
	return m
})

// publicSuffix returns the suffix of a host under which anybody may register,
// and whether it is one of the list's private section (a hosting service). An
// unlisted top-level domain is a suffix itself.
func publicSuffix(host string) (suffix string, private bool) {
	// The longest rule counts; an exception undoes a wildcard
	// (https://publicsuffix.org/list/, algorithm).
	rules := unusual()
	var buf [256]byte
	with := func(mark byte, s string) (private, found bool) {
		if len(s) >= len(buf) {
			return false, false
		}
		buf[0] = mark
		private, found = rules[string(buf[:1+copy(buf[1:], s)])]
		return private, found
	}
	for s := host; ; {
		if p, ok := with('!', s); ok {
			return s[strings.IndexByte(s, '.')+1:], p
		}
		if p, ok := suffixRule(s); ok {
			return s, p
		}
		i := strings.IndexByte(s, '.')
		if i < 0 {
			return s, false
		}
		if p, ok := with('*', s[i:]); ok {
			return s, p
		}
		s = s[i+1:]
	}
}

// registrable returns the registrable domain of a host: its public suffix and
// the label before it, the host itself where it is a suffix or an address.
func registrable(host string) string {
	if host == "" || host[len(host)-1] <= '9' { // an address
		return host
	}
	suffix, _ := publicSuffix(host)
	if len(suffix) >= len(host) {
		return host
	}
	rest := host[:len(host)-len(suffix)-1]
	return host[strings.LastIndexByte(rest, '.')+1:]
}
