package appsyncstore_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// everyCall makes each call once and returns its error.
func everyCall(ctx context.Context, s *appsyncstore.Store[string, string]) map[string]error {
	_, create := s.Create(ctx, "the input of a user", func(o *jobstore.CreateOptions) {
		o.Metadata = map[string]any{"session": "the session of a user"}
	})
	_, get := s.Get(ctx, "a")
	_, claim := s.Claim(ctx, "a", lease("the token of an owner"))
	_, cancel := s.Cancel(ctx, "a", "the reason of a user")
	_, sweep := jobstore.Sweep(ctx, s, func(context.Context, jobstore.Stuck) error { return nil })
	held := jobstore.Claim{ID: "a", Owner: "the token of an owner", Attempt: 1}
	return map[string]error{
		"create": create, "get": get, "claim": claim, "cancel": cancel, "sweep": sweep,
		"report": s.Report(ctx, held, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Message: "the message of a worker"}}),
		"settle": s.Settle(ctx, held, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "the output of a worker"}),
	}
}

const pitfalls = "allow.resource(...)"

func graphQLError(fields string) string { return `{"data":null,"errors":[{` + fields + `}]}` }

// TestErrors has AppSync answer each kind of error to each call.
func TestErrors(t *testing.T) {
	unauthorized := graphQLError(`"path":["x"],"errorType":"Unauthorized","message":"Not Authorized to access x on type Query"`)
	for name, c := range map[string]struct {
		answer   string
		header   http.Header
		status   int
		code     string
		text     string
		requests int // of one call
	}{
		"unauthorized":            {unauthorized, nil, 200, "Unauthorized", "resourceGroupName: 'data'", 1},
		"unauthorized by HTTP":    {"Unauthorized " + graphQLError(`"errorType":"UnauthorizedException","message":"Permission denied"`), nil, 401, "UnauthorizedException", pitfalls, 1},
		"no policy":               {"Forbidden " + graphQLError(`"errorType":"AccessDeniedException","message":"not authorized to perform: appsync:GraphQL"`), nil, 403, "AccessDeniedException", pitfalls, 1},
		"signature":               {"Forbidden " + graphQLError(`"errorType":"InvalidSignatureException","message":"no"`), nil, 403, "InvalidSignatureException", "Region", 1},
		"validation":              {graphQLError(`"path":null,"message":"Validation error of type FieldUndefined: Field 'progress' in type 'QueryJob' is undefined"`), nil, 200, "", "names error, FieldUndefined, progress, QueryJob", 1},
		"malformed":               {"Bad Request " + graphQLError(`"errorType":"MalformedHttpRequestException","message":"Unable to parse"`), nil, 400, "MalformedHttpRequestException", "withheld", 1},
		"firewall":                {"Forbidden <html>blocked</html>", nil, 403, "Forbidden", "403 Forbidden: the answer is not GraphQL", 1},
		"error by header":         {"Bad Request {}", http.Header{"X-Amzn-Errortype": {"BadRequestException:http://internal"}}, 400, "BadRequestException", "400 BadRequestException", 1},
		"no such API":             {"Not Found ", nil, 404, "NotFound", "404 NotFound", 1},
		"another server":          {"<html>welcome</html>", nil, 200, "", "is the endpoint right?", 3},
		"JSON of another server":  {`{"message":"welcome"}`, nil, 200, "", "is the endpoint right?", 1},
		"data of another request": {`{"data":{"hello":{}}}`, nil, 200, "", "the answer's data has no ", 1},
		"data is no object":       {`{"data":5}`, nil, 200, "", "the answer's data has no ", 1},
		"throttled":               {"Too Many Requests " + graphQLError(`"errorType":"ThrottlingException","message":"Rate exceeded"`), nil, 429, "ThrottlingException", "Rate exceeded", 3},
		"throttled without JSON":  {"Too Many Requests slow down", nil, 429, "TooManyRequestsException", "429", 3},
		"throttled without type":  {"Too Many Requests " + graphQLError(`"message":"Too many requests"`), nil, 429, "TooManyRequestsException", "withheld", 3},
		"throttled with 200":      {graphQLError(`"path":["x"],"errorType":"ThrottlingException","message":"Rate exceeded"`), nil, 200, "ThrottlingException", "Rate exceeded", 3},
		"table throttled":         {graphQLError(`"path":["x"],"errorType":"DynamoDB:ProvisionedThroughputExceededException","message":"slow"`), nil, 200, "ProvisionedThroughputExceededException", "DynamoDB:Pro", 3},
		"table broken":            {graphQLError(`"path":["x"],"errorType":"DynamoDB:InternalServerError","message":"sorry"`), nil, 200, "InternalServerError", "withheld", 3},
		"AppSync broken":          {"Internal Server Error " + graphQLError(`"errorType":"InternalFailure","message":"sorry"`), nil, 500, "InternalFailure", "withheld", 3},
		"gateway":                 {"Bad Gateway <html>", nil, 502, "BadGateway", "502", 3},
		"unavailable":             {"Service Unavailable ", nil, 503, "ServiceUnavailable", "503", 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []string{c.answer}, header: c.header}
				for op, err := range everyCall(t.Context(), scripted(t, s)) {
					var e *jobstore.Error
					var apiErr *appsyncstore.Error
					var code smithy.APIError
					if !errors.As(err, &e) || e.Op != op || !errors.As(err, &apiErr) || apiErr.Status != c.status || !errors.As(err, &code) || code.ErrorCode() != c.code || !strings.Contains(err.Error(), c.text) {
						t.Errorf("%s: %v, want a *jobstore.Error of an *Error with %d, %q and %q", op, err, c.status, c.code, c.text)
					} else if server := code.ErrorFault() == smithy.FaultServer; server != (c.status >= 500) || code.ErrorMessage() != apiErr.Message {
						t.Errorf("%s: %v is the server's fault: %t", op, err, server)
					}
				}
				if got := s.requests(); got != 7*c.requests {
					t.Errorf("7 calls took %d requests, want %d each", got, c.requests)
				}
			})
		})
	}
}

// TestErrorBesideData: only a request without any data had no effect for sure.
func TestErrorBesideData(t *testing.T) {
	held := jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
	for answer, invalid := range map[string]bool{
		`{"data":{"updateQueryJob":{"id":"a","status":"complete"}},"errors":[{"message":"m"}]}`: false,
		`{"data":null,"errors":[{"message":"m"}]}`:                                              true,
	} {
		err := scripted(t, &script{answers: []string{answer}}).Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"})
		if err == nil || errors.Is(err, jobstore.ErrInvalid) != invalid {
			t.Errorf("%s: %v, invalid is to be %t", answer, err, invalid)
		}
	}
}

// TestNoConnection tries again when there is no answer, or not the whole of one.
func TestNoConnection(t *testing.T) {
	for name, answer := range map[string]string{"none": "", "truncated": `{"data":{"getQ✂`} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []string{answer, answer, `{"data":{"getQueryJob":{"id":"a","status":"pending"}}}`}}
				if job, err := scripted(t, s).Get(t.Context(), "a"); err != nil || job.ID != "a" {
					t.Errorf("the third try: %+v, %v", job, err)
				}
				s = &script{answers: []string{answer}}
				if _, err := scripted(t, s).Get(t.Context(), "a"); err == nil || s.requests() != 3 {
					t.Errorf("%v after %d requests, want an error after 3", err, s.requests())
				}
			})
		})
	}
}

// TestWaits lets the SDK's retryer decide when to try again, and with what quota.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{"Service Unavailable "}}
		var quota quota
		store := scripted(t, s, func(o *appsyncstore.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.RateLimiter = 4, &quota
				o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return time.Duration(attempt) * time.Second, nil })
			})
		})
		began := time.Now()
		_, err := store.Get(t.Context(), "a")
		if waited := time.Since(began); err == nil || s.requests() != 4 || waited != 6*time.Second {
			t.Errorf("%v after %d requests and %v, want 4 and 1+2+3 s", err, s.requests(), waited)
		}
		if quota.taken != 3 || quota.released != 0 {
			t.Errorf("%d retries took from the quota and %d that failed gave back; want 3 and none", quota.taken, quota.released)
		}
	})
}

type quota struct{ taken, released int }

func (q *quota) GetToken(context.Context, uint) (func() error, error) {
	q.taken++
	return func() error { q.released++; return nil }, nil
}

func (q *quota) AddTokens(uint) error { return nil }

// TestContextEnds returns the context's error whenever it ends: before a request,
// within it, or in the wait for the next.
func TestContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{"Service Unavailable "}}
		slow := func(o *appsyncstore.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Hour, nil })
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := scripted(t, s, slow).Get(ctx, "a")
		if waited := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || waited != time.Second || s.requests() != 1 {
			t.Errorf("in a wait: %v after %v and %d requests", err, waited, s.requests())
		}
		_, err = scripted(t, s, slow).Get(ctx, "a")
		if !errors.Is(err, context.DeadlineExceeded) || s.requests() != 1 {
			t.Errorf("before a request: %v after %d requests in all", err, s.requests())
		}
		ctx, cancel = context.WithCancel(t.Context())
		tries := 0
		store := newStoreAt(t, appsyncstore.APIKey("key"), func(o *appsyncstore.Options) {
			o.Retryer = aws.NopRetryer{}
			o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
				tries++
				cancel()
				<-r.Context().Done()
				return nil, errors.New("the transport's own words")
			})
		})
		if _, err := store.Get(ctx, "a"); !errors.Is(err, context.Canceled) || tries != 1 {
			t.Errorf("within a request: %v after %d tries", err, tries)
		}
	})
}

func newStoreAt(t *testing.T, authorize appsyncstore.Authorizer, opts ...func(*appsyncstore.Options)) *appsyncstore.Store[string, string] {
	t.Helper()
	store, err := appsyncstore.New[string, string]("https://api.invalid/graphql", "QueryJob", authorize, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestRefusedByName takes a failed condition for what it is under both its names.
func TestRefusedByName(t *testing.T) {
	for _, name := range []string{"ConditionalCheckFailedException", "DynamoDB:ConditionalCheckFailedException"} {
		refused := graphQLError(`"path":["x"],"errorType":"` + name + `","message":"The conditional request failed"`)
		s := &script{answers: []string{refused, `{"data":{"getQueryJob":{"id":"a","status":"complete","response":"out"}}}`, refused}}
		if job, err := scripted(t, s).Claim(t.Context(), "a", lease("o")); !errors.Is(err, jobstore.ErrFinished) || job.Output != "out" {
			t.Errorf("%s: %+v, %v", name, job, err)
		}
	}
}

// TestErrorsByTheAPI meets AppSync's refusals, as the simulator has them.
func TestErrorsByTheAPI(t *testing.T) {
	api := appsynctest.Start(t)
	signed := func(region string, p aws.CredentialsProvider) appsyncstore.Authorizer {
		return appsyncstore.IAM(aws.Config{Region: region, Credentials: p})
	}
	token := func(ttl time.Duration) appsyncstore.Authorizer {
		return appsyncstore.Token(func(context.Context) (string, error) { return api.Token("user", ttl), nil })
	}
	for name, c := range map[string]struct {
		authorize appsyncstore.Authorizer
		code      string
		text      string
	}{
		"IAM":           {signed(api.Region, api.Processor()), "", ""},
		"API key":       {appsyncstore.APIKey(api.APIKey), "UnauthorizedException", "401"},
		"token":         {token(time.Hour), "Unauthorized", "createQueryJob"},
		"no policy":     {signed(api.Region, api.Stranger()), "UnauthorizedException", pitfalls},
		"wrong key":     {appsyncstore.APIKey("da2-wrong"), "UnauthorizedException", "401"},
		"expired token": {token(-time.Hour), "UnauthorizedException", "Token has expired"},
		"wrong region":  {signed("eu-west-1", api.Processor()), "InvalidSignatureException", "Region"},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := appsyncstore.New[string, string](api.URL, "QueryJob", c.authorize)
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Create(t.Context(), "in")
			var e *appsyncstore.Error
			if c.code == "" && err != nil {
				t.Errorf("%v", err)
			}
			if c.code != "" && (!errors.As(err, &e) || e.ErrorCode() != c.code || !strings.Contains(err.Error(), c.text)) {
				t.Errorf("%v, want %s with %q", err, c.code, c.text)
			}
		})
	}
}
