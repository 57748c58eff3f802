package contact

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/madoguchi/madoguchi/exchange"
)

// The look of a host: how much it is like the hosts of phishing that JPCERT/CC
// confirmed, and how little like ordinary ones. A logistic regression over
// what stands in the host (n-grams of the name, suffix, lengths, the
// observations of this package), hashed to 16 bits; `go run ./internal/contact/train`
// makes look.bin.

// lookBits is the logarithm of the number of weights.
const lookBits = 16

//go:embed look.bin
var lookBytes []byte

// lookModel is look.bin: three numbers (weight of one unit, score from which a
// host looks bad for sure, score from which somewhat), then the weights.
type lookModel struct {
	unit, strong, some float64
	weights            []byte // int8
}

func parseLook(b []byte) lookModel {
	f := func(i int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))) }
	return lookModel{f(0), f(1), f(2), b[12 : 12+1<<lookBits]}
}

var look = parseLook(lookBytes)

// LookFeatures calls f with the hash of each feature of a host and what it is,
// for the trainer and for explanations. rules are the observations that this
// package made of the host.
func LookFeatures(host string, rules []string, f func(hash uint32, kind, value string)) {
	put := func(kind, value string) {
		h := uint32(2166136261)
		for i := range len(kind) {
			h = (h ^ uint32(kind[i])) * 16777619
		}
		h = (h ^ '=') * 16777619
		for i := range len(value) {
			h = (h ^ uint32(value[i])) * 16777619
		}
		f((h^h>>16)&(1<<lookBits-1), kind, value)
	}
	suffix, _ := publicSuffix(host)
	rest := strings.TrimSuffix(strings.TrimSuffix(host, suffix), ".")
	sub, name := "", rest
	if i := strings.LastIndexByte(rest, '.'); i >= 0 {
		sub, name = rest[:i], rest[i+1:]
	}
	put("", "")
	put("suffix", suffix)
	put("end", suffix[strings.LastIndexByte(suffix, '.')+1:])
	digits, vowels, hyphens := 0, 0, 0
	for i := range len(name) {
		switch c := name[i]; {
		case isDigit(c):
			digits++
		case c == '-':
			hyphens++
		case strings.IndexByte("aeiou", c) >= 0:
			vowels++
		}
	}
	length := number(min(len(name), 25))
	put("length", length)
	put("length and suffix", length+" "+suffix)
	put("digits", number(min(digits, 6)))
	put("hyphens", number(min(hyphens, 4)))
	put("vowels", number(10*vowels/max(1, len(name)))+" "+number(min(len(name), 16)/2))
	put("levels", number(min(strings.Count(sub, ".")+min(len(sub), 1), 4)))
	put("shape", shapeOf(name))
	for n := 2; n <= 4; n++ {
		for i := -1; i+n <= len(name)+1; i++ {
			switch {
			case i < 0 && n > len(name)+1:
			case i < 0:
				put("begins", name[:n-1])
			case i+n > len(name):
				put("ends", name[i:])
			default:
				put("letters", name[i:i+n])
			}
		}
	}
	words(name, func(w string) { put("word", w) })
	for k, label := range strings.SplitN(sub, ".", 5) {
		if label == "" || k == 4 {
			break
		}
		if len(label) < 20 {
			put("front", label)
		} else {
			put("front", "long")
		}
		words(label, func(w string) { put("front word", w) })
		label = label[:min(len(label), 30)]
		for i := 0; i+3 <= len(label); i++ {
			put("front letters", label[i:i+3])
		}
	}
	for _, r := range rules {
		put("rule", r)
	}
}

// words calls f for the runs of letters of a label that are three and more.
func words(label string, f func(string)) {
	for _, w := range strings.FieldsFunc(label, func(r rune) bool { return r == '-' || r == '_' || r >= '0' && r <= '9' }) {
		if len(w) > 2 {
			f(w)
		}
	}
}

// shapeOf writes a for letters, 0 for digits, each run once.
func shapeOf(name string) string {
	var b [8]byte
	n := 0
	for i := range len(name) {
		c := byte('a')
		switch {
		case isDigit(name[i]):
			c = '0'
		case name[i] == '-':
			c = '-'
		}
		if n > 0 && b[n-1] == c {
			continue
		}
		if n == len(b) {
			break
		}
		b[n] = c
		n++
	}
	return string(b[:n])
}

var smallNumbers = func() (s [32]string) {
	for i := range s {
		s[i] = fmt.Sprint(i)
	}
	return s
}()

func number(n int) string { return smallNumbers[n] }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// score is the logarithm of the odds that a host is one of phishing, by its
// look alone.
func (m lookModel) score(host string, rules []string) float64 {
	sum := 0
	LookFeatures(host, rules, func(h uint32, _, _ string) { sum += int(int8(m.weights[h])) })
	return float64(sum) * m.unit
}

// explain names the three features that say most against a host.
func (m lookModel) explain(host string, rules []string) string {
	type part struct {
		kind, value string
		weight      int8
	}
	var best [3]part
	LookFeatures(host, rules, func(h uint32, kind, value string) {
		if kind == "rule" || kind == "" {
			return
		}
		p := part{kind, value, int8(m.weights[h])}
		for i := range best {
			if p.weight > best[i].weight {
				p, best[i] = best[i], p
			}
		}
	})
	var out []string
	for _, p := range best {
		if p.weight > 0 {
			out = append(out, p.kind+" "+p.value)
		}
	}
	return strings.Join(out, ", ")
}

// HostRules are the rules among a judgement's evidence that speak of the host
// itself, in order, as LookFeatures takes them.
func HostRules(p *exchange.ContactPoint) []string {
	var rules []string
	for _, e := range p.Evidence {
		switch e.Rule {
		case "brand-in-foreign-host", "official-domain-in-front", "host-one-edit-from-brand", "host-imitates-suffix", "host-punycode", "host-mixed-scripts", "free-hosting", "url-shortener", "suffix-often-abused":
			rules = append(rules, e.Rule)
		}
	}
	return rules
}

// attributeType reports whether a host stands under a JP suffix that only an
// organization of a kind which it has proven may hold (JPRS,
// 属性型JPドメイン名登録等に関する規則): its look tells nothing.
func attributeType(host string) bool {
	switch suffix, _ := publicSuffix(host); suffix {
	case "co.jp", "or.jp", "ne.jp", "ac.jp", "ed.jp", "gr.jp", "ad.jp", "go.jp", "lg.jp":
		return true
	}
	return false
}

// judgeLook adds what the host's look says.
func judgeLook(p *exchange.ContactPoint, host string) {
	if attributeType(host) {
		return
	}
	rules := HostRules(p)
	switch s := look.score(host, rules); {
	case s >= look.strong:
		observe(p, "host-looks-like-phishing", look.explain(host, rules), exchange.SuspicionStrong)
	case s >= look.some:
		observe(p, "host-looks-odd", look.explain(host, rules), exchange.SuspicionSome)
	}
}
