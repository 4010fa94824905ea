package jobclient_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestRetryAfterByTheServersClock, of which the local one may differ by ten minutes.
func TestRetryAfterByTheServersClock(t *testing.T) {
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			began, requests := time.Now(), 0
			c := client(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if requests++; requests > 1 {
					_, _ = w.Write([]byte(`{"id":"1","status":"pending"}`))
					return
				}
				now := time.Now().Add(off).UTC()
				w.Header().Set("Date", now.Format(http.TimeFormat))
				w.Header().Set("Retry-After", now.Add(9*time.Second).Format(http.TimeFormat))
				w.WriteHeader(http.StatusServiceUnavailable)
			}))
			_, err := c.Get(t.Context(), "1")
			if took := time.Since(began); err != nil || requests != 2 || took != 9*time.Second {
				t.Errorf("off by %v: %d requests in %v: %v", off, requests, took, err)
			}
		})
	}
}
