package jobstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// failure is the answer for a record that is kept: of one that failed, or was not started.
func failure(failed bool) string {
	if failed {
		return batchFailed
	}
	return firstFailed
}

// TestWhatIsAFailure, for the log and for the function's error metric: a job that another
// worker holds or that waits is none. Its record is kept all the same.
func TestWhatIsAFailure(t *testing.T) {
	foreign := &jobstore.Error{Op: "claim", ID: "child", Err: jobstore.ErrLeased}
	for name, c := range map[string]struct {
		start  time.Duration // of another invocation's attempt, which waits
		held   bool
		err    error
		failed bool
	}{
		"a job that another worker holds": {held: true},
		"a job that starts soon":          {start: time.Minute},
		"a job that starts later":         {start: time.Hour, failed: true},
		"a job that is snoozed":           {err: jobstore.Snooze(time.Hour)},
		"an attempt that failed":          {err: errors.New("busy"), failed: true},
		"another job that is held":        {err: foreign, failed: true},
		"an attempt that waits":           {err: jobstore.RetryAfter(errors.New("429"), time.Hour), failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			jobs, log := memstore.New[string, string](), &bytes.Buffer{}
			create := func(o *jobstore.CreateOptions) { o.ID, o.StartAt = "1", time.Now().Add(c.start) }
			if _, err := jobs.Create(t.Context(), "in", create); err != nil {
				t.Fatal(err)
			}
			if c.held {
				if _, err := jobs.Claim(t.Context(), "1", jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
					t.Fatal(err)
				}
			}
			handler := func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", c.err }
			d := jobstream.New(jobs, handler, func(o *jobstream.Options) {
				o.Logger = slog.New(slog.NewTextHandler(log, nil))
				o.Run = func(r *jobstore.RunOptions) { r.Logger, r.MaxWait = slog.New(slog.DiscardHandler), 0 }
			})
			out, err := answer(d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`)))
			if want := failure(c.failed); err != nil || out != want {
				t.Errorf("answered %s, %v, want %s", out, err, want)
			}
			if failed := strings.Contains(log.String(), "level=ERROR"); failed != c.failed {
				t.Errorf("logged %s, want an error: %t", log, c.failed)
			}
			if strings.Contains(log.String(), "about to end") {
				t.Errorf("logged %s, which is not why", log)
			}
		})
	}
}

// TestAStartInTheFutureIsSkipped by its image, without a claim. Lambda's filter passes it.
func TestAStartInTheFutureIsSkipped(t *testing.T) {
	at := func(d time.Duration) string { return fmt.Sprint(time.Now().Add(d).UnixMilli()) }
	for name, c := range map[string]struct {
		image   string
		started bool
	}{
		"no start":              {``, true},
		"a start in an hour":    {`,"claimableFrom":{"N":"` + at(time.Hour) + `"}`, false},
		"in 15 seconds":         {`,"claimableFrom":{"N":"` + at(15*time.Second) + `"}`, false},
		"in 5 seconds":          {`,"claimableFrom":{"N":"` + at(5*time.Second) + `"}`, true},
		"a minute ago":          {`,"claimableFrom":{"N":"` + at(-time.Minute) + `"}`, true},
		"null":                  {`,"claimableFrom":{"NULL":true}`, true},
		"no number":             {`,"claimableFrom":{"S":"` + at(time.Hour) + `"}`, true},
		"another attribute":     {`,"claimable":{"N":"` + at(time.Hour) + `"}`, true},
		"a number of no moment": {`,"claimableFrom":{"N":"1e99"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			started := 0
			d := jobstream.NewFunc(func(context.Context, string) error { started++; return nil })
			out, err := d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}`+c.image+`}`))
			if err != nil || string(out) != nothingFailed || (started > 0) != c.started {
				t.Errorf("answered %s, %v, and started %d jobs; want the job started: %t", out, err, started, c.started)
			}
		})
	}
}

// TestALaterStartNamesTheWorker, since New would keep the job's shard until then.
func TestALaterStartNamesTheWorker(t *testing.T) {
	for start, want := range map[time.Duration]string{
		time.Hour:        "level=ERROR",
		3 * time.Minute:  "level=ERROR",
		90 * time.Second: "level=INFO",
	} {
		jobs, log := memstore.New[string, string](), &bytes.Buffer{}
		at := time.Now().Add(start)
		if _, err := jobs.Create(t.Context(), "secret", func(o *jobstore.CreateOptions) { o.ID, o.StartAt = "1", at }); err != nil {
			t.Fatal(err)
		}
		d := jobstream.New(jobs, unused, func(o *jobstream.Options) {
			o.Logger = slog.New(slog.NewTextHandler(log, nil))
			o.Run = func(r *jobstore.RunOptions) { r.MaxWait = 0 }
		})
		due := fmt.Sprintf(`,"claimableFrom":{"N":"%d"}`, at.UnixMilli())
		out, err := answer(d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}`+due+`}`)))
		if err != nil || out != failure(want == "level=ERROR") || !strings.Contains(log.String(), want) {
			t.Errorf("in %v: answered %s, %v, and logged %s", start, out, err, log)
		}
		if named := strings.Contains(log.String(), "use jobtask.Worker"); named != (want == "level=ERROR") || strings.Contains(log.String(), "secret") {
			t.Errorf("in %v: logged %s", start, log)
		}
	}
}

// TestAWaitIsNoLongerThanALease, whatever asks for it.
func TestAWaitIsNoLongerThanALease(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		backoff time.Duration
	}{
		"snooze":      {err: jobstore.Snooze(time.Hour)},
		"retry after": {err: jobstore.RetryAfter(errors.New("429"), time.Hour)},
		"back-off":    {err: errors.New("busy"), backoff: time.Hour},
	} {
		for lease, most := range map[time.Duration]time.Duration{0: 2 * time.Minute, 40 * time.Second: 40 * time.Second} {
			t.Run(fmt.Sprint(name, lease), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					jobs := memstore.New[string, string]()
					if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
						t.Fatal(err)
					}
					d := jobstream.New(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", c.err }, func(o *jobstream.Options) {
						o.Logger = slog.New(slog.DiscardHandler)
						o.Run = func(r *jobstore.RunOptions) {
							if r.MaxWait = 0; lease > 0 {
								r.Lease = lease
							}
							if c.backoff > 0 {
								r.Backoff = func(int) time.Duration { return c.backoff }
							}
						}
					})
					out, err := answer(d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`)))
					if want := failure(name != "snooze"); err != nil || out != want {
						t.Fatalf("answered %s, %v, want %s", out, err, want)
					}
					job, err := jobs.Get(t.Context(), "1")
					if wait := time.Until(job.ClaimableFrom); err != nil || job.Status != jobstore.Pending || wait > most || wait < most-time.Second {
						t.Errorf("the job is %s and waits for %v, %v; want %v", job.Status, wait, err, most)
					}
				})
			})
		}
	}
}

// TestATimeoutThatNeverSuffices for the margin of Run, and one that does.
func TestATimeoutThatNeverSuffices(t *testing.T) {
	for name, c := range map[string]struct {
		margin, timeout time.Duration // no margin is the default
		never           bool
	}{
		"the default margin":          {timeout: 2 * time.Second, never: true},
		"more than it":                {timeout: 2001 * time.Millisecond},
		"a long margin":               {margin: 20 * time.Second, timeout: 20 * time.Second, never: true},
		"more than that":              {margin: 20 * time.Second, timeout: 20001 * time.Millisecond},
		"a margin of less than 2 sec": {margin: time.Second, timeout: 1500 * time.Millisecond, never: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				jobs := memstore.New[string, string]()
				if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
					t.Fatal(err)
				}
				d := jobstream.New(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }, func(o *jobstream.Options) {
					o.Logger = slog.New(slog.DiscardHandler)
					o.Run = func(r *jobstore.RunOptions) {
						if c.margin > 0 {
							r.Margin = c.margin
						}
					}
				})
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				out, err := d.Invoke(ctx, inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`))
				var short *streamproc.TimeoutError
				if errors.As(err, &short) != c.never || (string(out) == nothingFailed) == c.never {
					t.Errorf("answered %s, %v, want a *TimeoutError: %t", out, err, c.never)
				}
			})
		})
	}
}

// TestTheNameOfTheStart is the layout's.
func TestTheNameOfTheStart(t *testing.T) {
	started := 0
	start := func(context.Context, string) error { started++; return nil }
	record := inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"},"due":{"N":"` + fmt.Sprint(time.Now().Add(time.Hour).UnixMilli()) + `"}}`)
	for name, want := range map[string]int{"claimableFrom": 1, "due": 0, "": 1} {
		started = 0
		d := jobstream.NewFunc(start, func(o *jobstream.FuncOptions) { o.Layout.ClaimableFrom = name })
		if out, err := d.Invoke(t.Context(), record); err != nil || string(out) != nothingFailed || started != want {
			t.Errorf("with the name %q: answered %s, %v, and started %d jobs, want %d", name, out, err, started, want)
		}
	}
}

// TestAFailedJobWaitsInPlace, since its record is delivered again at once.
func TestAFailedJobWaitsInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := &claims{Store: memstore.New[string, string]()}
		if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		var at []time.Duration
		began := time.Now()
		d := jobstream.New(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) {
			at = append(at, time.Since(began))
			return "", errors.New("busy")
		}, func(o *jobstream.Options) {
			o.Logger = slog.New(slog.DiscardHandler)
		})
		for n := 0; ; n++ {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			out, err := answer(d.Invoke(ctx, inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`)))
			cancel()
			if err != nil || n > 10 {
				t.Fatalf("%s, %v", out, err)
			}
			if out == nothingFailed {
				break
			}
		}
		if len(at) != 8 || jobs.n > 20 || at[7] < 7*time.Minute {
			t.Errorf("%d attempts, the last after %v, with %d claims; want 8 and few claims before they were due", len(at), at[len(at)-1], jobs.n)
		}
	})
}
