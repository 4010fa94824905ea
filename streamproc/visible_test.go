package streamproc_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// TestAFailureIsVisible in the function's error metric when no record was done before it.
func TestAFailureIsVisible(t *testing.T) {
	boom, waits := errors.New("boom"), fmt.Errorf("later: %w", streamproc.ErrNotStarted)
	skipped := record("MODIFY", "1", `{"status":{"S":"pending"}}`)
	nameless := `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"id":{"S":"1"},"status":{"S":"pending"}}}}`
	for name, tt := range map[string]struct {
		records []string
		errs    map[string]error // of the handler
		batch   int              // record of the BatchError; -1 is none
		report  string
	}{
		"the first record":                     {[]string{pending("1"), pending("2")}, map[string]error{"1": boom}, 0, ""},
		"the first after skipped ones":         {[]string{skipped, skipped, pending("2")}, map[string]error{"2": boom}, 2, ""},
		"one after a record that was done":     {[]string{skipped, pending("1"), pending("2")}, map[string]error{"2": boom}, -1, "102"},
		"a record that is not started":         {[]string{pending("1"), pending("2")}, map[string]error{"1": waits}, -1, "101"},
		"one that is not started, nameless":    {[]string{nameless}, map[string]error{"1": waits}, 0, ""},
		"one that is not started after others": {[]string{pending("1"), pending("2")}, map[string]error{"2": waits}, -1, "102"},
	} {
		for _, concurrency := range []int{1, 3} {
			t.Run(fmt.Sprint(name, concurrency), func(t *testing.T) {
				d := streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error { return tt.errs[r.New.ID] },
					quiet, func(o *streamproc.Options) { o.Concurrency = concurrency })
				visible(t, d, batch(tt.records...), tt.batch, tt.report)
			})
		}
	}
}

// visible expects a report, or a BatchError of the given record.
func visible(t *testing.T, d *streamproc.Dispatcher, payload []byte, record int, report string) {
	t.Helper()
	out, err := d.Invoke(t.Context(), payload)
	var failed *streamproc.BatchError
	switch {
	case record < 0 && (err != nil || string(out) != `{"batchItemFailures":[{"itemIdentifier":"`+report+`"}]}`):
		t.Errorf("got %s, %v, want a report of %s", out, err, report)
	case record >= 0 && (!errors.As(err, &failed) || failed.Record != record || out != nil):
		t.Errorf("got %s, %v, want a *BatchError of record %d", out, err, record)
	}
}

// TestAConcurrentFailureIsVisible also when the first record that is not done has not
// failed itself: it was not started in time, or after the failure.
func TestAConcurrentFailureIsVisible(t *testing.T) {
	boom := errors.New("boom")
	for name, fail := range map[string]map[string]error{
		"the one behind it": {"b": boom},
		"both":              {"a": streamproc.ErrNotStarted, "b": boom},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := streamproc.New(func(_ context.Context, r streamproc.Record[visit]) error {
					if r.New.Item == "a" {
						<-time.After(time.Second)
					}
					return fail[r.New.Item]
				}, quiet, func(o *streamproc.Options) { o.Filter, o.Concurrency = everyRecord, 2 })
				if name == "both" {
					visible(t, d, visits("a", "b"), 0, "")
				} else {
					visible(t, d, visits("a", "b"), -1, "1")
				}
			})
		})
	}
}

// TestCauseOfAFailureThatIsVisible: errors.Is finds the handler's.
func TestCauseOfAFailureThatIsVisible(t *testing.T) {
	boom := errors.New("boom")
	for _, concurrency := range []int{1, 2} {
		d := streamproc.New(func(context.Context, streamproc.Record[queryJob]) error { return boom }, quiet,
			func(o *streamproc.Options) { o.Concurrency = concurrency })
		if _, err := d.Invoke(t.Context(), batch(pending("1"), pending("2"))); !errors.Is(err, boom) {
			t.Errorf("%d at once: got %v, want boom in it", concurrency, err)
		}
	}
}

// TestPlainMappingOfSingleRecords loses none of the records that fail, without
// ReportBatchItemFailures.
func TestPlainMappingOfSingleRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, done, failures := newTape(), &seen{}, map[string]int{"1": 1, "3": 2, "4": 3}
		stream := streamtest.New()
		for i := range 5 {
			s.add(stream.Insert(map[string]string{"id": strconv.Itoa(i + 1), "status": "pending"}))
		}
		d := streamproc.New(func(_ context.Context, r streamproc.Record[tapedJob]) error {
			if failures[r.New.ID]--; failures[r.New.ID] >= 0 {
				return errors.New("boom")
			}
			done.add(r.New.ID)
			return nil
		}, func(o *streamproc.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		gone := mapTape(t, s, d, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.MaximumRetryAttempts = 1, 2 })
		virtually(time.Hour)
		if diff := cmp.Diff([]string{"1", "2", "3", "5"}, slices.Sorted(slices.Values(done.all()))); diff != "" || !slices.Equal(gone(), []string{"4"}) {
			t.Errorf("discarded %q, want the one with too few retries; done (-want +got):\n%s", gone(), diff)
		}
	})
}

// TestARecordBehindIsNotTheCause: one that was not started, since another failed.
func TestARecordBehindIsNotTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom, asked := errors.New("boom"), 0
		d := streamproc.New(func(context.Context, streamproc.Record[visit]) error { return boom }, quiet, func(o *streamproc.Options) {
			o.Concurrency, o.Filter = 3, streamproc.Where(func(r *streamproc.RawRecord) bool {
				if r.Keys().String("item") != "a" {
					return true
				}
				asked++
				<-time.After(time.Second)
				return false
			})
		})
		_, err := d.Invoke(t.Context(), visits("a", "a", "b"))
		if failed, ok := err.(*streamproc.BatchError); !ok || failed.Record != 1 || !errors.Is(err, boom) || asked != 1 {
			t.Errorf("got %v, want the failure of b, and record 1 as the first that is not done", err)
		}
	})
}
