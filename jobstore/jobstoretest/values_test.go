package jobstoretest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type raw = json.RawMessage

// encoded keeps values as JSON in another store.
type encoded[T any] struct {
	in jobstore.JobStore[raw, raw]
}

func newEncoded[T any]() encoded[T] { return encoded[T]{memstore.New[raw, raw]()} }

func (s encoded[T]) Create(ctx context.Context, input T, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[T, T], error) {
	var o jobstore.CreateOptions
	for _, opt := range opts {
		opt(&o)
	}
	data, err := value.EncodeJSON("input", input)
	if err == nil {
		err = value.CheckValue("metadata", o.Metadata)
	}
	if err != nil {
		return nil, &jobstore.Error{Op: "create", ID: o.ID, Err: fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)}
	}
	return decoded[T](s.in.Create(ctx, data, opts...))
}

func (s encoded[T]) Get(ctx context.Context, id string) (*jobstore.Job[T, T], error) {
	return decoded[T](s.in.Get(ctx, id))
}

func (s encoded[T]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[T, T], error) {
	return decoded[T](s.in.Claim(ctx, id, lease))
}

func (s encoded[T]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	return s.in.Report(ctx, c, h)
}

func (s encoded[T]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[T]) error {
	data, err := value.EncodeJSON("output", o.Output)
	if err != nil {
		return &jobstore.Error{Op: "settle", ID: c.ID, Err: fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)}
	}
	return s.in.Settle(ctx, c, jobstore.Outcome[raw]{Status: o.Status, Output: data})
}

func decoded[T any](job *jobstore.Job[raw, raw], err error) (*jobstore.Job[T, T], error) {
	if err != nil {
		return nil, err
	}
	d := &jobstore.Job[T, T]{ID: job.ID, Status: job.Status, Attempt: job.Attempt, Owner: job.Owner}
	if err := value.DecodeJSON("input", job.Input, &d.Input); err != nil {
		return nil, err
	}
	if job.Output != nil {
		err = value.DecodeJSON("output", job.Output, &d.Output)
	}
	return d, err
}

func TestTypes(t *testing.T) {
	if err := driver.CheckTypes[jobstoretest.Values, jobstoretest.Values](); err != nil {
		t.Fatal(err)
	}
	jobstoretest.Types(t, newEncoded[jobstoretest.Values]())
}

func TestRoundTrip(t *testing.T) {
	jobstoretest.RoundTrip(t, newEncoded[string](), "", "text")
	jobstoretest.RoundTrip(t, newEncoded[[]byte](), nil, []byte{0, 255})
	jobstoretest.RoundTrip(t, newEncoded[time.Time](), time.Now())
	jobstoretest.RoundTrip[any](t, newEncoded[any](), nil, 1.5, map[string]any{"a": 7})
}
