package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	Retention     time.Duration        // the store's default of [jobstore.CreateOptions] Retention; 0 is for what it has by itself
}

// NewStore returns an empty store with the settings of c. It returns nil when the store
// does not have such a setting; the check is then skipped. Nil for a Config without
// History and Retention and with [jobstore.RunAgain] fails the check.
type NewStore func(t *testing.T, c Config) jobstore.JobStore[string, string]

// Options are the optional settings of [Run].
type Options struct {
	// Rounds is how often claimers race for a job, and how many attempts the largest job
	// makes, 4 to 15. Default 300. Use fewer for a store behind a slow server.
	Rounds int

	// Lacks names the checks of guarantees that the store's backend cannot give, as
	// the subtests are called. Run skips them. A name that no check has panics.
	Lacks []string
}

// Run runs the suite. The package documentation explains the numbers of the checks. It
// skips the checks of [Options].Lacks, of a setting that newStore does not have, and of
// an optional interface that the store does not implement, which [jobstore.As] decides.
// In the end it prints what it has skipped, and why, and what the store itself says in a
// method Lacks() []string.
func Run(t *testing.T, newStore NewStore, opts ...func(*Options)) {
	if newStore == nil {
		panic("jobstoretest: Run: newStore is nil")
	}
	o := Options{Rounds: 300}
	for _, opt := range opts {
		opt(&o)
	}
	o.validate()
	var skipped []string
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			if leftOut := c.run(t, newStore, o); leftOut != "" {
				skipped = append(skipped, c.name+": "+leftOut)
				t.Skip(leftOut)
			}
		})
	}
	if len(skipped) > 0 {
		t.Logf("not checked:\n%s", strings.Join(skipped, "\n"))
	}
	store := newStore(t, Config{Now: time.Now, OnLeaseExpiry: jobstore.RunAgain})
	if s, ok := jobstore.As[lacking](store); ok && len(s.Lacks()) > 0 {
		t.Logf("the store says that it lacks:\n%s", strings.Join(s.Lacks(), "\n"))
	}
}

// lacking is a store that knows what it cannot do, such as for want of a field.
type lacking interface{ Lacks() []string }

func (o *Options) validate() {
	if o.Rounds < 1 {
		panic(fmt.Sprintf("jobstoretest: Run: Options.Rounds is %d, want at least 1", o.Rounds))
	}
	for _, name := range o.Lacks {
		if !slices.ContainsFunc(checks, func(c check) bool { return c.name == name }) {
			panic(fmt.Sprintf("jobstoretest: Run: Options.Lacks has %q, which is not a check", name))
		}
	}
}

// fixture is a store, its clock, and the calls the checks share.
type fixture struct {
	*testing.T
	ctx    context.Context
	store  jobstore.JobStore[string, string]
	clock  atomic.Int64 // milliseconds since 1970
	rounds int
}

func newFixture(t *testing.T, newStore NewStore, with *setting) *fixture {
	f := &fixture{T: t, ctx: t.Context()}
	f.clock.Store(time.Now().UnixMilli())
	c := Config{Now: f.now, OnLeaseExpiry: jobstore.RunAgain}
	if with != nil {
		with.apply(&c)
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

// settle takes a millisecond, since no job is due again in that of its claim.
func (f *fixture) settle(job *jobstore.Job[string, string], o jobstore.Outcome[string]) {
	f.Helper()
	f.advance(time.Millisecond)
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
