package jobstream_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

// single is a store in a table that holds other items too, under names of its own.
type single struct {
	*memstore.Store[string, string]
}

func (single) Layout() jobstore.Layout {
	return jobstore.Layout{ID: "PK", SortKey: "SK", Status: "state", Marker: jobstore.Marker{Name: "type", Value: "job"}}
}

// TestTheStoresNamesAreTheDispatchers gives names to a store alone. The dispatcher and
// its pattern follow, through a wrapper too.
func TestTheStoresNamesAreTheDispatchers(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	ran := 0
	d := jobstream.New(wrapped{single{jobs}}, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		ran++
		return "out", nil
	})
	for _, record := range []string{
		`{"PK":{"S":"1"},"SK":{"S":"x"}},"NewImage":{"state":{"S":"pending"},"type":{"S":"order"}}`,
		`{"PK":{"S":"1"},"SK":{"S":"x"}},"NewImage":{"state":{"S":"pending"}}`,
		`{"PK":{"S":"1"},"SK":{"S":"x"}},"NewImage":{"status":{"S":"pending"},"type":{"S":"job"}}`,
	} {
		if out, err := d.Invoke(t.Context(), inserted(record)); err != nil || string(out) != nothingFailed || ran != 0 {
			t.Errorf("%s: ran %d, %s, %v", record, ran, out, err)
		}
	}
	job := `{"PK":{"S":"1"},"SK":{"S":"x"}},"NewImage":{"state":{"S":"pending"},"type":{"S":"job"}}`
	if out, err := d.Invoke(t.Context(), inserted(job)); err != nil || string(out) != nothingFailed || ran != 1 {
		t.Errorf("the job: ran %d, %s, %v", ran, out, err)
	}
	for _, want := range []string{`\"state\":{\"S\":[\"pending\"]}`, `\"type\":{\"S\":[\"job\"]}`} {
		if got := d.FilterCriteria(); !strings.Contains(got, want) {
			t.Errorf("the pattern %s has no %s", got, want)
		}
	}
}

type wrapped struct {
	jobstore.JobStore[string, string]
}

func (w wrapped) Unwrap() jobstore.JobStore[string, string] { return w.JobStore }

// TestPartition has the IDs of jobs in a table with two keys, and an error that names the key
// that is missing or ambiguous, with no value.
func TestPartition(t *testing.T) {
	for keys, want := range map[string]string{
		`"tenant":{"S":"a:b"},"PK":{"S":"1"}`: "started a:b:1",
		`"PK":{"S":"1"}`:                      `the record's Keys have no string "tenant"`,
		`"tenant":{"S":"a"}`:                  `the record's Keys have no string "PK"`,
		`"tenant":{"N":"5"},"PK":{"S":"1"}`:   `the record's Keys have no string "tenant"`,
		`"tenant":{"S":"a"},"PK":{"S":"b:1"}`: `the record's key "PK" has a colon, which separates it from "tenant" in a job's ID`,
	} {
		var got string
		d := jobstream.NewFunc(func(_ context.Context, id string) error {
			got = "started " + id
			return nil
		}, func(o *jobstream.FuncOptions) {
			o.Layout = jobstore.Layout{ID: "PK", Partition: "tenant", Status: "status"}
			o.Logger = slog.New(slog.DiscardHandler)
		})
		_, err := d.Invoke(t.Context(), inserted(`{`+keys+`},"NewImage":{"status":{"S":"pending"}}`))
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", keys, got, want)
		}
	}
}

// TestSpelling starts the jobs of a table that spells statuses in its own way, and has that in the
// pattern.
func TestSpelling(t *testing.T) {
	started := 0
	d := jobstream.NewFunc(func(context.Context, string) error {
		started++
		return nil
	}, func(o *jobstream.FuncOptions) { o.Layout.Pending = "PENDING" })
	for status, want := range map[string]int{"pending": 0, "PENDING": 1} {
		started = 0
		if _, err := d.Invoke(t.Context(), inserted(`{"id":{"S":"1"}},"NewImage":{"status":{"S":"`+status+`"}}`)); err != nil || started != want {
			t.Errorf("%s: started %d, %v, want %d", status, started, err, want)
		}
	}
	if got, want := d.FilterCriteria(), `\"status\":{\"S\":[\"PENDING\"]}`; !strings.Contains(got, want) {
		t.Errorf("the pattern %s has no %s", got, want)
	}
}
