package appsyncstore_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// copyOf is what a read of the job answers now.
func (w *wire) copyOf(t *testing.T, api *appsynctest.API, id string) (answer string) {
	t.Helper()
	store := newStore(t, api, func(o *appsyncstore.Options) {
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			raw, err := io.ReadAll(resp.Body)
			if err != nil {
				return nil, err
			}
			answer = string(raw)
			return response(answer, nil)
		})
	})
	if _, err := store.Get(t.Context(), id); err != nil && !errors.Is(err, jobstore.ErrNotFound) {
		t.Fatal(err)
	}
	return answer
}

// old has the next n reads answered by a copy that has seen no write since now.
func (w *wire) old(t *testing.T, api *appsynctest.API, id string, n int) {
	t.Helper()
	w.answering(w.copyOf(t, api, id), n)
}

// showing has all reads answered by a copy.
func (w *wire) showing(answer string) { w.answering(answer, math.MaxInt) }

func (w *wire) answering(answer string, n int) {
	before := w.hook
	w.hook = func(op string, send func() (*http.Response, error)) (*http.Response, error) {
		if op == "getQueryJob" && n > 0 {
			n--
			return response(answer, nil)
		}
		if before != nil {
			return before(op, send)
		}
		return send()
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// loseFirst is lose for a hook that others are laid over.
func (w *wire) loseFirst(op string) {
	lost := false
	w.hook = func(at string, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if err == nil && at == op+"QueryJob" && !lost {
			lost = true
			resp.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return resp, err
	}
}

// TestOldReads has AppSync's reads, which are eventually consistent, show what was
// before the write whose answer was lost.
func TestOldReads(t *testing.T) {
	api := appsynctest.Start(t)
	for name, c := range map[string]struct {
		op   string
		call func(l *losing, id string, c jobstore.Claim) error
	}{
		"settle": {"update", func(l *losing, _ string, c jobstore.Claim) error { return l.settle(c, jobstore.Complete) }},
		"cancel": {"update", func(l *losing, id string, _ jobstore.Claim) error {
			job, err := l.store.Cancel(l.Context(), id, "why")
			if err == nil && job.Error != "why" {
				l.Errorf("Cancel returned %+v", job)
			}
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLosing(t, api)
			id := l.create()
			claim := l.claim(id)
			l.loseFirst(c.op)
			l.old(t, api, id, 1)
			l.take()
			if err := c.call(l, id, claim); err != nil {
				t.Error(err)
			}
			if got := l.take(); got != "2 get, 2 update" {
				t.Errorf("it took %q", got)
			}
		})
	}
	t.Run("create", func(t *testing.T) {
		l := newLosing(t, api)
		id := jobstore.NewID()
		l.loseFirst("create")
		l.old(t, api, id, 2)
		if got, err := l.store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil || got.Input != "in" {
			t.Errorf("Create returned %+v, %v", got, err)
		}
	})
	t.Run("create of a job that is there", func(t *testing.T) {
		l := newLosing(t, api)
		id := jobstore.NewID()
		l.old(t, api, id, 2)
		newJob(t, l.store, func(o *jobstore.CreateOptions) { o.ID = id })
		if got, err := l.store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = id }); !errors.Is(err, jobstore.ErrExists) || got == nil {
			t.Errorf("Create returned %+v, %v; want ErrExists with the job", got, err)
		}
	})
	t.Run("cancel of a job that was just created and canceled", func(t *testing.T) {
		l := newLosing(t, api)
		id := jobstore.NewID()
		l.old(t, api, id, 2)
		newJob(t, l.store, func(o *jobstore.CreateOptions) { o.ID = id })
		for range 2 {
			if got, err := l.store.Cancel(t.Context(), id, "why"); err != nil || got.Error != "why" {
				t.Errorf("Cancel returned %+v, %v", got, err)
			}
		}
	})
	t.Run("claim of a job that was just created and claimed", func(t *testing.T) {
		l := newLosing(t, api)
		id := jobstore.NewID()
		l.old(t, api, id, 2)
		newJob(t, l.store, func(o *jobstore.CreateOptions) { o.ID = id })
		l.claim(id)
		if got, err := l.store.Claim(t.Context(), id, lease("o")); !errors.Is(err, jobstore.ErrLeased) || got.LeaseUntil.IsZero() {
			t.Errorf("Claim returned %+v, %v; want ErrLeased with the job", got, err)
		}
	})
	t.Run("claim of what looks claimable", func(t *testing.T) {
		l := newLosing(t, api)
		id := l.create()
		if err := l.settle(l.claim(id), jobstore.Pending); err != nil {
			t.Fatal(err)
		}
		l.old(t, api, id, 100)
		held := l.claim(id)
		if job, err := l.store.Claim(t.Context(), id, lease("o")); job != nil || err == nil || !strings.Contains(err.Error(), "other writers were faster") {
			t.Errorf("Claim returned %v, want an error that says that others were faster", err)
		}
		if err := l.settle(held, jobstore.Complete); err != nil {
			t.Errorf("the holder could not settle: %v", err)
		}
	})
}

const refusal = `{"data":{"x":null},"errors":[{"path":["x"],"errorType":"DynamoDB:ConditionalCheckFailedException","message":"The conditional request failed"}]}`

// TestNeverRead gives up when no read shows what refused a write: with an error that
// promises no job, and not before the reads had time to catch up.
func TestNeverRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &script{echo: func(body []byte, _ http.Header) string {
			if strings.Contains(string(body), "mutation") {
				return refusal
			}
			return `{"data":{"getQueryJob":null}}`
		}}
		store := scripted(t, c)
		began := time.Now()
		job, err := store.Create(t.Context(), "in")
		if waited := time.Since(began); job != nil || err == nil || errors.Is(err, jobstore.ErrExists) || waited < time.Second {
			t.Errorf("Create returned %+v, %v after %v", job, err, waited)
		}
		began = time.Now()
		_, err = store.Claim(t.Context(), "a", lease("o"))
		if waited := time.Since(began); !errors.Is(err, jobstore.ErrNotFound) || waited != 750*time.Millisecond {
			t.Errorf("Claim returned %v after %v, want ErrNotFound after two waits", err, waited)
		}
		if _, err := store.Cancel(t.Context(), "a", "why"); !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("Cancel returned %v, want ErrNotFound", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := store.Claim(ctx, "a", lease("o")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Claim returned %v when its context ended in a wait", err)
		}
		claim := jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
		began = time.Now()
		if err := store.Report(t.Context(), claim, jobstore.Heartbeat{Seq: 1}); !errors.Is(err, jobstore.ErrLeaseLost) || time.Since(began) != 750*time.Millisecond {
			t.Errorf("Report returned %v after %v, want ErrLeaseLost after two waits", err, time.Since(began))
		}
	})
}

// TestReadFails returns the error of the read after a refusal, which is not the
// refusal.
func TestReadFails(t *testing.T) {
	c := &script{echo: func(body []byte, _ http.Header) string {
		if strings.Contains(string(body), "mutation") {
			return refusal
		}
		return "Forbidden "
	}}
	for op, err := range everyCall(t.Context(), scripted(t, c)) {
		var e *appsyncstore.Error
		if !errors.As(err, &e) || e.Status != http.StatusForbidden || errors.Is(err, jobstore.ErrLeaseLost) {
			t.Errorf("%s: %v, want the read's error", op, err)
		}
	}
}

// TestAbandonedJobCameBack has the worker of a last attempt renew its lease between
// the read that found it run out and the write that would end the job.
func TestAbandonedJobCameBack(t *testing.T) {
	l := newLosing(t, appsynctest.Start(t))
	id := l.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	held := l.claim(id)
	l.now = l.now.Add(2 * time.Minute)
	l.after("get", func() {
		if err := l.store.Report(t.Context(), held, jobstore.Heartbeat{Seq: 2, LeaseUntil: l.now.Add(time.Minute)}); err != nil {
			t.Error(err)
		}
	})
	if _, err := l.store.Claim(t.Context(), id, lease("other")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("the claim returned %v, want ErrLeased", err)
	}
	if err := l.settle(held, jobstore.Complete); err != nil {
		t.Errorf("the worker, which held its lease again, could not settle: %v", err)
	}
}

// TestExpiredMeanwhile has a job deleted between the read of a claim that would
// abandon it and the write.
func TestExpiredMeanwhile(t *testing.T) {
	api := appsynctest.Start(t)
	l := newLosing(t, api)
	id := l.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	l.claim(id)
	l.now = l.now.Add(2 * time.Minute)
	l.after("get", func() {
		api.Query(t, `mutation ($input: DeleteQueryJobInput!) { deleteQueryJob(input: $input) { id } }`, map[string]any{"input": map[string]any{"id": id}})
	})
	if _, err := l.store.Claim(t.Context(), id, lease("other")); !errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("the claim returned %v, want ErrNotFound", err)
	}
}
