package appsyncstore

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// checkEndpoint refuses an address to which a request would go in clear text. No error
// holds the address, since it may hold a password.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("endpoint is not a URL such as https://….appsync-api.eu-west-1.amazonaws.com/graphql")
	case u.User != nil:
		return errors.New("endpoint has a user name or password, want neither")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("endpoint is http, want https: only localhost and loopback addresses may do without")
	}
	return nil
}

// loopback is true of localhost and of loopback addresses in their usual form. What
// another spelling such as 127.1 means depends on the resolver.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}
