package appsyncstore_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// frozen is an API with one record that no mutation changes. It keeps their conditions.
type frozen struct {
	record     map[string]any
	refuses    bool
	inputs     []map[string]any
	conditions []string
}

func (f *frozen) answer(body []byte, _ http.Header) string {
	var r struct {
		Query     string
		Variables struct {
			Input     map[string]any
			Condition json.RawMessage
		}
	}
	if json.Unmarshal(body, &r) == nil && strings.HasPrefix(r.Query, "mutation") {
		f.inputs = append(f.inputs, r.Variables.Input)
		f.conditions = append(f.conditions, string(r.Variables.Condition))
		if f.refuses {
			return refusal
		}
	}
	record, err := json.Marshal(f.record)
	if err != nil {
		return ""
	}
	return `{"data":{"getQueryJob":` + string(record) + `,"updateQueryJob":` + string(record) + `}}`
}

func (f *frozen) store(t *testing.T, opts ...func(*appsyncstore.Options)) *appsyncstore.Store[string, string] {
	store := scripted(t, &script{echo: f.answer}, opts...)
	store.Hurry()
	return store
}

func pendingRecord() map[string]any {
	return map[string]any{"id": "a", "query": "why?", "status": "pending", "createdAt": "2026-11-26T10:00:00.000Z", "updatedAt": "2026-11-26T10:00:00.000Z"}
}

// TestMinimalClaimsOnlyWhatIsPending: without a token, no worker knows a claim as its own.
func TestMinimalClaimsOnlyWhatIsPending(t *testing.T) {
	f, held := &frozen{record: pendingRecord()}, lease("worker")
	if _, err := f.store(t, appsyncstore.Minimal).Claim(t.Context(), "a", held); err != nil {
		t.Fatal(err)
	}
	if got := f.conditions[0]; !strings.Contains(got, `{"status":{"eq":"pending"}}`) || strings.Contains(got, "processing") {
		t.Errorf("the condition of a claim is %s", got)
	}
}

// TestStateIsReplacedAsItWasRead, with the status that other programs write, and with what the
// model has fields for.
func TestStateIsReplacedAsItWasRead(t *testing.T) {
	f, held := &frozen{record: pendingRecord()}, lease("worker")
	store := f.store(t, oneField, func(o *appsyncstore.Options) { o.Fields.ExpiresAt = "expiresAt" })
	if _, err := store.Claim(t.Context(), "a", held); err != nil {
		t.Fatal(err)
	}
	f.record["status"], f.record["jobState"] = "processing", f.inputs[0]["jobState"]
	claim := jobstore.Claim{ID: "a", Owner: held.Owner, Attempt: 1}
	if err := store.Report(t.Context(), claim, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 60}}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"jobState":{"eq":"{`, `}"}},{"status":{"eq":"processing"}}`, `{"expiresAt":{"gt":`} {
		if got := f.conditions[1]; !strings.Contains(got, part) {
			t.Errorf("the condition of a report is %s, without %s", got, part)
		}
	}
	f.record["status"] = "complete" // by a program that knows nothing of jobState
	if err := store.Report(t.Context(), claim, jobstore.Heartbeat{Seq: 2}); !errors.Is(err, jobstore.ErrLeaseLost) || len(f.conditions) > 2 {
		t.Errorf("a report on a job that has ended: %v, after %d mutations", err, len(f.conditions))
	}
	f.record["status"], f.conditions = "processing", nil
	claim.Owner = "another"
	if err := store.Report(t.Context(), claim, jobstore.Heartbeat{Seq: 2}); !errors.Is(err, jobstore.ErrLeaseLost) || len(f.conditions) > 0 {
		t.Errorf("a report under another claim: %v, after %d mutations", err, len(f.conditions))
	}
}

// TestARefusedCancelOfAnUnfinishedJob rests on an old read. It is not called finished.
func TestARefusedCancelOfAnUnfinishedJob(t *testing.T) {
	f := &frozen{record: pendingRecord(), refuses: true}
	if _, err := f.store(t).Cancel(t.Context(), "a", ""); err == nil || errors.Is(err, jobstore.ErrFinished) || errors.Is(err, jobstore.ErrNotFound) {
		t.Errorf("%v, want an error that is repeated", err)
	}
	for _, status := range []string{"pending", "processing"} {
		if got := f.conditions[0]; !strings.Contains(got, `{"status":{"eq":"`+status+`"}}`) {
			t.Errorf("the condition of a cancel is %s", got)
		}
	}
}
