package jobstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestReadersSeeThePublicText and operators see all.
func TestReadersSeeThePublicText(t *testing.T) {
	upstream := errors.New(`Get "https://api.example.com/?key=sk_live_1": 402`)
	for name, c := range map[string]struct {
		err    error
		public string
		status jobstore.Status
	}{
		"an ordinary error":       {upstream, "The job failed.", jobstore.Pending},
		"a public one":            {jobstore.Public(upstream, "The model is busy."), "The model is busy.", jobstore.Pending},
		"a public permanent one":  {jobstore.Permanent(jobstore.Public(upstream, "The card was declined.")), "The card was declined.", jobstore.Failed},
		"the other way round":     {jobstore.Public(jobstore.Permanent(upstream), "The card was declined."), "The card was declined.", jobstore.Failed},
		"of another job, wrapped": {fmt.Errorf("%w", jobstore.Public(upstream, "another's text")), "The job failed.", jobstore.Pending},
	} {
		s, log := memstore.New[string, string](), &bytes.Buffer{}
		id := newJob(t, s)
		_ = jobstore.Run(t.Context(), s, id, fails(c.err), func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		j := get(t, s, id)
		if j.Status != c.status || j.Error != c.public {
			t.Errorf("%s: left the job %s with %q, want %s with %q", name, j.Status, j.Error, c.status, c.public)
		}
		if j.ErrorDetail != upstream.Error() || !strings.Contains(log.String(), "sk_live_1") {
			t.Errorf("%s: operators see %q and log %q, want the whole error", name, j.ErrorDetail, log)
		}
		if data, err := json.Marshal(j); err != nil || strings.Contains(string(data), "sk_live_1") {
			t.Errorf("%s: the job's JSON is %s, %v", name, data, err)
		}
	}
	if jobstore.Public(nil, "text") != nil || jobstore.Permanent(nil) != nil {
		t.Error("Public or Permanent makes an error of nil")
	}
}

// TestOnFailedSeesEachFinalFailureOnce and nothing else.
func TestOnFailedSeesEachFinalFailureOnce(t *testing.T) {
	now := time.Now()
	s := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return now } })
	var seen []jobstore.Failure
	hook := func(o *jobstore.RunOptions) {
		quiet(o)
		o.OnFailed = func(_ context.Context, f jobstore.Failure) { seen = append(seen, f) }
	}
	boom := errors.New("boom")
	twice := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts, o.Metadata = 2, map[string]any{"tenant": "a"} })
	for range 3 {
		_ = jobstore.Run(t.Context(), s, twice, fails(boom), hook)
		now = now.Add(time.Minute)
	}
	_ = jobstore.Run(t.Context(), s, newJob(t, s), fails(nil), hook)
	_ = jobstore.Run(t.Context(), s, "missing", fails(nil), hook)
	canceled := newJob(t, s)
	if _, err := jobstore.Cancel(t.Context(), s, canceled, "no longer wanted"); err != nil {
		t.Fatal(err)
	}
	_ = jobstore.Run(t.Context(), s, canceled, fails(nil), hook)
	died := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	if _, err := s.Claim(t.Context(), died, jobstore.Lease{Owner: "dead", Until: now.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	for range 2 {
		_ = jobstore.Run(t.Context(), s, died, fails(nil), hook)
	}
	want := []jobstore.Failure{
		{ID: twice, Attempt: 2, MaxAttempts: 2, Metadata: map[string]any{"tenant": "a"}, Err: boom},
		{ID: died, Attempt: 1, MaxAttempts: 1, Err: jobstore.ErrAbandoned},
	}
	if diff := cmp.Diff(want, seen, cmpopts.IgnoreFields(jobstore.Failure{}, "CreatedAt"), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("the hook saw (-want +got):\n%s", diff)
	}
}

// TestWhatIsLogged: a missing job is a warning, a cancel is not a lost lease.
func TestWhatIsLogged(t *testing.T) {
	s := memstore.New[string, string]()
	for name, c := range map[string]struct {
		run  func(opt func(*jobstore.RunOptions))
		want string
		not  string
	}{
		"a missing job": {func(opt func(*jobstore.RunOptions)) { _ = jobstore.Run(t.Context(), s, "missing", fails(nil), opt) }, "level=WARN", "level=ERROR"},
		"a cancel": {func(opt func(*jobstore.RunOptions)) {
			id := newJob(t, s)
			_ = jobstore.Run(t.Context(), s, id, func(ctx context.Context, _ *job) (string, error) {
				_, err := jobstore.Cancel(ctx, s, id, "no longer wanted")
				return "", err
			}, opt)
		}, "job canceled", "lost"},
		"the last attempt": {func(opt func(*jobstore.RunOptions)) {
			_ = jobstore.Run(t.Context(), s, newJob(t, s), fails(jobstore.Permanent(errors.New("boom"))), opt)
		}, "level=ERROR", "level=WARN"},
		"an attempt with another behind it": {func(opt func(*jobstore.RunOptions)) {
			_ = jobstore.Run(t.Context(), s, newJob(t, s), fails(errors.New("boom")), opt)
		}, "level=WARN", "level=ERROR"},
	} {
		log := &bytes.Buffer{}
		c.run(func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		if got := log.String(); !strings.Contains(got, c.want) || strings.Contains(got, c.not) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: logged %q, want one line with %q and without %q", name, got, c.want, c.not)
		}
	}
}
