package httpevent

import (
	"net/http"
	"strings"
)

// cookies are those of a request, one by one: an event of payload format 2.0 has
// them in a list of its own, and not in the headers.
func cookies(h http.Header) []string {
	var all []string
	for _, line := range h.Values("Cookie") {
		for c := range strings.SplitSeq(line, ";") {
			if c = strings.TrimSpace(c); c != "" {
				all = append(all, c)
			}
		}
	}
	return all
}
