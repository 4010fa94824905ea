package jobstore

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// RunOptions are the optional settings of [Run].
type RunOptions struct {
	// Margin is kept free before the context's deadline for writing the outcome:
	// the handler's context ends then. Default 2 s.
	Margin time.Duration

	// Lease is how long a claim lasts. It is renewed each third of that, so a job
	// whose worker died is free again after Lease at most. DynamoDB bills a renewal by
	// the whole record, so one of more than 18 KB is renewed less often, each two
	// seconds for each of its KB, and its lease lasts as much longer: 100 KB are renewed
	// each 3.4 min and free after 4.7. A claim never outlasts the deadline by more than
	// LeaseGrace, and is not renewed where it lasts until then anyway. Lease must be at
	// least three times LeaseGrace. Default 2 min.
	Lease time.Duration

	// Size is the size of the job's record in bytes, where the trigger knows it, such as
	// that of the job that [JobStore].Create has returned. The claim of a large record then
	// lasts from the start as long as its renewals do. Otherwise it lasts for Lease, since
	// the claim is what tells the size, and costs a renewal more. Default 0, not known.
	Size int

	// LeaseGrace is what two clocks may differ by, and how late Lambda may end an
	// invocation. A lease ends that much after the deadline, and a handler whose
	// lease is not renewed is stopped that much before it ends. Default 10 s.
	LeaseGrace time.Duration

	// CallTimeout limits each request to the store, so that a dead connection costs
	// no more than that. Default 5 s.
	CallTimeout time.Duration

	// ReportEvery is the shortest time between two progress writes. Default 1 s.
	ReportEvery time.Duration

	// PartialEvery is the shortest time between two writes of partial output, see
	// [Partial]. Default 1 s.
	PartialEvery time.Duration

	// PartialUnits is how many write units a second partial output may take, with the
	// reports beside it, and reports of a record that takes more than that. DynamoDB bills
	// each write by the whole record, one unit for each KB: with the default, an output of
	// 50 KB is written every 5 s, and so is a report of a job with an input of 50 KB. Units
	// cost what docs/costs.md says. Default 10.
	PartialUnits int

	// MaxPartialBytes is the largest partial output that is stored: the bytes of a string,
	// or of another value's JSON. The output that the handler returns may be larger. Default
	// 64 KB.
	MaxPartialBytes int

	// Backoff is how long a job waits after an attempt that failed, by the number of
	// the attempt: 1 after the first. Attempts that did not count are left out. Less
	// than a second is a second. A handler chooses for one job or one error with
	// [RetryAfter]. Default is [Exponential] from 15 s to 10 min. With the 8
	// attempts that every store allows by default, no job is lost to a dependency
	// that is down for a quarter of an hour.
	Backoff func(attempt int) time.Duration

	// MaxDelay is the longest that a job waits after an attempt, whatever Backoff,
	// [RetryAfter] or [Snooze] say. Default a year.
	MaxDelay time.Duration

	// MaxWait is the most that a call of Run waits for its job to be due, or for the end of
	// another worker's lease, all its waits together. Run waits only when half of the
	// invocation's time is left afterwards. No worker holds the job in a wait, so it is not
	// lost with the worker that waits. A longer wait is
	// left to the trigger and to [Sweep], since waiting in an invocation is billed.
	// Default 10 s, which no schedule can do; 0 is never.
	MaxWait time.Duration

	// Redelivered says that the job may well be finished. Run then reads it first,
	// since a refused claim costs a write of the whole record.
	Redelivered bool

	// OnFailed is called after a job has ended as [Failed], with the error of its
	// last attempt or [ErrAbandoned]. It is not called for a canceled job. Default:
	// nothing.
	OnFailed func(ctx context.Context, f Failure)

	// Worker names the worker, such as a host or a log stream, for the history. It
	// stands before the token of the claim, and has at most 200 bytes.
	Worker string

	// Now is the wall clock of leases. Default [time.Now].
	Now func() time.Time

	// Logger gets one line for each attempt that failed, each job that is missing
	// and each claim that was lost. Default [slog.Default].
	Logger *slog.Logger
}

// Failure describes a job that has ended as [Failed].
type Failure struct {
	ID          string
	Attempt     int
	MaxAttempts int
	CreatedAt   time.Time
	Metadata    map[string]any
	Err         error // of the last attempt
}

func runOptions(opts []func(*RunOptions)) RunOptions {
	o := RunOptions{
		Margin:          2 * time.Second,
		Lease:           2 * time.Minute,
		LeaseGrace:      10 * time.Second,
		CallTimeout:     5 * time.Second,
		ReportEvery:     time.Second,
		PartialEvery:    time.Second,
		PartialUnits:    10,
		MaxPartialBytes: 64 << 10,
		Backoff:         defaultBackoff,
		MaxDelay:        maxDelay,
		MaxWait:         10 * time.Second,
		OnFailed:        func(context.Context, Failure) {},
		Now:             time.Now,
		Logger:          slog.Default(),
	}
	option.Apply("jobstore: Run", &o, opts)
	o.check()
	return o
}

// CheckRunOptions panics as [Run] does when an option is out of range. A trigger that
// takes options of Run calls it when it is made. Otherwise a mistake would end the first
// job as failed.
func CheckRunOptions(opts ...func(*RunOptions)) { runOptions(opts) }

// check panics when an option is out of range.
func (o *RunOptions) check() {
	atLeast := func(name string, d, limit time.Duration) {
		if d < limit {
			panic(fmt.Sprintf("jobstore: Run: RunOptions.%s is %v, want at least %v", name, d, limit))
		}
	}
	atLeast("Margin", o.Margin, 0)
	atLeast("LeaseGrace", o.LeaseGrace, time.Millisecond)
	atLeast("Lease", o.Lease, 3*o.LeaseGrace)
	atLeast("CallTimeout", o.CallTimeout, time.Millisecond)
	atLeast("ReportEvery", o.ReportEvery, 0)
	atLeast("MaxDelay", o.MaxDelay, 0)
	atLeast("PartialEvery", o.PartialEvery, 0)
	atLeast("MaxWait", o.MaxWait, 0)
	positive := func(name string, n int) {
		if n < 1 {
			panic(fmt.Sprintf("jobstore: Run: RunOptions.%s is %d, want at least 1", name, n))
		}
	}
	if o.Size < 0 {
		panic(fmt.Sprintf("jobstore: Run: RunOptions.Size is %d, want at least 0", o.Size))
	}
	positive("PartialUnits", o.PartialUnits)
	positive("MaxPartialBytes", o.MaxPartialBytes)
	if reason := rules.Text("Worker", o.Worker, maxWorkerBytes); reason != "" {
		panic("jobstore: Run: RunOptions." + reason)
	}
	switch {
	case o.Backoff == nil:
		panic("jobstore: Run: RunOptions.Backoff is nil")
	case o.OnFailed == nil:
		panic("jobstore: Run: RunOptions.OnFailed is nil")
	case o.Now == nil:
		panic("jobstore: Run: RunOptions.Now is nil")
	case o.Logger == nil:
		panic("jobstore: Run: RunOptions.Logger is nil")
	}
}

// maxWorkerBytes leaves room for the rest of a token. A store refuses a longer one, and Run
// would then take each job for one that no worker can claim.
const maxWorkerBytes = 200

// owner is a token for one claim.
func (o *RunOptions) owner() string {
	if o.Worker == "" {
		return NewID()
	}
	return o.Worker + "/" + NewID()
}
