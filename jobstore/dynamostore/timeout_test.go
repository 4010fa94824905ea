package dynamostore_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// requests are all methods of a store that send one, and CreateTable.
func requests(client *dynamodb.Client, opts ...func(*dynamostore.Options)) map[string]func(context.Context) error {
	store, _ := dynamostore.New[string, string](client, "jobs", append(opts, func(o *dynamostore.Options) { o.Index, o.CallerIndex = "sweep", "caller" })...)
	scanned, _ := dynamostore.New[string, string](client, "jobs", opts...)
	claim := jobstore.Claim{ID: "1", Owner: "o", Attempt: 1}
	return map[string]func(context.Context) error{
		"Create": func(ctx context.Context) error { _, err := store.Create(ctx, "q"); return err },
		"Get":    func(ctx context.Context) error { _, err := store.Get(ctx, "1"); return err },
		"Claim":  func(ctx context.Context) error { _, err := store.Claim(ctx, "1", lease("o")); return err },
		"Report": func(ctx context.Context) error { return store.Report(ctx, claim, jobstore.Heartbeat{Seq: 1}) },
		"Settle": func(ctx context.Context) error {
			return store.Settle(ctx, claim, jobstore.Outcome[string]{Status: jobstore.Complete})
		},
		"Cancel": func(ctx context.Context) error { _, err := store.Cancel(ctx, "1", "enough"); return err },
		"Retry":  func(ctx context.Context) error { _, err := jobstore.Retry(ctx, store, "1"); return err },
		"Pick":   func(ctx context.Context) error { _, err := store.Pick(ctx, time.Now(), 1); return err },
		"Stuck":  func(ctx context.Context) error { return firstError(store.Stuck(ctx, time.Now())) },
		"a scan": func(ctx context.Context) error { return firstError(scanned.Stuck(ctx, time.Now())) },
		"List": func(ctx context.Context) error {
			return firstError(jobstore.List(ctx, store, jobstore.UnfinishedJobs))
		},
		"ListByCaller": func(ctx context.Context) error { return firstError(jobstore.ListByCaller(ctx, store, "ann")) },
		"CreateTable": func(ctx context.Context) error {
			_, err := dynamostore.CreateTable(ctx, client, "jobs", opts...)
			return err
		},
	}
}

func firstError[T any](seq func(func(T, error) bool)) (first error) {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// served is a client of a service that answers so. It tries each request once.
func served(t *testing.T, answer http.HandlerFunc, by ...aws.HTTPClient) *dynamodb.Client {
	t.Helper()
	service := httptest.NewServer(answer)
	t.Cleanup(service.Close)
	t.Cleanup(service.CloseClientConnections)
	return once(func(o *dynamodb.Options) {
		o.BaseEndpoint = &service.URL
		for _, o.HTTPClient = range by {
		}
	})
}

func once(opts ...func(*dynamodb.Options)) *dynamodb.Client {
	credentials := credentials.NewStaticCredentialsProvider("local", "local", "")
	return dynamodb.NewFromConfig(aws.Config{Region: "us-east-1", RetryMaxAttempts: 1, Credentials: credentials}, opts...)
}

// answered is a client whose answers begin, and go on with what more returns for each read.
func answered(begin string, more func(context.Context, []byte) (int, error)) *dynamodb.Client {
	return once(func(o *dynamodb.Options) {
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			rest := reader(func(p []byte) (int, error) { return more(r.Context(), p) })
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader(begin), rest))}, nil
		})
	})
}

type (
	doer   func(*http.Request) (*http.Response, error)
	reader func([]byte) (int, error)
)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
func (r reader) Read(p []byte) (int, error)               { return r(p) }

// eachEnds wants the error of each request, although its context never ends.
func eachEnds(t *testing.T, requests map[string]func(context.Context) error, want string) {
	t.Helper()
	type end struct {
		name string
		err  error
	}
	ctx, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	ended, late := make(chan end, len(requests)), time.After(5*time.Second)
	for name, request := range requests {
		go func() { ended <- end{name, request(ctx)} }()
	}
	for left := maps.Clone(requests); len(left) > 0; {
		select {
		case got := <-ended:
			if delete(left, got.name); got.err == nil || !strings.Contains(got.err.Error(), want) {
				t.Errorf("%s: got %v, want %q", got.name, got.err, want)
			}
		case <-late:
			t.Fatalf("no end in 5 s: %q", slices.Sorted(maps.Keys(left)))
		}
	}
}

func soon(o *dynamostore.Options) { o.Timeout = 50 * time.Millisecond }

// TestASlowAnswerEnds: a byte now and then keeps no request.
func TestASlowAnswerEnds(t *testing.T) {
	client := answered(" ", func(ctx context.Context, p []byte) (int, error) {
		select {
		case <-time.After(5 * time.Millisecond):
			return copy(p, " "), nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
	eachEnds(t, requests(client, soon), "no answer within 50ms, the Options.Timeout")
}

// TestNoAnswerEnds, as on a connection that is dead.
func TestNoAnswerEnds(t *testing.T) {
	client := served(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not see the end of the connection
		<-r.Context().Done()
	})
	eachEnds(t, requests(client, soon), "no answer within 50ms, the Options.Timeout")
}

// TestAWaitForATableEnds, which has been created, and is not described.
func TestAWaitForATableEnds(t *testing.T) {
	client := served(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".CreateTable") {
			_, _ = io.WriteString(w, "{}")
			return
		}
		<-r.Context().Done()
	})
	created := map[string]func(context.Context) error{"CreateTable": requests(client, soon)["CreateTable"]}
	eachEnds(t, created, "wait for table \"jobs\": ")
}

// TestASwitchedProtocolEnds: the connection is then the caller's, and no context ends it.
func TestASwitchedProtocolEnds(t *testing.T) {
	client := served(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	eachEnds(t, requests(client), "its answer is not HTTP")
}

// TestALongAnswerEnds: DynamoDB's own are up to 1 MB.
func TestALongAnswerEnds(t *testing.T) {
	client := answered(`{"Item":{"id":{"S":"`, func(_ context.Context, p []byte) (int, error) {
		return copy(p, strings.Repeat("x", len(p))), nil
	})
	eachEnds(t, map[string]func(context.Context) error{"Get": requests(client)["Get"]}, "the answer is larger than 8 MB")
}

// TestNoRedirectIsFollowed: it would take the job elsewhere, or lose it, as a GET is sent there
// whose 200 looks like success.
func TestNoRedirectIsFollowed(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	defer end()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the job was sent elsewhere")
		end() // CreateTable would wait for more
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, by := range [][]aws.HTTPClient{nil, {&http.Client{}}} {
			client := served(t, http.RedirectHandler(elsewhere.URL, status).ServeHTTP, by...)
			for name, request := range requests(client) {
				if err := request(ctx); err == nil {
					t.Errorf("%d: %s succeeded", status, name)
				}
			}
		}
	}
}
