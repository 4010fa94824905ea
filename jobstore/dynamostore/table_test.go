package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

func quiet(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) }

// everyCall makes each call once and returns its error.
func everyCall(ctx context.Context, s *dynamostore.Store[string, string]) map[string]error {
	_, create := s.Create(ctx, "in")
	_, get := s.Get(ctx, "a")
	_, claim := s.Claim(ctx, "a", lease("o"))
	_, cancel := s.Cancel(ctx, "a", "why")
	_, retry := s.Retry(ctx, "a")
	_, sweep := jobstore.Sweep(ctx, s, func(context.Context, jobstore.Stuck) error { return nil })
	held := jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
	return map[string]error{
		"create": create, "get": get, "claim": claim, "cancel": cancel, "retry": retry, "sweep": sweep,
		"report": s.Report(ctx, held, jobstore.Heartbeat{Seq: 1}),
		"settle": s.Settle(ctx, held, jobstore.Outcome[string]{Status: jobstore.Complete}),
	}
}

func TestMissingTableIsNoMissingJob(t *testing.T) {
	s, err := dynamostore.New[string, string](newClient(t), "no-such-table")
	if err != nil {
		t.Fatal(err)
	}
	for op, err := range everyCall(t.Context(), s) {
		var missing *types.ResourceNotFoundException
		var e *jobstore.Error
		if errors.Is(err, jobstore.ErrNotFound) || !errors.As(err, &missing) || !strings.Contains(err.Error(), `table "no-such-table" does not exist`) || !errors.As(err, &e) || e.Op != op {
			t.Errorf("%s: %v", op, err)
		}
	}
	err = jobstore.Run(t.Context(), s, "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil })
	var retry *jobstore.RetryError
	if !errors.As(err, &retry) {
		t.Errorf("Run returned %v, want a *RetryError: the table may come", err)
	}
}

func TestTableWithAnotherKey(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client, func(o *dynamostore.Options) { o.Attributes.ID = "pk" })
	s, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for op, err := range everyCall(t.Context(), s) {
		if op == "sweep" {
			continue // a scan asks for no key
		}
		if err == nil || errors.Is(err, jobstore.ErrNotFound) || !strings.Contains(err.Error(), `key must be the string attribute "id"`) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestMissingIndex(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	s, err := dynamostore.New[string, string](client, table, func(o *dynamostore.Options) { o.Index = "unfinished" })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), "in"); err != nil {
		t.Errorf("a job can be created before the index: %v", err)
	}
	_, err = jobstore.Sweep(t.Context(), s, func(context.Context, jobstore.Stuck) error { return nil })
	if err == nil || !strings.Contains(err.Error(), `index "unfinished" is missing or still being built`) {
		t.Errorf("Sweep returned %v", err)
	}
}

func TestCreateTable(t *testing.T) {
	client := newClient(t)
	indexed := func(o *dynamostore.Options) { o.Index = "unfinished" }
	table := newStreamTable(t, client, indexed)
	if _, err := dynamostore.CreateTable(t.Context(), client, table, indexed); err != nil {
		t.Errorf("a table that exists: %v", err)
	}
	out, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	if d := out.Table; d.StreamSpecification.StreamViewType != types.StreamViewTypeNewAndOldImages || *d.KeySchema[0].AttributeName != "id" || len(d.KeySchema) != 1 || *d.GlobalSecondaryIndexes[0].IndexName != "unfinished" {
		t.Errorf("made %+v", d)
	}
	ttl, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	if d := ttl.TimeToLiveDescription; d.TimeToLiveStatus != types.TimeToLiveStatusEnabled || aws.ToString(d.AttributeName) != "expiresAt" {
		t.Errorf("TTL is %+v", d)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	client := newClient(t)
	for want, opt := range map[string]func(*dynamostore.Options){
		"MaxAttempts is 1000001, want":   func(o *dynamostore.Options) { o.MaxAttempts = 1_000_001 },
		"Attributes.Error is not valid":  func(o *dynamostore.Options) { o.Attributes.Error = "a\xff" },
		"MaxAttempts is 0":               func(o *dynamostore.Options) { o.MaxAttempts = 0 },
		"Now":                            func(o *dynamostore.Options) { o.Now = nil },
		"Attributes.Error":               func(o *dynamostore.Options) { o.Attributes.Error = "" },
		"OnLeaseExpiry is":               func(o *dynamostore.Options) { o.OnLeaseExpiry = "wait" },
		"both \"input\"":                 func(o *dynamostore.Options) { o.Attributes.Output = "input" },
		"and Attributes.Status are both": func(o *dynamostore.Options) { o.Marker = jobstore.Marker{Name: "status", Value: "x"} },
		"Marker has a Name or a Value":   func(o *dynamostore.Options) { o.Marker.Name = "type" },
		"SortKey has a Name or a Value":  func(o *dynamostore.Options) { o.SortKey.Name = "SK" },
		`Index is " ", want 3 to 255`:    func(o *dynamostore.Options) { o.Index = " " },
		`Index is "ab", want 3 to 255`:   func(o *dynamostore.Options) { o.Index = "ab" },
		"shorten the names":              func(o *dynamostore.Options) { o.Attributes.Error = strings.Repeat("e", 20000) },
	} {
		got := panicOf(func() { _, _ = dynamostore.New[string, string](client, "t", opt) })
		if !strings.HasPrefix(got, "dynamostore: New: Options.") || !strings.Contains(got, want) {
			t.Errorf("panicked with %q, want it to name %s", got, want)
		}
	}
	if got := panicOf(func() { _, _ = dynamostore.New[string, string](client, "t", nil) }); got != "dynamostore: New: option 1 of 1 is nil" {
		t.Errorf("a nil option: %q", got)
	}
	if got := panicOf(func() { _, _ = dynamostore.CreateTable(t.Context(), client, "t", nil) }); got != "dynamostore: CreateTable: option 1 of 1 is nil" {
		t.Errorf("a nil option of CreateTable: %q", got)
	}
	if got := panicOf(func() { dynamostore.Amplify("") }); got != "dynamostore: Amplify: typename is empty" {
		t.Errorf("without a typename: %q", got)
	}
	if got := panicOf(func() { _, _ = dynamostore.New[string, string](nil, "t") }); got != "dynamostore: New: client is nil" {
		t.Errorf("without a client: %q", got)
	}
	for _, table := range []string{"", " ", "jobs\n", "${TABLE}", `"jobs"`, "arn:aws:s3:::jobs", strings.Repeat("t", 256)} {
		if _, err := dynamostore.New[string, string](client, table); err == nil || !strings.HasPrefix(err.Error(), "dynamostore: New: table is ") {
			t.Errorf("table %q: %v", table, err)
		}
	}
	for _, table := range []string{"jobs", "Query_Job-1.x", "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/jobs"} {
		if _, err := dynamostore.New[string, string](client, table); err != nil {
			t.Errorf("table %q: %v", table, err)
		}
	}
}

// panicOf returns what call panics with.
func panicOf(call func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	call()
	return ""
}

// TestSweepPages finds jobs over several pages, by scan and by index, and stops
// in the middle when told to.
func TestSweepPages(t *testing.T) {
	for name, opt := range map[string]func(*dynamostore.Options){
		"scan":  func(*dynamostore.Options) {},
		"index": func(o *dynamostore.Options) { o.Index = "unfinished" },
	} {
		t.Run(name, func(t *testing.T) {
			client, count := counted(t)
			s := newStore(t, client, opt)
			for i := range 40 {
				id := fmt.Sprintf("job-%02d", i)
				if _, err := s.Create(t.Context(), strings.Repeat("x", 100_000), func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
					t.Fatal(err)
				}
			}
			count.take()
			found := map[string]bool{}
			late := func(o *jobstore.SweepOptions) { o.Now = func() time.Time { return time.Now().Add(time.Hour) } }
			swept, err := jobstore.Sweep(t.Context(), s, func(_ context.Context, j jobstore.Stuck) error {
				found[j.ID] = true
				return nil
			}, late)
			calls := count.take()
			if err != nil || swept.Started != 40 || len(found) != 40 {
				t.Errorf("started %d, found %d, %v", swept.Started, len(found), err)
			}
			if name == "index" && calls != "16 Query, 40 UpdateItem" || name == "scan" && (calls < "4 Scan, 40 U" || calls > "6 Scan, 40 V") {
				t.Errorf("it took %s", calls)
			}
			for range s.Stuck(t.Context(), time.Now().Add(2*time.Hour)) {
				break
			}
			if calls := count.take(); calls[0] > '3' && name == "scan" {
				t.Errorf("a look at the first took %s", calls)
			}
		})
	}
}

// TestRefusedOutput ends a job whose output DynamoDB itself refuses.
func TestRefusedOutput(t *testing.T) {
	client := newClient(t)
	s, err := dynamostore.New[string, any](client, newTable(t, client))
	if err != nil {
		t.Fatal(err)
	}
	job, err := s.Create(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	var deep any = "bottom"
	for range 40 { // DynamoDB nests 32 levels
		deep = []any{deep}
	}
	err = jobstore.Run(t.Context(), s, job.ID, func(context.Context, *jobstore.Job[string, any]) (any, error) { return deep, nil }, quiet)
	var finished *jobstore.TerminalError
	if !errors.As(err, &finished) {
		t.Errorf("Run returned %v, want a *TerminalError", err)
	}
	if got, err := s.Get(t.Context(), job.ID); err != nil || got.Status != jobstore.Failed || got.Error == "" {
		t.Errorf("the job is %+v, %v", got, err)
	}
}
