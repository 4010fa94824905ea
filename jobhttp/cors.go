package jobhttp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// crossOrigin lets the pages of these origins use the API, and answers their preflights.
// Others are answered as ever, and their browsers keep the answer from them.
func crossOrigin(origins []string, w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(origins) == 0 {
		return false
	}
	header, origin := w.Header(), r.Header.Get("Origin")
	header.Add("Vary", "Origin")
	if !slices.Contains(origins, origin) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		preflight(w, r)
		return true
	}
	header.Set("Access-Control-Expose-Headers", "Location, ETag, Retry-After")
	return false
}

// preflight allows the headers that are asked for: an origin of the list is trusted, and
// an Authorize may read any header.
func preflight(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Add("Vary", "Access-Control-Request-Headers")
	header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	header.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// isOrigin is true of what browsers send as the Origin of a site.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" &&
		s == u.Scheme+"://"+strings.ToLower(u.Host) && !strings.Contains(s, "*")
}
