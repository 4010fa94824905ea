package dynamostore_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// meddler does something right after a request has been performed.
type meddler struct{ after func() }

func (m *meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if do := m.after; do != nil {
		m.after = nil
		do()
	}
	return resp, err
}

// TestAbandonedJobCameBack has the worker of a last attempt renew its lease
// between the claim that found it run out and the write that would end the job.
func TestAbandonedJobCameBack(t *testing.T) {
	client, now := newClient(t), time.Now()
	table := newTable(t, client)
	clock := func(o *dynamostore.Options) { o.Now = func() time.Time { return now } }
	worker, err := dynamostore.New[string, string](client, table, clock)
	if err != nil {
		t.Fatal(err)
	}
	m := &meddler{}
	other, err := dynamostore.New[string, string](dynamodb.New(client.Options(), func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: m}
	}), table, clock)
	if err != nil {
		t.Fatal(err)
	}
	job, err := worker.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := worker.Claim(t.Context(), job.ID, jobstore.Lease{Owner: "worker", Until: now.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	m.after = func() {
		now = now.Add(time.Millisecond)
		if err := worker.Report(t.Context(), claimed.Claim(), jobstore.Heartbeat{Seq: 1, LeaseUntil: now.Add(time.Minute)}); err != nil {
			t.Error(err)
		}
	}
	if _, err := other.Claim(t.Context(), job.ID, lease("other")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("the claim returned %v, want ErrLeased", err)
	}
	if err := worker.Settle(t.Context(), claimed.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"}); err != nil {
		t.Errorf("the worker, which held its lease again, could not settle: %v", err)
	}
}
