package jobstore_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

var errBusy = errors.New("429 from the model")

// oncePer returns what its arguments say, one for each attempt, and then nil.
func oncePer(errs ...error) jobstore.Handler[string, string] {
	return func(context.Context, *job) (string, error) {
		if len(errs) == 0 {
			return "out", nil
		}
		err := errs[0]
		errs = errs[1:]
		return "", err
	}
}

// TestWhatAHandlerAsksFor is what the job is and waits for after one attempt of two.
func TestWhatAHandlerAsksFor(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		err    error
		status jobstore.Status
		wait   time.Duration
		detail string
		public string
		counts bool
	}{
		"RetryAfter":                     {jobstore.RetryAfter(errBusy, time.Minute), jobstore.Pending, time.Minute, errBusy.Error(), "The job failed.", true},
		"RetryAfter of Public":           {jobstore.RetryAfter(jobstore.Public(errBusy, "Busy."), time.Minute), jobstore.Pending, time.Minute, errBusy.Error(), "Busy.", true},
		"Public of RetryAfter":           {jobstore.Public(jobstore.RetryAfter(errBusy, time.Minute), "Busy."), jobstore.Pending, time.Minute, errBusy.Error(), "Busy.", true},
		"RetryAfter of RetryAfter":       {jobstore.RetryAfter(jobstore.RetryAfter(errBusy, time.Hour), time.Minute), jobstore.Pending, time.Minute, errBusy.Error(), "The job failed.", true},
		"RetryAfter of Permanent":        {jobstore.RetryAfter(jobstore.Permanent(errBusy), time.Minute), jobstore.Failed, 0, errBusy.Error(), "The job failed.", true},
		"Permanent of RetryAfter":        {jobstore.Permanent(jobstore.RetryAfter(errBusy, time.Minute)), jobstore.Failed, 0, errBusy.Error(), "The job failed.", true},
		"RetryAfter, a year and a day":   {jobstore.RetryAfter(errBusy, year+24*time.Hour), jobstore.Pending, year, errBusy.Error(), "The job failed.", true},
		"RetryAfter, the longest":        {jobstore.RetryAfter(errBusy, 1<<63-1), jobstore.Pending, year, errBusy.Error(), "The job failed.", true},
		"Snooze":                         {jobstore.Snooze(time.Minute), jobstore.Pending, time.Minute, "", "", false},
		"Public of Snooze":               {jobstore.Public(jobstore.Snooze(time.Minute), "Busy."), jobstore.Pending, time.Minute, "", "", false},
		"RetryAfter of Snooze":           {jobstore.RetryAfter(jobstore.Snooze(time.Hour), time.Minute), jobstore.Pending, time.Minute, "snoozed for 1h0m0s", "The job failed.", true},
		"Permanent of Snooze":            {jobstore.Permanent(jobstore.Snooze(time.Minute)), jobstore.Failed, 0, "snoozed for 1m0s", "The job failed.", true},
		"a wrapped RetryAfter":           {errors.Join(jobstore.RetryAfter(errBusy, time.Minute)), jobstore.Pending, 20 * time.Second, errBusy.Error(), "The job failed.", true},
		"a wrapped Snooze":               {errors.Join(jobstore.Snooze(time.Minute)), jobstore.Pending, 20 * time.Second, "snoozed for 1m0s", "The job failed.", true},
		"another job's wait":             {&jobstore.RetryError{ID: "child", Err: jobstore.Snooze(time.Minute)}, jobstore.Pending, 20 * time.Second, `jobstore: run job "child": try again: snoozed for 1m0s`, "The job failed.", true},
		"an error, and the back-off":     {errBusy, jobstore.Pending, 20 * time.Second, errBusy.Error(), "The job failed.", true},
		"Public without a text":          {jobstore.RetryAfter(jobstore.Public(errBusy, ""), time.Minute), jobstore.Pending, time.Minute, errBusy.Error(), "The job failed.", true},
		"Public without a text, outside": {jobstore.Public(jobstore.Public(jobstore.RetryAfter(errBusy, time.Minute), "Busy."), " "), jobstore.Pending, time.Minute, errBusy.Error(), "Busy.", true},
		"Public without a text, inside":  {jobstore.Public(jobstore.Public(jobstore.RetryAfter(errBusy, time.Minute), ""), "Busy."), jobstore.Pending, time.Minute, errBusy.Error(), "Busy.", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New[string, string]()
				id := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts, o.Retention = 2, jobstore.KeepForever })
				err := jobstore.Run(t.Context(), s, id, fails(c.err), quiet, func(o *jobstore.RunOptions) {
					o.Backoff = func(int) time.Duration { return 20 * time.Second }
				})
				got := get(t, s, id)
				if got.Status != c.status || got.ErrorDetail != c.detail || got.Error != c.public {
					t.Errorf("left %s, %q, %q; want %s, %q, %q", got.Status, got.ErrorDetail, got.Error, c.status, c.detail, c.public)
				}
				due := time.Now().Add(c.wait)
				retry, again := err.(*jobstore.RetryError)
				if again != (c.status == jobstore.Pending) || again && !(retry.After.Equal(due) && got.ClaimableFrom.Equal(due)) {
					t.Errorf("Run returned %v, and the job is claimable from %v, want %v", err, got.ClaimableFrom, due)
				}
				if want := map[bool]int{true: 2, false: 3}[c.counts]; got.MaxAttempts != want {
					t.Errorf("%d attempts are allowed, want %d", got.MaxAttempts, want)
				}
			})
		})
	}
	if jobstore.RetryAfter(nil, time.Minute) != nil {
		t.Error("RetryAfter makes an error of nil")
	}
}

// TestAtOnce: a sweep starts a job that is to be tried again at once. It would otherwise
// look at the job only when an event could no longer come, which none does.
func TestAtOnce(t *testing.T) {
	for name, err := range map[string]error{
		"RetryAfter": jobstore.RetryAfter(errBusy, 0), "a time in the past": jobstore.RetryAfter(errBusy, -time.Hour),
		"Snooze": jobstore.Snooze(0), "the back-off": errBusy,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New[string, string]()
				id := newJob(t, s)
				_ = jobstore.Run(t.Context(), s, id, fails(err), quiet, func(o *jobstore.RunOptions) {
					o.MaxWait, o.Backoff = 0, func(int) time.Duration { return 0 }
				})
				time.Sleep(time.Second)
				swept, err := jobstore.Sweep(t.Context(), s, startNothing, quietly, func(o *jobstore.SweepOptions) { o.MaxUnclaimed = 1 })
				if err != nil || swept.Started != 1 {
					t.Errorf("the sweep did %+v, %v", swept, err)
				}
			})
		})
	}
}

// TestRetryAfterTheLastAttempt ends the job: waiting does not add attempts.
func TestRetryAfterTheLastAttempt(t *testing.T) {
	s := memstore.New[string, string]()
	id := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	err := jobstore.Run(t.Context(), s, id, fails(jobstore.RetryAfter(errBusy, time.Minute)), quiet)
	if _, terminal := err.(*jobstore.TerminalError); !terminal || get(t, s, id).Status != jobstore.Failed {
		t.Errorf("Run returned %v and left the job %s", err, get(t, s, id).Status)
	}
}

// TestAWaitPastTheExpiry ends the job, which would otherwise be gone without a word.
func TestAWaitPastTheExpiry(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status jobstore.Status
		detail string
	}{
		"RetryAfter":           {jobstore.RetryAfter(errBusy, time.Hour), jobstore.Failed, errBusy.Error()},
		"Snooze":               {jobstore.Snooze(time.Hour), jobstore.Failed, "snoozed for 1h0m0s"},
		"the back-off":         {errBusy, jobstore.Failed, errBusy.Error()},
		"a second before":      {jobstore.RetryAfter(errBusy, time.Hour-time.Second), jobstore.Pending, errBusy.Error()},
		"a snooze that is due": {jobstore.Snooze(time.Minute), jobstore.Pending, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, failures := memstore.New[string, string](), 0
				id := newJob(t, s, func(o *jobstore.CreateOptions) { o.ExpiresAt = time.Now().Add(time.Hour) })
				err := jobstore.Run(t.Context(), s, id, fails(c.err), quiet, func(o *jobstore.RunOptions) {
					o.Backoff = func(int) time.Duration { return time.Hour }
					o.OnFailed = func(context.Context, jobstore.Failure) { failures++ }
				})
				if got := get(t, s, id); got.Status != c.status || got.ErrorDetail != c.detail {
					t.Errorf("left %s, %q; want %s, %q", got.Status, got.ErrorDetail, c.status, c.detail)
				}
				ended := c.status == jobstore.Failed
				if _, terminal := err.(*jobstore.TerminalError); terminal != ended || (failures == 1) != ended {
					t.Errorf("Run returned %v and told of %d failures", err, failures)
				}
			})
		})
	}
}

// TestAWaitPastTheRetention ends a job whose creator has set no expiry, and the log says why.
func TestAWaitPastTheRetention(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		retention time.Duration
		err       error
		status    jobstore.Status
	}{
		"the default":             {0, jobstore.Snooze(90 * day), jobstore.Failed},
		"a day before":            {0, jobstore.Snooze(89 * day), jobstore.Pending},
		"the job's own":           {200 * day, jobstore.RetryAfter(errBusy, 199*day), jobstore.Pending},
		"the job's own has ended": {200 * day, jobstore.RetryAfter(errBusy, 200*day), jobstore.Failed},
		"forever":                 {jobstore.KeepForever, jobstore.Snooze(365 * day), jobstore.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, log := memstore.New[string, string](), &bytes.Buffer{}
				id := newJob(t, s, func(o *jobstore.CreateOptions) { o.Retention = c.retention })
				_ = jobstore.Run(t.Context(), s, id, fails(c.err), func(o *jobstore.RunOptions) {
					o.Logger = slog.New(slog.NewTextHandler(log, nil))
				})
				if got := get(t, s, id).Status; got != c.status {
					t.Errorf("the job is %s, want %s", got, c.status)
				}
				if said := strings.Contains(log.String(), "expires=20"); said != (c.status == jobstore.Failed) {
					t.Errorf("logged %s", log)
				}
			})
		})
	}
}

// TestASnoozeIsNoFailure in the log.
func TestASnoozeIsNoFailure(t *testing.T) {
	s, log := memstore.New[string, string](), &bytes.Buffer{}
	_ = jobstore.Run(t.Context(), s, newJob(t, s), fails(jobstore.Snooze(time.Minute)), func(o *jobstore.RunOptions) {
		o.Logger = slog.New(slog.NewTextHandler(log, nil))
	})
	if !strings.Contains(log.String(), "level=INFO") || strings.Contains(log.String(), "WARN") {
		t.Errorf("logged %s", log)
	}
}

// TestWaitsInPlace: how long one call of Run waits, and when it does not.
func TestWaitsInPlace(t *testing.T) {
	after := func(d time.Duration) error { return jobstore.RetryAfter(errBusy, d) }
	type opt = func(*jobstore.RunOptions)
	waits := func(d time.Duration) opt { return func(o *jobstore.RunOptions) { o.MaxWait = d } }
	for name, c := range map[string]struct {
		handler  jobstore.Handler[string, string]
		opt      opt
		deadline time.Duration // 0 is none
		want     jobstore.Status
		took     time.Duration
	}{
		"a short wait":                   {oncePer(after(3 * time.Second)), waits(10 * time.Second), time.Minute, jobstore.Complete, 3 * time.Second},
		"without a deadline":             {oncePer(after(3 * time.Second)), waits(10 * time.Second), 0, jobstore.Complete, 3 * time.Second},
		"the longest":                    {oncePer(after(10 * time.Second)), waits(10 * time.Second), time.Minute, jobstore.Complete, 10 * time.Second},
		"too long":                       {oncePer(after(10*time.Second + 1)), waits(10 * time.Second), time.Minute, jobstore.Pending, 0},
		"switched off":                   {oncePer(after(time.Second)), waits(0), time.Minute, jobstore.Pending, 0},
		"several, within the same limit": {oncePer(after(4*time.Second), after(4*time.Second), after(4*time.Second)), waits(10 * time.Second), time.Minute, jobstore.Pending, 8 * time.Second},
		"at once is a second":            {oncePer(after(0)), waits(10 * time.Second), time.Minute, jobstore.Complete, time.Second},
		"at once, for ever":              {fails(after(-time.Hour)), waits(3 * time.Second), 0, jobstore.Pending, 3 * time.Second},
		"a snooze":                       {oncePer(jobstore.Snooze(2 * time.Second)), waits(10 * time.Second), time.Minute, jobstore.Complete, 2 * time.Second},
		"less than half is left":         {oncePer(after(9 * time.Second)), waits(10 * time.Second), 19 * time.Second, jobstore.Pending, 0},
		"half is left":                   {oncePer(after(8 * time.Second)), waits(10 * time.Second), 20 * time.Second, jobstore.Complete, 8 * time.Second},
		"a back-off": {oncePer(errBusy), func(o *jobstore.RunOptions) {
			o.Backoff = func(n int) time.Duration { return time.Duration(n) * 5 * time.Second }
		}, time.Minute, jobstore.Complete, 5 * time.Second},
		"the default back-off": {oncePer(errBusy), waits(10 * time.Second), time.Minute, jobstore.Pending, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, ctx, began := memstore.New[string, string](), t.Context(), time.Now()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				id := newJob(t, s)
				err := jobstore.Run(ctx, s, id, c.handler, quiet, c.opt)
				if took := time.Since(began); took != c.took {
					t.Errorf("Run took %v, want %v", took, c.took)
				}
				if got := get(t, s, id); got.Status != c.want || (err == nil) != (c.want == jobstore.Complete) {
					t.Errorf("Run returned %v and left the job %s, want %s", err, got.Status, c.want)
				}
			})
		})
	}
}

// TestAWaitLeavesAPendingJob, so that nothing is lost with a worker that dies in it.
func TestAWaitLeavesAPendingJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, func() {
			if got := get(t, s, id); got.Status != jobstore.Pending || got.ClaimableFrom.IsZero() {
				t.Errorf("during the wait the job is %s", got.Status)
			}
			cancel()
		})
		err := jobstore.Run(ctx, s, id, fails(jobstore.RetryAfter(errBusy, 5*time.Second)), quiet)
		if _, retry := err.(*jobstore.RetryError); !retry {
			t.Errorf("Run returned %v, want a *RetryError", err)
		}
		time.Sleep(4 * time.Second)
		if err := jobstore.Run(t.Context(), s, id, fails(nil), quiet); err != nil {
			t.Errorf("another worker got %v", err)
		}
	})
}

// TestRunBeforeTheTime waits for a job that is due soon, and leaves one that is not.
func TestRunBeforeTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		soon := newJob(t, s, func(o *jobstore.CreateOptions) { o.StartAt = time.Now().Add(5 * time.Second) })
		at := time.Now().Add(time.Hour)
		late := newJob(t, s, func(o *jobstore.CreateOptions) { o.StartAt = at })
		err := jobstore.Run(t.Context(), s, late, fails(nil), quiet)
		retry, ok := err.(*jobstore.RetryError)
		if !ok || !errors.Is(err, jobstore.ErrNotDue) || !retry.After.Equal(at) {
			t.Errorf("Run of a job of the next hour returned %v, want ErrNotDue and when", err)
		}
		if err := jobstore.Run(t.Context(), s, soon, fails(nil), quiet); err != nil {
			t.Errorf("Run of a job that is due soon returned %v", err)
		}
	})
}

// TestBackoff: it gets the number of the attempts that count, and a bad one does not
// keep the job from being settled.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := memstore.New[string, string](), []int{}
		id := newJob(t, s)
		handler := oncePer(errBusy, jobstore.Snooze(time.Hour), jobstore.Snooze(time.Hour), errBusy)
		for range 4 {
			_ = jobstore.Run(t.Context(), s, id, handler, quiet, func(o *jobstore.RunOptions) {
				o.Backoff = func(attempt int) time.Duration { asked = append(asked, attempt); return time.Minute }
			})
			time.Sleep(time.Hour)
		}
		if len(asked) != 2 || asked[0] != 1 || asked[1] != 2 {
			t.Errorf("asked for the attempts %v, want 1 and 2", asked)
		}
		id = newJob(t, s)
		_ = jobstore.Run(t.Context(), s, id, fails(errBusy), quiet, func(o *jobstore.RunOptions) {
			o.Backoff = func(int) time.Duration { panic("out of range") }
		})
		if got := get(t, s, id); got.Status != jobstore.Pending || time.Until(got.ClaimableFrom) < 11*time.Second {
			t.Errorf("a back-off that panics left the job %s, claimable from %v", got.Status, got.ClaimableFrom)
		}
	})
}

func TestExponential(t *testing.T) {
	b := jobstore.Exponential(time.Second, 5*time.Second)
	for attempt, want := range []time.Duration{time.Second, time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
		least, most := time.Duration(1<<62), time.Duration(0)
		for range 1000 {
			least, most = min(least, b(attempt)), max(most, b(attempt))
		}
		if least < want*3/4 || least > want*8/10 || most > min(want*5/4, 5*time.Second) || most < min(want*12/10, 5*time.Second) {
			t.Errorf("attempt %d waits for %v to %v, want three to five quarters of %v", attempt, least, most, want)
		}
	}
	for _, first := range []time.Duration{time.Millisecond, 1<<63 - 1} {
		if d := jobstore.Exponential(first, 1<<63-1)(1 << 40); d < 200*24*time.Hour || d > 365*24*time.Hour {
			t.Errorf("a large attempt waits for %v, want up to a year", d)
		}
	}
}

// TestASnoozeTellsTheTrigger that the job is not due, and stores the last report.
func TestASnoozeTellsTheTrigger(t *testing.T) {
	s := memstore.New[string, string]()
	id := newJob(t, s)
	err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, _ *job) (string, error) {
		_ = jobstore.Report(ctx, 10, "asked")
		return "", errors.Join(nil, jobstore.Report(ctx, 20, "asked again"), jobstore.Snooze(time.Hour))
	}, quiet)
	if errors.Is(err, jobstore.ErrNotDue) {
		t.Errorf("a wrapped Snooze returned %v", err)
	}
	id = newJob(t, s)
	err = jobstore.Run(t.Context(), s, id, func(ctx context.Context, _ *job) (string, error) {
		_ = jobstore.Report(ctx, 10, "asked")
		_ = jobstore.Report(ctx, 20, "asked again")
		return "", jobstore.Snooze(time.Hour)
	}, quiet)
	if got := get(t, s, id); !errors.Is(err, jobstore.ErrNotDue) || got.Progress != 20 {
		t.Errorf("Run returned %v and left the progress at %d, want ErrNotDue and 20", err, got.Progress)
	}
}

// TestRunLooksOnce, however often it waits.
func TestRunLooksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		s := &faulty{store: memstore.New[string, string]()}
		s.get = func(context.Context) (*job, error) { looks++; return nil, jobstore.ErrNotFound }
		err := jobstore.Run(t.Context(), s, newJob(t, s.store), oncePer(jobstore.Snooze(0), jobstore.Snooze(0)), quiet, func(o *jobstore.RunOptions) {
			o.Redelivered = true
		})
		if err != nil || looks != 1 {
			t.Errorf("Run returned %v after %d looks, want 1", err, looks)
		}
	})
}

// TestClocksThatDiffer: by the worker's clock the job is due, by the store's it is not.
// Run does not ask forever.
func TestClocksThatDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		then := time.Now()
		s := &faulty{store: memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return then } })}
		id := newJob(t, s.store, func(o *jobstore.CreateOptions) { o.StartAt = then.Add(time.Second) })
		time.Sleep(time.Hour)
		err := jobstore.Run(t.Context(), s, id, fails(nil), quiet)
		if !errors.Is(err, jobstore.ErrNotDue) || s.claims != 11 {
			t.Errorf("Run returned %v after %d claims, want ErrNotDue after 11", err, s.claims)
		}
	})
}
