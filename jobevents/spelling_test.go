package jobevents_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestStatusesInAnotherSpelling are published as GET shows them. Also one that is spelled as
// another status is by default.
func TestStatusesInAnotherSpelling(t *testing.T) {
	spelled := map[jobstore.Status]string{jobstore.Pending: "NEW", jobstore.Processing: "pending", jobstore.Failed: "FAILED"}
	store, err := appsyncstore.New[string, answer]("https://api.example.com/graphql", "Job", appsyncstore.APIKey("key"), func(o *appsyncstore.Options) {
		o.Statuses = spelled
	})
	if err != nil {
		t.Fatal(err)
	}
	s := eventstest.Start(t)
	p := newPublisher(t, s, func(o *jobevents.Options) { o.Layout = store.Layout() })
	for text, want := range map[string]jobstore.Status{
		"NEW": jobstore.Pending, "pending": jobstore.Processing, "complete": jobstore.Complete, "FAILED": jobstore.Failed,
		"processing": "", "error": "", "DONE": "", "": "",
	} {
		record := fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{"id":{"S":"a%s"},"status":{"S":%[1]q}}}}`, text)
		_, err := p.Invoke(t.Context(), stream(t, json.RawMessage(record)))
		if (err == nil) != (want != "") || err != nil && !strings.Contains(err.Error(), "the record's status is not that of a job") {
			t.Errorf("%q: %v", text, err)
		}
		var e jobevents.Event[answer]
		for _, event := range s.Events("/jobs/a" + text) {
			if err := json.Unmarshal(event, &e); err != nil {
				t.Error(err)
			}
		}
		if e.Status != want {
			t.Errorf("%q is published as %q, want %q", text, e.Status, want)
		}
	}
}
