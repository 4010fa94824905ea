package streamproc_test

import (
	"context"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestPresent: each change of an item that has the attribute, but its removal.
func TestPresent(t *testing.T) {
	handled := 0
	d := streamproc.New(func(context.Context, streamproc.Record[struct{}]) error {
		handled++
		return nil
	}, func(o *streamproc.Options) { o.Filter = streamproc.Present("state").Having("kind", "job") })
	record := func(operation, images string) []byte {
		return []byte(`{"Records":[{"eventName":"` + operation + `","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"a"}}` + images + `}}]}`)
	}
	for name, tt := range map[string]struct {
		event   []byte
		handled int
		fails   bool
	}{
		"created":             {record("INSERT", `,"NewImage":{"state":{"S":"x"},"kind":{"S":"job"}}`), 1, false},
		"changed":             {record("MODIFY", `,"NewImage":{"state":{"S":""},"kind":{"S":"job"}}`), 1, false},
		"removed":             {record("REMOVE", `,"OldImage":{"state":{"S":"x"},"kind":{"S":"job"}}`), 0, false},
		"of another kind":     {record("INSERT", `,"NewImage":{"state":{"S":"x"},"kind":{"S":"order"}}`), 0, false},
		"without it":          {record("INSERT", `,"NewImage":{"kind":{"S":"job"}}`), 0, false},
		"of another type":     {record("INSERT", `,"NewImage":{"state":{"N":"1"},"kind":{"S":"job"}}`), 0, false},
		"malformed":           {record("INSERT", `,"NewImage":{"state":{"S":1},"kind":{"S":"job"}}`), 0, true},
		"without a new image": {record("MODIFY", ``), 0, true},
	} {
		handled = 0
		if _, err := d.Invoke(t.Context(), tt.event); (err != nil) != tt.fails || handled != tt.handled {
			t.Errorf("%s: handled %d, %v", name, handled, err)
		}
	}
	if got, want := d.FilterCriteria(), `{"Filters":[{"Pattern":"{\"dynamodb\":{\"NewImage\":{\"kind\":{\"S\":[\"job\"]},\"state\":{\"S\":[{\"exists\":true}]}}}}"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
