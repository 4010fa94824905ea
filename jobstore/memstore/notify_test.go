package memstore_test

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestNotify tells each listener of each kind of change, of its job alone, until it stops.
func TestNotify(t *testing.T) {
	now := time.Now()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return now } })
	first, stop := jobs.Notify("1")
	second, stopSecond := jobs.Notify("1")
	other, stopOther := jobs.Notify("2")
	defer stopOther()
	told := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	create := func() error {
		_, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.ExpiresAt = "1", now.Add(time.Hour) })
		return err
	}
	var claim jobstore.Claim
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"create", create},
		{"claim", func() error {
			job, err := jobs.Claim(t.Context(), "1", jobstore.Lease{Owner: "o", Until: now.Add(time.Minute)})
			claim = job.Claim()
			return err
		}},
		{"report", func() error {
			return jobs.Report(t.Context(), claim, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 1}})
		}},
		{"settle", func() error {
			return jobs.Settle(t.Context(), claim, jobstore.Outcome[string]{Status: jobstore.Complete})
		}},
		{"create again", func() error { now = now.Add(2 * time.Hour); return create() }},
		{"cancel", func() error { _, err := jobs.Cancel(t.Context(), "1", "enough"); return err }},
	} {
		if err := step.do(); err != nil {
			t.Fatal(step.name, err)
		}
		if !told(first) || !told(second) {
			t.Errorf("%s: a listener was not told", step.name)
		}
		if told(first) || told(other) {
			t.Errorf("%s: told more", step.name)
		}
	}
	stop()
	stop()
	if err := func() error { now = now.Add(2 * time.Hour); return create() }(); err != nil {
		t.Fatal(err)
	}
	if told(first) || !told(second) {
		t.Error("the wrong listener stopped")
	}
	stopSecond()
}
