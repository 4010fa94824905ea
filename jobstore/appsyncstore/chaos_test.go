package appsyncstore_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

func TestChaos(t *testing.T) {
	api := appsynctest.Start(t)
	api.Clear(t)
	seed := rand.Uint64()
	b := newBridge(t, seed, api.Function())
	jobstoretest.Chaos(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
		store, err := appsyncstore.New[string, string](api.URL, "QueryJob", unsigned{}, func(o *appsyncstore.Options) {
			o.Now, o.HTTPClient = c.Now, b
		})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}, func(o *jobstoretest.ChaosOptions) { o.Jobs, o.Seed = 10, seed })
}

// unsigned leaves the signature to the bridge.
type unsigned struct{}

func (unsigned) Authorize(*http.Request, []byte) error { return nil }

// bridge lets goroutines of a synctest bubble use a real client, whose own
// goroutines live outside it: while a request is under way, no virtual time passes.
// It makes one request in ten twice, as the SDK's retryer does whose first answer is
// lost. It signs requests itself, since a signature of the bubble bears the bubble's date.
type bridge struct {
	sign  appsynctest.Caller
	rng   *rand.Rand
	calls chan func()
	done  chan struct{}
	free  chan struct{} // holds one token: one request at a time
}

func newBridge(t *testing.T, seed uint64, sign appsynctest.Caller) *bridge {
	b := &bridge{sign: sign, rng: rand.New(rand.NewPCG(seed, 0)), calls: make(chan func()), done: make(chan struct{}), free: make(chan struct{}, 1)}
	b.free <- struct{}{}
	go func() {
		for call := range b.calls {
			call()
			b.done <- struct{}{}
		}
	}()
	t.Cleanup(func() { close(b.calls) })
	return b
}

func (b *bridge) Do(r *http.Request) (resp *http.Response, err error) {
	<-b.free
	b.calls <- func() {
		if b.rng.IntN(10) == 0 {
			if _, err = b.send(r); err != nil {
				return
			}
		}
		resp, err = b.send(r)
	}
	<-b.done
	b.free <- struct{}{}
	return resp, err
}

// send performs a request outside the bubble and reads all of its answer.
func (b *bridge) send(r *http.Request) (*http.Response, error) {
	r = r.Clone(context.Background())
	var err error
	if r.Body, err = r.GetBody(); err != nil {
		return nil, err
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	if err := b.sign(r, sent); err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}
