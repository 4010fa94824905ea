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

func (f *fixture) cancelJob(read *job) (*job, error) {
	return jobstore.CancelJob(f.ctx, f.store, read, "no longer wanted")
}

// cancelJob is Cancel as long as the job is the same, whatever has become of it.
func cancelJob(f *fixture) {
	read := f.create()
	held := f.claim(read.ID)
	for range 2 { // it is safe to repeat
		got, err := f.cancelJob(read)
		if err != nil || got.Status != jobstore.Failed || !got.Canceled || got.Error != "no longer wanted" {
			f.Fatalf("CancelJob returned %+v, %v", got, err)
		}
		if diff := diff(got, f.get(read.ID)); diff != "" {
			f.Errorf("Get differs from what CancelJob returned (-canceled +got):\n%s", diff)
		}
	}
	f.fails(f.store.Settle(f.ctx, held.Claim(), complete("late")), "settle", read.ID, jobstore.ErrCanceled)

	done := f.create()
	f.settle(f.claim(done.ID), complete("done"))
	got, err := f.cancelJob(done)
	f.fails(err, "cancel", done.ID, jobstore.ErrFinished)
	if got == nil || got.Output != "done" {
		f.Errorf("ErrFinished came with %+v", got)
	}
	_, err = f.cancelJob(&job{ID: "missing"})
	f.fails(err, "cancel", "missing", jobstore.ErrNotFound)
	_, err = f.cancelJob(&job{})
	f.fails(err, "cancel", "", jobstore.ErrInvalid)
}

// cancelJobOfSuccessor has another job take the ID of the one that was read.
func cancelJobOfSuccessor(f *fixture) {
	of := func(caller string) func(*jobstore.CreateOptions) {
		return func(o *jobstore.CreateOptions) { f.brief(o); o.Caller = caller }
	}
	read := f.create(of("ann"))
	f.advance(11 * time.Second)
	_, err := f.cancelJob(read)
	f.fails(err, "cancel", read.ID, jobstore.ErrNotFound)

	next := f.create(of("ann"))
	unchanged := func(what string) {
		f.Helper()
		before := f.get(next.ID)
		got, err := f.cancelJob(read)
		f.fails(err, "cancel", read.ID, jobstore.ErrNotFound)
		if got != nil {
			f.Errorf("ErrNotFound came with %+v", got)
		}
		if diff := diff(before, f.get(next.ID)); diff != "" {
			f.Errorf("CancelJob of the job before changed %s (-before +after):\n%s", what, diff)
		}
	}
	unchanged("a pending job")
	forged := *next
	for _, forged.Caller = range []string{"bob", ""} {
		_, err := f.cancelJob(&forged)
		f.fails(err, "cancel", read.ID, jobstore.ErrNotFound)
	}
	held := f.claim(next.ID)
	unchanged("a processing job")
	f.settle(held, complete("done"))
	unchanged("a complete job")

	f.advance(11 * time.Second)
	next = f.create(of("ann"))
	if _, err := f.cancelJob(next); err != nil {
		f.Fatal(err)
	}
	unchanged("a canceled job")
}
