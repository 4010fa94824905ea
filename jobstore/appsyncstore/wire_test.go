package appsyncstore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// wire is an HTTPClient that counts operations and lets a test have its way with
// their answers.
type wire struct {
	mu    sync.Mutex
	calls map[string]int
	hook  func(op string, send func() (*http.Response, error)) (*http.Response, error)
}

var root = regexp.MustCompile(`[)y] \{ (\w+)\(`)

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var request struct{ Query string }
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	op := root.FindStringSubmatch(request.Query)[1]
	w.mu.Lock()
	w.calls[op]++
	hook := w.hook
	w.mu.Unlock()
	send := func() (*http.Response, error) { return http.DefaultClient.Do(r) }
	if hook == nil {
		return send()
	}
	return hook(op, send)
}

// take returns what was called since the last take.
func (w *wire) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, op := range slices.Sorted(maps.Keys(w.calls)) {
		all = append(all, fmt.Sprintf("%d %s", w.calls[op], strings.TrimSuffix(op, "QueryJob")))
	}
	clear(w.calls)
	return strings.Join(all, ", ")
}

// wired returns a store of the API whose requests go through the wire.
func wired(t *testing.T, api *appsynctest.API, opts ...func(*appsyncstore.Options)) (*appsyncstore.Store[string, string], *wire) {
	t.Helper()
	w := &wire{calls: map[string]int{}}
	store := newStore(t, api, append(opts, func(o *appsyncstore.Options) { o.HTTPClient = w })...)
	return store, w
}

func lease(owner string) jobstore.Lease {
	return jobstore.Lease{Owner: owner, Until: time.Now().Add(time.Minute)}
}

// after has do run once, right after the next request to op has been performed.
func (w *wire) after(op string, do func()) {
	w.hook = func(at string, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if at == op+"QueryJob" {
			w.hook = nil
			do()
		}
		return resp, err
	}
}
