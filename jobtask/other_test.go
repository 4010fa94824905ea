package jobtask_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
)

// afterOther runs an invocation of 15 minutes for the job "own", which takes the given
// time, while another one waits. It returns the other jobs and the number of events.
func afterOther(t *testing.T, own time.Duration, others int, other jobstore.Handler[string, string], opts ...func(*jobstore.CreateOptions)) (left []*jobstore.Job[string, string], events int) {
	t.Helper()
	client, jobs := &queue{}, memstore.New[string, string]()
	h := jobtask.Worker("work", client, jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		if job.ID == "own" {
			time.Sleep(own)
			return "", nil
		}
		return other(ctx, job)
	}, still)
	ids := []string{"own"}
	for n := range others {
		ids = append(ids, fmt.Sprint(n))
	}
	for _, id := range ids {
		opts := append(opts, func(o *jobstore.CreateOptions) { o.ID = id })
		if _, err := jobs.Create(t.Context(), "Sales?", opts...); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Minute)
	ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
	defer cancel()
	if _, err := h.Invoke(ctx, envelope(t, "own")); err != nil {
		t.Error(err)
	}
	for _, id := range ids[1:] {
		job, err := jobs.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, job)
	}
	return left, len(client.events)
}

// envelope is the event for the job with this ID.
func envelope(t *testing.T, id string) []byte {
	t.Helper()
	client := &queue{}
	task := jobtask.New("work", client, memstore.New[string, string](), answer, quiet)
	if err := task.Restart(invocation(), jobstore.Stuck{ID: id}); err != nil {
		t.Fatal(err)
	}
	return client.events[0]
}

// takes is a handler of jobs that take d.
func takes(d time.Duration, ends error) jobstore.Handler[string, string] {
	return func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		select {
		case <-time.After(d):
			return "done", ends
		case <-ctx.Done():
			return "", fmt.Errorf("calling the model: %w", ctx.Err())
		}
	}
}

// TestTheTimeOfAnother: a job that an invocation runs after its own has less time. What
// that time stops does not count as an attempt, even where a job has only one.
func TestTheTimeOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		once := func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 }
		jobs, _ := afterOther(t, 4*time.Minute, 1, takes(12*time.Minute, nil), once)
		if job := jobs[0]; job.Status != jobstore.Pending || job.Uncounted != 1 || job.MaxAttempts != 2 {
			t.Errorf("the job is %+v", job)
		}
	})
}

// TestAFailureBeforeTheEnd counts, as does one that has nothing to do with the time.
func TestAFailureBeforeTheEnd(t *testing.T) {
	for name, h := range map[string]jobstore.Handler[string, string]{
		"a deadline of the handler's own": takes(time.Minute, context.DeadlineExceeded),
		"another error at the end": func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
			<-ctx.Done()
			return "", errors.New("no such file")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				jobs, _ := afterOther(t, time.Minute, 1, h)
				if job := jobs[0]; job.Attempt != 1 || job.Uncounted != 0 {
					t.Errorf("the job is %+v", job)
				}
			})
		})
	}
}

// TestOthersThatFail are looked at one by one: after each the invocation has less time.
func TestOthersThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		own, other time.Duration
		ran        int
	}{
		"twice the longest is left": {time.Second, 4 * time.Minute, 2},
		"a third is left":           {time.Second, 150 * time.Second, 4},
		"less than a third":         {11 * time.Minute, time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				jobs, events := afterOther(t, c.own, 8, takes(c.other, errors.New("no such file")))
				ran := 0
				for _, job := range jobs {
					ran += job.Attempt
				}
				if ran != c.ran || events != 1 {
					t.Errorf("ran %d others and sent %d events, want %d and 1", ran, events, c.ran)
				}
			})
		})
	}
}

// TestTheTimeOfAnotherEnds the patience with a job that no invocation is long enough for.
func TestTheTimeOfAnotherEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, jobs := &queue{}, memstore.New[string, string]()
		h := jobtask.Worker("work", client, jobs, takes(time.Hour, nil), still)
		if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID, o.MaxAttempts = "1", 1 }); err != nil {
			t.Fatal(err)
		}
		for range 11 {
			time.Sleep(time.Minute)
			if job, err := jobs.Get(t.Context(), "1"); err != nil || job.Status != jobstore.Pending {
				t.Fatalf("the job is %+v, %v", job, err)
			}
			ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
			if _, err := h.Invoke(ctx, envelope(t, "missing")); err != nil {
				t.Error(err)
			}
			cancel()
		}
		if job, err := jobs.Get(t.Context(), "1"); err != nil || job.Status != jobstore.Failed || job.Attempt != 11 {
			t.Errorf("the job is %+v, %v", job, err)
		}
	})
}

// picking is a store whose Pick finds what it is told to, and then hangs.
type picking struct {
	*memstore.Store[string, string]
	finds []string
	calls *int
}

func (p picking) Pick(ctx context.Context, _ time.Time, _ int) ([]string, error) {
	if *p.calls++; len(p.finds) > 0 {
		return slices.Clone(p.finds), nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestAPickThatMisleads costs an invocation no more than a moment.
func TestAPickThatMisleads(t *testing.T) {
	for name, c := range map[string]struct {
		finds []string
		picks int
		took  time.Duration
	}{
		"a record that no worker can claim": {[]string{"gone"}, 2, 0},
		"the event's own job":               {[]string{"own"}, 1, 0},
		"a dead connection":                 {nil, 1, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, jobs := &queue{}, picking{memstore.New[string, string](), c.finds, new(int)}
				if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = "own" }); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
				defer cancel()
				began := time.Now()
				_, err := jobtask.Worker("work", client, jobs, answer, still).Invoke(ctx, envelope(t, "own"))
				if took := time.Since(began); err != nil || took != c.took || *jobs.calls != c.picks || len(client.events) > 0 {
					t.Errorf("%v after %v, %d picks and %d events, want %v and %d", err, took, *jobs.calls, len(client.events), c.took, c.picks)
				}
			})
		})
	}
}
