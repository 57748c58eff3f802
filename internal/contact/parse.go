package contact

import (
	"strings"

	"github.com/nlnwa/whatwg-url/url"
)

// address is a URL taken apart as a browser does it (URL Standard,
// https://url.spec.whatwg.org/). Two parsers that disagree about the host are how
// an impostor's page passes for the organization's own: this is the only one.
type address struct {
	scheme   string
	host     string // ASCII, lower case, without a dot at the end; "" where the scheme has none
	port     string // "" for the scheme's own
	user     string // user name, "" where there is none
	userInfo bool   // something stands before an @ in front of the host
	path     string // as written, with its escapes; of schemes without a host all behind the colon
	query    string // without the question mark
	fragment string // without the number sign
	mended   bool   // written so that no browser reads it: example[.]com
}

// parseURL reads a URL as people and messages write it: with or without a scheme,
// defanged, with a slip of the pen. ok is false where a browser refuses it.
func parseURL(s string) (a address, ok bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if len(s) > maxURL {
		return a, false
	}
	a.mended = strings.Contains(s, "[.]")
	s = mend(s)
	if !hasScheme(s) {
		s = "http://" + strings.TrimLeft(s, "/\\")
	}
	if simple(s, &a) {
		return a, true
	}
	u, err := url.Parse(s)
	if err != nil {
		return a, false
	}
	a.scheme = strings.TrimSuffix(u.Protocol(), ":")
	a.host = strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	a.port, a.user, a.userInfo = u.Port(), u.Username(), u.Username() != "" || u.Password() != ""
	a.path, a.query, a.fragment = u.Pathname(), strings.TrimPrefix(u.Search(), "?"), strings.TrimPrefix(u.Hash(), "#")
	if a.scheme == "http" || a.scheme == "https" || a.scheme == "ws" || a.scheme == "wss" || a.scheme == "ftp" {
		return a, a.host != "" && len(a.host) <= maxHost
	}
	return a, a.host != "" || a.path != ""
}

// maxURL bounds an address that is looked at, in bytes: browsers open none that is
// much longer, and a host has at most 253 (RFC 1035).
const (
	maxURL  = 16 << 10
	maxHost = 253
)

// simple takes the usual URL apart, whose host is letters, digits, dots and
// hyphens, in which nothing can be read in two ways. It leaves a alone and returns
// false where something could.
func simple(s string, a *address) bool {
	scheme := ""
	switch {
	case strings.HasPrefix(s, "https://"):
		scheme = "https"
	case strings.HasPrefix(s, "http://"):
		scheme = "http"
	default:
		return false
	}
	rest := s[len(scheme)+3:]
	end := 0
	label, numeric := 0, true // where the last label begins, whether it has only digits
	for end < len(rest) {
		c := rest[end]
		if c >= 'a' && c <= 'z' || c == '-' || c >= 'A' && c <= 'Z' {
			numeric = false
		} else if c == '.' {
			label, numeric = end+1, true
		} else if c < '0' || c > '9' {
			break
		}
		end++
	}
	host := rest[:end]
	if end == 0 || end > maxHost || numeric || label >= end || hasHexLabel(host[label:]) || strings.Contains(host, "..") || host[0] == '.' {
		return false // a number may be an address; an empty label is odd
	}
	if end < len(rest) && rest[end] != '/' && rest[end] != '?' && rest[end] != '#' {
		return false
	}
	host = strings.ToLower(host)
	if strings.Contains(host, "--") { // punycode, and what is reserved beside it
		return false
	}
	tail := rest[end:]
	for i := range len(tail) {
		if c := tail[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	// A path with dots in it is shortened by browsers.
	if strings.Contains(tail, "/.") || strings.Contains(tail, "%2e") || strings.Contains(tail, "%2E") {
		return false
	}
	a.scheme, a.host = scheme, host
	tail, a.fragment, _ = strings.Cut(tail, "#")
	a.path, a.query, _ = strings.Cut(tail, "?")
	if a.path == "" {
		a.path = "/"
	}
	return true
}

// hasHexLabel reports whether a host's last label is a number in hexadecimal.
func hasHexLabel(s string) bool {
	return len(s) >= 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')
}

// hasScheme reports whether a URL says how it is to be opened: "example.com:8080/"
// does not.
func hasScheme(s string) bool {
	i := strings.IndexByte(s, ':')
	if i <= 0 {
		return false
	}
	scheme := strings.ToLower(strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s[:i]))
	switch scheme {
	case "http", "https", "ftp", "ws", "wss", "file", "data", "javascript", "vbscript", "mailto", "tel", "sms", "smsto", "intent", "blob", "about", "view-source", "line", "market", "itms-apps", "whatsapp", "tg", "facetime":
		return true
	}
	if strings.HasPrefix(s[i:], "://") {
		for _, c := range scheme {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
				return false
			}
		}
		return scheme[0] >= 'a'
	}
	return false
}

// mend turns a URL that was written so that nobody opens it, or with a slip of
// the pen, into the one that is meant.
func mend(s string) string {
	i := strings.IndexByte(s, ':')
	if i > 0 && i <= 6 {
		switch scheme := strings.ToLower(s[:i]); scheme {
		case "hxxp", "hhttp", "htttp", "htp", "ttp", "http ":
			s = "http" + s[i:]
		case "hxxps", "ttps", "hhttps", "htttps", "htps", "tps":
			s = "https" + s[i:]
		}
	}
	return strings.ReplaceAll(s, "[.]", ".")
}

// params calls f with the names and values of a query, unescaped, in order, at
// most maxParams.
func params(query string, f func(name, value string)) {
	for n := 0; query != "" && n < maxParams; n++ {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		f(unescape(name), unescape(value))
	}
}

const maxParams = 100

// unescape decodes percent escapes; broken ones stay.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			b = append(b, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		case s[i] == '+':
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c - 'a' + 10)
	case c >= 'A' && c <= 'F':
		return int(c - 'A' + 10)
	}
	return -1
}
