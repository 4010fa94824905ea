// Package loopback tells the programs of this machine from web pages that its user
// visits. A page can send requests to servers on loopback, and after DNS rebinding it
// can read the answers.
package loopback

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// IsHost reports whether the value of a Host header names this machine. A browser sends
// the name in the address of the page, so it is another one after DNS rebinding. No
// browser takes an address with a zone.
func IsHost(host string) bool {
	name := Name(host)
	address, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && address.Unmap().IsLoopback() && address.Zone() == ""
}

// Name is the value of a Host header without the port, in lower case, and without the
// dot that may end a name.
func Name(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// PageHeader returns the name of a header that only browsers send, with the requests of
// web pages. It is empty if there is none.
func PageHeader(r *http.Request) string {
	for _, name := range []string{"Origin", "Sec-Fetch-Site"} {
		if _, ok := r.Header[name]; ok {
			return name
		}
	}
	return ""
}
