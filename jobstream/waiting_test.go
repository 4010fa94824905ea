package jobstream_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

// TestWhatIsAFailureInTheLog: a job that another worker holds or that waits is none. Its
// record is kept all the same.
func TestWhatIsAFailureInTheLog(t *testing.T) {
	foreign := &jobstore.Error{Op: "claim", ID: "child", Err: jobstore.ErrLeased}
	for name, c := range map[string]struct {
		start  time.Duration
		held   bool
		err    error
		failed bool
	}{
		"a job that another worker holds": {held: true},
		"a job that starts later":         {start: time.Hour},
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
				o.Run = func(r *jobstore.RunOptions) { r.Logger = slog.New(slog.DiscardHandler) }
			})
			out, err := d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"pending"}}`))
			if err != nil || string(out) != firstFailed {
				t.Errorf("answered %s, %v, want the record to be reported", out, err)
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
