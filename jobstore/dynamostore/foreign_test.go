package dynamostore_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// put writes a record as somebody else would.
func put(t *testing.T, client *dynamodb.Client, table string, record map[string]any) {
	t.Helper()
	item, err := attributevalue.MarshalMap(record)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, client *dynamodb.Client, table, id string) (record map[string]any) {
	t.Helper()
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := attributevalue.UnmarshalMap(out.Item, &record); err != nil {
		t.Fatal(err)
	}
	return record
}

// TestAmplifyRecord runs records as an Amplify Gen 2 API writes them, and reads
// what a front end would.
func TestAmplifyRecord(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table, dynamostore.Amplify("QueryJob"))
	if err != nil {
		t.Fatal(err)
	}
	for name, metadata := range map[string]any{
		"string": `{"sessionId":"user-123"}`, "map": map[string]any{"sessionId": "user-123"}, "none": nil,
	} {
		record := map[string]any{
			"id": name, "query": "What were sales last month?", "status": "pending", "__typename": "QueryJob",
			"createdAt": "2026-11-01T10:00:00.000Z", "updatedAt": "2026-11-01T10:00:00.123Z", "owner_": "me",
		}
		if metadata != nil {
			record["metadata"] = metadata
		}
		put(t, client, table, record)
		err := jobstore.Run(t.Context(), store, name, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
			if job.Input != "What were sales last month?" || metadata != nil && job.Metadata["sessionId"] != "user-123" {
				t.Errorf("%s: got %+v", name, job)
			}
			return "12 % up", nil
		})
		got := read(t, client, table, name)
		if err != nil || got["status"] != "complete" || got["response"] != "12 % up" || got["error"] != nil || got["updatedAt"] == record["updatedAt"] {
			t.Errorf("%s: Run returned %v and left %v", name, err, got)
		}
		for _, kept := range []string{"query", "__typename", "createdAt", "owner_", "metadata"} {
			if diff := cmp.Diff(record[kept], got[kept]); diff != "" {
				t.Errorf("%s: %s changed (-want +got):\n%s", name, kept, diff)
			}
		}
	}
	put(t, client, table, map[string]any{"id": "bad", "query": "?", "status": "pending", "__typename": "QueryJob"})
	_ = jobstore.Run(t.Context(), store, "bad", func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.Permanent(jobstore.Public(errors.New("404"), "no such customer"))
	}, quiet)
	if got := read(t, client, table, "bad"); got["status"] != "error" || got["error"] != "no such customer" {
		t.Errorf("a failed job is %v", got)
	}
	job, err := store.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, table, job.ID); got["__typename"] != "QueryJob" || got["query"] != "q" {
		t.Errorf("created %v", got)
	}
}

// TestUnleasedProcessing treats a record that a handler without leases marked
// processing as somebody's for as long as an invocation can last.
func TestUnleasedProcessing(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	now := time.Now()
	store, err := dynamostore.New[string, string](client, table, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
	if err != nil {
		t.Fatal(err)
	}
	stamp := now.UTC().Format("2006-01-02T15:04:05.000Z")
	put(t, client, table, map[string]any{"id": "a", "input": "?", "status": "processing", "updatedAt": stamp})
	put(t, client, table, map[string]any{"id": "b", "input": "?", "status": "processing"})
	if _, err := store.Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("at once: %v, want ErrLeased", err)
	}
	now = now.Add(15 * time.Minute)
	for _, id := range []string{"a", "b"} {
		if got, err := store.Claim(t.Context(), id, lease("o")); err != nil || got.Attempt != 1 {
			t.Errorf("%s, 15 minutes later: %+v, %v", id, got, err)
		}
	}
}

// TestForeignTimes: a job is encoded as JSON whatever times another program has written.
func TestForeignTimes(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	const late, early = "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00" // years 10000 and -1 in UTC
	for id, times := range map[string]map[string]any{
		"milliseconds": {"expiresAt": 1_900_000_000_000},
		"the last":     {"expiresAt": math.MaxInt64},
		"late":         {"createdAt": late, "updatedAt": late, "history": []any{map[string]any{"at": late, "status": "pending"}}},
		"early":        {"createdAt": early, "updatedAt": early, "history": []any{map[string]any{"at": early, "status": "pending"}}},
	} {
		put(t, client, table, merged(map[string]any{"id": id, "input": "?", "status": "pending"}, times))
		job, err := store.Get(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if text, err := json.Marshal(job); err != nil {
			t.Errorf("%s: %v, of %s", id, err, text)
		}
		if _, err := store.Claim(t.Context(), id, lease("o")); err != nil {
			t.Errorf("%s: claim: %v", id, err)
		}
	}
}

// TestForeignTimesInLists, whose times are numbers of milliseconds.
func TestForeignTimesInLists(t *testing.T) {
	client := newClient(t)
	options := func(o *dynamostore.Options) { o.Index = "unfinished" }
	table := newTable(t, client, options)
	store, err := dynamostore.New[string, string](client, table, options)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{
		"id": "a", "input": "?", "status": "pending", "shard": "open-0",
		"sweepAt": 253402300800000, "claimableFrom": 253402300800000, "handedOverAt": math.MaxInt64, // the year 10000, and later
	})
	listed := 0
	for job, err := range jobstore.List(t.Context(), store, jobstore.UnfinishedJobs) {
		if _, encoding := json.Marshal(job); err != nil || encoding != nil {
			t.Errorf("%v, %v", err, encoding)
		}
		listed++
	}
	if listed != 1 {
		t.Errorf("%d jobs", listed)
	}
}

func merged(a, b map[string]any) map[string]any {
	maps.Copy(a, b)
	return a
}

// TestNewerRecord keeps attributes that this version does not know.
func TestNewerRecord(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "input": "?", "status": "pending", "priority": 7.0, "history": []any{"of another kind"}})
	if err := jobstore.Run(t.Context(), store, "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }); err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, table, "a"); got["priority"] != 7.0 || got["output"] != "out" {
		t.Errorf("left %v", got)
	}
}

// TestUndecodable settles a job whose input is of another type, instead of
// retrying it forever.
func TestUndecodable(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[int, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "input": "not a number", "status": "pending"})
	err = jobstore.Run(t.Context(), store, "a", func(context.Context, *jobstore.Job[int, string]) (string, error) {
		t.Error("the handler ran")
		return "", nil
	}, quiet)
	var finished *jobstore.TerminalError
	if !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrDecode) || !strings.Contains(err.Error(), "input") {
		t.Errorf("Run returned %v, want a *TerminalError of ErrDecode that names the attribute", err)
	}
	if got := read(t, client, table, "a"); got["status"] != "error" || strings.Contains(got["error"].(string), "not a number") {
		t.Errorf("left %v", got)
	}
}

// TestForeignCompletion has another program finish a job without a look at its claim.
func TestForeignCompletion(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	job, err := store.Create(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	if job, err = store.Claim(t.Context(), job.ID, lease("o")); err != nil {
		t.Fatal(err)
	}
	record := read(t, client, table, job.ID)
	record["status"], record["output"] = "complete", "theirs"
	put(t, client, table, record)
	report := store.Report(t.Context(), job.Claim(), jobstore.Heartbeat{Seq: 1})
	settle := store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: "mine"})
	for call, err := range map[string]error{"Report": report, "Settle": settle} {
		if !errors.Is(err, jobstore.ErrLeaseLost) {
			t.Errorf("%s returned %v, want ErrLeaseLost", call, err)
		}
	}
	if diff := cmp.Diff(record, read(t, client, table, job.ID)); diff != "" {
		t.Errorf("the record was changed (-before +after):\n%s", diff)
	}
}

func TestUnknownStatus(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "input": "?", "status": "queued"})
	if _, err := store.Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "the record's status is another string") {
		t.Errorf("Claim: %v", err)
	}
	if _, err := store.Get(t.Context(), "a"); !errors.Is(err, jobstore.ErrDecode) || !strings.Contains(err.Error(), "the record's status is another string") {
		t.Errorf("Get: %v", err)
	}
	if got := read(t, client, table, "a"); got["status"] != "queued" {
		t.Errorf("the record was changed to %v", got)
	}
}

// TestForeignRecordIsIndexed brings a record that was written without the index
// into it for as long as it is processing.
func TestForeignRecordIsIndexed(t *testing.T) {
	client := newClient(t)
	index := func(o *dynamostore.Options) { o.Index = "unfinished" }
	table := newTable(t, client, index)
	store, err := dynamostore.New[string, string](client, table, index)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "input": "?", "status": "pending"})
	job, err := store.Claim(t.Context(), "a", lease("o"))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, table, "a"); got["shard"] == nil {
		t.Errorf("a claimed record is not in the index: %v", got)
	}
	if err := store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, table, "a"); got["shard"] != nil {
		t.Errorf("a finished record is still in the index: %v", got)
	}
}

// TestForeignRecordHasADefaultOfAttempts counts attempts of a record that has no
// bound of its own.
func TestForeignRecordHasADefaultOfAttempts(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table, func(o *dynamostore.Options) { o.MaxAttempts = 2 })
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "input": "?", "status": "pending", "attempt": 2})
	if _, err := store.Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrFinished) {
		t.Errorf("a third claim returned %v, want ErrFinished", err)
	}
}

// TestOthersJobThatDoesNotDecode concerns only the worker that claimed it: as an
// ErrDecode, Run would settle it under the other worker's token.
func TestOthersJobThatDoesNotDecode(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[string]error{"processing": jobstore.ErrLeased, "complete": jobstore.ErrFinished} {
		put(t, client, table, map[string]any{
			"id": status, "status": status, "input": map[string]any{"not": "a string"}, "claimToken": "other", "attempt": 1,
			"claimableFrom": time.Now().Add(time.Hour).UnixMilli(),
		})
		_, err := store.Claim(t.Context(), status, lease("worker"))
		if !errors.Is(err, want) || errors.Is(err, jobstore.ErrDecode) {
			t.Errorf("claim of a %s job: %v, want %v and no ErrDecode", status, err, want)
		}
	}
}
