package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// problems are those that Check finds.
func problems(t *testing.T, err error) []string {
	t.Helper()
	var e *appsyncstore.SchemaError
	if err != nil && (!errors.As(err, &e) || !errors.Is(err, jobstore.ErrInvalid)) {
		t.Fatalf("Check: %v, want a *SchemaError that is ErrInvalid", err)
	}
	if err == nil {
		return nil
	}
	return e.Problems
}

func TestCheck(t *testing.T) {
	store := newStore(t, appsynctest.Start(t), func(o *appsyncstore.Options) { o.Select = []string{"owner"} })
	if err := store.Check(t.Context()); err != nil {
		t.Errorf("the model of the documentation: %v", err)
	}
}

// TestCheckFindsAll has all problems of a schema in one error.
func TestCheckFindsAll(t *testing.T) {
	api := appsynctest.StartVariant(t, "unusable", "id")
	store := newStore(t, api, func(o *appsyncstore.Options) {
		o.Fields.Caller, o.Select, o.ListQuery = "caller", []string{"owner"}, "listJobs"
	})
	got := problems(t, store.Check(t.Context()))
	for _, want := range []string{
		"response is Int, want String: declare response: a.string()",
		"attempt is String, want Int: declare attempt: a.integer()",
		"it has no error: declare error: a.string()",
		"it has no metadata: declare metadata: a.json()",
		"it has no progress: declare progress: a.integer()",
		"it has no progressMessage: declare progressMessage: a.string()",
		"it has no maxAttempts: declare maxAttempts: a.integer()",
		"it has no onLeaseExpiry: declare onLeaseExpiry: a.string()",
		"it has no errorDetail: declare errorDetail: a.string()",
		"it has no canceled: declare canceled: a.boolean()",
		"it has no claimToken: declare claimToken: a.string()",
		"it has no createToken: declare createToken: a.string()",
		"it has no claimableFrom: declare claimableFrom: a.float()",
		"it has no reports: declare reports: a.integer()",
		"it has no expiresAt: declare expiresAt: a.timestamp()",
		"it has no caller: declare caller: a.string()",
		"CreateQueryJobInput has no createdAt: declare createdAt: a.datetime() in the model",
		"UpdateQueryJobInput has no updatedAt: declare updatedAt: a.datetime() in the model",
		"it has no owner, which Options.Select names",
		`status cannot be "error", it is one of pending, processing, complete: Options.Statuses has other spellings`,
		"CreateQueryJobInput requires tenantId, which neither Options.Extra nor WithFields writes",
		"Query lacks listJobs (Options.ListQuery names it)",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("Check does not say %q", want)
		}
	}
	if t.Failed() || len(got) != 24 {
		t.Errorf("Check says %d problems:\n%s", len(got), strings.Join(got, "\n"))
	}
}

// TestCheckTypes has the fields of values fit their types in Go.
func TestCheckTypes(t *testing.T) {
	api := appsynctest.Start(t)
	type report struct{ Rows int }
	store, err := appsyncstore.New[report, float64](api.URL, "QueryJob", iam(api), func(o *appsyncstore.Options) { o.Fields.Caller = "owner" })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"response is String, want Float: declare response: a.float()"}
	if got := problems(t, store.Check(t.Context())); !slices.Equal(got, want) {
		t.Errorf("Check says %q, want %q", got, want)
	}
	levels, err := appsyncstore.New[slog.Level, time.Time](api.URL, "QueryJob", iam(api), swapped, func(o *appsyncstore.Options) { o.Select = []string{"owner"} })
	if err != nil {
		t.Fatal(err)
	}
	if err := levels.Check(t.Context()); err != nil {
		t.Errorf("types that encode themselves as strings: %v", err)
	}
}

// TestCheckWithoutModel names what is missing of another model.
func TestCheckWithoutModel(t *testing.T) {
	api := appsynctest.Start(t)
	store, err := appsyncstore.New[string, string](api.URL, "Story", iam(api))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(problems(t, store.Check(t.Context())), "\n")
	for _, want := range []string{"Query lacks getStory", "Query lacks listStories", "Mutation lacks createStory", "the type does not exist"} {
		if !strings.Contains(got, want) {
			t.Errorf("Check says %s, want it to say %q", got, want)
		}
	}
}

// TestCheckRefusesVersions refuses conflict resolution.
func TestCheckRefusesVersions(t *testing.T) {
	types := `{"__schema":{"types":[{"name":"QueryJob","fields":[{"name":"_version","type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"Int"}}}]}]}}`
	err := scripted(t, &script{answers: []string{`{"data":` + types + `}`}}).Check(t.Context())
	if got := strings.Join(problems(t, err), "\n"); !strings.Contains(got, "conflict resolution") {
		t.Errorf("Check says %s", got)
	}
}

// TestCheckIsOfOneModel passes over the index of another model whose name begins with that of the
// jobs' model.
func TestCheckIsOfOneModel(t *testing.T) {
	index := `{"name":"ModelQueryJobRunQueryJobRunsByTenantIdAndStatusAndCreatedAtCompositeKeyInput","inputFields":[{"name":"status"},{"name":"createdAt"}]}`
	types := `{"name":"QueryJob"},{"name":"QueryJobRun"},{"name":"ModelQueryJobConditionInput"},{"name":"ModelQueryJobRunConditionInput"},` + index
	err := scripted(t, &script{answers: []string{`{"data":{"__schema":{"types":[` + types + `]}}}`}}).Check(t.Context())
	if got := strings.Join(problems(t, err), "\n"); strings.Contains(got, "sort keys") {
		t.Errorf("Check says %s", got)
	}
}

// TestCheckFails says what an API without introspection answers. That is not a verdict on the
// schema.
func TestCheckFails(t *testing.T) {
	for _, answer := range []string{"Forbidden ", `{"data":{"__schema":null}}`, graphQLError(`"message":"Introspection is disabled"`)} {
		var e *appsyncstore.SchemaError
		err := scripted(t, &script{answers: []string{answer}}).Check(t.Context())
		if err == nil || errors.As(err, &e) || !strings.Contains(err.Error(), "the schema cannot be read") {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// TestUnusableSchema is terminal for a trigger, at the first call.
func TestUnusableSchema(t *testing.T) {
	api := appsynctest.StartVariant(t, "unusable", "id")
	store, w := wired(t, api)
	err := jobstore.Run(t.Context(), store, "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil }, quiet)
	var terminal *jobstore.TerminalError
	var schema *appsyncstore.SchemaError
	if !errors.As(err, &terminal) || !errors.As(err, &schema) || w.take() != "1 update" {
		t.Errorf("Run returned %v, want a *TerminalError of a *SchemaError after one request", err)
	}
}

// TestCheckComposite refuses an identifier of two fields that Options do not name.
func TestCheckComposite(t *testing.T) {
	api := appsynctest.StartVariant(t, "composite", "tenantId", "jobId")
	got := problems(t, newStore(t, api, func(o *appsyncstore.Options) { o.Fields.ID = "jobId" }).Check(t.Context()))
	if !slices.Contains(got, "getQueryJob requires the argument tenantId (Options.Fields.Partition names the first of two fields of an identifier)") {
		t.Errorf("Check says %q", got)
	}
}

// TestCheckLongIdentifiers refuses an identifier of three and more fields in one sentence. The
// model of two is one of more here by further arguments of its query.
func TestCheckLongIdentifiers(t *testing.T) {
	api := appsynctest.StartVariant(t, "composite", "tenantId", "jobId")
	for more, want := range map[string]string{
		"userId":    "its identifier has 3 fields, tenantId, jobId, userId, and a job's ID has one or two",
		"userId at": "its identifier has 4 fields, tenantId, jobId, userId, at, and a job's ID has one or two",
	} {
		store := newStore(t, api, byTenant, func(o *appsyncstore.Options) { o.HTTPClient = longer(strings.Fields(more)) })
		got := problems(t, store.Check(t.Context()))
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("Check says %q, want one problem that begins with %q", got, want)
		}
	}
}

// longer gives the query of one job further arguments in the description of the schema.
func longer(arguments []string) doer {
	return func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		var schema any
		if err := json.NewDecoder(resp.Body).Decode(&schema); err != nil {
			return nil, err
		}
		lengthen(schema, arguments)
		body, err := json.Marshal(schema)
		if err != nil {
			return nil, err
		}
		return response(string(body), nil)
	}
}

// lengthen repeats the last argument of the query under other names.
func lengthen(v any, arguments []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			lengthen(e, arguments)
		}
	case map[string]any:
		if args, _ := v["args"].([]any); v["name"] == "getQueryJob" && len(args) > 0 {
			for _, name := range arguments {
				again := maps.Clone(args[len(args)-1].(map[string]any))
				again["name"] = name
				args = append(args, again)
			}
			v["args"] = args
			return
		}
		for _, e := range v {
			lengthen(e, arguments)
		}
	}
}

// TestDatesOfTheResolvers runs a job in a model that declares neither date.
func TestDatesOfTheResolvers(t *testing.T) {
	api := appsynctest.StartVariant(t, "undated", "id")
	store := newStore(t, api, func(o *appsyncstore.Options) { o.ReadOnly = []string{"createdAt", "updatedAt"} })
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := newJob(t, store)
	answering(t, store, id, func(job *jobstore.Job[string, string]) bool { return !job.CreatedAt.IsZero() && job.Attempt == 1 })
	if job, err := store.Get(t.Context(), id); err != nil || job.Status != jobstore.Complete || job.UpdatedAt.IsZero() {
		t.Errorf("left %+v, %v", job, err)
	}
}
