package outbound_test

import (
	"errors"
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
		"0":  {}, "": {}, "soon": {}, "-1": {}, "99999999999": {}, "1.5": {},
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
