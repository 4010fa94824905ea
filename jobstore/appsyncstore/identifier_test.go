package appsyncstore_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

func byTenant(o *appsyncstore.Options) { o.Fields.Partition, o.Fields.ID = "tenantId", "jobId" }

type tenantStore = appsyncstore.Store[string, string]

// oneTenant is a store of one tenant's jobs to the suite, which chooses its own IDs.
type oneTenant struct{ *tenantStore }

func full(id string) string {
	if id == "" {
		return ""
	}
	return "acme::one:" + id
}

func bare(job *jobstore.Job[string, string], err error) (*jobstore.Job[string, string], error) {
	if job != nil {
		job.ID = strings.TrimPrefix(job.ID, "acme::one:")
	}
	return job, bareError(err)
}

func bareError(err error) error {
	var e *jobstore.Error
	if !errors.As(err, &e) {
		return err
	}
	return &jobstore.Error{Op: e.Op, ID: strings.TrimPrefix(e.ID, "acme::one:"), Err: e.Err}
}

func (s oneTenant) Create(ctx context.Context, in string, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[string, string], error) {
	return bare(s.tenantStore.Create(appsyncstore.WithFields(ctx, map[string]any{"tenantId": "acme::one"}), in, opts...))
}

func (s oneTenant) Get(ctx context.Context, id string) (*jobstore.Job[string, string], error) {
	return bare(s.tenantStore.Get(ctx, full(id)))
}

func (s oneTenant) Claim(ctx context.Context, id string, l jobstore.Lease) (*jobstore.Job[string, string], error) {
	return bare(s.tenantStore.Claim(ctx, full(id), l))
}

func (s oneTenant) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	c.ID = full(c.ID)
	return bareError(s.tenantStore.Report(ctx, c, h))
}

func (s oneTenant) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	c.ID = full(c.ID)
	return bareError(s.tenantStore.Settle(ctx, c, o))
}

func (s oneTenant) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[string, string], error) {
	return bare(s.tenantStore.Cancel(ctx, full(id), reason))
}

func (s oneTenant) CancelJob(ctx context.Context, read *jobstore.Job[string, string], reason string) (*jobstore.Job[string, string], error) {
	of := *read
	of.ID = full(read.ID)
	return bare(s.tenantStore.CancelJob(ctx, &of, reason))
}

func (s oneTenant) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		for stuck, err := range s.tenantStore.Stuck(ctx, now) {
			if stuck.ID = strings.TrimPrefix(stuck.ID, "acme::one:"); !yield(stuck, err) {
				return
			}
		}
	}
}

// TestComposite runs the suite for a model with an identifier of two strings.
func TestComposite(t *testing.T) {
	t.Parallel()
	api := appsynctest.StartVariant(t, "strings", "tenantId", "jobId")
	if err := newStore(t, api, byTenant).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobstoretest.Run(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
		if c.History {
			return nil // it keeps none
		}
		api.Clear(t)
		store := newStore(t, api, byTenant, recordSize, configured(c))
		store.Hurry()
		return oneTenant{store}
	}, func(o *jobstoretest.Options) {
		o.Rounds, o.Lacks = 1, append([]string{
			"9 waiting/counts the attempts that did not count",
			"8 bad input/create", "8 bad input/the largest input can be completed", // the tenant is a part of what is limited
		}, callerLacks...)
	})
}

// TestJobsOfTenants keeps jobs of two tenants apart that have one ID, from their creation to their
// end, by their stream's records, and in a sweep.
func TestJobsOfTenants(t *testing.T) {
	api := appsynctest.StartVariant(t, "composite", "tenantId", "jobId")
	store := newStore(t, api, byTenant)
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tenant := range []string{"acme", `a"b\c`} {
		job, err := store.Create(appsyncstore.WithFields(t.Context(), map[string]any{"tenantId": tenant}), "of "+tenant, withID("1"))
		if err != nil || job.ID != tenant+":1" {
			t.Fatalf("created %+v, %v", job, err)
		}
	}
	d := jobstream.New(store, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		return "answer " + job.Input, nil
	})
	record := `{"Records":[{"eventID":"1","eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","StreamViewType":"NEW_AND_OLD_IMAGES",
		"Keys":{"tenantId":{"S":"acme"},"jobId":{"S":"1"}},"NewImage":{"tenantId":{"S":"acme"},"jobId":{"S":"1"},"status":{"S":"pending"}}}}]}`
	if out, err := d.Invoke(t.Context(), []byte(record)); err != nil || strings.Contains(string(out), "itemIdentifier") {
		t.Fatalf("%s, %v", out, err)
	}
	if job, err := store.Get(t.Context(), "acme:1"); err != nil || job.Output != "answer of acme" {
		t.Errorf("of the one: %+v, %v", job, err)
	}
	var stuck []string
	for s, err := range store.Stuck(t.Context(), time.Now().Add(time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		stuck = append(stuck, s.ID)
	}
	if want := []string{`a"b\c:1`}; !slices.Equal(stuck, want) {
		t.Errorf("stuck are %q, want %q", stuck, want)
	}
	if job, err := store.Cancel(t.Context(), `a"b\c:1`, "why"); err != nil || job.Input != `of a"b\c` {
		t.Errorf("of the other: %+v, %v", job, err)
	}
}

// TestIncompleteIDs are refused before a request.
func TestIncompleteIDs(t *testing.T) {
	s := &script{answers: []string{"{}"}}
	store := scripted(t, s, byTenant)
	ctx, tenant := t.Context(), appsyncstore.WithFields(t.Context(), map[string]any{"tenantId": "acme"})
	create := func(ctx context.Context, opts ...func(*jobstore.CreateOptions)) error {
		_, err := store.Create(ctx, "in", opts...)
		return err
	}
	held := jobstore.Claim{ID: "1", Owner: "o", Attempt: 1}
	_, claim := store.Claim(ctx, "1", lease("o"))
	_, get := store.Get(ctx, "acme:")
	_, cancel := store.Cancel(ctx, ":1", "why")
	for what, err := range map[string]error{
		"claim": claim, "get": get, "cancel": cancel,
		"report":                             store.Report(ctx, held, jobstore.Heartbeat{Seq: 1}),
		"settle":                             store.Settle(ctx, held, jobstore.Outcome[string]{Status: jobstore.Complete}),
		"create without a tenant":            create(ctx),
		"create of another tenant":           create(tenant, withID("other:1")),
		"create with half an ID":             create(tenant, withID(":1")),
		"create with a tenant that is empty": create(appsyncstore.WithFields(ctx, map[string]any{"tenantId": ""})),
	} {
		if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "tenantId") {
			t.Errorf("%s: %v, want ErrInvalid that names tenantId", what, err)
		}
	}
	if s.requests() != 0 {
		t.Errorf("%d requests were sent", s.requests())
	}
}

// TestForeignColon finds a record that no job's ID names. A sweep says so, after the others.
func TestForeignColon(t *testing.T) {
	api := appsynctest.StartVariant(t, "composite", "tenantId", "jobId")
	store := newStore(t, api, byTenant)
	for _, id := range []string{"a:b", "c"} {
		item, err := attributevalue.MarshalMap(map[string]any{
			"tenantId": "acme", "jobId": id, "status": "pending", "query": "?", "createdAt": "2026-11-01T10:00:00.000Z", "updatedAt": "2026-11-01T10:00:00.000Z",
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &api.Table, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	var last error
	for s, err := range store.Stuck(t.Context(), time.Now()) {
		if last = err; err == nil {
			ids = append(ids, s.ID)
		}
	}
	if !slices.Equal(ids, []string{"acme:c"}) || last == nil || !strings.Contains(last.Error(), "jobId has a colon") {
		t.Errorf("stuck are %q, then %v", ids, last)
	}
}
