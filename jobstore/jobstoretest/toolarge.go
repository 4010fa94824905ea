package jobstoretest

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// large is over the limit of a DynamoDB item, which stores in memory share.
var large = strings.Repeat("x", 400<<10)

func tooLargeInput(f *fixture) {
	_, err := f.store.Create(f.ctx, large, func(o *jobstore.CreateOptions) { o.ID = "large" })
	f.fails(err, "create", "large", jobstore.ErrTooLarge)
	_, err = f.store.Get(f.ctx, "large")
	f.fails(err, "get", "large", jobstore.ErrNotFound)
}

func tooLargeOutput(f *fixture) {
	// Neither half is over the limit alone.
	half := large[:len(large)/2]
	created, err := f.store.Create(f.ctx, half)
	if err != nil {
		f.Fatal(err)
	}
	err = jobstore.Run(f.ctx, f.store, created.ID, func(context.Context, *job) (string, error) { return half, nil }, quiet)
	var finished *jobstore.TerminalError
	if !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrTooLarge) {
		f.Fatalf("Run returned %v, want a *TerminalError of ErrTooLarge", err)
	}
	for _, want := range []string{"bytes", "limit is 409600", "elsewhere"} {
		if !strings.Contains(err.Error(), want) {
			f.Errorf("%q does not say %q", err, want)
		}
	}
	if got := f.get(created.ID); got.Status != jobstore.Failed || got.Error != "The output cannot be stored." {
		f.Errorf("the job is %s %q, want it to end as error", got.Status, got.Error)
	}
}

func quiet(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) }
