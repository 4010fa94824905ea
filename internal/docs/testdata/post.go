package slack

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestPost has services that send the token and the job elsewhere, do not end, do not
// answer at an address that is a secret, are reached in clear text, and answer with many lines.
func TestPost(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer other.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/switched":
			w.WriteHeader(http.StatusSwitchingProtocols)
		case "/endless":
			for err := error(nil); err == nil; {
				_, err = io.WriteString(w, strings.Repeat("x", 1<<16))
			}
		case "/lines":
			_, _ = io.WriteString(w, strings.Repeat("\n", 1<<19))
		}
	}))
	defer service.Close()
	for _, url := range []string{service.URL + "/moved", service.URL + "/switched", service.URL + "/endless", gone.URL + "/secret", strings.Replace(service.URL, "127.0.0.1", "0.0.0.0", 1) + "/lines", "https://hooks.example.com/secret\n"} {
		text, err := post(t.Context(), url, "token", "job")
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %d bytes and the error %v", url, len(text), err)
		}
	}
	began := time.Now()
	if text, err := post(t.Context(), service.URL+"/lines", "", "job"); err != nil || len(text) != 1<<19 || time.Since(began) > 10*time.Second {
		t.Errorf("%d lines and %v after %v", len(text), err, time.Since(began)) // a minute, if each line copies all
	}
}
