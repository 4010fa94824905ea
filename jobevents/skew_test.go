package jobevents_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
)

// TestAWrongClock is corrected by the answer's Date, once for all requests that follow. Any
// other refusal is final.
func TestAWrongClock(t *testing.T) {
	for name, c := range map[string]struct {
		code, requests int
		off            time.Duration
	}{
		"behind":    {http.StatusForbidden, 2, time.Hour},
		"ahead":     {http.StatusUnauthorized, 2, -time.Hour},
		"right":     {http.StatusForbidden, 1, 2 * time.Minute},
		"too large": {http.StatusRequestEntityTooLarge, 1, time.Hour},
	} {
		f := newFixture(t)
		var signed time.Time
		server := func() time.Time { return time.Now().Add(c.off).UTC() }
		refuse := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", server().Format(http.TimeFormat))
			w.WriteHeader(c.code)
		}
		take := func(w http.ResponseWriter, r *http.Request) {
			signed, _ = time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
			f.taken(w, r)
		}
		f.create("a")
		f.server.Answer(refuse, take, take)
		_, err := f.p.Invoke(t.Context(), f.next())
		if n := f.server.Requests(); n != c.requests || (err == nil) != (c.requests == 2) {
			t.Errorf("%s: %d requests, %v; want %d", name, n, err, c.requests)
		}
		if c.requests == 1 {
			continue
		}
		f.create("b")
		f.invoke()
		if n := f.server.Requests(); n != 3 || signed.Sub(server()).Abs() > time.Minute {
			t.Errorf("%s: request %d is signed at %v, want 3 at %v", name, n, signed, server())
		}
	}
}

// TestAKeyHasNoClock, so its refusal is final whatever the Date.
func TestAKeyHasNoClock(t *testing.T) {
	f := newFixture(t)
	p, err := jobevents.New[answer](f.server.URL, jobevents.APIKey("key"), quiet)
	if err != nil {
		t.Fatal(err)
	}
	f.create("a")
	f.server.Answer(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusUnauthorized)
	})
	if _, err := p.Invoke(t.Context(), f.next()); err == nil || f.server.Requests() != 1 {
		t.Errorf("%d requests, %v; want 1", f.server.Requests(), err)
	}
}

// TestAnExpiredToken: the source is asked for another one, once a request.
func TestAnExpiredToken(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc
		requests int
		taken    bool
	}{
		"expired":            {[]http.HandlerFunc{status(401, "")}, 2, true},
		"expired, then busy": {[]http.HandlerFunc{status(401, ""), status(503, "")}, 3, true},
		"busy, then expired": {[]http.HandlerFunc{status(503, ""), status(401, "")}, 3, true},
		"refused":            {[]http.HandlerFunc{status(401, ""), status(401, ""), status(401, "")}, 2, false},
		"forbidden":          {[]http.HandlerFunc{status(403, "")}, 1, false},
	} {
		f, asked := newFixture(t), 0
		p, err := jobevents.New[answer](f.server.URL, jobevents.Token(func(context.Context) (string, error) {
			asked++
			return fmt.Sprint("token-", asked), nil
		}), quiet)
		if err != nil {
			t.Fatal(err)
		}
		f.create("a")
		f.server.Answer(c.answers...)
		f.server.Answer(f.taken)
		_, err = p.Invoke(t.Context(), f.next())
		if n := f.server.Requests(); n != c.requests || asked != n || (err == nil) != c.taken {
			t.Errorf("%s: %d requests, the source was asked %d times, %v; want %d", name, n, asked, err, c.requests)
		}
	}
}
