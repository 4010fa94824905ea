package main

import (
	"encoding/json"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestEvents measures what jobevents publishes of a job that changes twelve times, each
// change in an invocation of its own.
func TestEvents(t *testing.T) {
	api := eventstest.Start(t)
	publisher, err := jobevents.New[string](api.URL, jobevents.IAM(api.Publisher()), func(o *jobevents.Options) { o.Logger = silent })
	if err != nil {
		t.Fatal(err)
	}
	store := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	created, err := store.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	if err := change(t.Context(), store, created.ID, 0); err != nil {
		t.Fatal(err)
	}
	records, err := store.Changes(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{T: t}
	for _, record := range records {
		event, _ := json.Marshal(map[string]any{"Records": []json.RawMessage{record}})
		if _, err := (metered{publisher, m}).Invoke(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	m.flow.Published = len(api.Events(jobevents.Path("jobs", created.ID)))
	m.flow.Seconds = 0 // as in the other flows, a request takes none
	m.check("events", m.flow)
}

var _ jobstore.JobStore[string, string] = (*memstore.Store[string, string])(nil)
