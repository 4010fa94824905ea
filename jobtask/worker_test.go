package jobtask_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// still is quiet for a worker.
func still(o *jobtask.WorkerOptions) { quiet(&o.Options) }

// The events of both schedules, as users have logged them.
const (
	ruleEvent      = `{"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012","time":"2015-10-08T16:53:06Z","region":"us-east-1","resources":["arn:aws:events:us-east-1:123456789012:rule/my-scheduled-rule"],"detail":{}}`
	schedulerEvent = `{"version":"0","id":"37666ae6-48cf-4285-b4c6-a3320b38824a","detail-type":"Scheduled Event","source":"aws.scheduler","account":"257676781382","time":"2024-06-13T12:30:00Z","region":"us-east-2","resources":["arn:aws:scheduler:us-east-2:257676781382:schedule/default/x"],"detail":"{}"}`
)

// TestWorkerSweeps starts what has waited too long, on both kinds of schedule.
func TestWorkerSweeps(t *testing.T) {
	for name, event := range map[string]string{"rule": ruleEvent, "scheduler": schedulerEvent} {
		t.Run(name, func(t *testing.T) {
			jobs, client := memstore.New[string, string](), &queue{}
			if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
				t.Fatal(err)
			}
			var told jobstore.Swept
			h := jobtask.Worker("work", client, jobs, answer, still, func(o *jobtask.WorkerOptions) {
				o.OnSweep = func(_ context.Context, s jobstore.Swept) { told = s }
				o.Sweep = func(o *jobstore.SweepOptions) {
					o.Now, o.Logger = func() time.Time { return time.Now().Add(time.Hour) }, slog.New(slog.DiscardHandler)
				}
			})
			out, err := h.Invoke(invocation(), []byte(event))
			if want := `{"started":1,"taken":0,"failed":0,"left":0,"early":false}`; err != nil || string(out) != want || told.Started != 1 || len(client.events) != 1 {
				t.Fatalf("got %s, %v, %+v, and %d events", out, err, told, len(client.events))
			}
			if _, err := h.Invoke(invocation(), client.events[0]); err != nil {
				t.Error(err)
			}
			if job, err := jobs.Get(t.Context(), "1"); err != nil || job.Status != jobstore.Complete || job.HandOvers != 0 {
				t.Errorf("%+v, %v", job, err)
			}
		})
	}
}

// TestWorkerRefuses what is of none of its triggers, and quotes nothing of it.
func TestWorkerRefuses(t *testing.T) {
	for event, want := range map[string]string{
		`{"secret":1}`: "neither Records nor a source",
		`{}`:           "neither Records nor a source",
		`[]`:           "not a JSON object",
		`"secret"`:     "not a JSON object",
		``:             "not a JSON object",
		`{"source":"aws.s3","detail-type":"Object Created","detail":{"secret":1}}`:             "not a scheduled event",
		`{"source":"secret","detail-type":"Scheduled Event"}`:                                  "not a scheduled event",
		`{"Source":"aws.events","Detail-Type":"Scheduled Event"}`:                              "neither Records nor a source",
		`{"source":["aws.events"],"detail-type":"Scheduled Event"}`:                            "not a scheduled event",
		`{"requestContext":{"http":{}},"source":"aws.events","detail-type":"Scheduled Event"}`: "an HTTP request",
		`{"records":[],"x":"secret"}`:                                                          "neither Records nor a source",
	} {
		client := &queue{}
		out, err := jobtask.Worker("work", client, memstore.New[string, string](), answer, still).Invoke(invocation(), []byte(event))
		var refused *jobtask.EventError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") || out != nil || len(client.events) > 0 {
			t.Errorf("%s: got %s, %v, want %q", event, out, err, want)
		}
	}
}

// TestWorkerShowsAFailedSweep, so that an alarm on the function's errors sees it.
func TestWorkerShowsAFailedSweep(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "Sales?"); err != nil {
		t.Fatal(err)
	}
	h := jobtask.Worker("work", unreachable{}, jobs, answer, still, func(o *jobtask.WorkerOptions) {
		o.Sweep = func(o *jobstore.SweepOptions) {
			o.Now, o.Logger = func() time.Time { return time.Now().Add(time.Hour) }, slog.New(slog.DiscardHandler)
		}
	})
	_, err := h.Invoke(invocation(), []byte(ruleEvent))
	failed, ok := err.(*jobtask.SweepError)
	var invoke *selfinvoke.InvokeError
	if !ok || failed.Swept.Failed != 1 || !errors.As(err, &invoke) {
		t.Errorf("got %v", err)
	}
}

// TestWorkerHasNoTimeToSweep, as with a timeout of a second: no sweep would start a job.
func TestWorkerHasNoTimeToSweep(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "Sales?"); err != nil {
		t.Fatal(err)
	}
	h := jobtask.Worker("work", &queue{}, jobs, answer, still, func(o *jobtask.WorkerOptions) {
		o.Sweep = func(o *jobstore.SweepOptions) {
			o.Margin, o.Now, o.Logger = time.Hour, func() time.Time { return time.Now().Add(time.Hour) }, slog.New(slog.DiscardHandler)
		}
	})
	ctx, cancel := context.WithTimeout(invocation(), time.Minute)
	defer cancel()
	_, err := h.Invoke(ctx, []byte(ruleEvent))
	if failed, ok := err.(*jobtask.SweepError); !ok || !errors.Is(failed, jobstore.ErrTooLate) || !strings.Contains(err.Error(), "raise the function's timeout") {
		t.Errorf("got %v, want an error that says what to do", err)
	}
}

// TestWorkerLeavesWaitingToTheSweep: an event whose job waits, or that another worker
// holds, has succeeded. One whose job could not be settled has not.
func TestWorkerLeavesWaitingToTheSweep(t *testing.T) {
	for name, c := range map[string]struct {
		held, later bool
		err         error
		broken      bool
	}{
		"an attempt that failed":          {err: errors.New("busy")},
		"a 429":                           {err: jobstore.RetryAfter(errors.New("busy"), time.Hour)},
		"a snooze":                        {err: jobstore.Snooze(time.Hour)},
		"a job that another worker holds": {held: true},
		"a job that starts later":         {later: true},
		"a store that is down":            {broken: true},
	} {
		t.Run(name, func(t *testing.T) {
			mem, client := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true }), &queue{}
			jobs := &unsettled{Store: mem, broken: c.broken}
			create := func(o *jobstore.CreateOptions) { o.ID = "1" }
			if _, err := mem.Create(t.Context(), "Sales?", create); err != nil {
				t.Fatal(err)
			}
			failing := func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", c.err }
			h := jobtask.Worker("work", client, jobs, failing, still, func(o *jobtask.WorkerOptions) {
				o.Run = func(o *jobstore.RunOptions) {
					o.MaxWait, o.Lease, o.LeaseGrace, o.Logger = 0, 3*time.Second, time.Second, slog.New(slog.DiscardHandler)
				}
			})
			if _, err := h.Invoke(invocation(), pendingEvent(t.Context(), mem)); err != nil || len(client.events) != 1 {
				t.Fatalf("%v, %d events", err, len(client.events))
			}
			if c.held {
				if _, err := mem.Claim(t.Context(), "1", jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
					t.Fatal(err)
				}
			}
			if c.later {
				job, err := mem.Claim(t.Context(), "1", jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)})
				if err != nil {
					t.Fatal(err)
				}
				if err := mem.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: time.Now().Add(time.Hour)}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := h.Invoke(invocation(), client.events[0]); (err != nil) != c.broken {
				t.Errorf("the event ended with %v", err)
			}
		})
	}
}

// unsettled is a store whose settles fail when it is broken.
type unsettled struct {
	*memstore.Store[string, string]
	broken bool
}

func (u *unsettled) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	if u.broken {
		return errors.New("no answer")
	}
	return u.Store.Settle(ctx, c, o)
}

// TestWorkerNeedsASweeper and usable options.
func TestWorkerPanics(t *testing.T) {
	type plain struct {
		jobstore.JobStore[string, string]
	}
	jobs := memstore.New[string, string]()
	with := func(f func(*jobtask.WorkerOptions)) func() {
		return func() { jobtask.Worker("work", &queue{}, jobs, answer, f) }
	}
	for want, f := range map[string]func(){
		"is not a jobstore.Sweeper":           func() { jobtask.Worker("work", &queue{}, plain{jobs}, answer) },
		"jobtask: Worker: name is empty":      func() { jobtask.Worker("", &queue{}, jobs, answer) },
		"jobtask: Worker: client is nil":      func() { jobtask.Worker("work", nil, jobs, answer) },
		"WorkerOptions.Sweep is nil":          with(func(o *jobtask.WorkerOptions) { o.Sweep = nil }),
		"WorkerOptions.OnSweep is nil":        with(func(o *jobtask.WorkerOptions) { o.OnSweep = nil }),
		"WorkerOptions.Stream is nil":         with(func(o *jobtask.WorkerOptions) { o.Stream = nil }),
		"WorkerOptions.MaxJobs is 0":          with(func(o *jobtask.WorkerOptions) { o.MaxJobs = 0 }),
		"jobtask: Worker: Options.Run is nil": with(func(o *jobtask.WorkerOptions) { o.Run = nil }),
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panicked with %s, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
