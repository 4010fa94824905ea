package httpresult

import "net/http"

// headerV2 makes each cookie a Set-Cookie header.
func (r *result) headerV2(defaultType string) http.Header {
	h := r.header(defaultType)
	for _, c := range r.Cookies {
		h.Add("Set-Cookie", c)
	}
	return h
}
