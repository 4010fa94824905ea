package outbound_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
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

// TestBoundedFollowsNoRedirect: what is behind one gets no request, and is not believed where
// the client cannot be kept from it.
func TestBoundedFollowsNoRedirect(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	follows := &http.Client{}
	for _, status := range []int{301, 302, 303, 307, 308} {
		service := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		defer service.Close()
		post := func(d outbound.Doer) (*http.Response, error) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, service.URL, strings.NewReader("work"))
			if err != nil {
				t.Fatal(err)
			}
			return outbound.Bounded(d).Do(r)
		}
		resp, err := post(follows)
		if err != nil || resp.StatusCode != status {
			t.Errorf("%d: got %v, %v", status, resp, err)
		}
		if asked != 0 {
			t.Errorf("%d: the work was sent elsewhere", status)
		}
		if resp, err := post(wrapped{follows}); resp != nil || err == nil || err.Error() != "a redirect was followed" {
			t.Errorf("%d: another client: got %v, %v", status, resp, err)
		}
		asked = 0
	}
	if follows.CheckRedirect != nil {
		t.Error("the user's client was changed")
	}
}

// closable is a body as smithy-go's: its WriteTo fails once it is closed.
type closable struct{ closed bool }

func (c *closable) Close() error                     { c.closed = true; return nil }
func (c *closable) Read([]byte) (int, error)         { return 0, io.EOF }
func (c *closable) WriteTo(io.Writer) (int64, error) { return 0, io.EOF }

// TestBoundedKeepsFastAnswers: that its body is closed by then does not fail the request.
func TestBoundedKeepsFastAnswers(t *testing.T) {
	body := &closable{}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
	r.ContentLength = 1
	_, err := outbound.Bounded(asked(func(sent *http.Request) error {
		sent.Body.Close()
		_, err := io.Copy(io.Discard, sent.Body)
		return err
	})).Do(r)
	if err != nil {
		t.Errorf("looking for the end of a closed body: %v", err)
	}
	if !body.closed {
		t.Error("the body was not closed")
	}
	if r.Body != body {
		t.Error("the caller's request was changed")
	}
}

// TestBoundedLeavesABodyThatIsMissing to the client, which says what is wrong.
func TestBoundedLeavesABodyThatIsMissing(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	r.Body, r.ContentLength = nil, 1
	_, _ = outbound.Bounded(asked(func(sent *http.Request) error {
		if sent.Body != nil {
			t.Errorf("the body is a %T", sent.Body)
		}
		return nil
	})).Do(r)
}

// TestBoundedSendsNoEmptyBody: net/http would send one of an unknown length in chunks.
func TestBoundedSendsNoEmptyBody(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = outbound.Bounded(asked(func(sent *http.Request) error {
		if sent.Body != r.Body {
			t.Errorf("the body became a %T", sent.Body)
		}
		return nil
	})).Do(r)
}

// asked is a client that does that with a request.
type asked func(*http.Request) error

func (a asked) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(""))}, a(r)
}

// wrapped hides the type of a client.
type wrapped struct{ outbound.Doer }

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
