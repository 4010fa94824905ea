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
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// TestMappingOfAHandlerThatWritesBack has a handler write an attribute of the item
// into its own table, whose stream then has another MODIFY.
func TestMappingOfAHandlerThatWritesBack(t *testing.T) {
	modified := streamproc.Where(func(r *streamproc.RawRecord) bool { return r.Operation == streamproc.Modify })
	guarded := func(o *streamproc.Options) { o.Filter, o.Writes = modified, []string{"checked"} }
	status := func(s string) map[string]string { return map[string]string{"id": "1", "status": s, "query": "?"} }
	query := func(q string) map[string]string {
		return map[string]string{"id": "1", "status": "complete", "query": q, "checked": "1"}
	}
	stream := streamtest.New()
	first, other := stream.Modify(status("processing"), status("complete")), stream.Modify(query("?"), query("!"))
	tests := map[string]struct {
		opt      func(*streamproc.Options)
		records  []streamtest.Record
		min, max int // calls in an hour
	}{
		"unguarded: without end":         {func(o *streamproc.Options) { o.Filter = modified }, []streamtest.Record{first}, 101, 1000},
		"guarded: its own write ends it": {guarded, []streamtest.Record{first}, 1, 1},
		"guarded: others' writes count":  {guarded, []streamtest.Record{first, other}, 2, 2},
		"StatusChanged needs no guard":   {func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }, []streamtest.Record{first}, 1, 1},
		"Pending needs no guard":         {func(*streamproc.Options) {}, []streamtest.Record{stream.Insert(status("pending"))}, 1, 1},
		"Pending passes others' writes":  {func(*streamproc.Options) {}, []streamtest.Record{first, other}, 0, 0},
		"a guard for another attribute":  {func(o *streamproc.Options) { o.Filter, o.Writes = modified, []string{"query"} }, []streamtest.Record{first}, 101, 1000},
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
					s.add(stream.Modify(*r.New, checked(*r.New, len(calls.all()))))
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

// checked is the item after the handler's write.
func checked(item map[string]string, n int) map[string]string {
	after := maps.Clone(item)
	after["checked"] = strconv.Itoa(n)
	return after
}
