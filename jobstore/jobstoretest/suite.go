package jobstoretest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// NewStore makes an empty store whose clock is now.
type NewStore func(t *testing.T, now func() time.Time) jobstore.JobStore[string, string]

// Run runs the suite.
func Run(t *testing.T, newStore NewStore) {
	checks := []struct {
		name  string
		check func(*fixture)
	}{
		{"Create/stores a pending job", createStores},
		{"Create/is idempotent on a given ID", createIdempotent},
		{"Create/metadata is not shared", createMetadata},
		{"Create/refuses bad input", createRefuses},
		{"Get/not found", getNotFound},
		{"Get/expired is not found", getExpired},
		{"Claim/raises the attempt and takes the lease", claimTakes},
		{"Claim/has one winner", claimOneWinner},
		{"Claim/losers learn why", claimLosers},
		{"Claim/takes over when the lease has run out", claimTakesOver},
		{"Claim/settles an exhausted job", claimExhausted},
		{"Claim/is safe to repeat", claimRepeats},
		{"Claim/refuses bad input", claimRefuses},
		{"Report/stores progress and lease", reportStores},
		{"Report/is fenced", reportFenced},
		{"Report/refuses bad input", reportRefuses},
		{"Settle/complete", settleComplete},
		{"Settle/error", settleError},
		{"Settle/pending is claimed again", settlePending},
		{"Settle/is fenced", settleFenced},
		{"Settle/is final", settleFinal},
		{"Settle/is safe to repeat", settleRepeats},
		{"Settle/refuses bad input", settleRefuses},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.check(newFixture(t, newStore)) })
	}
}

// fixture is a store, its clock, and the calls the checks share.
type fixture struct {
	*testing.T
	ctx   context.Context
	store jobstore.JobStore[string, string]
	clock atomic.Int64 // milliseconds since 1970
}

func newFixture(t *testing.T, newStore NewStore) *fixture {
	f := &fixture{T: t, ctx: t.Context()}
	f.clock.Store(time.Now().UnixMilli())
	f.store = newStore(t, f.now)
	return f
}

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

// lease is a minute from now, for an owner of its own.
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
