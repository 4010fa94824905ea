package appsyncstore_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// script is an HTTPClient that gives each request the next answer, and the last one
// from then on. An answer is a body, with the status 200 unless it begins with
// another one and a space.
type script struct {
	mu      sync.Mutex
	answers []string
	header  http.Header
	bodies  [][]byte // of the requests
	headers []http.Header
	echo    func(body []byte, header http.Header) string // the answer, if set
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies, s.headers = append(s.bodies, body), append(s.headers, r.Header)
	if s.echo != nil {
		return response(s.echo(body, r.Header), s.header)
	}
	answer := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	return response(answer, s.header)
}

func response(answer string, header http.Header) (*http.Response, error) {
	if answer == "" {
		return nil, errors.New("no connection")
	}
	status := http.StatusOK
	for _, code := range []int{400, 401, 403, 404, 413, 429, 500, 502, 503} {
		if rest, ok := strings.CutPrefix(answer, http.StatusText(code)+" "); ok {
			status, answer = code, rest
		}
	}
	body, cut := strings.CutSuffix(answer, "✂")
	var rest io.Reader = strings.NewReader(body)
	if cut {
		rest = io.MultiReader(rest, broken{})
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(rest)}, nil
}

// broken is the rest of a connection that is closed.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func (s *script) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

func scripted(t *testing.T, c *script, opts ...func(*appsyncstore.Options)) *appsyncstore.Store[string, string] {
	t.Helper()
	return scriptedFor[string, string](t, c, opts...)
}

func scriptedFor[In, Out any](t *testing.T, c *script, opts ...func(*appsyncstore.Options)) *appsyncstore.Store[In, Out] {
	t.Helper()
	opts = append(opts, func(o *appsyncstore.Options) { o.HTTPClient = c })
	store, err := appsyncstore.New[In, Out]("https://api.invalid/graphql", "QueryJob", appsyncstore.APIKey("da2-secretkeyofthetests"), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return store
}
