package streamproc_test

import (
	"context"
	"maps"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestMappingOfAHandlerThatWritesBack has a handler write an attribute of the item
// into its own table, whose stream then has another MODIFY.
func TestMappingOfAHandlerThatWritesBack(t *testing.T) {
	modified := streamproc.Where(func(r *streamproc.RawRecord) bool { return r.Operation == streamproc.Modify })
	guarded := func(o *streamproc.Options) { o.Filter, o.Writes = modified, []string{"checked"} }
	status := func(s string) map[string]string { return map[string]string{"id": "1", "status": s, "query": "?"} }
	first := taped{Name: streamproc.Modify, New: status("complete"), Old: status("processing")}
	other := taped{Name: streamproc.Modify, New: map[string]string{"id": "1", "status": "complete", "query": "!", "checked": "1"}, Old: map[string]string{"id": "1", "status": "complete", "query": "?", "checked": "1"}}
	tests := map[string]struct {
		opt      func(*streamproc.Options)
		records  []taped
		min, max int // calls in an hour
	}{
		"unguarded: without end":         {func(o *streamproc.Options) { o.Filter = modified }, []taped{first}, 101, 1000},
		"guarded: its own write ends it": {guarded, []taped{first}, 1, 1},
		"guarded: others' writes count":  {guarded, []taped{first, other}, 2, 2},
		"StatusChanged needs no guard":   {func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }, []taped{first}, 1, 1},
		"Pending needs no guard":         {func(*streamproc.Options) {}, []taped{{Name: streamproc.Insert, New: status("pending")}}, 1, 1},
		"Pending passes others' writes":  {func(*streamproc.Options) {}, []taped{first, other}, 0, 0},
		"a guard for another attribute":  {func(o *streamproc.Options) { o.Filter, o.Writes = modified, []string{"query"} }, []taped{first}, 101, 1000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, calls := newTape(), &seen{}
				for _, r := range tt.records {
					s.add(r)
				}
				d := streamproc.New(func(_ context.Context, r streamproc.Record[map[string]string]) error {
					calls.add(r.SequenceNumber)
					time.Sleep(10 * time.Second) // the write takes its time
					s.add(writtenBack(*r.New, len(calls.all())))
					return nil
				}, unlogged, tt.opt)
				mapTape(t, s, d, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ReportBatchItemFailures = 1, true })
				virtually(time.Hour)
				if n := len(calls.all()); n < tt.min || n > tt.max {
					t.Errorf("the handler ran %d times, want %d to %d", n, tt.min, tt.max)
				}
			})
		})
	}
}

// writtenBack is the record that the handler's write makes.
func writtenBack(item map[string]string, n int) taped {
	after := maps.Clone(item)
	after["checked"] = strconv.Itoa(n)
	return taped{Name: streamproc.Modify, New: after, Old: item}
}
