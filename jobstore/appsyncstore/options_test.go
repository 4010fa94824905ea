package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

func TestOptionsAreChecked(t *testing.T) {
	for want, opt := range map[string]func(*appsyncstore.Options){
		"MaxAttempts is 0":                   func(o *appsyncstore.Options) { o.MaxAttempts = 0 },
		"MaxEventBytes is 0":                 func(o *appsyncstore.Options) { o.MaxEventBytes = 0 },
		"Now is nil":                         func(o *appsyncstore.Options) { o.Now = nil },
		"HTTPClient is nil":                  func(o *appsyncstore.Options) { o.HTTPClient = nil },
		"Retryer is nil":                     func(o *appsyncstore.Options) { o.Retryer = nil },
		"OnLeaseExpiry is":                   func(o *appsyncstore.Options) { o.OnLeaseExpiry = "wait" },
		`Fields.Error is ""`:                 func(o *appsyncstore.Options) { o.Fields.Error = "" },
		`Fields.ClaimToken is "lease-owner"`: func(o *appsyncstore.Options) { o.Fields.ClaimToken = "lease-owner" },
		`Fields.Output and Fields.Input`:     func(o *appsyncstore.Options) { o.Fields.Output = "query" },
		`Select[1] is "a b"`:                 func(o *appsyncstore.Options) { o.Select = []string{"a", "a b"} },
		`Select[0] and Fields.ClaimToken`:    func(o *appsyncstore.Options) { o.Select = []string{"claimToken"} },
		`ListQuery is "query { x }", want`:   func(o *appsyncstore.Options) { o.ListQuery = "query { x }" },
	} {
		got := panicOf(func() {
			_, _ = appsyncstore.New[string, string]("https://api.invalid", "QueryJob", appsyncstore.APIKey("k"), opt)
		})
		if !strings.HasPrefix(got, "appsyncstore: New: Options.") || !strings.Contains(got, want) {
			t.Errorf("panicked with %q, want it to say %s", got, want)
		}
	}
	if got := panicOf(func() {
		_, _ = appsyncstore.New[string, string]("https://api.invalid", "QueryJob", appsyncstore.APIKey("k"), nil)
	}); got != "appsyncstore: New: option 1 of 1 is nil" {
		t.Errorf("a nil option: %q", got)
	}
	if got := panicOf(func() { _, _ = appsyncstore.New[string, string]("https://api.invalid", "QueryJob", nil) }); !strings.Contains(got, "authorize is nil") {
		t.Errorf("without an authorizer: %q", got)
	}
	for _, c := range []struct {
		endpoint, model string
		authorize       appsyncstore.Authorizer
		want            string
	}{
		{"", "QueryJob", appsyncstore.APIKey("k"), "endpoint"},
		{"api.invalid/graphql", "QueryJob", appsyncstore.APIKey("k"), "endpoint"},
		{"wss://api.invalid/graphql", "QueryJob", appsyncstore.APIKey("k"), "endpoint"},
		{"https://api.invalid", "", appsyncstore.APIKey("k"), "model"},
		{"https://api.invalid", "Query Job", appsyncstore.APIKey("k"), "model"},
	} {
		if _, err := appsyncstore.New[string, string](c.endpoint, c.model, c.authorize); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q: got %v, want it to name %s", c.endpoint, c.model, err, c.want)
		}
	}
}

// panicOf returns what call panics with.
func panicOf(call func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	call()
	return ""
}

// TestNewRefusesAuthorizers that can never let a request in.
func TestNewRefusesAuthorizers(t *testing.T) {
	some := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, nil })
	for want, a := range map[string]appsyncstore.Authorizer{
		"no Credentials":  appsyncstore.IAM(aws.Config{Region: "eu-west-1"}),
		"no Region":       appsyncstore.IAM(aws.Config{Credentials: some}),
		"APIKey: the key": appsyncstore.APIKey(""),
	} {
		if _, err := appsyncstore.New[string, string]("https://api.invalid", "QueryJob", a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if got := panicOf(func() { appsyncstore.Token(nil) }); got != "appsyncstore: Token: get is nil" {
		t.Errorf("Token(nil) panicked with %q", got)
	}
}

// TestAuthorizersAreChecked fails before a request that has no token or credentials.
func TestAuthorizersAreChecked(t *testing.T) {
	failing := errors.New("no token today")
	some := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, failing })
	for want, a := range map[string]appsyncstore.Authorizer{
		"Token: the token":       appsyncstore.Token(func(context.Context) (string, error) { return "", nil }),
		"authorize: no token":    appsyncstore.Token(func(context.Context) (string, error) { return "", failing }),
		"authorize: no token to": appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: some}),
	} {
		s := &script{answers: []string{"{}"}}
		_, err := newStoreAt(t, a, func(o *appsyncstore.Options) { o.HTTPClient = s }).Get(t.Context(), "a")
		if err == nil || !strings.Contains(err.Error(), want) || s.requests() != 0 {
			t.Errorf("%v after %d requests, want %q before the first", err, s.requests(), want)
		}
	}
}

// TestAuthorizersSend looks at the headers of each try.
func TestAuthorizersSend(t *testing.T) {
	n := 0
	for name, c := range map[string]struct {
		authorize appsyncstore.Authorizer
		header    string
		want      [2]string // patterns, by the try
	}{
		"API key": {appsyncstore.APIKey("da2-key"), "X-Api-Key", [2]string{"^da2-key$", "^da2-key$"}},
		"token":   {appsyncstore.Token(func(context.Context) (string, error) { n++; return fmt.Sprint("token", n), nil }), "Authorization", [2]string{"^token1$", "^token2$"}},
		"IAM": {appsyncstore.IAM(aws.Config{Region: "eu-west-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "secret", SessionToken: "session"}, nil
		})}), "Authorization", [2]string{"Credential=AKIA/.*/eu-west-1/appsync/aws4_request, SignedHeaders=.*host;.*x-amz-security-token", "^AWS4-HMAC-SHA256 "}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: []string{"Service Unavailable ", `{"data":{"getQueryJob":null}}`}}
			_, err := newStoreAt(t, c.authorize, func(o *appsyncstore.Options) { o.HTTPClient = s }).Get(t.Context(), "a")
			if !errors.Is(err, jobstore.ErrNotFound) || len(s.headers) != 2 {
				t.Fatalf("%v after %d requests", err, len(s.headers))
			}
			for i, h := range s.headers {
				if got := h.Get(c.header); !regexp.MustCompile(c.want[i]).MatchString(got) || h.Get("Content-Type") != "application/json" {
					t.Errorf("try %d: %v, want %s", i, h, c.want[i])
				}
			}
		})
	}
}

type request struct {
	Query     string
	Variables struct {
		ID        string
		Input     map[string]any
		Condition json.RawMessage
	}
}

func (s *script) request(t *testing.T, i int) (r request) {
	t.Helper()
	if err := json.Unmarshal(s.bodies[i], &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestNames sends another model's names, in documents, inputs and conditions.
func TestNames(t *testing.T) {
	named := func(o *appsyncstore.Options) {
		o.Fields = appsyncstore.Fields{
			ID: "f1", Status: "f2", Input: "f3", Output: "f4", Error: "f5", Progress: "f6", ProgressMessage: "f7", Metadata: "f8",
			Attempt: "f9", MaxAttempts: "f10", OnLeaseExpiry: "f11", ClaimToken: "f12", CreateToken: "f13", ClaimableFrom: "f14",
			ErrorDetail: "f18", Canceled: "f19", Reports: "f20",
			CreatedAt: "f15", UpdatedAt: "f16", ExpiresAt: "f17",
		}
		o.Select = []string{"team", "priority"}
	}
	public := "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f19 f14 f20 f15 f16 f17 team priority"
	s := &script{echo: func(body []byte, _ http.Header) string {
		for _, op := range []string{"createStory", "updateStory", "deleteStory", "getStory"} {
			if strings.Contains(string(body), op) {
				return `{"data":{"` + op + `":{"f1":"a","f2":"pending","f3":"in"}}}`
			}
		}
		return `{"data":{"listStories":{"items":[]}}}`
	}}
	store, err := appsyncstore.New[string, string]("https://api.invalid/graphql", "Story", appsyncstore.APIKey("k"), named, func(o *appsyncstore.Options) { o.HTTPClient = s })
	if err != nil {
		t.Fatal(err)
	}
	for op, err := range everyCall(t.Context(), store) {
		if err != nil {
			t.Errorf("%s: %v", op, err)
		}
	}
	mutation := func(verb, input string) string {
		return "mutation ($input: " + input + "StoryInput!, $condition: ModelStoryConditionInput) { " + verb + "Story(input: $input, condition: $condition) { " + public + " } }"
	}
	want := []string{
		mutation("create", "Create"),
		"query { getStory(f1: \"a\") { f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f18 f19 f12 f13 f14 f20 f15 f16 f17 } }",
		mutation("update", "Update"), mutation("update", "Update"),
		"query ($filter: ModelStoryFilterInput, $nextToken: String) { listStories(filter: $filter, limit: 1000, nextToken: $nextToken) { items { f1 f2 f14 f16 f17 } nextToken } }",
		mutation("update", "Update"), mutation("update", "Update"),
	}
	var got []string
	for i, body := range s.bodies {
		r := s.request(t, i)
		got = append(got, r.Query)
		for _, name := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(string(body), -1) {
			if !regexp.MustCompile(`^(f\d+|query|variables|input|condition|filter|id|and|or|eq|gt|lt|le|attributeExists|attributeType|session)$`).MatchString(name[1]) {
				t.Errorf("%s sends the name %s", r.Query, name[1])
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if r := s.request(t, 0); r.Variables.Input["f2"] != "pending" || r.Variables.Input["f3"] != "the input of a user" || r.Variables.Input["f8"] != `{"session":"the session of a user"}` {
		t.Errorf("created %v", r.Variables.Input)
	}
}

// TestListQuery names the list of a model by Amplify's rules for the common words,
// and as told otherwise.
func TestListQuery(t *testing.T) {
	for _, c := range []struct{ model, option, want string }{
		{"QueryJob", "", "listQueryJobs"},
		{"Story", "", "listStories"},
		{"Day", "", "listDays"},
		{"Box", "listBoxes", "listBoxes"},
	} {
		s := &script{answers: []string{`{"data":{"` + c.want + `":{"items":[],"nextToken":null}}}`}}
		store, err := appsyncstore.New[string, string]("https://api.invalid/graphql", c.model, appsyncstore.APIKey("k"), func(o *appsyncstore.Options) {
			o.HTTPClient, o.ListQuery = s, c.option
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jobstore.Sweep(t.Context(), store, func(context.Context, jobstore.Stuck) error { return nil }); err != nil {
			t.Errorf("%s: %v", c.model, err)
		}
	}
}

// TestCreateOptions sends the options of a creator, and nothing for those not given.
func TestCreateOptions(t *testing.T) {
	s := &script{answers: []string{`{"data":{"createQueryJob":{"id":"a"}}}`}}
	now := time.Date(2026, 11, 25, 3, 0, 0, 123456789, time.FixedZone("", 3600))
	store := scripted(t, s, func(o *appsyncstore.Options) { o.Now = func() time.Time { return now } })
	job, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) {
		o.ID, o.MaxAttempts, o.OnLeaseExpiry, o.ExpiresAt = "a", 7, jobstore.Hold, now.Add(time.Hour)
	})
	if err != nil || job.MaxAttempts != 7 || job.OnLeaseExpiry != jobstore.Hold || job.ExpiresAt.Unix() != now.Unix()+3600 || !job.CreatedAt.Equal(now.Truncate(time.Millisecond)) {
		t.Errorf("created %+v, %v", job, err)
	}
	if _, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID, o.MaxAttempts = "a", 0 }); err != nil {
		t.Fatal(err)
	}
	stamp := "2026-11-25T02:00:00.123Z"
	want := map[string]any{
		"id": "a", "status": "pending", "query": "in", "attempt": 0.0, "maxAttempts": 7.0, "onLeaseExpiry": string(jobstore.Hold),
		"expiresAt": float64(now.Unix() + 3600), "createdAt": stamp, "updatedAt": stamp,
	}
	for i := range 2 {
		got := s.request(t, i).Variables.Input
		if token, _ := got["createToken"].(string); len(token) != 36 {
			t.Errorf("creator is %q", token)
		}
		delete(got, "createToken")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("input (-want +got):\n%s", diff)
		}
		want["maxAttempts"] = float64(driver.DefaultMaxAttempts)
		delete(want, "onLeaseExpiry")
		want["expiresAt"] = float64(now.Add(driver.DefaultRetention).Unix())
	}
}

// TestLayoutHasTheSpelling of the model, by which a stream's records are picked.
func TestLayoutHasTheSpelling(t *testing.T) {
	for want, opts := range map[string]func(*appsyncstore.Options){
		"":        func(*appsyncstore.Options) {},
		"PENDING": variants["statuses"].opts,
	} {
		if got := scripted(t, &script{}, opts).Layout().Pending; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLayoutHasTheFieldsOfTheModel, and no name for those that it does not have.
func TestLayoutHasTheFieldsOfTheModel(t *testing.T) {
	want := jobstore.Layout{ID: "id", Status: "status", Output: "response", Error: "error", CreatedAt: "createdAt", UpdatedAt: "updatedAt", JSON: true}
	if got := scripted(t, &script{}, appsyncstore.Minimal).Layout(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
