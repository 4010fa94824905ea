package dynamostore_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestCancelJobOfForeignRecords: their createdAt has another form than the store's, or is not
// there, so that the first condition refuses them.
func TestCancelJobOfForeignRecords(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for name, members := range map[string]map[string]any{
		"more digits": {"createdAt": "2026-11-01T10:00:00.123456Z"},
		"no fraction": {"createdAt": "2026-11-01T10:00:00Z", "caller": "ann"},
		"another":     {"createdAt": "2026-11-01T11:00:00.000+01:00", "caller": nil},
		"none":        {},
		"NULL":        {"createdAt": nil},
	} {
		record := map[string]any{"id": name, "input": "q", "status": "pending"}
		maps.Copy(record, members)
		put(t, client, table, record)
		job, err := store.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []func(*jobstore.Job[string, string]){
			func(j *jobstore.Job[string, string]) { j.CreatedAt = j.CreatedAt.Add(time.Second) },
			func(j *jobstore.Job[string, string]) { j.Caller += "x" },
		} {
			wrong := *job
			other(&wrong)
			if got, err := store.CancelJob(t.Context(), &wrong, "why"); got != nil || !errors.Is(err, jobstore.ErrNotFound) {
				t.Errorf("%s: another job: %+v, %v", name, got, err)
			}
		}
		if job, err := store.CancelJob(t.Context(), job, "why"); err != nil || !job.Canceled {
			t.Errorf("%s: %+v, %v", name, job, err)
		}
	}
}
