package appsyncstore_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// copying keeps the latest request, and can send it again.
type copying struct {
	client *http.Client
	latest *http.Request
	body   []byte
}

func (c *copying) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.latest, c.body = r, body
	r.Body = io.NopCloser(bytes.NewReader(body))
	return c.client.Do(r)
}

// keep returns a func that sends a copy of the latest request.
func (c *copying) keep(t *testing.T) (again func()) {
	r, body := c.latest, c.body
	return func() {
		again := r.Clone(t.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := c.client.Do(again)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

// TestLateCopies delivers a copy of each write again, after others. It must change
// nothing.
func TestLateCopies(t *testing.T) {
	api, now := appsynctest.Start(t), time.Now()
	network := &copying{client: http.DefaultClient}
	store := newStore(t, api, func(o *appsyncstore.Options) {
		o.HTTPClient, o.Now = network, func() time.Time { return now }
	})
	id := newJob(t, store)
	claim := func(owner string) (jobstore.Claim, func()) {
		t.Helper()
		job, err := store.Claim(t.Context(), id, jobstore.Lease{Owner: owner, Until: now.Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		return job.Claim(), network.keep(t)
	}
	report := func(c jobstore.Claim, seq, percent int) func() {
		t.Helper()
		h := jobstore.Heartbeat{Seq: seq, Progress: &jobstore.Progress{Percent: percent}, LeaseUntil: now.Add(time.Minute)}
		if err := store.Report(t.Context(), c, h); err != nil {
			t.Fatal(err)
		}
		return network.keep(t)
	}
	settle := func(c jobstore.Claim, o jobstore.Outcome[string]) func() {
		t.Helper()
		if err := store.Settle(t.Context(), c, o); err != nil {
			t.Fatal(err)
		}
		return network.keep(t)
	}
	copies := map[string]func(){}
	check := func(after string) {
		t.Helper()
		want := item(t, api, id)
		for name, again := range copies {
			now = now.Add(time.Second)
			again()
			if diff := cmp.Diff(want, item(t, api, id)); diff != "" {
				t.Errorf("after %s, a copy of %s changed the job (-want +got):\n%s", after, name, diff)
			}
		}
	}
	copies["create"] = network.keep(t)
	check("create")
	first, again := claim("one")
	now = now.Add(time.Second)
	copies["first report"] = report(first, 1, 10)
	copies["first claim"] = again
	now = now.Add(time.Second)
	copies["second report"] = report(first, 2, 90)
	check("the second report")
	copies["first settle"] = settle(first, jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
	check("the first settle")
	now = now.Add(time.Second)
	second, again := claim("two")
	report(second, 1, 5)
	copies["second claim"] = again
	check("the second claim")
	copies["second settle"] = settle(second, jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: true})
	check("the second settle")
	if _, err := store.Cancel(t.Context(), id, "no longer wanted"); err != nil {
		t.Fatal(err)
	}
	copies["cancel"] = network.keep(t)
	check("cancel")
}

// TestSettleTakesNoForeignOutcomeForItsOwn: another program has completed the job.
func TestSettleTakesNoForeignOutcomeForItsOwn(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	id := newJob(t, store)
	held, err := store.Claim(t.Context(), id, lease("o"))
	if err != nil {
		t.Fatal(err)
	}
	api.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id } }`,
		map[string]any{"input": map[string]any{"id": id, "status": "complete", "response": "theirs"}})
	if err := store.Settle(t.Context(), held.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: "ours"}); err == nil {
		t.Error("a settle whose output is not stored is a success")
	}
}

// TestOperatorsSeeTheDetail and subscribers do not.
func TestOperatorsSeeTheDetail(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	id := newJob(t, store)
	held, err := store.Claim(t.Context(), id, lease("o"))
	if err != nil {
		t.Fatal(err)
	}
	o := jobstore.Outcome[string]{Status: jobstore.Failed, Error: "The model is busy.", Detail: "https://api/?key=sk_1: 503"}
	if err := store.Settle(t.Context(), held.Claim(), o); err != nil {
		t.Fatal(err)
	}
	if job, err := store.Get(t.Context(), id); err != nil || job.Error != o.Error || job.ErrorDetail != o.Detail || job.Canceled {
		t.Errorf("got %+v, %v", job, err)
	}
}
