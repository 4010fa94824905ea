package crosscheck_test

import (
	"cmp"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

// TestBrowserClientShowsNoOlderView: it connects again, to a server that is behind. The end is
// shown, also a cancel by a clock that is behind.
func TestBrowserClientShowsNoOlderView(t *testing.T) {
	for _, options := range []string{`{}`, `{"poll":true}`} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			p := newPage(t, options, func(http.Handler) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					version := []string{"3", "1", "2"}[min(n.Add(1), 3)-1]
					status := cmp.Or(map[string]string{"2": "error"}[version], "processing")
					view := fmt.Sprintf(`{"id":"1","status":%q,"createdAt":"2026-01-01T00:00:00Z","version":%q}`, status, version)
					w.Header().Set("ETag", version)
					if r.URL.Path == "/1/events" {
						w.Header().Set("Content-Type", "text/event-stream")
						view = "id: " + version + "\ndata: " + view + "\n\n"
					}
					_, _ = fmt.Fprint(w, view)
				}
			})
			for _, want := range []string{"3", "2"} {
				if v, failures := p.view(t); v.Version != want || failures != 0 {
					t.Errorf("saw version %q after %d failures, want %q", v.Version, failures, want)
				}
			}
		})
	}
}

// TestBrowserClientKnowsAStream: neither a page in place of the stream nor a first answer
// without a view is the end of the job.
func TestBrowserClientKnowsAStream(t *testing.T) {
	var n atomic.Int32
	p := newPage(t, `{}`, func(http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if n.Add(1) > 1 {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprint(w, "data: {\"id\":\"1\",\"status\":\"complete\"}\n\n")
		}
	})
	if line := p.next(t); line.Failure == "" {
		t.Errorf("of a page: %+v, want a failure", line)
	}
	if line := p.next(t); line.Status != 204 || line.Rejected == "" {
		t.Errorf("of a first 204: %+v, want it rejected", line)
	}
}
