package outbound_test

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// TestRetryAfter is what a service asks for, in seconds or as a date.
func TestRetryAfter(t *testing.T) {
	for header, c := range map[string]struct{ least, most time.Duration }{
		"30": {30 * time.Second, 30 * time.Second},
		"0":  {}, "": {}, "soon": {}, "-1": {}, "1.5": {},
		"99999999999":          {math.MaxInt32 * time.Second, math.MaxInt32 * time.Second},
		"99999999999999999999": {math.MaxInt32 * time.Second, math.MaxInt32 * time.Second},
		time.Now().Add(time.Hour).UTC().Format(http.TimeFormat):  {59 * time.Minute, time.Hour},
		time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat): {},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		client, err := outbound.New(server.URL, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Post(t.Context(), nil, func(*http.Request, []byte) error { return nil })
		server.Close()
		var status *outbound.StatusError
		if !errors.As(err, &status) || status.Code != 429 || status.RetryAfter < c.least || status.RetryAfter > c.most {
			t.Errorf("%q: %+v, %v", header, status, err)
		}
	}
}

// TestRetryAfterByTheServersClock, of which the local one may differ by ten minutes.
func TestRetryAfterByTheServersClock(t *testing.T) {
	for _, off := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		now := time.Now().Add(off).UTC()
		h := http.Header{"Date": {now.Format(http.TimeFormat)}, "Retry-After": {now.Add(9 * time.Second).Format(http.TimeFormat)}}
		if got := outbound.RetryAfter(h); got != 9*time.Second {
			t.Errorf("off by %v: %v, want 9s", off, got)
		}
	}
}
