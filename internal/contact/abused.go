package contact

import (
	"slices"
	"strings"
	"sync"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

// Hosts of one kind, whoever may use them: data/hosts says what each list is and where it
// comes from.
var (
	suspiciousSuffixes = hosts("suspicious_suffixes")
	freePictures       = hosts("free_pictures")
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

// openStages are the places where anybody may publish, by host: several where a service has
// several.
var openStages = sync.OnceValue(func() map[string][]knowledge.Host {
	m := map[string][]knowledge.Host{}
	for _, h := range knowledge.HostsOf("open_stages") {
		m[h.Host] = append(m[h.Host], h)
	}
	return m
})

// anybodys reports whether an address is a page that anybody may have put there.
func anybodys(a address) bool {
	begins := func(path string) bool { return strings.HasPrefix(a.path, path) }
	for host, under := a.host, false; host != ""; under = true {
		for _, h := range openStages()[host] {
			if under && h.Tenants && a.host != "www."+host || !under && !h.Tenants && len(a.path) > 1 && begins(h.Path) && !slices.ContainsFunc(h.Own, begins) {
				return true
			}
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}

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
