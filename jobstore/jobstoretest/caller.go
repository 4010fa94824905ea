package jobstoretest

import (
	"errors"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func calledBy(caller string) func(*jobstore.CreateOptions) {
	return func(o *jobstore.CreateOptions) { o.Caller = caller }
}

// callerIs checks that every way to a job shows its caller.
func (f *fixture) callerIs(id, want string) {
	f.Helper()
	if got := f.get(id).Caller; got != want {
		f.Errorf("Get shows the caller %q, want %q", got, want)
	}
}

// createCaller has a job go through its life. A second create, by another caller, tells
// who created the first.
func createCaller(f *fixture) {
	const caller = "tenant-7/user é"
	withID := func(o *jobstore.CreateOptions) { o.ID = "delivery-1" }
	job := f.create(withID, calledBy(caller))
	if job.Caller != caller {
		f.Errorf("Create shows the caller %q, want %q", job.Caller, caller)
	}
	for _, redelivered := range []bool{false, true} {
		got, err := f.store.Create(f.ctx, "input", withID, calledBy("another"), func(o *jobstore.CreateOptions) { o.Redelivered = redelivered })
		f.fails(err, "create", job.ID, jobstore.ErrExists)
		if got == nil || got.Caller != caller {
			f.Fatalf("redelivered %t: ErrExists comes with %+v, want the caller %q", redelivered, got, caller)
		}
	}
	f.callerIs(job.ID, caller)
	held := f.claim(job.ID)
	if held.Caller != caller {
		f.Errorf("Claim shows the caller %q, want %q", held.Caller, caller)
	}
	f.settle(held, complete("done"))
	f.callerIs(job.ID, caller)
	f.callerIs(f.create().ID, "")
}

func createCallerRefused(f *fixture) {
	long := strings.Repeat("x", jobstore.MaxIDBytes+1)
	for _, caller := range []string{long, "a\xff"} {
		_, err := f.store.Create(f.ctx, "input", calledBy(caller), func(o *jobstore.CreateOptions) { o.ID = "a" })
		f.refuses(err, "create", "a", "caller")
	}
	_, err := f.store.Get(f.ctx, "a")
	f.fails(err, "get", "a", jobstore.ErrNotFound)
	f.callerIs(f.create(calledBy(long[:jobstore.MaxIDBytes])).ID, long[:jobstore.MaxIDBytes])
}

func createCallerSize(f *fixture) {
	caller := strings.Repeat("x", jobstore.MaxIDBytes)
	input := strings.Repeat("x", jobstore.MaxInputBytes-jobstore.MaxIDBytes)
	if _, err := f.store.Create(f.ctx, input, calledBy(caller)); !errors.Is(err, jobstore.ErrTooLarge) {
		f.Errorf("an input that leaves no room for caller and ID: %v, want ErrTooLarge", err)
	}
	with, without := f.create(calledBy(caller)).Size, f.create().Size
	if with < without+len(caller) {
		f.Errorf("the size is %d with a caller of %d bytes, and %d without", with, len(caller), without)
	}
}

func createCallerReopened(f *fixture) {
	job := f.failed(calledBy("user"))
	f.advance(1e9)
	f.retry(job.ID)
	f.callerIs(job.ID, "user")
}
