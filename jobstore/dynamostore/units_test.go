package dynamostore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// meter adds up the capacity units that the requests of a client took, of the table and
// of its indexes.
type meter struct {
	mu             sync.Mutex
	requests       int
	table, indexes float64
}

func metered(t *testing.T) (*dynamodb.Client, *meter) {
	m := &meter{}
	return dynamodb.New(newClient(t).Options(), func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("meter", m.measure), middleware.After)
		})
	}), m
}

func (m *meter) measure(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	switch in := in.Parameters.(type) {
	case *dynamodb.PutItemInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityIndexes
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityIndexes
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityIndexes
	}
	out, metadata, err := next.HandleInitialize(ctx, in)
	switch out := out.Result.(type) {
	case *dynamodb.PutItemOutput:
		m.add(out.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.add(out.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.add(out.ConsumedCapacity)
	}
	return out, metadata, err
}

func (m *meter) add(c *types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	if c == nil {
		return
	}
	if c.Table != nil {
		m.table += *c.Table.CapacityUnits
	}
	for _, index := range c.GlobalSecondaryIndexes {
		m.indexes += *index.CapacityUnits
	}
}

// taken returns what was measured since the last call.
func (m *meter) taken() (requests int, table, indexes float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.requests, m.table, m.indexes = 0, 0, 0 }()
	return m.requests, m.table, m.indexes
}

// take is taken as text.
func (m *meter) take() string {
	requests, table, indexes := m.taken()
	return fmt.Sprintf("%d: %g and %g", requests, table, indexes)
}

// TestIndexUnits measures the write units that the package documentation states. A long
// error and all that a list shows add none.
func TestIndexUnits(t *testing.T) {
	client, units := metered(t)
	at := time.Now()
	store := newStore(t, client, func(o *dynamostore.Options) { o.Index, o.Now = "jobs", func() time.Time { return at } })
	units.take()
	var job *jobstore.Job[string, string]
	long := strings.Repeat("x", jobstore.MaxMessageBytes)
	settle := func(status jobstore.Status, text string) func() error {
		return func() error {
			return store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: status, Error: text, Detail: text})
		}
	}
	claim := func() (err error) {
		at = at.Add(time.Second)
		job, err = store.Claim(t.Context(), job.ID, lease(jobstore.NewID()))
		return err
	}
	for _, c := range []struct {
		what string
		do   func() error
		want string // requests, and units of the table and of the index
	}{
		{"create", func() (err error) { job, err = store.Create(t.Context(), "in"); return err }, "1: 1 and 1"},
		{"rearm", func() error {
			at = at.Add(time.Hour)
			_, err := store.Rearm(t.Context(), jobstore.Stuck{ID: job.ID, Status: job.Status, Since: job.SweepAt}, at.Add(time.Hour))
			return err
		}, "1: 1 and 2"},
		{"claim", claim, "1: 1 and 2"},
		{"report", func() error {
			return store.Report(t.Context(), job.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 50}})
		}, "1: 1 and 0"},
		{"renewal", func() error {
			return store.Report(t.Context(), job.Claim(), jobstore.Heartbeat{Seq: 2, LeaseUntil: at.Add(time.Hour)})
		}, "1: 1 and 2"},
		{"settle for another attempt", settle(jobstore.Pending, long), "1: 9 and 2"},
		{"claim with the error of the attempt before", claim, "1: 9 and 2"},
		{"settle as failed", settle(jobstore.Failed, "why"), "1: 9 and 2"},
		{"retry", func() error { _, err := store.Retry(t.Context(), job.ID); return err }, "1: 1 and 2"},
		{"another claim", claim, "1: 1 and 2"},
		{"settle as complete", settle(jobstore.Complete, ""), "1: 1 and 1"},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := units.take(); got != c.want {
			t.Errorf("%s took %q, want %q", c.what, got, c.want)
		}
	}
}
