package jobevents_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// tenants has the layout of a model with .identifier(['tenantId', 'jobId']).
func tenants(o *jobevents.Options) {
	store, err := appsyncstore.New[string, answer]("https://api.example.com/graphql", "Job", appsyncstore.APIKey("key"), func(o *appsyncstore.Options) {
		o.Fields.Partition, o.Fields.ID = "tenantId", "jobId"
	})
	if err != nil {
		panic(err)
	}
	o.Layout = store.Layout()
}

func pair(sequence int, tenant, id string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"%d","Keys":{"tenantId":{"S":%q},"jobId":{"S":%q}},
		"NewImage":{"tenantId":{"S":%[2]q},"jobId":{"S":%[3]q},"status":{"S":"pending"},"updatedAt":{"S":"2026-11-26T10:00:00.000Z"}}}}`, sequence, tenant, id))
}

// TestPartition: two tenants have a job of one ID. Each gets an event of its own, whose ID
// has both keys, on a channel of its own.
func TestPartition(t *testing.T) {
	for name, c := range map[string]struct {
		channel func(id, caller string) []string
		path    func(tenant, id string) string
	}{
		"by job":       {jobevents.ByJob, func(tenant, id string) string { return jobevents.Path("jobs", tenant+":"+id) }},
		"by partition": {jobevents.ByPartition, func(tenant, id string) string { return jobevents.Path("jobs", tenant, id) }},
	} {
		s := eventstest.Start(t)
		p := newPublisher(t, s, tenants, func(o *jobevents.Options) { o.Channel = c.channel })
		pairs := [][2]string{{"acme", "1"}, {"beta", "1"}, {"sub::name", "1"}, {"a/b", "order#7"}}
		var records []json.RawMessage
		for i, of := range pairs {
			records = append(records, pair(i+1, of[0], of[1]))
		}
		if out, err := p.Invoke(t.Context(), stream(t, records...)); err != nil || string(out) != `{"batchItemFailures":[]}` {
			t.Errorf("%s: %s, %v", name, out, err)
		}
		for _, of := range pairs {
			want := of[0] + ":" + of[1]
			events := s.Events(c.path(of[0], of[1]))
			var e jobevents.Event[answer]
			if len(events) != 1 || json.Unmarshal(events[0], &e) != nil || e.ID != want {
				t.Errorf("%s: %s has the events %s, want one of it", name, want, events)
			}
		}
	}
}

// TestNoPair: keys that no ID of a job has are an error that holds neither.
func TestNoPair(t *testing.T) {
	p := jobevents.Changes(func(context.Context, jobevents.Event[answer]) error { return nil }, quiet, tenants)
	for _, of := range [][2]string{{"acme", "secret:1"}, {"", "secret"}, {"acme", ""}} {
		_, err := p.Invoke(t.Context(), stream(t, pair(1, of[0], of[1])))
		if err == nil || !strings.Contains(err.Error(), "tenantId and jobId are not the two parts") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", of, err)
		}
	}
	if got := jobevents.ByPartition("alone", "user"); got != nil {
		t.Errorf("a job without a partition has the channel %q", got)
	}
}
