package appsynctest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
)

const (
	create = `mutation ($input: CreateQueryJobInput!) { createQueryJob(input: $input) { id status query metadata claimableFrom expiresAt createdAt } }`
	update = `mutation ($input: UpdateQueryJobInput!, $condition: ModelQueryJobConditionInput) {
		updateQueryJob(input: $input, condition: $condition) { id status attempt claimableFrom } }`
	get = `query ($id: ID!) { getQueryJob(id: $id) { id status attempt claimToken claimableFrom } }`
)

type object = map[string]any

// answer is a GraphQL answer without the parts that change from run to run.
func answer(t *testing.T, raw json.RawMessage) object {
	t.Helper()
	var got object
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	t.Logf("%s", raw)
	return got
}

func data(field string, v any) object { return object{"data": object{field: v}} }

func conditionFailed(field string) object {
	return object{"data": object{field: nil}, "errors": []any{object{
		"message":   "The conditional request failed",
		"errorType": "DynamoDB:ConditionalCheckFailedException", "data": nil, "errorInfo": nil,
		"path": []any{field},
	}}}
}

func withoutLocations(got object) object {
	errs, _ := got["errors"].([]any)
	for _, e := range errs {
		delete(e.(object), "locations")
	}
	return got
}

func newJob(t *testing.T, a *API) (id string) {
	t.Helper()
	id = rand.Text()
	got := answer(t, a.Query(t, create, object{"input": object{"id": id, "query": "sales?", "status": "pending"}}))
	if got["errors"] != nil {
		t.Fatalf("create: %v", got)
	}
	return id
}

func TestCreate(t *testing.T) {
	a, id := Start(t), rand.Text()
	input := object{
		"id": id, "query": "sales?", "status": "pending", "metadata": `{"session":"s"}`,
		"claimableFrom": 1764040000123, "expiresAt": 1800000000, "createdAt": "2026-11-25T03:00:00.123Z",
	}
	want := object{
		"id": id, "query": "sales?", "status": "pending", "metadata": `{"session":"s"}`,
		"claimableFrom": nil, "expiresAt": 1800000000.0, "createdAt": "2026-11-25T03:00:00.123Z",
	}
	if diff := cmp.Diff(data("createQueryJob", want), answer(t, a.Query(t, create, object{"input": input}))); diff != "" {
		t.Errorf("create (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(conditionFailed("createQueryJob"), withoutLocations(answer(t, a.Query(t, create, object{"input": input})))); diff != "" {
		t.Errorf("create of an ID that exists (-want +got):\n%s", diff)
	}
}

func TestConditionalUpdate(t *testing.T) {
	a := Start(t)
	id := newJob(t, a)
	claim := func(condition object) object {
		input := object{"id": id, "status": "processing", "attempt": 1, "claimToken": "me", "claimableFrom": 1764040000123}
		return withoutLocations(answer(t, a.Query(t, update, object{"input": input, "condition": condition})))
	}
	pending := object{"status": object{"eq": "pending"}, "or": []object{
		{"attempt": object{"attributeExists": false}}, {"attempt": object{"eq": 0}},
	}}
	want := data("updateQueryJob", object{"id": id, "status": "processing", "attempt": 1.0, "claimableFrom": nil}) // a mutation answers no field of the functions
	if diff := cmp.Diff(want, claim(pending)); diff != "" {
		t.Errorf("condition that holds (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(conditionFailed("updateQueryJob"), claim(pending)); diff != "" {
		t.Errorf("condition that does not hold (-want +got):\n%s", diff)
	}
	wantJob := data("getQueryJob", object{"id": id, "status": "processing", "attempt": 1.0, "claimToken": "me", "claimableFrom": 1764040000123.0})
	if diff := cmp.Diff(wantJob, answer(t, a.Query(t, get, object{"id": id}))); diff != "" {
		t.Errorf("get (-want +got):\n%s", diff)
	}
}

// Each operator of the schema's condition inputs, once true and once false.
func TestConditions(t *testing.T) {
	a := Start(t)
	id := newJob(t, a)
	a.Query(t, update, object{"input": object{"id": id, "attempt": 3, "claimToken": "token", "claimableFrom": 17.5, "metadata": `{"a":1}`}})
	for name, c := range map[string]struct{ holds, fails object }{
		"eq":              {object{"attempt": object{"eq": 3}}, object{"attempt": object{"eq": 4}}},
		"ne":              {object{"attempt": object{"ne": 4}}, object{"attempt": object{"ne": 3}}},
		"lt":              {object{"claimableFrom": object{"lt": 17.6}}, object{"claimableFrom": object{"lt": 17.5}}},
		"le":              {object{"claimableFrom": object{"le": 17.5}}, object{"claimableFrom": object{"le": 17.4}}},
		"gt":              {object{"claimableFrom": object{"gt": 17.4}}, object{"claimableFrom": object{"gt": 17.5}}},
		"ge":              {object{"claimableFrom": object{"ge": 17.5}}, object{"claimableFrom": object{"ge": 17.6}}},
		"between":         {object{"attempt": object{"between": []int{1, 3}}}, object{"attempt": object{"between": []int{4, 5}}}},
		"contains":        {object{"claimToken": object{"contains": "oke"}}, object{"claimToken": object{"contains": "x"}}},
		"notContains":     {object{"claimToken": object{"notContains": "x"}}, object{"claimToken": object{"notContains": "oke"}}},
		"beginsWith":      {object{"claimToken": object{"beginsWith": "tok"}}, object{"claimToken": object{"beginsWith": "oke"}}},
		"attributeExists": {object{"claimToken": object{"attributeExists": true}}, object{"claimToken": object{"attributeExists": false}}},
		"attributeType":   {object{"metadata": object{"attributeType": "map"}}, object{"metadata": object{"attributeType": "string"}}},
		"size":            {object{"claimToken": object{"size": object{"ge": 5, "lt": 6}}}, object{"claimToken": object{"size": object{"gt": 5}}}},
		"and": {
			object{"and": []object{{"attempt": object{"eq": 3}}, {"claimToken": object{"eq": "token"}}}},
			object{"and": []object{{"attempt": object{"eq": 3}}, {"claimToken": object{"eq": "other"}}}},
		},
		"or beside a field": {
			object{"or": []object{{"attempt": object{"eq": 1}}, {"attempt": object{"eq": 3}}}, "claimToken": object{"eq": "token"}},
			object{"or": []object{{"attempt": object{"eq": 1}}, {"attempt": object{"eq": 3}}}, "claimToken": object{"eq": "other"}},
		},
		"not": {
			object{"not": object{"attempt": object{"eq": 1}, "claimToken": object{"eq": "token"}}},
			object{"not": object{"attempt": object{"eq": 3}, "claimToken": object{"eq": "token"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			input := object{"id": id, "progress": 1}
			if got := answer(t, a.Query(t, update, object{"input": input, "condition": c.holds})); got["errors"] != nil {
				t.Errorf("%v: %v", c.holds, got)
			}
			got := withoutLocations(answer(t, a.Query(t, update, object{"input": input, "condition": c.fails})))
			if diff := cmp.Diff(conditionFailed("updateQueryJob"), got); diff != "" {
				t.Errorf("%v (-want +got):\n%s", c.fails, diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	a := Start(t)
	if diff := cmp.Diff(data("getQueryJob", nil), answer(t, a.Query(t, get, object{"id": "none"}))); diff != "" {
		t.Errorf("get of no job (-want +got):\n%s", diff)
	}
	got := withoutLocations(answer(t, a.Query(t, update, object{"input": object{"id": "none", "status": "error"}})))
	if diff := cmp.Diff(conditionFailed("updateQueryJob"), got); diff != "" {
		t.Errorf("update of no job (-want +got):\n%s", diff)
	}
	got = answer(t, a.Query(t, update, object{"input": object{"id": "none", "status": "done"}}))
	if got["data"] != nil || got["errors"] == nil {
		t.Errorf("unknown status: %v", got)
	}
	got = answer(t, a.Query(t, `{ getQueryJob(id: "x") { nothing } }`, nil))
	if got["data"] != nil || got["errors"] == nil {
		t.Errorf("unknown field: %v", got)
	}
}

func anonymous(*http.Request, []byte) error { return nil }

func TestAuthorization(t *testing.T) {
	a := Start(t)
	body := marshal(object{"query": get, "variables": object{"id": "none"}})
	signed := func(p aws.CredentialsProvider, region, service string, signedBody []byte) Caller {
		return func(r *http.Request, _ []byte) error {
			sign(t, r, p, region, service, signedBody)
			return nil
		}
	}
	for name, c := range map[string]struct {
		authorize Caller
		status    int
		errorType string
	}{
		"API key":          {a.Key(), 401, "UnauthorizedException"},
		"wrong API key":    {header("X-Api-Key", "da2-other"), 401, "UnauthorizedException"},
		"nothing":          {anonymous, 401, "UnauthorizedException"},
		"token":            {header("Authorization", a.Token("user", time.Hour)), 200, ""},
		"expired token":    {header("Authorization", a.Token("user", -time.Hour)), 401, "UnauthorizedException"},
		"IAM":              {signed(a.Processor(), a.Region, "appsync", body), 200, ""},
		"no policy":        {signed(a.Stranger(), a.Region, "appsync", body), 401, "UnauthorizedException"},
		"other region":     {signed(a.Processor(), "eu-west-1", "appsync", body), 403, "InvalidSignatureException"},
		"other service":    {signed(a.Processor(), a.Region, "lambda", body), 403, "InvalidSignatureException"},
		"other body":       {signed(a.Processor(), a.Region, "appsync", []byte("{}")), 403, "InvalidSignatureException"},
		"other secret":     {signed(changed(a.Processor(), func(c *aws.Credentials) { c.SecretAccessKey += "x" }), a.Region, "appsync", body), 403, "InvalidSignatureException"},
		"unknown key ID":   {signed(changed(a.Processor(), func(c *aws.Credentials) { c.AccessKeyID = "AKIANOBODY" }), a.Region, "appsync", body), 403, "UnrecognizedClientException"},
		"malformed header": {header("Authorization", "AWS4-HMAC-SHA256 nonsense"), 403, "UnrecognizedClientException"},
	} {
		t.Run(name, func(t *testing.T) {
			status, raw := a.Post(t, body, c.authorize)
			var got struct{ Errors []struct{ ErrorType string } }
			if err := json.Unmarshal(raw, &got); err != nil || status != c.status {
				t.Fatalf("%d %s, %v; want %d", status, raw, err, c.status)
			}
			t.Logf("%d %s", status, raw)
			if c.errorType == "" && got.Errors != nil || c.errorType != "" && (len(got.Errors) != 1 || got.Errors[0].ErrorType != c.errorType) {
				t.Errorf("%s, want errorType %q", raw, c.errorType)
			}
		})
	}
}

func sign(t *testing.T, r *http.Request, p aws.CredentialsProvider, region, service string, body []byte) {
	t.Helper()
	c, err := p.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r, hex.EncodeToString(sum[:]), service, region, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func changed(p aws.CredentialsProvider, change func(*aws.Credentials)) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		c, err := p.Retrieve(ctx)
		change(&c)
		return c, err
	})
}

func TestSubscription(t *testing.T) {
	a := Start(t)
	watched, other := newJob(t, a), newJob(t, a)
	watch := `subscription ($filter: ModelSubscriptionQueryJobFilterInput) {
		onUpdateQueryJob(filter: $filter) { id status attempt claimableFrom claimToken response } }`
	all := a.Subscribe(t, watch, nil)
	one := a.Subscribe(t, watch, object{"filter": object{"id": object{"eq": watched}}})

	a.Query(t, update, object{"input": object{"id": other, "status": "processing"}})
	a.Query(t, update, object{"input": object{"id": watched, "status": "processing", "attempt": 1, "claimToken": "not selected"}})
	a.Query(t, update, object{"input": object{"id": watched, "status": "error"}, "condition": object{"status": object{"eq": "pending"}}})
	a.Query(t, update, object{"input": object{"id": watched, "status": "complete", "response": "not selected"}})

	event := func(id, status string, attempt any) object {
		return object{"onUpdateQueryJob": object{
			"id": id, "status": status, "attempt": attempt, "claimableFrom": nil, "claimToken": nil, "response": nil,
		}}
	}
	wantOne := []object{event(watched, "processing", 1.0), event(watched, "complete", 1.0)}
	if diff := cmp.Diff(wantOne, receive(t, one, 2)); diff != "" {
		t.Errorf("filtered (-want +got):\n%s", diff)
	}
	wantAll := append([]object{event(other, "processing", nil)}, wantOne...)
	if diff := cmp.Diff(wantAll, receive(t, all, 3)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
}

func receive(t *testing.T, events <-chan Event, n int) (got []object) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range n {
		select {
		case e, ok := <-events:
			if !ok || e.Errors != nil {
				t.Fatalf("after %v: open %v, errors %s", got, ok, e.Errors)
			}
			got = append(got, answer(t, e.Data))
		case <-ctx.Done():
			t.Fatalf("no event after %v", got)
		}
	}
	return got
}

func TestSubmitQuery(t *testing.T) {
	a := Start(t)
	events := make(chan []byte, 1)
	a.SubmitQuery(func(_ context.Context, event []byte) ([]byte, error) {
		events <- event
		return []byte(`{"id":"1","query":"sales?","status":"pending","createdAt":"2026-11-25T03:00:00Z"}`), nil
	})
	submitter := a.User("user")
	const submit = `mutation { submitQuery(query: "sales?", metadata: "{\"a\":1}") { id query } }`
	got := answer(t, a.QueryAs(t, submitter, submit, nil))
	if diff := cmp.Diff(data("submitQuery", object{"id": "1", "query": "sales?"}), got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	var event struct {
		Arguments object
		FieldName string
	}
	if err := json.Unmarshal(<-events, &event); err != nil {
		t.Fatal(err)
	}
	if want := (object{"query": "sales?", "metadata": object{"a": 1.0}}); event.FieldName != "submitQuery" || !cmp.Equal(want, event.Arguments) {
		t.Errorf("event %+v, want arguments %v", event, want)
	}

	a.SubmitQuery(func(context.Context, []byte) ([]byte, error) { return nil, errors.New("out of order") })
	want := object{"data": object{"submitQuery": nil}, "errors": []any{object{
		"message": "out of order", "errorType": "Lambda:Unhandled", "data": nil, "errorInfo": nil, "path": []any{"submitQuery"},
	}}}
	if diff := cmp.Diff(want, withoutLocations(answer(t, a.QueryAs(t, submitter, submit, nil)))); diff != "" {
		t.Errorf("function error (-want +got):\n%s", diff)
	}
}
