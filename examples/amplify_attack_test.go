package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// protected are the fields of the model that no browser reads, each with a secret.
var protected = []string{"errorDetail", "createToken", "claimToken", "claimableFrom", "reports"}

const victim = "owner"

// victimsJob puts a job of the user victim into the table, with all its fields.
func victimsJob(t *testing.T, api *appsynctest.API) (id string) {
	t.Helper()
	id = jobstore.NewID()
	_, err := api.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &api.Table, Item: map[string]types.AttributeValue{
		"id": text(id), "owner": text(victim), "query": text("a private question"), "status": text("processing"), "createdAt": text("2026-11-25T10:00:00.000Z"),
		"updatedAt": text("2026-11-25T10:00:00.000Z"), "errorDetail": text("secret detail"), "createToken": text("secret create token"),
		"claimToken": text("secret claim token"), "attempt": number("1"), "claimableFrom": number("1764040000123"), "reports": number("77"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }

func stored(t *testing.T, api *appsynctest.API, id string) map[string]types.AttributeValue {
	t.Helper()
	out, err := api.DynamoDB().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &api.Table, Key: map[string]types.AttributeValue{"id": text(id)}, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

// browsers are all callers except functions. Some are refused before any resolver runs.
func browsers(api *appsynctest.API) map[string]appsynctest.Caller {
	signed := func(claims string) appsynctest.Caller {
		return func(r *http.Request, _ []byte) error {
			r.Header.Set("Authorization", claims)
			return nil
		}
	}
	return map[string]appsynctest.Caller{
		"no caller":                   func(*http.Request, []byte) error { return nil },
		"the API key":                 api.Key(),
		"an expired token":            signed(api.Token(victim, -time.Hour)),
		"a guest of an identity pool": api.Signed(api.Guest()),
		"a role without a policy":     api.Signed(api.Stranger()),
		"another user":                api.User("other"),
		"a user named like the owner": api.User("name of " + victim),
		"the owner":                   api.User(victim),
	}
}

// answered is a GraphQL answer.
type answered struct {
	Data   map[string]json.RawMessage
	Errors []struct{ ErrorType, Message string }
}

func ask(t *testing.T, api *appsynctest.API, caller appsynctest.Caller, query string, variables map[string]any) (a answered, raw string) {
	t.Helper()
	answer := api.QueryAs(t, caller, query, variables)
	if err := json.Unmarshal(answer, &a); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return a, string(answer)
}

// TestNoBrowserWrites has each caller try each mutation on a job, also its own.
func TestNoBrowserWrites(t *testing.T) {
	api := appsynctest.Start(t)
	api.Clear(t)
	id := victimsJob(t, api)
	before := stored(t, api, id)
	forged := map[string]any{"id": id, "status": "complete", "response": "forged", "claimToken": "secret claim token/settled"}
	fresh := func(more map[string]any) map[string]any {
		in := map[string]any{"query": "mine", "status": "pending", "createdAt": "2026-11-25T10:00:00.000Z"}
		for name, v := range more {
			in[name] = v
		}
		return in
	}
	mutation := func(verb string) string {
		lower := strings.ToLower(verb)
		return fmt.Sprintf(`mutation ($input: %sQueryJobInput!) { %sQueryJob(input: $input) { id status } }`, verb, lower)
	}
	attacks := map[string]struct {
		verb  string
		input map[string]any
	}{
		"complete with a forged answer": {"Update", forged},
		"change the owner":              {"Update", map[string]any{"id": id, "owner": "other"}},
		"change nothing":                {"Update", map[string]any{"id": id}},
		"update a job that is not":      {"Update", map[string]any{"id": jobstore.NewID(), "owner": "other", "status": "complete"}},
		"a million attempts":            {"Create", fresh(map[string]any{"maxAttempts": 1_000_000})},
		"create for another":            {"Create", fresh(map[string]any{"owner": victim, "status": "complete", "response": "forged"})},
		"create over a job":             {"Create", fresh(map[string]any{"id": id})},
		"create":                        {"Create", fresh(nil)},
		"delete":                        {"Delete", map[string]any{"id": id}},
	}
	for _, name := range protected {
		attacks["set "+name] = struct {
			verb  string
			input map[string]any
		}{"Update", map[string]any{"id": id, name: map[string]any{"claimableFrom": 1.0, "reports": 1}[name]}}
	}
	for who, caller := range browsers(api) {
		for what, attack := range attacks {
			a, raw := ask(t, api, caller, mutation(attack.verb), map[string]any{"input": attack.input})
			if len(a.Errors) == 0 || !strings.HasPrefix(a.Errors[0].ErrorType, "Unauthorized") {
				t.Errorf("%s may %s: %s", who, what, raw)
			}
		}
	}
	if diff := cmp.Diff(before, stored(t, api, id), cmp.AllowUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{})); diff != "" {
		t.Errorf("the job was changed (-before +after):\n%s", diff)
	}
	if n := itemsOf(t, api, "other") + itemsOf(t, api, victim); n != 1 {
		t.Errorf("%d jobs, want the one that was there", n)
	}
}

func itemsOf(t *testing.T, api *appsynctest.API, owner string) int {
	t.Helper()
	out, err := api.DynamoDB().Scan(t.Context(), &dynamodb.ScanInput{
		TableName: &api.Table, FilterExpression: aws.String("#o = :o"), ExpressionAttributeNames: map[string]string{"#o": "owner"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":o": text(owner)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Items)
}

// TestOnlyTheOwnerReads has each caller try each query. The owner reads the job, without
// the protected fields.
func TestOnlyTheOwnerReads(t *testing.T) {
	api := appsynctest.Start(t)
	api.Clear(t)
	id := victimsJob(t, api)
	list := func(filter string) string {
		return `query { listQueryJobs(filter: ` + filter + `, limit: 1000) { items { id query } } }`
	}
	queries := map[string]string{
		"get":           `query { getQueryJob(id: "` + id + `") { id query } }`,
		"list":          list(`null`),
		"list by ID":    list(`{id: {eq: "` + id + `"}}`),
		"list by owner": list(`{owner: {eq: "owner"}}`),
		"list by or":    list(`{or: [{owner: {eq: "owner"}}, {owner: {ne: "x"}}]}`),
		"list by not":   list(`{not: {owner: {eq: "other"}}}`),
	}
	for who, caller := range browsers(api) {
		for what, query := range queries {
			_, raw := ask(t, api, caller, query, nil)
			if reads := strings.Contains(raw, "a private question"); reads != (who == "the owner") {
				t.Errorf("%s, by %s: reads the job is %t: %s", who, what, reads, raw)
			}
		}
		for _, field := range protected {
			for _, query := range []string{
				`query { getQueryJob(id: "` + id + `") { ` + field + ` } }`,
				`query { listQueryJobs { items { a: ` + field + ` } } }`,
				`query { getQueryJob(id: "` + id + `") { ...f } } fragment f on QueryJob { ` + field + ` }`,
			} {
				_, raw := ask(t, api, caller, query, nil)
				if strings.Contains(raw, "secret") || strings.Contains(raw, "1764040000123") || strings.Contains(raw, "77") {
					t.Errorf("%s reads %s: %s", who, field, raw)
				}
			}
		}
	}
	a, raw := ask(t, api, api.Function(), `query { getQueryJob(id: "`+id+`") { query `+strings.Join(protected, " ")+` } }`, nil)
	if len(a.Errors) > 0 || !strings.Contains(raw, "secret claim token") || !strings.Contains(raw, "1764040000123") || !strings.Contains(raw, "77") {
		t.Errorf("a function: %s", raw)
	}
}

// TestNoBrowserFiltersByProtectedFields: a filter by the beginning of a token would tell
// the token, character by character.
func TestNoBrowserFiltersByProtectedFields(t *testing.T) {
	api := appsynctest.Start(t)
	victimsJob(t, api)
	for _, field := range protected {
		condition := field + `: {ne: ` + map[bool]string{true: `1`, false: `"x"`}[field == "claimableFrom" || field == "reports"] + `}`
		for _, filter := range []string{`{` + condition + `}`, `{not: {` + condition + `}}`, `{and: [{id: {ne: "x"}}, {or: [{` + condition + `}]}]}`} {
			list := `query { listQueryJobs(filter: ` + filter + `) { items { id } } }`
			for who, caller := range browsers(api) {
				a, raw := ask(t, api, caller, list, nil)
				if len(a.Errors) == 0 || !strings.HasPrefix(a.Errors[0].ErrorType, "Unauthorized") {
					t.Errorf("%s lists by %s: %s", who, filter, raw)
				}
			}
			if a, raw := ask(t, api, api.Function(), list, nil); len(a.Errors) > 0 {
				t.Errorf("a function cannot list by %s: %s", filter, raw)
			}
			for _, event := range []string{"Create", "Update", "Delete"} {
				if _, err := api.SubscribeAs(t, api.User(victim), `subscription { on`+event+`QueryJob(filter: `+filter+`) { id } }`, nil); err == nil {
					t.Errorf("the owner subscribes to on%sQueryJob by %s", event, filter)
				}
			}
		}
	}
}

// TestFiltersByProtectedNamesAsValues are let in: only fields have a rule, and a question may be
// the name of one.
func TestFiltersByProtectedNamesAsValues(t *testing.T) {
	api := appsynctest.Start(t)
	for _, value := range append([]string{`"claimToken":`, `"claimToken" : 1`, `\"claimToken\":`, `{"claimToken":{"ne":"x"}}`}, protected...) {
		for _, filter := range []map[string]any{
			{"query": map[string]any{"eq": value}},
			{"not": map[string]any{"query": map[string]any{"ne": value}}},
			{"or": []any{map[string]any{"query": map[string]any{"contains": value}}}},
		} {
			variables := map[string]any{"filter": filter}
			list := `query ($filter: ModelQueryJobFilterInput) { listQueryJobs(filter: $filter) { items { id } } }`
			if a, raw := ask(t, api, api.User(victim), list, variables); len(a.Errors) > 0 {
				t.Errorf("the owner cannot list by %v: %s", filter, raw)
			}
			variables = map[string]any{"filter": map[string]any{"query": map[string]any{"eq": value}}}
			watch := `subscription ($filter: ModelSubscriptionQueryJobFilterInput) { onUpdateQueryJob(filter: $filter) { id } }`
			if _, err := api.SubscribeAs(t, api.User(victim), watch, variables); err != nil {
				t.Errorf("the owner cannot subscribe by %v: %v", variables, err)
			}
		}
	}
}

// TestOnlyTheOwnerWatches subscribes each caller to everything, and then has functions
// create, run and delete jobs of two users.
func TestOnlyTheOwnerWatches(t *testing.T) {
	api := appsynctest.Start(t)
	fields := "id query status " + strings.Join(protected, " ")
	var watching []<-chan appsynctest.Event
	for who, caller := range browsers(api) {
		for _, query := range []string{
			`subscription { onCreateQueryJob { ` + fields + ` } }`, `subscription { onUpdateQueryJob { ` + fields + ` } }`, `subscription { onDeleteQueryJob { ` + fields + ` } }`,
			`subscription { onUpdateQueryJob(filter: {status: {ne: "x"}}) { ` + fields + ` } }`,
			`subscription { onUpdateQueryJob(filter: {or: [{id: {ne: "x"}}, {owner: {eq: "owner"}}]}) { ` + fields + ` } }`,
			`subscription { onUpdateQueryJob(owner: "other") { ` + fields + ` } }`, `subscription { onUpdateQueryJob(owner: "owner") { ` + fields + ` } }`,
		} {
			events, err := api.SubscribeAs(t, caller, query, nil)
			user := map[string]string{"the owner": victim, "another user": "other", "a user named like the owner": "name of owner"}[who]
			foreign := strings.Contains(query, "(owner:") && !strings.Contains(query, `"`+user+`"`)
			switch {
			case err == nil && (user == "" || foreign):
				t.Errorf("%s may subscribe to %s", who, query)
			case err != nil && user != "" && !foreign:
				t.Errorf("%s: %s: %v", who, query, err)
			case err == nil && who != "the owner":
				watching = append(watching, events)
			}
		}
	}
	owners, err := api.SubscribeAs(t, api.User(victim), `subscription { onUpdateQueryJob { `+fields+` } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	id := victimsJob(t, api)
	everything := `{ owner ` + fields + ` }` // a function may select what it likes; no subscriber gets it
	write := func(verb string, input map[string]any) {
		if a, raw := ask(t, api, api.Function(), `mutation ($input: `+verb+`QueryJobInput!) { `+strings.ToLower(verb)+`QueryJob(input: $input) `+everything+` }`, map[string]any{"input": input}); len(a.Errors) > 0 {
			t.Fatalf("a function: %s", raw)
		}
	}
	write("Update", map[string]any{"id": id, "status": "processing"})
	write("Create", map[string]any{"owner": victim, "query": "another", "status": "pending", "createdAt": "2026-11-25T10:00:00.000Z"})
	e := await(t, owners)
	want := fmt.Sprintf(`{"onUpdateQueryJob":{"id":%q,"query":"a private question","status":"processing","errorDetail":null,"createToken":null,"claimToken":null,"claimableFrom":null,"reports":null}}`, id)
	if string(e.Data) != want || e.Errors != nil {
		t.Errorf("the owner got %s, %s; want %s", e.Data, e.Errors, want)
	}
	write("Delete", map[string]any{"id": id})
	unrelated := api.Subscribe(t, `subscription { onUpdateQueryJob { id } }`, nil)
	mine := victimsJob(t, api)
	write("Update", map[string]any{"id": mine, "status": "error"})
	await(t, unrelated) // what was to be published before has been
	for _, events := range watching {
		select {
		case e := <-events:
			t.Errorf("a stranger got %s", e.Data)
		default:
		}
	}
}

func await(t *testing.T, events <-chan appsynctest.Event) appsynctest.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no event")
		return appsynctest.Event{}
	}
}

// TestSubmitting is for signed-in users. The function gets the user's ID from AppSync,
// whatever the arguments say.
func TestSubmitting(t *testing.T) {
	api := appsynctest.Start(t)
	events := make(chan string, 100)
	api.SubmitQuery(func(_ context.Context, event []byte) ([]byte, error) {
		var s struct{ Identity struct{ Sub string } }
		err := json.Unmarshal(event, &s)
		events <- s.Identity.Sub
		return []byte(`{"id":"1","query":"why?","status":"pending","createdAt":"2026-11-25T10:00:00.000Z"}`), err
	})
	const submit = `mutation { submitQuery(query: "why?", metadata: "{\"owner\":\"owner\",\"maxAttempts\":1000000}") { id } }`
	for who, caller := range browsers(api) {
		a, raw := ask(t, api, caller, submit, nil)
		sub := map[string]string{"the owner": victim, "another user": "other", "a user named like the owner": "name of owner"}[who]
		if (len(a.Errors) == 0) != (sub != "") {
			t.Errorf("%s: %s", who, raw)
		}
		if sub == "" {
			continue
		}
		if got := <-events; got != sub {
			t.Errorf("%s submits as %q, want %q", who, got, sub)
		}
	}
	for _, argument := range []string{"id", "owner", "maxAttempts", "status", "claimToken"} {
		query := `mutation { submitQuery(query: "why?", ` + argument + `: "1") { id } }`
		if a, raw := ask(t, api, api.User("other"), query, nil); len(a.Errors) == 0 || !strings.Contains(raw, "Unknown argument") {
			t.Errorf("%s is an argument: %s", argument, raw)
		}
	}
	if len(events) != 0 {
		t.Errorf("the function was called %d times more", len(events))
	}
}
