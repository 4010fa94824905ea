package jobtask_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestStartReopens a job that failed, when it is told to, and no other.
func TestStartReopens(t *testing.T) {
	fail := func(out string, err error) jobstore.Handler[string, string] {
		return func(context.Context, *jobstore.Job[string, string]) (string, error) { return out, err }
	}
	for name, c := range map[string]struct {
		on       bool
		first    jobstore.Handler[string, string] // nil is a job that is canceled before it runs
		events   int
		status   jobstore.Status
		attempts int
	}{
		"a job that failed":             {true, fail("", jobstore.Permanent(errors.New("down"))), 2, jobstore.Complete, 2},
		"the same by default":           {false, fail("", jobstore.Permanent(errors.New("down"))), 1, jobstore.Failed, 1},
		"a job that is complete":        {true, fail("first", nil), 1, jobstore.Complete, 1},
		"a job that was canceled":       {true, nil, 1, jobstore.Failed, 0},
		"a job with another attempt":    {true, fail("", jobstore.RetryAfter(errors.New("429"), 1<<40)), 1, jobstore.Pending, 1},
		"a job that failed, given back": {true, fail("", jobstore.Snooze(1<<40)), 1, jobstore.Pending, 1},
	} {
		t.Run(name, func(t *testing.T) {
			jobs, client := memstore.New[string, string](), &queue{}
			handler := c.first
			var given string
			work := jobtask.New("work", client, jobs, func(ctx context.Context, j *jobstore.Job[string, string]) (string, error) {
				given = j.Input
				return handler(ctx, j)
			}, quiet, func(o *jobtask.Options) {
				o.RetryFailed, o.OnConflict = c.on, func(context.Context, jobtask.Conflict) error { return nil }
			})
			wrapped := selfinvoke.WrapFunc(func(ctx context.Context, in string) (string, error) { return "", work.Start(ctx, "1", in) }, work)
			deliver := func(in string) {
				t.Helper()
				if _, err := wrapped.Invoke(invocation(), []byte(`"`+in+`"`)); err != nil {
					t.Fatal(err)
				}
			}
			deliver("stored")
			if c.first == nil {
				if _, err := jobs.Cancel(t.Context(), "1", "not wanted"); err != nil {
					t.Fatal(err)
				}
			}
			_, _ = wrapped.Invoke(invocation(), client.events[0]) // a job that waits is an error of a task
			handler = fail("second", nil)
			for range 3 { // the second and third find a job that was reopened
				deliver("another")
			}
			if len(client.events) != c.events {
				t.Fatalf("%d events, want %d", len(client.events), c.events)
			}
			if c.events > 1 {
				given = ""
				if _, err := wrapped.Invoke(invocation(), client.events[1]); err != nil || given != "stored" {
					t.Errorf("ran with %q, %v", given, err)
				}
			}
			job, err := jobs.Get(t.Context(), "1")
			if err != nil || job.Status != c.status || job.Attempt != c.attempts {
				t.Errorf("the job is %s after %d attempts, %v; want %s after %d", job.Status, job.Attempt, err, c.status, c.attempts)
			}
		})
	}
}

// TestAReopenThatIsRefused: Start says that the store did not answer, so that the sender
// delivers again. A job that another call has reopened is that call's.
func TestAReopenThatIsRefused(t *testing.T) {
	boom := errors.New("no answer")
	for err, want := range map[error]error{
		boom: boom,
		&jobstore.Error{Op: "retry", ID: "1", Err: jobstore.ErrUnfinished}: nil,
		&jobstore.Error{Op: "retry", ID: "1", Err: jobstore.ErrFinished}:   nil,
	} {
		jobs, client := &stuck{Store: memstore.New[string, string](), err: err}, &queue{}
		if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		job, err := jobs.Claim(t.Context(), "1", jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if err := jobs.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed, Error: "down"}); err != nil {
			t.Fatal(err)
		}
		work := jobtask.New("work", client, jobs, answer, quiet, func(o *jobtask.Options) { o.RetryFailed = true })
		if got := work.Start(t.Context(), "1", "in"); !errors.Is(got, want) || len(client.events) > 0 {
			t.Errorf("%v: got %v, %d events", jobs.err, got, len(client.events))
		}
	}
}

// TestRetryFailedNeedsARetrier, since nothing else reopens a job.
func TestRetryFailedNeedsARetrier(t *testing.T) {
	type plain struct {
		jobstore.JobStore[string, string]
	}
	defer func() {
		if v, _ := recover().(string); !strings.HasPrefix(v, "jobtask: New: Options.RetryFailed is set") {
			t.Errorf("panicked with %q", v)
		}
	}()
	jobtask.New("work", &queue{}, plain{memstore.New[string, string]()}, answer, func(o *jobtask.Options) { o.RetryFailed = true })
}

// stuck is a store that reopens no job.
type stuck struct {
	*memstore.Store[string, string]
	err error
}

func (s *stuck) Retry(context.Context, string) (*jobstore.Job[string, string], error) {
	return nil, s.err
}
