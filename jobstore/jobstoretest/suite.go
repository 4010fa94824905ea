package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Config is what a check needs of its store.
type Config struct {
	Now           func() time.Time     // the store's clock
	OnLeaseExpiry jobstore.LeaseExpiry // the store's default
	History       bool                 // whether the store keeps the history of its jobs
}

// NewStore returns an empty store with the settings of c. It returns nil when the store
// does not have such a setting; the check is then left out.
type NewStore func(t *testing.T, c Config) jobstore.JobStore[string, string]

// Options are the optional settings of [Run].
type Options struct {
	// Rounds is how often claimers race for a job. Default 300. Use fewer for a store
	// behind a slow server.
	Rounds int

	// Lacks names the checks of guarantees that the store's backend cannot give, as
	// the subtests are called. Run prints the list and leaves them out. A name that no
	// check has panics.
	Lacks []string
}

// Run runs the suite. The package documentation explains the numbers of the checks.
// Optional interfaces are checked where the store has them.
func Run(t *testing.T, newStore NewStore, opts ...func(*Options)) {
	o := Options{Rounds: 300}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Rounds < 1 {
		panic(fmt.Sprintf("jobstoretest: Run: Options.Rounds is %d, want at least 1", o.Rounds))
	}
	o.printLacks(t)
	for _, c := range checks {
		if slices.Contains(o.Lacks, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if f := newFixture(t, newStore, c.config); f.store != nil {
				f.rounds = o.Rounds
				c.check(f)
			}
		})
	}
}

// printLacks tells what the store does not guarantee.
func (o *Options) printLacks(t *testing.T) {
	for _, name := range o.Lacks {
		if !slices.ContainsFunc(checks, func(c check) bool { return c.name == name }) {
			panic(fmt.Sprintf("jobstoretest: Run: Options.Lacks has %q, which is not a check", name))
		}
		t.Logf("the store does not guarantee: %s", name)
	}
}

type check struct {
	name   string
	check  func(*fixture)
	config func(*Config)
}

var checks = []check{
	{name: "1 idempotent create/stores a pending job", check: createStores},
	{name: "1 idempotent create/returns the first job", check: createIdempotent},
	{name: "1 idempotent create/makes IDs in order of time", check: createOrdered},
	{name: "1 idempotent create/shares no metadata", check: createMetadata},
	{name: "2 claim/raises the attempt and takes the lease", check: claimTakes},
	{name: "2 claim/has one winner", check: claimOneWinner},
	{name: "2 claim/losers learn why", check: claimLosers},
	{name: "2 claim/takes over when the lease has run out", check: claimTakesOver},
	{name: "2 claim/has one winner of a lease that has run out", check: claimOneHeir},
	{name: "2 claim/settles an exhausted job", check: claimExhausted},
	{name: "2 claim/one claim is told that the job was abandoned", check: claimAbandoned},
	{name: "2 claim/not before the job is due", check: claimNotDue},
	{name: "3 fence/report stores progress and lease", check: reportStores},
	{name: "3 fence/report", check: reportFenced},
	{name: "3 fence/settle", check: settleFenced},
	{name: "3 fence/settle stores an output", check: settleComplete},
	{name: "3 fence/settle stores an error", check: settleError},
	{name: "3 fence/settle stores the error's detail", check: settleDetail},
	{name: "3 fence/settle to pending is claimed again", check: settlePending},
	{name: "3 fence/an attempt that does not count", check: settleUncounted},
	{name: "3 fence/no foreign outcome is taken for its own", check: settleForeign},
	{name: "4 final/no write changes a finished job", check: settleFinal},
	{name: "5 repeatable/claim", check: claimRepeats},
	{name: "5 repeatable/settle", check: settleRepeats},
	{name: "5 repeatable/a late copy of a claim", check: claimLate},
	{name: "5 repeatable/a late copy of a report", check: reportLate},
	{name: "5 repeatable/a late copy of a settle", check: settleLate},
	{name: "5 repeatable/a late copy of a cancel", check: cancelLate},
	{name: "6 lease/held by the job's choice", check: holdByJob},
	{name: "6 lease/held by the store's choice", check: holdByStore, config: holds},
	{name: "6 lease/the job's choice goes first", check: runAgainByJob, config: holds},
	{name: "8 bad input/create", check: createRefuses},
	{name: "8 bad input/get", check: getRefuses},
	{name: "8 bad input/claim", check: claimRefuses},
	{name: "8 bad input/report", check: reportRefuses},
	{name: "8 bad input/settle", check: settleRefuses},
	{name: "8 bad input/cancel", check: cancelRefuses},
	{name: "8 bad input/text that is not UTF-8", check: textRefused},
	{name: "8 bad input/values", check: valuesRefused},
	{name: "8 bad input/an expiry in the past", check: expiryRefused},
	{name: "8 bad input/too large to create", check: tooLargeInput},
	{name: "8 bad input/the largest input can be completed", check: largestInput},
	{name: "8 bad input/and has room for a history", check: largestInput, config: func(c *Config) { c.History = true }},
	{name: "8 bad input/too large to settle", check: tooLargeOutput},
	{name: "TTL/an expired job is not there", check: getExpired},
	{name: "cancel/a pending job", check: cancelPending},
	{name: "cancel/takes the job from its worker", check: cancelProcessing},
	{name: "cancel/a finished job", check: cancelFinished},
	{name: "cancel/ends the handler with its cause", check: cancelEndsHandler},
	{name: "sweep/finds stuck jobs", check: sweepFinds},
	{name: "sweep/a failing callback stops no other", check: sweepGoesOn},
	{name: "history/has every transition", check: historyKept, config: func(c *Config) { c.History = true }},
	{name: "history/is bounded", check: historyBounded, config: func(c *Config) { c.History = true }},
	{name: "history/only when asked for", check: historyLeftOut},
}

func holds(c *Config) { c.OnLeaseExpiry = jobstore.Hold }

// fixture is a store, its clock, and the calls the checks share.
type fixture struct {
	*testing.T
	ctx    context.Context
	store  jobstore.JobStore[string, string]
	clock  atomic.Int64 // milliseconds since 1970
	rounds int
}

func newFixture(t *testing.T, newStore NewStore, configure func(*Config)) *fixture {
	f := &fixture{T: t, ctx: t.Context()}
	f.clock.Store(time.Now().UnixMilli())
	c := Config{Now: f.now, OnLeaseExpiry: jobstore.RunAgain}
	if configure != nil {
		configure(&c)
	}
	f.store = newStore(t, c)
	return f
}

// diff compares jobs, without their sizes.
func diff(want, got *job) string {
	return cmp.Diff(want, got, cmpopts.IgnoreFields(job{}, "Size"))
}

type job = jobstore.Job[string, string]

func (f *fixture) now() time.Time { return time.UnixMilli(f.clock.Load()).UTC() }

func (f *fixture) advance(d time.Duration) { f.clock.Add(d.Milliseconds()) }

func (f *fixture) create(opts ...func(*jobstore.CreateOptions)) *jobstore.Job[string, string] {
	f.Helper()
	job, err := f.store.Create(f.ctx, "input", opts...)
	if err != nil {
		f.Fatalf("Create: %v", err)
	}
	return job
}

func (f *fixture) get(id string) *jobstore.Job[string, string] {
	f.Helper()
	job, err := f.store.Get(f.ctx, id)
	if err != nil {
		f.Fatalf("Get: %v", err)
	}
	return job
}

// lease is for a minute and a new owner.
func (f *fixture) lease() jobstore.Lease {
	return jobstore.Lease{Owner: jobstore.NewID(), Until: f.now().Add(time.Minute)}
}

func (f *fixture) claim(id string) *jobstore.Job[string, string] {
	f.Helper()
	job, err := f.store.Claim(f.ctx, id, f.lease())
	if err != nil {
		f.Fatalf("Claim: %v", err)
	}
	return job
}

func (f *fixture) settle(job *jobstore.Job[string, string], o jobstore.Outcome[string]) {
	f.Helper()
	if err := f.store.Settle(f.ctx, job.Claim(), o); err != nil {
		f.Fatalf("Settle: %v", err)
	}
}

// fails checks that err is an *Error of op and id that wraps want.
func (f *fixture) fails(err error, op, id string, want error) {
	f.Helper()
	var e *jobstore.Error
	if !errors.As(err, &e) || e.Op != op || e.ID != id || !errors.Is(err, want) {
		f.Errorf("got error %v, want *Error{Op: %q, ID: %q} that wraps %q", err, op, id, want)
	}
}

func complete(output string) jobstore.Outcome[string] {
	return jobstore.Outcome[string]{Status: jobstore.Complete, Output: output}
}
