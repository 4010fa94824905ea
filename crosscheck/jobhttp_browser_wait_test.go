package crosscheck_test

import (
	"bytes"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// TestBrowserClientWaits as long as a refusal says, but no longer than 300 s, which the
// clock of the page makes 600 ms. A timer of JavaScript ends at once when its time is over
// 24 days.
func TestBrowserClientWaits(t *testing.T) {
	for after, want := range map[string]time.Duration{"1": 900 * time.Millisecond, "300": 580 * time.Millisecond, "99999999": 580 * time.Millisecond} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			var refused, served time.Time
			var told atomic.Bool // of the refusal: on a busy machine the client gives up before, after 90 ms
			p := newPage(t, `{"faster":500}`, func(api http.Handler) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					if !told.Load() {
						refused = time.Now()
						w.Header().Set("Retry-After", after)
						w.WriteHeader(http.StatusTooManyRequests)
						return
					}
					served = time.Now()
					api.ServeHTTP(w, r)
				}
			})
			for p.next(t).Status != http.StatusTooManyRequests {
			}
			told.Store(true)
			p.view(t)
			if waited := served.Sub(refused); waited < want {
				t.Errorf("waited %v, want %v", waited, want)
			}
		})
	}
}

// TestBrowserClientHasALimit: an event or an answer that never ends is not kept.
func TestBrowserClientHasALimit(t *testing.T) {
	for options, what := range map[string]string{`{}`: "the event is too long", `{"poll":true}`: "the answer is too long"} {
		p := newPage(t, options, func(http.Handler) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for block := bytes.Repeat([]byte("data: x\n"), 1<<17); ; {
					if _, err := w.Write(block); err != nil {
						return
					}
				}
			}
		})
		if line := p.next(t); line.Rejected != what || line.Status != http.StatusOK {
			t.Errorf("%s: got %+v", options, line)
		}
	}
}
