package appsyncstore_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

func quiet(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) }

// put writes an item straight into the table, with what Amplify's types require
// unless item says nil.
func put(t *testing.T, api *appsynctest.API, item map[string]any) {
	t.Helper()
	all := map[string]any{
		"query": "?", "status": "pending", "__typename": "QueryJob",
		"createdAt": "2026-11-01T10:00:00.000Z", "updatedAt": "2026-11-01T10:00:00.123Z",
	}
	for name, v := range item {
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	av, err := attributevalue.MarshalMap(all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &api.Table, Item: av}); err != nil {
		t.Fatal(err)
	}
}

func item(t *testing.T, api *appsynctest.API, id string) (item map[string]any) {
	t.Helper()
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
	out, err := api.DynamoDB().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &api.Table, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := attributevalue.UnmarshalMap(out.Item, &item); err != nil {
		t.Fatal(err)
	}
	return item
}

// answering runs the job, checks what it is given, and settles it with "12 % up".
func answering(t *testing.T, store jobstore.JobStore[string, string], id string, check func(*jobstore.Job[string, string]) bool) {
	t.Helper()
	err := jobstore.Run(t.Context(), store, id, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		if !check(job) {
			t.Errorf("the handler got %+v", job)
		}
		return "12 % up", nil
	})
	if err != nil {
		t.Errorf("Run: %v", err)
	}
}

// TestFrontEndsRecord runs records that a front end creates, with the fields of the
// seed's model alone and with nulls, which Amplify's resolver stores.
func TestFrontEndsRecord(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	for name, more := range map[string]map[string]any{
		"alone": {},
		"nulls": {
			"metadata": nil, "progress": nil, "attempt": nil, "maxAttempts": nil, "claimToken": nil, "claimableFrom": nil,
			"expiresAt": nil, "onLeaseExpiry": nil, "createToken": nil, "error": nil, "response": nil,
		},
		"metadata":            {"metadata": `{"sessionId":"user-123"}`},
		"metadata made twice": {"metadata": `"{\"sessionId\":\"user-123\"}"`},
	} {
		t.Run(name, func(t *testing.T) {
			id := jobstore.NewID()
			in := map[string]any{"id": id, "query": "sales?", "status": "pending", "createdAt": "2026-11-01T10:00:00Z"}
			for field, v := range more {
				in[field] = v
			}
			answer := api.Query(t, `mutation ($input: CreateQueryJobInput!) { createQueryJob(input: $input) { id } }`, map[string]any{"input": in})
			if strings.Contains(string(answer), "errors") {
				t.Fatalf("create: %s", answer)
			}
			answering(t, store, id, func(job *jobstore.Job[string, string]) bool {
				return job.Input == "sales?" && job.Attempt == 1 && job.MaxAttempts == driver.DefaultMaxAttempts &&
					(more["metadata"] == nil || job.Metadata["sessionId"] == "user-123")
			})
			if got := item(t, api, id); got["status"] != "complete" || got["response"] != "12 % up" || got["createdAt"] != "2026-11-01T10:00:00Z" {
				t.Errorf("left %v", got)
			}
		})
	}
}

// TestDynamostoresRecord runs a job that dynamostore created in the model's table,
// and has it finish one of ours.
func TestDynamostoresRecord(t *testing.T) {
	api := appsynctest.Start(t)
	ours := newStore(t, api)
	theirs, err := dynamostore.New[string, string](api.DynamoDB(), api.Table, dynamostore.Amplify("QueryJob"), func(o *dynamostore.Options) {
		o.Attributes.ClaimToken, o.Attributes.CreateToken, o.Attributes.ClaimableFrom = "claimToken", "createToken", "claimableFrom"
	})
	if err != nil {
		t.Fatal(err)
	}
	job, err := theirs.Create(t.Context(), "sales?", func(o *jobstore.CreateOptions) {
		o.Metadata = map[string]any{"sessionId": "user-123"}
		o.ExpiresAt = time.Now().Add(time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
	check := func(job *jobstore.Job[string, string]) bool {
		return job.Input == "sales?" && job.Metadata["sessionId"] == "user-123" && time.Until(job.ExpiresAt) > time.Minute
	}
	answering(t, ours, job.ID, check)
	if got, err := theirs.Get(t.Context(), job.ID); err != nil || got.Output != "12 % up" || got.Status != jobstore.Complete {
		t.Errorf("dynamostore reads %+v, %v", got, err)
	}
	job, err = ours.Create(t.Context(), "sales?", func(o *jobstore.CreateOptions) {
		o.Metadata = map[string]any{"sessionId": "user-123"}
		o.ExpiresAt = time.Now().Add(time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := ours.Claim(t.Context(), job.ID, lease("o"))
	if err != nil {
		t.Fatal(err)
	}
	if err := theirs.Report(t.Context(), claimed.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 50}}); err != nil {
		t.Errorf("dynamostore knows no claim of ours: %v", err)
	}
	if err := ours.Settle(t.Context(), claimed.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending}); err != nil {
		t.Fatal(err)
	}
	answering(t, theirs, job.ID, check)
}

// TestUnleasedProcessing treats a record that a handler without leases marked
// processing as somebody's for as long as an invocation can last.
func TestUnleasedProcessing(t *testing.T) {
	api, now := appsynctest.Start(t), time.Now()
	store, w := wired(t, api, func(o *appsyncstore.Options) { o.Now = func() time.Time { return now } })
	id := jobstore.NewID()
	stamp := func() string { return now.UTC().Format("2006-01-02T15:04:05.000Z") }
	put(t, api, map[string]any{"id": id, "status": "processing", "updatedAt": stamp()})
	if got, err := store.Claim(t.Context(), id, lease("o")); !errors.Is(err, jobstore.ErrLeased) || !got.LeaseUntil.Equal(now.Truncate(time.Millisecond).Add(15*time.Minute)) {
		t.Errorf("at once: %+v, %v, want ErrLeased", got, err)
	}
	now = now.Add(15 * time.Minute)
	w.after("get", func() { put(t, api, map[string]any{"id": id, "status": "processing", "updatedAt": stamp()}) })
	if _, err := store.Claim(t.Context(), id, lease("o")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("its handler gave a sign of life meanwhile, and the claim returned %v, want ErrLeased", err)
	}
	now = now.Add(15 * time.Minute)
	if got, err := store.Claim(t.Context(), id, lease("o")); err != nil || got.Attempt != 1 {
		t.Errorf("15 minutes later: %+v, %v", got, err)
	}
}

// TestUndecodable settles a job whose input is of another type, instead of
// retrying it forever.
func TestUndecodable(t *testing.T) {
	api := appsynctest.Start(t)
	store, err := appsyncstore.New[map[string]int, string](api.URL, "QueryJob", iam(api))
	if err != nil {
		t.Fatal(err)
	}
	for name, record := range map[string]map[string]any{
		"another type":            {"query": "not a map"},
		"no value where required": {"query": nil},
		"no date where required":  {"createdAt": nil, "query": "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			record["id"] = jobstore.NewID()
			put(t, api, record)
			err := jobstore.Run(t.Context(), store, record["id"].(string), func(context.Context, *jobstore.Job[map[string]int, string]) (string, error) {
				t.Error("the handler ran")
				return "", nil
			}, quiet)
			var finished *jobstore.TerminalError
			if !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrDecode) {
				t.Errorf("Run returned %v, want a *TerminalError of ErrDecode", err)
			}
			got := item(t, api, record["id"].(string))
			if reason, _ := got["error"].(string); got["status"] != "error" || reason == "" || strings.Contains(reason, "not a map") {
				t.Errorf("left %v", got)
			}
		})
	}
}

// TestUndecodableOfAnother leaves a job that does not decode to the worker that
// holds it, and knows that it is finished when it is.
func TestUndecodableOfAnother(t *testing.T) {
	api := appsynctest.Start(t)
	store, err := appsyncstore.New[map[string]int, map[string]int](api.URL, "QueryJob", iam(api))
	if err != nil {
		t.Fatal(err)
	}
	run := func(id string) error {
		return jobstore.Run(t.Context(), store, id, func(context.Context, *jobstore.Job[map[string]int, map[string]int]) (map[string]int, error) {
			t.Error("the handler ran")
			return nil, nil
		}, quiet)
	}
	held := jobstore.NewID()
	put(t, api, map[string]any{"id": held, "query": "text", "status": "processing", "attempt": 1, "claimToken": "another", "claimableFrom": time.Now().Add(time.Hour).UnixMilli()})
	if err := run(held); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("Run of a job that another holds: %v, want ErrLeased", err)
	}
	if got := item(t, api, held); got["status"] != "processing" || got["error"] != nil {
		t.Errorf("the other's job is %v", got)
	}
	done := jobstore.NewID()
	put(t, api, map[string]any{"id": done, "query": "{}", "status": "complete", "response": "text", "attempt": 1, "claimToken": "another"})
	if err := run(done); err != nil {
		t.Errorf("Run of a job that is complete: %v", err)
	}
	if got, err := store.Create(t.Context(), map[string]int{}, func(o *jobstore.CreateOptions) { o.ID = done }); !errors.Is(err, jobstore.ErrExists) || got == nil {
		t.Errorf("Create: %+v, %v, want ErrExists and the job", got, err)
	}
	if got, err := store.Get(t.Context(), done); !errors.Is(err, jobstore.ErrDecode) || got.Status != jobstore.Complete || !strings.Contains(err.Error(), "response") {
		t.Errorf("Get: %+v, %v, want ErrDecode that names the field", got, err)
	}
}

// TestUnknownStatus leaves a record whose status the model does not know alone.
func TestUnknownStatus(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	id := jobstore.NewID()
	put(t, api, map[string]any{"id": id, "status": "queued"})
	_, claim := store.Claim(t.Context(), id, lease("o"))
	_, get := store.Get(t.Context(), id)
	_, cancel := store.Cancel(t.Context(), id, "why")
	if !errors.Is(claim, jobstore.ErrInvalid) || !errors.Is(get, jobstore.ErrDecode) || !errors.Is(cancel, jobstore.ErrDecode) {
		t.Errorf("claim: %v\nget: %v\ncancel: %v", claim, get, cancel)
	}
	if got := item(t, api, id); got["status"] != "queued" {
		t.Errorf("the record was changed to %v", got)
	}
}

// TestNumbers reads the forms that numbers can come in.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]int64{"1764040000123": 1764040000123, "1.764040000123E12": 1764040000123, "1764040000123.0": 1764040000123} {
		c := &script{answers: []string{`{"data":{"getQueryJob":{"id":"a","status":"processing","claimableFrom":` + text + `,"attempt":2.0,"expiresAt":9e9}}}`}}
		job, err := scripted(t, c).Get(t.Context(), "a")
		if err != nil || job.LeaseUntil.UnixMilli() != want || job.Attempt != 2 || job.ExpiresAt.Unix() != 9e9 {
			t.Errorf("%s: %+v, %v", text, job, err)
		}
	}
}

// TestNewerRecord keeps attributes that this version does not know.
func TestNewerRecord(t *testing.T) {
	api := appsynctest.Start(t)
	id := jobstore.NewID()
	put(t, api, map[string]any{"id": id, "priority": 7.0, "history": []any{"of another kind"}})
	answering(t, newStore(t, api), id, func(*jobstore.Job[string, string]) bool { return true })
	if got := item(t, api, id); got["priority"] != 7.0 || got["history"] == nil {
		t.Errorf("left %v", got)
	}
}
