package jobtask_test

import (
	"context"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// counted counts the requests that DynamoDB would bill as writes.
type counted struct {
	*memstore.Store[string, string]
	claims, redelivered int
}

func (c *counted) Create(ctx context.Context, in string, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[string, string], error) {
	var o jobstore.CreateOptions
	for _, opt := range opts {
		opt(&o)
	}
	if o.Redelivered {
		c.redelivered++
	}
	return c.Store.Create(ctx, in, opts...)
}

func (c *counted) Claim(ctx context.Context, id string, l jobstore.Lease) (*jobstore.Job[string, string], error) {
	c.claims++
	return c.Store.Claim(ctx, id, l)
}

// TestARedeliveryOfAFinishedJobCostsNoWrite: a storm of a thousand webhooks for one
// finished job, and Lambda's duplicates of its event.
func TestARedeliveryOfAFinishedJobCostsNoWrite(t *testing.T) {
	jobs := &counted{Store: memstore.New[string, string]()}
	client := &queue{}
	work := jobtask.New("work", client, jobs, answer, quiet)
	handler := selfinvoke.WrapFunc(func(ctx context.Context, id string) (string, error) {
		return "ok", work.Start(ctx, id, "question")
	}, work)
	for range 1000 {
		if _, err := handler.Invoke(invocation(), []byte(`"delivery"`)); err != nil {
			t.Fatal(err)
		}
		if _, err := handler.Invoke(invocation(), client.events[0]); err != nil {
			t.Fatal(err)
		}
	}
	if len(client.events) != 1 || jobs.claims != 1 || jobs.redelivered != 999 {
		t.Errorf("%d events, %d claims, %d of 1000 creates that look first; want 1, 1 and 999", len(client.events), jobs.claims, jobs.redelivered)
	}
}

// TestARedeliveryToAFrontCostsOneWrite: the jobs are run by another function, of which the front
// learns nothing.
func TestARedeliveryToAFrontCostsOneWrite(t *testing.T) {
	jobs := &counted{Store: memstore.New[string, string]()}
	front := jobtask.New("work", &queue{}, jobs, answer, quiet)
	handler := selfinvoke.WrapFunc(func(ctx context.Context, id string) (string, error) {
		return "ok", front.Start(ctx, id, "question")
	}, front)
	deliver := func() {
		if _, err := handler.Invoke(invocation(), []byte(`"delivery"`)); err != nil {
			t.Fatal(err)
		}
	}
	deliver()
	if err := jobstore.Run(t.Context(), jobs, "delivery", answer); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		deliver()
	}
	if jobs.redelivered != 99 {
		t.Errorf("%d of 100 repeats looked first, want 99", jobs.redelivered)
	}
}
