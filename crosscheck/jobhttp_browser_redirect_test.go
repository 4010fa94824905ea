package crosscheck_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestBrowserClientFollowsNoRedirect, which would get its headers.
func TestBrowserClientFollowsNoRedirect(t *testing.T) {
	for _, options := range []string{`{}`, `{"poll":true}`} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			var again atomic.Bool
			p := newPage(t, options, func(api http.Handler) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasPrefix(r.URL.Path, "/1") {
						t.Errorf("asked for %s", r.URL)
					}
					if !again.Swap(true) {
						http.Redirect(w, r, "/jobs/2", http.StatusTemporaryRedirect)
						return
					}
					api.ServeHTTP(w, r)
				}
			})
			if _, failures := p.view(t); failures != 1 {
				t.Errorf("%d failures, want 1", failures)
			}
		})
	}
}
