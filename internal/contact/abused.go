package contact

import (
	"sync"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// Hosts of one kind, whoever may use them: data/hosts says what each list is and where it
// comes from.
var (
	suspiciousSuffixes = hosts("suspicious_suffixes")
	freePictures       = hosts("free_pictures")
	openStages         = hosts("open_stages")
	shorteners         = hosts("shorteners")
	freeMail           = hosts("free_mail")
	forwarders         = sync.OnceValue(func() map[string][]string {
		m := map[string][]string{}
		for _, h := range knowledge.HostsOf("forwarders") {
			m[h.Host+h.Path] = h.Parameters
		}
		return m
	})
)

// hosts gives the hosts of a list by name.
func hosts(list string) func(host string) (knowledge.Host, bool) {
	m := sync.OnceValue(func() map[string]knowledge.Host {
		m := map[string]knowledge.Host{}
		for _, h := range knowledge.HostsOf(list) {
			m[h.Host] = h
		}
		return m
	})
	return func(host string) (knowledge.Host, bool) {
		h, ok := m()[host]
		return h, ok
	}
}

// among reports whether a host is one of a list.
func among(list func(string) (knowledge.Host, bool), host string) bool {
	_, ok := list(host)
	return ok
}
