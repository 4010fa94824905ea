package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

const updating = `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id } }`

// TestAForgedCompletionIsSeen: a worker whose job another has ended is told so, also when
// the other wrote the token that the worker's own settle would write.
func TestAForgedCompletionIsSeen(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	for name, forged := range map[string]map[string]any{
		"without the token": {"status": "complete", "response": "forged"},
		"with the token":    {"status": "complete", "response": "forged", "claimToken": "me/settled"},
		"no answer":         {"status": "complete", "response": nil, "claimToken": "me/settled"},
		"an error beside":   {"status": "complete", "response": "mine", "error": "forged", "claimToken": "me/settled"},
		"as failed":         {"status": "error", "error": "forged", "claimToken": "me/settled"},
		"another attempt":   {"status": "complete", "response": "mine", "attempt": 2, "claimToken": "me/settled"},
		"abandoned":         {"status": "error", "claimToken": "me/abandoned/you"},
	} {
		id := newJob(t, store)
		job, err := store.Claim(t.Context(), id, lease("me"))
		if err != nil {
			t.Fatal(err)
		}
		forged["id"] = id
		api.Query(t, updating, map[string]any{"input": forged})
		claim := jobstore.Claim{ID: id, Owner: "me", Attempt: job.Attempt, Size: job.Size}
		if err := store.Settle(t.Context(), claim, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "mine"}); !errors.Is(err, jobstore.ErrLeaseLost) {
			t.Errorf("%s: %v, want ErrLeaseLost", name, err)
		}
		if name == "as failed" {
			if err := store.Settle(t.Context(), claim, jobstore.Outcome[string]{Status: jobstore.Failed, Error: "mine"}); !errors.Is(err, jobstore.ErrLeaseLost) {
				t.Errorf("%s, of a failure: %v, want ErrLeaseLost", name, err)
			}
		}
	}
}

// TestAForgedCompletionFailsRun through the whole of a worker.
func TestAForgedCompletionFailsRun(t *testing.T) {
	api := appsynctest.Start(t)
	store := newStore(t, api)
	id := newJob(t, store)
	err := jobstore.Run(t.Context(), store, id, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		api.Query(t, updating, map[string]any{"input": map[string]any{"id": id, "status": "complete", "response": "forged", "claimToken": job.Owner + "/settled"}})
		return "mine", nil
	}, quiet)
	if err == nil {
		t.Error("Run succeeded, and the job has another's answer")
	}
}

// TestASettleKnowsItsOwnOutcome when its copy comes late, for each kind of value that the
// API may write anew.
func TestASettleKnowsItsOwnOutcome(t *testing.T) {
	api := appsynctest.Start(t)
	again(t, api, "text")
	again(t, api, "")
	again(t, api, `{"looks": "like JSON"}`)
	again(t, api, map[string]any{"b": 1.5, "a": []any{"<&>", 1e21, nil, true}})
	again(t, api, struct{ A, B string }{"1", "<\u2028>"})
	again(t, api, json.RawMessage(`{ "z": 1, "a": [1.0, 2e3] }`))
}

func again[Out any](t *testing.T, api *appsynctest.API, output Out) {
	t.Helper()
	store, err := appsyncstore.New[string, Out](api.URL, "QueryJob", iam(api))
	if err != nil {
		t.Fatal(err)
	}
	job, err := store.Create(t.Context(), "in")
	if err == nil {
		job, err = store.Claim(t.Context(), job.ID, lease("me"))
	}
	if err != nil {
		t.Fatal(err)
	}
	claim := jobstore.Claim{ID: job.ID, Owner: "me", Attempt: job.Attempt, Size: job.Size}
	for n := range 2 {
		if err := store.Settle(t.Context(), claim, jobstore.Outcome[Out]{Status: jobstore.Complete, Output: output}); err != nil {
			t.Errorf("%#v, settle %d: %v", output, n+1, err)
		}
	}
}

// TestRewrittenJSON is the answer of an API that writes an AWSJSON anew.
func TestRewrittenJSON(t *testing.T) {
	s := &script{answers: []string{
		graphQLError(`"path":["x"],"errorType":"ConditionalCheckFailedException","message":"The conditional request failed"`),
		`{"data":{"getQueryJob":{"id":"a","status":"complete","attempt":1,"claimToken":"me/settled","response":"{\"b\": [2.0, \"\\u003c\"],\n\"a\":1}"}}}`,
	}}
	outcome := jobstore.Outcome[map[string]any]{Status: jobstore.Complete, Output: map[string]any{"a": 1.0, "b": []any{2.0, "<"}}}
	if err := scriptedFor[string, map[string]any](t, s).Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "me", Attempt: 1}, outcome); err != nil {
		t.Error(err)
	}
}

// TestExtra writes the owner beside the job, and refuses what is the store's own.
func TestExtra(t *testing.T) {
	api := appsynctest.Start(t)
	type key struct{}
	store := newStore(t, api, func(o *appsyncstore.Options) {
		o.Select = []string{"owner"}
		o.Extra = func(ctx context.Context) (map[string]any, error) {
			return map[string]any{"owner": ctx.Value(key{})}, nil
		}
	})
	events, err := api.SubscribeAs(t, api.User("alice"), `subscription { onCreateQueryJob { id owner } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := store.Create(context.WithValue(t.Context(), key{}, "alice"), "in")
	if err != nil {
		t.Fatal(err)
	}
	if got := item(t, api, job.ID)["owner"]; got != "alice" {
		t.Errorf("the record's owner is %v", got)
	}
	if e := <-events; string(e.Data) != `{"onCreateQueryJob":{"id":"`+job.ID+`","owner":"alice"}}` {
		t.Errorf("the owner got %s", e.Data)
	}
	failing := errors.New("not signed in")
	for want, extra := range map[string]func(context.Context) (map[string]any, error){
		`field "status"`:     func(context.Context) (map[string]any, error) { return map[string]any{"status": "complete"}, nil },
		`field "claimToken"`: func(context.Context) (map[string]any, error) { return map[string]any{"claimToken": "x"}, nil },
		`field "a b"`:        func(context.Context) (map[string]any, error) { return map[string]any{"a b": "x"}, nil },
		`with a func`:        func(context.Context) (map[string]any, error) { return map[string]any{"owner": func() {}}, nil },
		"larger": func(context.Context) (map[string]any, error) {
			return map[string]any{"owner": strings.Repeat("x", 400<<10)}, nil
		},
		"not signed in": func(context.Context) (map[string]any, error) { return nil, failing },
	} {
		s := &script{answers: []string{"{}"}}
		store := newStoreAt(t, appsyncstore.APIKey("k"), func(o *appsyncstore.Options) { o.HTTPClient, o.Extra, o.Retryer = s, extra, aws.NopRetryer{} })
		_, err := store.Create(t.Context(), "in")
		if err == nil || !strings.Contains(err.Error(), want) && !errors.Is(err, jobstore.ErrTooLarge) || s.requests() != 0 {
			t.Errorf("%v after %d requests, want %s before the first", err, s.requests(), want)
		}
		if want != "not signed in" && !errors.Is(err, jobstore.ErrInvalid) && !errors.Is(err, jobstore.ErrTooLarge) {
			t.Errorf("%v, want ErrInvalid", err)
		}
	}
}
