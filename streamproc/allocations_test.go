package streamproc_test

import (
	"context"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// perInvocation is what a batch may allocate beside its records.
const perInvocation = 10

func TestDecodedRecordAllocations(t *testing.T) {
	structs := streamproc.New(func(context.Context, streamproc.Record[fixtureJob]) error { return nil })
	jobs := streamproc.New(func(context.Context, streamproc.Record[jobstore.Job[string, string]]) error { return nil })
	for name, pending := range fixtures {
		payload := fixture(t, name)
		for way, d := range map[string]*streamproc.Dispatcher{"struct": structs, "job": jobs} {
			limit := map[string]int{"struct": 2, "job": 6}[way]
			if got := allocations(t, d, payload); got > float64(limit*pending+perInvocation) {
				t.Errorf("%s into a %s: %v allocations for %d decoded records, want at most %d each", name, way, got, pending, limit)
			}
		}
	}
}

func TestLongStringAllocations(t *testing.T) {
	structs := streamproc.New(func(context.Context, streamproc.Record[fixtureJob]) error { return nil })
	for _, length := range []int{500, 5_000, 50_000} {
		query := `"query":{"S":"` + strings.Repeat("q", length) + `"},"query2":`
		payload := strings.ReplaceAll(string(fixture(t, "stream-100-pending")), `"query":`, query)
		if got := allocations(t, structs, []byte(payload)); got > 2*100+perInvocation {
			t.Errorf("queries of %d bytes: %v allocations for 100 decoded records, want at most 2 each", length, got)
		}
	}
}

// TestConcurrentRecordAllocations: waiting for an item takes a channel for each of its
// records; the rest is for the batch and its workers.
func TestConcurrentRecordAllocations(t *testing.T) {
	const perRecord, perBatch, perWorker = 1, 30, 3
	for _, workers := range []int{2, 8} {
		concurrent := func(o *streamproc.Options) { o.Concurrency = workers }
		structs := streamproc.New(func(context.Context, streamproc.Record[fixtureJob]) error { return nil }, concurrent)
		jobs := streamproc.New(func(context.Context, streamproc.Record[jobstore.Job[string, string]]) error { return nil }, concurrent)
		for name, pending := range fixtures {
			for way, d := range map[string]*streamproc.Dispatcher{"struct": structs, "job": jobs} {
				decoded := pending * map[string]int{"struct": 2, "job": 6}[way]
				most := decoded + 100*perRecord + perBatch + workers*perWorker
				if got := allocations(t, d, fixture(t, name)); got > float64(most) {
					t.Errorf("%s into a %s, %d at once: %v allocations, want at most %d", name, way, workers, got, most)
				}
			}
		}
	}
}

func TestSkippedRecordAllocations(t *testing.T) {
	d := streamproc.New(func(context.Context, streamproc.Record[fixtureJob]) error { return nil })
	finished := strings.ReplaceAll(string(fixture(t, "stream-100-pending")), `{"S":"pending"}`, `{"S":"complete"}`)
	records := finished[len(`{"Records":[`):strings.LastIndex(finished, "]")]
	few, many := allocations(t, d, batch(records)), allocations(t, d, batch(records, records, records, records))
	if many > few || few > perInvocation {
		t.Errorf("%v allocations for 100 skipped records and %v for 400, want no more", few, many)
	}
}

func allocations(t *testing.T, d *streamproc.Dispatcher, payload []byte) float64 {
	t.Helper()
	return testing.AllocsPerRun(10, func() {
		if _, err := d.Invoke(t.Context(), payload); err != nil {
			t.Fatal(err)
		}
	})
}
