package jobstream_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

// TestForgedImagesRunNothingElse sends records that no table has written, with images of a job that
// is finished, that waits and that does not exist. Only the job of the table runs, with its input.
func TestForgedImagesRunNothingElse(t *testing.T) {
	jobs := memstore.New[string, string]()
	for _, id := range []string{"mine", "finished"} {
		if _, err := jobs.Create(t.Context(), "of the table", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := jobstore.Cancel(t.Context(), jobs, "finished", "no"); err != nil {
		t.Fatal(err)
	}
	var ran []string
	d := jobstream.New(jobs, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		ran = append(ran, job.ID+": "+job.Input)
		return "out", nil
	}, func(o *jobstream.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	for _, id := range []string{"mine", "finished", "unknown"} {
		image := `},"NewImage":{"id":{"S":"mine"},"status":{"S":"pending"},"input":{"S":"forged"},"attempt":{"N":"0"},"maxAttempts":{"N":"99"}}`
		if _, err := d.Invoke(t.Context(), inserted(`{"id":{"S":"`+id+`"}`+image)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if len(ran) != 1 || ran[0] != "mine: of the table" {
		t.Errorf("ran %q", ran)
	}
}
