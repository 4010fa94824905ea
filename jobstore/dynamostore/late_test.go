package dynamostore_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// tape keeps the writes that go over it, so that they can be sent once more.
type tape struct {
	mu     sync.Mutex
	writes []*http.Request
}

func (r *tape) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	fresh := func() *http.Request {
		c := req.Clone(req.Context())
		c.Body = io.NopCloser(bytes.NewReader(body))
		return c
	}
	if operation := req.Header.Get("X-Amz-Target"); !strings.HasSuffix(operation, ".GetItem") {
		r.mu.Lock()
		r.writes = append(r.writes, fresh())
		r.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(fresh())
}

// take returns the writes since the last take.
func (r *tape) take() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.writes
	r.writes = nil
	return all
}

// copies sends writes once more, each twice, with any answer.
func copies(t *testing.T, writes []*http.Request) {
	t.Helper()
	for _, w := range append(writes, writes...) {
		body, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		w.Body = io.NopCloser(bytes.NewReader(body))
		c := w.Clone(t.Context())
		c.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := http.DefaultTransport.RoundTrip(c)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
}

// lateTest is the life of the job "a", some calls of which are copied.
type lateTest struct {
	*testing.T
	client *dynamodb.Client
	table  string
	store  *dynamostore.Store[string, string]
	now    time.Time
	tape   tape
	claim  jobstore.Claim // the latest
}

func newLateTest(t *testing.T, opts ...func(*dynamostore.Options)) *lateTest {
	l := &lateTest{T: t, now: time.Now()}
	l.client = dynamodb.New(newClient(t).Options(), func(o *dynamodb.Options) { o.HTTPClient = &http.Client{Transport: &l.tape} })
	opts = append(opts, func(o *dynamostore.Options) { o.Now = l.tick })
	l.table = newTable(t, newClient(t), opts...)
	var err error
	if l.store, err = dynamostore.New[string, string](l.client, l.table, opts...); err != nil {
		t.Fatal(err)
	}
	return l
}

// tick is the clock: no two requests are made in one millisecond.
func (l *lateTest) tick() time.Time {
	l.now = l.now.Add(time.Millisecond)
	return l.now
}

func (l *lateTest) check(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lateTest) create() {
	l.Helper()
	_, err := l.store.Create(l.Context(), "in", func(o *jobstore.CreateOptions) { o.ID, o.ExpiresAt = "a", l.now.Add(time.Hour) })
	l.check(err)
}

func (l *lateTest) claimIt() {
	l.Helper()
	job, err := l.store.Claim(l.Context(), "a", jobstore.Lease{Owner: jobstore.NewID(), Until: l.now.Add(time.Minute)})
	l.check(err)
	l.claim = job.Claim()
}

func (l *lateTest) report(seq, percent int) {
	l.Helper()
	l.check(l.store.Report(l.Context(), l.claim, jobstore.Heartbeat{Seq: seq, Progress: &jobstore.Progress{Percent: percent}, LeaseUntil: l.now.Add(time.Minute)}))
}

func (l *lateTest) settle(status jobstore.Status) { l.Helper(); l.settleUntil(status, time.Time{}) }

func (l *lateTest) settleUntil(status jobstore.Status, due time.Time) {
	l.Helper()
	o := jobstore.Outcome[string]{Status: status, ClaimableFrom: due, Output: "out", Error: "why", Progress: &jobstore.Progress{Percent: 77}, Uncounted: status == jobstore.Pending}
	l.check(l.store.Settle(l.Context(), l.claim, o))
}

func (l *lateTest) abandon() {
	l.Helper()
	_, err := l.store.Claim(l.Context(), "a", jobstore.Lease{Owner: jobstore.NewID(), Until: l.now.Add(time.Minute)})
	if !errors.Is(err, jobstore.ErrAbandoned) {
		l.Fatalf("%v, want ErrAbandoned", err)
	}
}

func (l *lateTest) cancel() {
	l.Helper()
	_, err := l.store.Cancel(l.Context(), "a", "no longer wanted")
	l.check(err)
}

func (l *lateTest) retry() {
	l.Helper()
	_, err := l.store.Retry(l.Context(), "a")
	l.check(err)
}

func (l *lateTest) rearm() {
	l.Helper()
	for found, err := range l.store.Stuck(l.Context(), l.now.Add(time.Hour)) {
		l.check(err)
		mine, err := l.store.Rearm(l.Context(), found, l.now.Add(2*time.Hour))
		if l.check(err); !mine {
			l.Error("the job was not re-armed")
		}
	}
}

// expire lets the job's time end.
func (l *lateTest) expire() { l.now = l.now.Add(2 * time.Hour) }

// replace has the job expire, and creates another with its ID.
func (l *lateTest) replace() {
	l.Helper()
	l.expire()
	l.create()
}

// wait lets the lease end.
func (l *lateTest) wait() { l.now = l.now.Add(2 * time.Minute) }

func (l *lateTest) held() { l.create(); l.claimIt(); l.report(1, 10) }

func (l *lateTest) exhausted() {
	l.Helper()
	_, err := l.store.Create(l.Context(), "in", func(o *jobstore.CreateOptions) {
		o.ID, o.ExpiresAt, o.MaxAttempts = "a", l.now.Add(time.Hour), 1
	})
	l.check(err)
	l.claimIt()
	l.wait()
}

// nulls makes the job one that is claimed as it was read.
func (l *lateTest) nulls() {
	l.Helper()
	put(l.T, newClient(l.T), l.table, map[string]any{
		"id": "a", "status": "pending", "input": "in", "attempt": nil, "error": nil, "history": nil, "expiresAt": l.now.Add(time.Hour).Unix(),
	})
}

// TestLateCopies delivers each write of each call again after all that may have
// happened since. A copy must change nothing.
func TestLateCopies(t *testing.T) {
	pending := func(l *lateTest) { l.settle(jobstore.Pending) }
	waiting := func(l *lateTest) { l.settleUntil(jobstore.Pending, l.now.Add(time.Minute)) }
	complete := func(l *lateTest) { l.settle(jobstore.Complete) }
	failed := func(l *lateTest) { l.settle(jobstore.Failed) }
	returned := func(l *lateTest) { l.claimIt(); l.settle(jobstore.Pending) } // by another worker
	type steps map[string][]func(*lateTest)
	afterClaim := steps{
		"at once": {}, "reported": {func(l *lateTest) { l.report(2, 20) }}, "the lease ended": {(*lateTest).wait},
		"pending": {pending}, "pending, another returned it": {pending, returned}, "pending, another claimed it": {pending, (*lateTest).claimIt},
		"pending, and another claim's lease has ended": {pending, (*lateTest).claimIt, (*lateTest).wait},
		"taken over": {(*lateTest).wait, (*lateTest).claimIt}, "taken over and returned": {(*lateTest).wait, returned},
		"waiting": {waiting}, "waiting, the lease ended": {waiting, (*lateTest).wait}, "waited, another returned it": {waiting, (*lateTest).wait, returned},
		"complete": {complete}, "failed": {failed}, "reopened": {failed, (*lateTest).retry}, "reopened and claimed": {failed, (*lateTest).retry, (*lateTest).claimIt}, "canceled": {(*lateTest).cancel}, "expired": {(*lateTest).expire},
		"replaced": {(*lateTest).replace}, "replaced, claimed": {(*lateTest).replace, (*lateTest).claimIt},
		"replaced, returned": {(*lateTest).replace, returned},
	}
	afterEnd := steps{
		"at once": {}, "expired": {(*lateTest).expire}, "replaced": {(*lateTest).replace},
		"replaced, claimed":  {(*lateTest).replace, (*lateTest).claimIt},
		"replaced, returned": {(*lateTest).replace, returned},
	}
	afterPending := steps{
		"at once": {}, "claimed": {(*lateTest).claimIt}, "returned": {returned}, "complete": {(*lateTest).claimIt, complete},
		"canceled": {(*lateTest).cancel}, "replaced": {(*lateTest).replace}, "replaced, claimed": {(*lateTest).replace, (*lateTest).claimIt},
	}
	for call, c := range map[string]struct {
		before []func(*lateTest)
		call   func(*lateTest)
		after  steps
	}{
		"create":             {nil, (*lateTest).create, afterPending},
		"create, expired":    {[]func(*lateTest){(*lateTest).held, (*lateTest).expire}, (*lateTest).create, afterPending},
		"claim":              {[]func(*lateTest){(*lateTest).create}, (*lateTest).claimIt, afterClaim},
		"claim, as read":     {[]func(*lateTest){(*lateTest).nulls}, (*lateTest).claimIt, afterClaim},
		"claim, taking over": {[]func(*lateTest){(*lateTest).held, (*lateTest).wait}, (*lateTest).claimIt, afterClaim},
		"report":             {[]func(*lateTest){(*lateTest).create, (*lateTest).claimIt}, func(l *lateTest) { l.report(1, 10) }, afterClaim},
		"settle as pending":  {[]func(*lateTest){(*lateTest).held}, pending, afterPending},
		"settle as waiting":  {[]func(*lateTest){(*lateTest).held}, waiting, steps{"at once": {}, "due": {(*lateTest).wait}, "claimed": {(*lateTest).wait, (*lateTest).claimIt}, "canceled": {(*lateTest).cancel}}},
		"settle as complete": {[]func(*lateTest){(*lateTest).held}, complete, afterEnd},
		"settle as failed":   {[]func(*lateTest){(*lateTest).held}, failed, afterEnd},
		"cancel":             {[]func(*lateTest){(*lateTest).create}, (*lateTest).cancel, afterEnd},
		"cancel, processing": {[]func(*lateTest){(*lateTest).held}, (*lateTest).cancel, afterEnd},
		"cancel, as read":    {[]func(*lateTest){(*lateTest).nulls}, (*lateTest).cancel, afterEnd},
		"abandoning claim":   {[]func(*lateTest){(*lateTest).exhausted}, (*lateTest).abandon, afterEnd},
		"creating once more": {[]func(*lateTest){(*lateTest).create, (*lateTest).replace}, func(*lateTest) {}, afterPending},
		"retry": {[]func(*lateTest){(*lateTest).held, failed}, (*lateTest).retry, steps{
			"at once": {}, "claimed": {(*lateTest).claimIt}, "returned": {returned}, "failed again": {(*lateTest).claimIt, failed},
			"complete": {(*lateTest).claimIt, complete}, "canceled": {(*lateTest).cancel}, "replaced": {(*lateTest).replace},
		}},
		"rearm": {[]func(*lateTest){(*lateTest).create, (*lateTest).wait}, (*lateTest).rearm, steps{
			"at once": {}, "claimed": {(*lateTest).claimIt}, "returned": {returned}, "failed": {(*lateTest).claimIt, failed},
			"started again": {(*lateTest).wait, (*lateTest).rearm}, "reopened": {(*lateTest).claimIt, failed, (*lateTest).retry}, "replaced": {(*lateTest).replace},
		}},
		"the whole of a life": {nil, func(l *lateTest) {
			l.held()
			l.wait()
			l.claimIt()
			pending(l)
			l.claimIt()
			failed(l)
		}, afterEnd},
	} {
		t.Run(call, func(t *testing.T) {
			for name, after := range c.after {
				t.Run(name, func(t *testing.T) {
					l := newLateTest(t, func(o *dynamostore.Options) { o.History, o.Index = true, "jobs" })
					for _, do := range c.before {
						do(l)
					}
					before := l.tape.take()
					c.call(l)
					writes := append(before, l.tape.take()...)
					for _, do := range after {
						do(l)
					}
					want := read(t, l.client, l.table, "a")
					copies(t, writes)
					if diff := cmp.Diff(want, read(t, l.client, l.table, "a")); diff != "" {
						t.Errorf("a copy changed the record (-before +after):\n%s", diff)
					}
				})
			}
		})
	}
}
