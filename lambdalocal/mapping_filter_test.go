package lambdalocal_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// mapList maps a feed of these records.
func mapList(t *testing.T, fn *lambdalocal.Function, list []json.RawMessage, opts ...func(*lambdalocal.MappingOptions)) {
	t.Helper()
	read := 0
	err := fn.MapStream(lambdalocal.Feed(func(ctx context.Context, _ string, limit int) ([]json.RawMessage, error) {
		if read == len(list) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		n := min(limit, len(list)-read)
		read += n
		return list[read-n : read], nil
	}), opts...)
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilteredRecordsCostNoInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, strings.Join(sequences(e), "+")) })
		mapFeed(t, fn, newRecords(9), func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.MaximumBatchingWindow = 2, time.Minute
			o.FilterCriteria = []string{`{"eventID":["2","3","9"]}`}
		})
		pass(time.Hour)
		// The batch is filled from what passes.
		if d := cmp.Diff([]string{"2+3", "9"}, got); d != "" {
			t.Errorf("batches (-want +got):\n%s", d)
		}
		if trace := local.Trace(); !strings.Contains(trace, "1 of 2 records filtered out") || strings.Count(trace, "filtered") != 4 {
			t.Errorf("the trace is\n%s", trace)
		}
	})
}

func TestMapStreamRefusesPatterns(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	err := fn.MapStream(lambdalocal.Feed(newRecords(0).changes), func(o *lambdalocal.MappingOptions) {
		o.FilterCriteria = []string{`{"eventName":["INSERT"]}`, `{}`}
	})
	const want = `lambdalocal: function "f": map stream: option FilterCriteria: pattern 1: an empty object`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFilterCriteria(t *testing.T) {
	got, err := lambdalocal.FilterCriteria(`{"Filters":[{"Pattern":"{}"}]}`)
	if d := cmp.Diff([]string{"{}"}, got); d != "" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := lambdalocal.FilterCriteria(`[]`); err == nil || !strings.HasPrefix(err.Error(), "lambdalocal: filter criteria: ") {
		t.Errorf("no document: got %v", err)
	}
}
