package httpevent

import (
	"net/http"
	"strings"
)

// cookies lists the cookies of a request one by one, as payload format 2.0 does.
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
