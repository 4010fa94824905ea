package jobstoretest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func (f *fixture) cancel(id string) (*job, error) {
	return jobstore.Cancel(f.ctx, f.store, id, "no longer wanted")
}

func cancelPending(f *fixture) {
	id := f.create().ID
	for range 2 { // it is safe to repeat
		got, err := f.cancel(id)
		if err != nil || got.Status != jobstore.Failed || !got.Canceled || got.Error != "no longer wanted" {
			f.Fatalf("Cancel returned %+v, %v", got, err)
		}
		if diff := diff(got, f.get(id)); diff != "" {
			f.Errorf("Get differs from what Cancel returned (-canceled +got):\n%s", diff)
		}
	}
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrFinished)
	_, err = f.cancel("missing")
	f.fails(err, "cancel", "missing", jobstore.ErrNotFound)
	_, err = f.cancel("")
	f.fails(err, "cancel", "", jobstore.ErrInvalid)
}

// cancelReplaces has a job canceled that has failed before, with a detail.
func cancelReplaces(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Detail: "https://upstream answered 503"})
	if _, err := f.cancel(id); err != nil {
		f.Fatal(err)
	}
	if got := f.get(id); got.Error != "no longer wanted" || got.ErrorDetail != "" {
		f.Errorf("a canceled job has the error %q and the detail %q, want the reason and none", got.Error, got.ErrorDetail)
	}
}

func cancelProcessing(f *fixture) {
	id := f.create().ID
	held := f.claim(id)
	canceled, err := f.cancel(id)
	if err != nil || canceled.Status != jobstore.Failed {
		f.Fatalf("Cancel returned %+v, %v", canceled, err)
	}
	err = f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 50}, LeaseUntil: f.now().Add(time.Hour)})
	f.fails(err, "report", id, jobstore.ErrCanceled)
	f.fails(err, "report", id, jobstore.ErrLeaseLost)
	f.fails(f.store.Settle(f.ctx, held.Claim(), complete("late")), "settle", id, jobstore.ErrCanceled)
	if diff := diff(canceled, f.get(id)); diff != "" {
		f.Errorf("the worker changed a canceled job (-canceled +got):\n%s", diff)
	}
}

func cancelFinished(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), complete("done"))
	got, err := f.cancel(id)
	f.fails(err, "cancel", id, jobstore.ErrFinished)
	if got == nil || got.Output != "done" || f.get(id).Status != jobstore.Complete {
		f.Errorf("ErrFinished came with %+v, and the job is %+v", got, f.get(id))
	}
	failed := f.create().ID
	f.settle(f.claim(failed), jobstore.Outcome[string]{Status: jobstore.Failed, Error: "no luck"})
	_, err = f.cancel(failed)
	f.fails(err, "cancel", failed, jobstore.ErrFinished)
	if got := f.get(failed); got.Canceled || got.Error != "no luck" {
		f.Errorf("a failed job became %+v", got)
	}
}

func cancelEndsHandler(f *fixture) {
	id := f.create().ID
	err := jobstore.Run(f.ctx, f.store, id, func(ctx context.Context, _ *job) (string, error) {
		if _, err := f.cancel(id); err != nil {
			f.Error(err)
		}
		if err := jobstore.Report(ctx, 50, ""); !errors.Is(err, jobstore.ErrCanceled) {
			f.Errorf("Report returned %v, want ErrCanceled", err)
		}
		if cause := context.Cause(ctx); !errors.Is(cause, jobstore.ErrCanceled) {
			f.Errorf("the context ended with %v, want ErrCanceled", cause)
		}
		return "", ctx.Err()
	}, quiet)
	var finished *jobstore.TerminalError
	if !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrCanceled) {
		f.Errorf("Run returned %v, want a *TerminalError of ErrCanceled", err)
	}
}

func cancelRefuses(f *fixture) {
	id := f.create().ID
	for _, reason := range []string{strings.Repeat("x", jobstore.MaxMessageBytes+1), "no \xff text"} {
		_, err := jobstore.Cancel(f.ctx, f.store, id, reason)
		f.refuses(err, "cancel", id, "reason")
	}
	if got := f.get(id); got.Status != jobstore.Pending {
		f.Errorf("a refused cancel made the job %s", got.Status)
	}
}

// cancelLate repeats a cancel, for another reason too.
func cancelLate(f *fixture) {
	id := f.create().ID
	f.claim(id)
	if _, err := f.cancel(id); err != nil {
		f.Fatal(err)
	}
	before := f.get(id)
	f.advance(time.Hour)
	for _, reason := range []string{"no longer wanted", "another reason"} {
		if _, err := jobstore.Cancel(f.ctx, f.store, id, reason); err != nil {
			f.Error(err)
		}
	}
	if diff := diff(before, f.get(id)); diff != "" {
		f.Errorf("a late cancel changed the job (-before +after):\n%s", diff)
	}
}
