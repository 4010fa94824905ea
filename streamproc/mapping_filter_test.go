package streamproc_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// TestMappingFilterCriteria has Lambda filter records by the pattern that goes with
// each filter: what the handler would get without the pattern it gets with it, and
// most of the rest starts no invocation.
func TestMappingFilterCriteria(t *testing.T) {
	tests := map[string]struct {
		filter    func(statusAttribute string) streamproc.Filter
		attribute string
		idle      int // records at most that are delivered, and that the filter then skips
	}{
		"Pending":                     {streamproc.Pending, "status", 10},
		"Pending, a quoted name":      {streamproc.Pending, `sta"te`, 10},
		"StatusChanged":               {streamproc.StatusChanged, "status", 4},
		"StatusChanged, a quoted one": {streamproc.StatusChanged, `sta"te`, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			records := everyChange(tt.attribute)
			all, wanted := deliver(t, tt.filter(tt.attribute), records, false)
			if len(all) != len(records) || len(wanted) == 0 {
				t.Fatalf("without a pattern %d of %d records come, and %d are handled", len(all), len(records), len(wanted))
			}
			delivered, handled := deliver(t, tt.filter(tt.attribute), records, true)
			if diff := cmp.Diff(wanted, handled); diff != "" {
				t.Errorf("handled without and with the pattern (-without +with):\n%s", diff)
			}
			idle := slices.DeleteFunc(delivered, func(r string) bool { return slices.Contains(handled, r) })
			t.Logf("%d records, %d handled, %d delivered for nothing", len(records), len(handled), len(idle))
			if len(idle) > tt.idle {
				t.Errorf("%d records are delivered for nothing, want at most %d: %q", len(idle), tt.idle, idle)
			}
		})
	}
}

// everyChange is records of each operation, view type and pair of statuses, one of
// which is missing.
func everyChange(attribute string) (all []streamtest.Record) {
	statuses := []string{"pending", "processing", "complete", "error", ""}
	item := func(status, query string) map[string]string {
		image := map[string]string{"id": "1", attribute: status, "query": query}
		if status == "" {
			delete(image, attribute)
		}
		return image
	}
	for _, view := range viewTypes {
		stream := streamtest.New(func(o *streamtest.Options) { o.ViewType = view })
		for _, status := range statuses {
			all = append(all, stream.Insert(item(status, "pending")), stream.Remove(item(status, "pending")))
			for _, before := range statuses {
				all = append(all, stream.Modify(item(before, ""), item(status, "pending")))
			}
		}
	}
	return all
}

// deliver returns which records start an invocation, and which of them the handler
// gets. One that fails for want of an image is discarded, and not among the latter.
func deliver(t *testing.T, filter streamproc.Filter, records []streamtest.Record, criteria bool) (delivered, handled []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, came, got := newTape(), &seen{}, &seen{}
		name := map[string]string{}
		for _, r := range records {
			name[s.add(r)] = string(streamtest.Payload(r))
		}
		d := streamproc.New(func(_ context.Context, r streamproc.Record[tapedJob]) error {
			got.add(name[r.SequenceNumber])
			return nil
		}, func(o *streamproc.Options) { o.Filter, o.Logger = filter, slog.New(slog.DiscardHandler) })
		handler := func(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
			for _, sequence := range sequencesOf(event) {
				came.add(name[sequence])
			}
			return d.Invoke(ctx, event)
		}
		mapTape(t, s, handler, func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.MaximumRetryAttempts, o.ReportBatchItemFailures = 1, 0, true
			if criteria {
				patterns, err := lambdalocal.FilterCriteria(d.FilterCriteria())
				if err != nil {
					t.Fatal(err)
				}
				o.FilterCriteria = patterns
			}
		})
		virtually(time.Hour)
		delivered, handled = came.all(), got.all()
	})
	return delivered, handled
}

// TestMappingFilterCriteriaOfAFilterOfOnesOwn is none, so that nothing is dropped.
func TestMappingFilterCriteriaOfAFilterOfOnesOwn(t *testing.T) {
	d := streamproc.New(func(context.Context, streamproc.Record[tapedJob]) error { return nil }, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(*streamproc.RawRecord) bool { return true })
	})
	if got := d.FilterCriteria(); got != "" {
		t.Errorf("got %s, want none", got)
	}
}
