package jobtask_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func quiet(o *jobtask.Options) {
	o.Logger = slog.New(slog.DiscardHandler)
	o.Task = func(o *selfinvoke.Options) { o.Function = "f" }
}

// deployment is a function with one task, and the store of its jobs.
type deployment struct {
	*testing.T
	local *lambdalocal.Local
	jobs  *memstore.Store[string, string]
	work  *jobtask.Task[string, string]
	ran   atomic.Int32
	dead  atomic.Int32
}

func deploy(t *testing.T, handler jobstore.Handler[string, string], opts ...func(*lambdalocal.Options)) *deployment {
	d := &deployment{T: t, jobs: memstore.New[string, string]()}
	d.local = lambdalocal.New(append(opts, func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })...)
	t.Cleanup(func() { d.local.Close() })
	d.work = jobtask.New("work", d.local.Client(), d.jobs, func(ctx context.Context, j *jobstore.Job[string, string]) (string, error) {
		d.ran.Add(1)
		return handler(ctx, j)
	}, quiet)
	never := selfinvoke.WrapFunc(func(context.Context, string) (string, error) { panic("not called") }, d.work)
	_, err := d.local.AddFunction("f", never, func(o *lambdalocal.FunctionOptions) {
		o.Timeout, o.DeadLetter = 15*time.Minute, func(lambdalocal.DeadLetter) { d.dead.Add(1) }
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *deployment) start(id string) {
	d.Helper()
	if err := d.work.Start(d.Context(), id, "question"); err != nil {
		d.Errorf("start %s: %v", id, err)
	}
}

func (d *deployment) job(id string) *jobstore.Job[string, string] {
	d.Helper()
	j, err := d.jobs.Get(d.Context(), id)
	if err != nil {
		d.Fatal(err)
	}
	return j
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func slow(context.Context, *jobstore.Job[string, string]) (string, error) {
	time.Sleep(time.Minute)
	return "answer", nil
}

// TestRedeliveries arrive while the job runs and after it is done.
func TestRedeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, slow)
		d.start("delivery")
		after(time.Second)
		d.start("delivery")
		after(2 * time.Minute)
		d.start("delivery")
		after(time.Hour)
		if j := d.job("delivery"); d.ran.Load() != 1 || j.Output != "answer" || j.Attempt != 1 {
			t.Errorf("ran %d times, %+v", d.ran.Load(), j)
		}
		if n := strings.Count(d.local.Trace(), "queued"); n != 1 {
			t.Errorf("%d invocations were queued\n%s", n, d.local.Trace())
		}
	})
}

// TestRedeliveriesOfWhatFailed arrive between two attempts, and after a job was
// canceled before it began.
func TestRedeliveriesOfWhatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", errors.New("busy") })
		d.start("delivery")
		after(10 * time.Second)
		if j := d.job("delivery"); j.Status != jobstore.Pending || j.Attempt != 1 {
			t.Fatalf("%+v", j)
		}
		d.start("delivery")
		if _, err := d.jobs.Create(t.Context(), "question", func(o *jobstore.CreateOptions) { o.ID = "canceled" }); err != nil {
			t.Fatal(err)
		}
		if _, err := d.jobs.Cancel(t.Context(), "canceled", "not wanted"); err != nil {
			t.Fatal(err)
		}
		d.start("canceled")
		after(time.Hour)
		if n := strings.Count(d.local.Trace(), "queued"); n != 1 {
			t.Errorf("%d invocations were queued\n%s", n, d.local.Trace())
		}
	})
}

// TestRunOptions reach the run: the handler's context ends the margin earlier.
func TestRunOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs, sent := memstore.New[string, string](), &queue{}
		began, ended := time.Now(), time.Duration(0)
		work := jobtask.New("work", sent, jobs, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
			<-ctx.Done()
			ended = time.Since(began)
			return "", nil
		}, quiet, func(o *jobtask.Options) { o.Run = func(o *jobstore.RunOptions) { o.Margin = 20 * time.Second } })
		if err := work.Start(t.Context(), "delivery", "question"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		never := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { panic("not called") }, work)
		if _, err := never.Invoke(ctx, sent.events[0]); err != nil || ended != 40*time.Second {
			t.Errorf("the handler's context ended after %v, want 40s; %v", ended, err)
		}
	})
}

// TestDuplicateEventsRunNothing: Lambda delivers each event twice.
func TestDuplicateEventsRunNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, slow, func(o *lambdalocal.Options) { o.Faults.Duplicate = 1 })
		d.start("delivery")
		after(24 * time.Hour)
		if j := d.job("delivery"); d.ran.Load() != 1 || j.Status != jobstore.Complete || d.dead.Load() != 0 {
			t.Errorf("ran %d times, %d dead letters, %+v", d.ran.Load(), d.dead.Load(), j)
		}
	})
}

// TestFailuresAreOnTheRecord and not among the dead letters.
func TestFailuresAreOnTheRecord(t *testing.T) {
	for name, tt := range map[string]struct {
		handler jobstore.Handler[string, string]
		ran     int32
	}{
		"an error three times": {func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", errors.New("busy") }, 3},
		"for good": {func(context.Context, *jobstore.Job[string, string]) (string, error) {
			return "", jobstore.Permanent(errors.New("busy"))
		}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := deploy(t, tt.handler)
			three := func(o *jobstore.CreateOptions) { o.MaxAttempts = 3 } // as many as the event has
			if err := d.work.Start(t.Context(), "delivery", "question", three); err != nil {
				t.Fatal(err)
			}
			after(24 * time.Hour)
			if j := d.job("delivery"); j.Status != jobstore.Failed || j.ErrorDetail != "busy" || d.ran.Load() != tt.ran || d.dead.Load() != 0 {
				t.Errorf("%s: ran %d times, %d dead letters, %+v", name, d.ran.Load(), d.dead.Load(), j)
			}
		})
	}
}

// unreachable is a client whose calls fail.
type unreachable struct{}

func (unreachable) Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	return nil, errors.New("no route")
}

// TestStartAfterAFailedInvoke: the job was created, but its event was not sent.
func TestStartAfterAFailedInvoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, slow)
		broken := jobtask.New("work", unreachable{}, d.jobs, slow, quiet)
		var failed *selfinvoke.InvokeError
		if err := broken.Start(t.Context(), "delivery", "question"); !errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
		d.start("delivery") // the sender delivers it again
		after(time.Hour)
		if j := d.job("delivery"); j.Status != jobstore.Complete || d.ran.Load() != 1 {
			t.Errorf("ran %d times, %+v", d.ran.Load(), j)
		}
	})
}

// TestStartLeavesTheCallersOptionsAlone: concurrent calls may share a slice, and
// each would write its ID into it.
func TestStartLeavesTheCallersOptionsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, slow)
		shared := make([]func(*jobstore.CreateOptions), 0, 1)
		if err := d.work.Start(t.Context(), "delivery", "question", shared...); err != nil {
			t.Fatal(err)
		}
		if shared[:1][0] != nil {
			t.Error("an option was written behind the caller's")
		}
		after(time.Hour)
	})
}

func TestStartRefuses(t *testing.T) {
	d := deploy(t, slow)
	for _, id := range []string{"", strings.Repeat("x", jobstore.MaxIDBytes+1)} {
		if err := d.work.Start(t.Context(), id, "question"); !errors.Is(err, jobstore.ErrInvalid) {
			t.Errorf("an ID of %d bytes: %v", len(id), err)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	jobs := memstore.New[string, string]()
	work := jobtask.New("work", unreachable{}, jobs, slow)
	for want, misuse := range map[string]func(){
		"jobtask: New: store is nil":   func() { jobtask.New[string, string]("work", unreachable{}, nil, slow) },
		"jobtask: New: handler is nil": func() { jobtask.New("work", unreachable{}, jobs, nil) },
		"jobtask: New: Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs": func() { jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.Logger = nil }) },
		"jobtask: New: Options.Task is nil":                                                   func() { jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.Task = nil }) },
		"jobtask: New: Options.Run is nil":                                                    func() { jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.Run = nil }) },
		"jobtask: New: Options.OnConflict is nil": func() {
			jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.OnConflict = nil })
		},
		"jobtask: New: name is empty":               func() { jobtask.New("", unreachable{}, jobs, slow) },
		"jobtask: New: client is nil":               func() { jobtask.New("work", nil, jobs, slow) },
		"jobtask: New: option 2 of 2 is nil":        func() { jobtask.New("work", unreachable{}, jobs, slow, func(*jobtask.Options) {}, nil) },
		"jobtask: Worker: name is empty":            func() { jobtask.Worker("", unreachable{}, jobs, slow) },
		"jobtask: Worker: client is nil":            func() { jobtask.Worker("work", nil, jobs, slow) },
		"jobtask: Worker: store is nil":             func() { jobtask.Worker[string, string]("work", unreachable{}, nil, slow) },
		"jobtask: Worker: option 1 of 1 is nil":     func() { jobtask.Worker("work", unreachable{}, jobs, slow, nil) },
		"jobtask: Dispatcher: option 1 of 1 is nil": func() { work.Dispatcher(nil) },
		"jobtask: Start: option 1 of 1 is nil":      func() { _ = work.Start(t.Context(), "1", "in", nil) },
		"jobtask: Dispatcher: FuncOptions.Concurrency is 0, want at least 1": func() {
			work.Dispatcher(func(o *jobstream.FuncOptions) { o.Concurrency = 0 })
		},
		"jobtask: New: Options.Task: Options.MaxHops is 0, want at least 1": func() {
			jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.Task = func(o *selfinvoke.Options) { o.MaxHops = 0 } })
		},
		"jobtask: New: Options.Run: RunOptions.Lease is 0s, want at least 30s": func() {
			jobtask.New("work", unreachable{}, jobs, slow, func(o *jobtask.Options) { o.Run = func(o *jobstore.RunOptions) { o.Lease = 0 } })
		},
		"selfinvoke: Wrap: task 1 of 1 is nil or was not made by its constructor": func() { selfinvoke.Wrap(work.Dispatcher(), (*jobtask.Task[string, string])(nil)) },
		"selfinvoke: Wrap: task 1 of 2 is nil or was not made by its constructor": func() {
			selfinvoke.Wrap(work.Dispatcher(), &jobtask.Task[string, string]{}, work)
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("recovered %v, want %s", got, want)
				}
			}()
			misuse()
		}()
	}
}
