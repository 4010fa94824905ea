// Package standin has a server that tests use in place of a service.
package standin

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Server responds to every request with body and keeps what it got.
func Server(t *testing.T, status int, body string) (url string, got *[]string) {
	t.Helper()
	got = &[]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*got = append(*got, r.Header.Get("Authorization")+string(b))
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}
