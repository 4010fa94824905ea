package streamproc_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestMinTime runs two records in an invocation of a length, of which the first takes a
// while. It says whether the second is started. When the first is not, the invocation
// fails.
func TestMinTime(t *testing.T) {
	for name, c := range map[string]struct {
		min, total, first time.Duration
		never, started    bool
	}{
		"a tenth of a minute is left":         {total: time.Minute, first: 54 * time.Second},
		"more than a tenth of a minute":       {total: time.Minute, first: 54*time.Second - 1, started: true},
		"a tenth of a quarter of an hour":     {total: 15 * time.Minute, first: 13*time.Minute + 30*time.Second},
		"more than that":                      {total: 15 * time.Minute, first: 13*time.Minute + 30*time.Second - 1, started: true},
		"two seconds of three":                {total: 3 * time.Second, first: time.Second},
		"more than two seconds of three":      {total: 3 * time.Second, first: time.Second - 1, started: true},
		"a timeout of two seconds":            {total: 2 * time.Second, never: true},
		"no time at all":                      {total: 0, never: true},
		"an option that leaves enough":        {min: 30 * time.Second, total: time.Minute, first: 30*time.Second - 1, started: true},
		"an option that does not":             {min: 30 * time.Second, total: time.Minute, first: 30 * time.Second},
		"an option that no invocation leaves": {min: 30 * time.Second, total: 30 * time.Second, never: true},
		"a short option":                      {min: time.Millisecond, total: time.Second, first: 998 * time.Millisecond, started: true},
	} {
		for concurrency, of := range []string{"", ", concurrently"} {
			t.Run(name+of, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var log strings.Builder
					handled := 0
					d := streamproc.New(func(context.Context, streamproc.Record[queryJob]) error {
						if handled++; handled == 1 {
							time.Sleep(c.first)
						}
						return nil
					}, func(o *streamproc.Options) {
						o.MinTime, o.Concurrency, o.Logger = c.min, concurrency+1, slog.New(slog.NewTextHandler(&log, nil))
					})
					ctx, cancel := context.WithTimeout(t.Context(), c.total)
					defer cancel()
					skipped := record("INSERT", "0", `{"status":{"S":"complete"}}`) // costs nothing, and is never reported
					out, err := d.Invoke(ctx, batch(skipped, pending("1"), pending("1")))
					if c.never {
						var short *streamproc.TimeoutError
						if !errors.As(err, &short) || out != nil || handled != 0 || !strings.Contains(log.String(), "level=ERROR") {
							t.Errorf("handled %d, answered %s, %v, and logged %s; want a *TimeoutError", handled, out, err, log.String())
						}
						return
					}
					if err != nil || (handled == 2) != c.started || strings.Contains(string(out), "101") == c.started {
						t.Errorf("handled %d, answered %s, %v; want the second started: %t", handled, out, err, c.started)
					}
					if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "level=INFO") == c.started {
						t.Errorf("logged %s", log.String())
					}
				})
			})
		}
	}
}

// TestSkippedRecordsNeedNoTime, as nothing is started for them.
func TestSkippedRecordsNeedNoTime(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	d := streamproc.New(func(context.Context, streamproc.Record[queryJob]) error { return nil }, quiet)
	out, err := d.Invoke(ctx, batch(record("INSERT", "0", `{"status":{"S":"complete"}}`)))
	if want := `{"batchItemFailures":[]}`; err != nil || string(out) != want {
		t.Errorf("got %s, %v", out, err)
	}
}

// TestAHandlerThatNeedsMoreTime says so with the error of the dispatcher.
func TestAHandlerThatNeedsMoreTime(t *testing.T) {
	for need, never := range map[time.Duration]bool{59 * time.Second: false, 2 * time.Minute: true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			d := streamproc.New(func(context.Context, streamproc.Record[queryJob]) error {
				return &streamproc.TimeoutError{Left: time.Minute, Need: need}
			}, quiet)
			out, err := d.Invoke(ctx, batch(pending("1")))
			if (err != nil) != never || strings.Contains(string(out), "101") == never {
				t.Errorf("%v: got %s, %v, want an error: %t", need, out, err, never)
			}
		})
	}
}
