package dynamostore_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// lossy performs each request and loses the answer to the first try of a write, as
// a connection that breaks does. The SDK then tries again by itself.
type lossy struct {
	lost    bool
	between func() // runs once between the first try and the second
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || l.lost || strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetItem") {
		return resp, err
	}
	resp.Body.Close()
	l.lost = true
	if l.between != nil {
		l.between()
	}
	return nil, &timeout{}
}

type timeout struct{}

func (*timeout) Error() string   { return "read: connection timed out" }
func (*timeout) Timeout() bool   { return true }
func (*timeout) Temporary() bool { return true }

// TestGuarantee5 loses the answer to the first try of every write.
func TestGuarantee5(t *testing.T) {
	l := &lossy{lost: true}
	client := dynamodb.New(newClient(t).Options(), func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: l}
		o.RetryMaxAttempts = 3
	})
	store := newStore(t, client)
	ctx := t.Context()
	lose := func(between func()) { l.lost, l.between = false, between }
	check := func(what string, err error) {
		t.Helper()
		if err != nil || !l.lost {
			t.Fatalf("%s: %v, answer lost: %t", what, err, l.lost)
		}
	}
	create := func(opts ...func(*jobstore.CreateOptions)) *jobstore.Job[string, string] {
		t.Helper()
		job, err := store.Create(ctx, "in", opts...)
		check("Create", err)
		return job
	}
	given := func(id string) func(*jobstore.CreateOptions) {
		return func(o *jobstore.CreateOptions) { o.ID = id }
	}

	lose(nil)
	job := create()
	lose(nil)
	create(given("given"))
	lose(func() {
		if _, err := store.Claim(ctx, "quick", lease("worker")); err != nil {
			t.Error(err)
		}
	})
	if got := create(given("quick")); got.Status != jobstore.Processing {
		t.Errorf("a worker was quicker than the second try, and the job is %s", got.Status)
	}

	lose(nil)
	held, err := store.Claim(ctx, job.ID, lease("worker"))
	check("Claim", err)
	if held.Attempt != 1 {
		t.Errorf("the repeated claim is attempt %d", held.Attempt)
	}
	lose(nil)
	check("Report", store.Report(ctx, held.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 5}, LeaseUntil: lease("").Until}))
	for _, status := range []jobstore.Status{jobstore.Pending, jobstore.Complete} {
		lose(nil)
		check("Settle", store.Settle(ctx, held.Claim(), jobstore.Outcome[string]{Status: status, Output: "out"}))
		held, err = store.Claim(ctx, job.ID, lease("worker"+string(status)))
	}
	if got, _ := store.Get(ctx, job.ID); got.Output != "out" || got.Attempt != 2 {
		t.Errorf("the job is %+v, %v", got, err)
	}

	failing := create()
	held, err = store.Claim(ctx, failing.ID, lease("worker"))
	check("Claim", err)
	lose(nil)
	check("Settle", store.Settle(ctx, held.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed, Error: "why"}))
	lose(nil)
	reopened, err := store.Retry(ctx, failing.ID)
	check("Retry", err)
	if reopened.Status != jobstore.Pending || reopened.MaxAttempts != 1+driver.DefaultMaxAttempts {
		t.Errorf("the repeated Retry left %s with %d attempts", reopened.Status, reopened.MaxAttempts)
	}
	lose(nil)
	mine, err := store.Rearm(ctx, jobstore.Stuck{ID: failing.ID, Status: jobstore.Pending, Since: reopened.ClaimableFrom}, time.Now().Add(time.Hour))
	check("Rearm", err)
	if !mine {
		t.Error("the repeated Rearm says that another sweep was faster")
	}

	unwanted := create()
	lose(nil)
	_, err = store.Cancel(ctx, unwanted.ID, "unwanted")
	check("Cancel", err)
}
