package jobstore_test

import (
	"context"
	"sync"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// faulty is a store whose requests can be made to fail, hang or lose their answers.
// Each hook gets the call, which it may make or not.
type faulty struct {
	*store
	get    func(ctx context.Context) (*job, error)
	claim  func(ctx context.Context, n int, call func(context.Context) (*job, error)) (*job, error)
	report func(ctx context.Context, n int, h jobstore.Heartbeat, call func(context.Context) error) error
	settle func(ctx context.Context, n int, call func(context.Context) error) error

	mu                       sync.Mutex
	claims, reports, settles int
}

func (f *faulty) count(n *int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	*n++
	return *n
}

func (f *faulty) Get(ctx context.Context, id string) (*job, error) {
	if f.get != nil {
		return f.get(ctx)
	}
	return f.store.Get(ctx, id)
}

func (f *faulty) Claim(ctx context.Context, id string, l jobstore.Lease) (*job, error) {
	n := f.count(&f.claims)
	call := func(ctx context.Context) (*job, error) { return f.store.Claim(ctx, id, l) }
	if f.claim == nil {
		return call(ctx)
	}
	return f.claim(ctx, n, call)
}

func (f *faulty) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	n := f.count(&f.reports)
	call := func(ctx context.Context) error { return f.store.Report(ctx, c, h) }
	if f.report == nil {
		return call(ctx)
	}
	return f.report(ctx, n, h, call)
}

func (f *faulty) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	n := f.count(&f.settles)
	call := func(ctx context.Context) error { return f.store.Settle(ctx, c, o) }
	if f.settle == nil {
		return call(ctx)
	}
	return f.settle(ctx, n, call)
}

// hang is a dead connection: no answer until the context ends.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
