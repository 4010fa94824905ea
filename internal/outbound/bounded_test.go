package outbound_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

type doer func() (*http.Response, error)

func (d doer) Do(*http.Request) (*http.Response, error) { return d() }

// closing tells whether it was closed.
type closing struct {
	io.Reader
	closed *bool
}

func (c closing) Close() error { *c.closed = true; return nil }

// TestBounded refuses status 101 and what follows the limit, and changes no other answer.
func TestBounded(t *testing.T) {
	do := func(status int, body string) (resp *http.Response, closed bool, err error) {
		resp, err = outbound.Bounded(doer(func() (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: closing{strings.NewReader(body), &closed}}, nil
		})).Do(nil)
		return resp, closed, err
	}
	if resp, closed, err := do(101, "x"); resp != nil || !closed || err == nil {
		t.Errorf("101: %v, closed %t, %v", resp, closed, err)
	}
	for _, tt := range []struct {
		bytes  int
		failed bool
	}{{0, false}, {outbound.MaxAnswer, false}, {outbound.MaxAnswer + 1, true}} {
		resp, _, err := do(400, strings.Repeat("x", tt.bytes))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if len(body) != min(tt.bytes, outbound.MaxAnswer) || (err != nil) != tt.failed {
			t.Errorf("%d bytes: read %d, %v", tt.bytes, len(body), err)
		}
	}
	lost := errors.New("lost")
	if _, err := outbound.Bounded(doer(func() (*http.Response, error) { return nil, lost })).Do(nil); err != lost {
		t.Errorf("without an answer: %v", err)
	}
}

// TestAuthorizingEnds, also if the context does not.
func TestAuthorizingEnds(t *testing.T) {
	waits := func(r *http.Request, _ []byte) error {
		<-r.Context().Done()
		return r.Context().Err()
	}
	_, err := client(t, "http://localhost:1", 10*time.Millisecond).Post(context.Background(), nil, waits)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
