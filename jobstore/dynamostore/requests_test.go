package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// counter counts the requests of a client by operation.
type counter struct {
	mu    sync.Mutex
	calls map[string]int
}

func counted(t *testing.T) (*dynamodb.Client, *counter) {
	c := &counter{calls: map[string]int{}}
	return dynamodb.New(newClient(t).Options(), func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("count", c.count), middleware.After)
		})
	}), c
}

// count runs once for each try.
func (c *counter) count(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	c.mu.Lock()
	c.calls[middleware.GetOperationName(ctx)]++
	c.mu.Unlock()
	return next.HandleFinalize(ctx, in)
}

// take returns what was called since the last take.
func (c *counter) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, name := range slices.Sorted(maps.Keys(c.calls)) {
		all = append(all, fmt.Sprintf("%d %s", c.calls[name], name))
	}
	clear(c.calls)
	return strings.Join(all, ", ")
}

// TestGuarantee7 counts the requests of each path.
func TestGuarantee7(t *testing.T) {
	t.Parallel()
	client, count := counted(t)
	store := newStore(t, client)
	count.take()
	ctx := t.Context()
	want := func(what, requests string) {
		t.Helper()
		if got := count.take(); got != requests {
			t.Errorf("%s took %q, want %q", what, got, requests)
		}
	}
	answer := func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }

	job, err := store.Create(ctx, "in")
	if err != nil {
		t.Fatal(err)
	}
	want("creating a job", "1 PutItem")
	if err := jobstore.Run(ctx, store, job.ID, answer); err != nil {
		t.Fatal(err)
	}
	want("running it", "2 UpdateItem")
	if err := jobstore.Run(ctx, store, job.ID, answer); err != nil {
		t.Fatal(err)
	}
	want("running it again", "1 UpdateItem")
	if again, err := store.Create(ctx, "", func(o *jobstore.CreateOptions) { o.ID = job.ID }); !errors.Is(err, jobstore.ErrExists) || again.Output != "out" {
		t.Fatal(again, err)
	}
	want("creating it again, which returns the first", "1 PutItem")
	if got, err := store.Claim(ctx, job.ID, lease("o")); !errors.Is(err, jobstore.ErrFinished) || got.Output != "out" {
		t.Fatal(got, err)
	}
	want("a claim that loses, and learns why", "1 UpdateItem")

	job, err = store.Create(ctx, "in", func(o *jobstore.CreateOptions) { o.StartAt = time.Now().Add(3 * time.Second) })
	if err != nil {
		t.Fatal(err)
	}
	want("creating a job that starts later", "1 PutItem")
	attempts := 0
	err = jobstore.Run(ctx, store, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		if attempts++; attempts == 1 {
			return "", jobstore.Snooze(0)
		}
		return "out", nil
	}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	want("a claim before the time, and two attempts with a wait in place", "5 UpdateItem")

	job, err = store.Create(ctx, "in", func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Claim(ctx, job.ID, jobstore.Lease{Owner: "o", Until: time.Now().Add(-time.Second)}); err != nil {
		t.Fatal(err)
	}
	count.take()
	if _, err := store.Claim(ctx, job.ID, lease("p")); !errors.Is(err, jobstore.ErrFinished) {
		t.Fatal(err)
	}
	want("a claim that finds an abandoned job", "2 UpdateItem")
	if _, err := store.Get(ctx, job.ID); err != nil {
		t.Fatal(err)
	}
	want("a look", "1 GetItem")
}

func TestProgressIsOneWriteASecondAtMost(t *testing.T) {
	client, count := counted(t)
	store := newStore(t, client)
	job, err := store.Create(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	count.take()
	err = jobstore.Run(t.Context(), store, job.ID, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		for i := range 101 {
			if err := jobstore.Report(ctx, i, "working"); err != nil {
				return "", err
			}
		}
		return "out", nil
	}, func(o *jobstore.RunOptions) { o.ReportEvery = time.Hour })
	if got := count.take(); err != nil || got != "3 UpdateItem" {
		t.Errorf("101 reports took %q, %v; want claim, first report, and the last with the outcome", got, err)
	}
	if got, err := store.Get(t.Context(), job.ID); err != nil || got.Progress != 100 {
		t.Errorf("stored %d %%, %v; want the last report", got.Progress, err)
	}
}

func lease(owner string) jobstore.Lease {
	return jobstore.Lease{Owner: owner, Until: time.Now().Add(time.Minute)}
}

var _ dynamostore.SweepClient = (*dynamodb.Client)(nil)

// TestRequestsWithHistory costs no more, however long the history would be.
func TestRequestsWithHistory(t *testing.T) {
	client, count := counted(t)
	now := time.Now()
	store := newStore(t, client, func(o *dynamostore.Options) {
		o.History, o.Index, o.Now = true, "jobs", func() time.Time { return now }
	})
	job, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.MaxAttempts = 1000 })
	if err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		count.take()
		_ = jobstore.Run(t.Context(), store, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
			return "", errors.New("busy")
		}, quiet)
		if calls := count.take(); calls != "2 UpdateItem" {
			t.Fatalf("attempt %d took %s", n+1, calls)
		}
		now = now.Add(time.Hour)
	}
	if got, err := store.Get(t.Context(), job.ID); err != nil || got.Attempt != 40 || len(got.History) > driver.MaxHistory {
		t.Errorf("attempt %d, %d transitions, %v", got.Attempt, len(got.History), err)
	}
}

// measuring checks the limit of an expression.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
type measuring struct {
	*dynamodb.Client
	t *testing.T
}

func (m measuring) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	const maxExpression, maxOperators = 4 << 10, 300
	for _, expression := range []string{*in.ConditionExpression, *in.UpdateExpression} {
		operators := 0
		for _, operator := range []string{"=", "<", ">", " AND ", " OR ", "NOT ", " IN ", "attribute_", "size(", "list_append", "if_not_exists", "+"} {
			operators += strings.Count(expression, operator)
		}
		if len(expression) > maxExpression || operators > maxOperators {
			m.t.Errorf("an expression has %d bytes and %d operators, DynamoDB takes %d and %d", len(expression), operators, maxExpression, maxOperators)
		}
	}
	return m.Client.UpdateItem(ctx, in, opts...)
}

func TestExpressionsAreShort(t *testing.T) {
	all := func(o *dynamostore.Options) { single(o); o.History = true }
	client := newClient(t)
	store, err := dynamostore.New[string, string](measuring{client, t}, newTable(t, client, all), all)
	if err != nil {
		t.Fatal(err)
	}
	everyCall(t.Context(), store)
}
