package streamproc_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestFiltersReadExactNames: an attribute whose name differs in case neither starts a job nor hides
// one, before or behind it.
func TestFiltersReadExactNames(t *testing.T) {
	const pending, done = `{"S":"pending"}`, `{"S":"done"}`
	for image, want := range map[string]int{
		`"status":` + pending + `,"STATUS":` + done:          1,
		`"Status":` + done + `,"status":` + pending:          1,
		`"\u0073tatus":` + pending + `,"STATUS":` + done:     1,
		`"status":` + done + `,"STATUS":` + pending:          0,
		`"STATUS":` + pending + `,"status":` + done:          0,
		`"STATUS":` + pending + `,"Status":` + pending:       0,
		`"\u0053TATUS":` + pending + `,"x":` + pending:       0,
		`"status":` + pending + `,"status":` + done:          0,
		`"status":` + done + `,"\u0073tatus":` + pending:     1,
		`"status":{"s":"pending"},"status ":{"S":"pending"}`: -1,
	} {
		calls := 0
		d := streamproc.New(func(context.Context, streamproc.Record[struct{}]) error { calls++; return nil }, func(o *streamproc.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		_, err := d.Invoke(t.Context(), []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"1"}},"NewImage":{`+image+`}}}]}`))
		if calls != max(want, 0) || (err != nil) != (want < 0) {
			t.Errorf("%s: %d calls, %v, want %d", image, calls, err, want)
		}
	}
}
