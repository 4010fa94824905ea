package jobevents_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
)

// TestChanges calls the handler with each state, in order, until it fails.
func TestChanges(t *testing.T) {
	f := newFixture(t)
	f.create("a")
	f.complete("a", strings.Repeat("x", 250_000))
	var got []string
	d := jobevents.Changes(func(_ context.Context, e jobevents.Event[answer]) error {
		got = append(got, fmt.Sprintf("%s %t", e.Status, e.Omitted))
		return nil
	}, quiet)
	batch := f.next()
	if out, err := d.Invoke(t.Context(), batch); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("%s, %v", out, err)
	}
	if diff := cmp.Diff([]string{"pending false", "processing false", "complete true"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	boom := errors.New("boom")
	failing := jobevents.Changes(func(context.Context, jobevents.Event[answer]) error { return boom }, quiet)
	if _, err := failing.Invoke(t.Context(), batch); !errors.Is(err, boom) {
		t.Errorf("%v, want the handler's error", err)
	}
}

func TestChangesPanics(t *testing.T) {
	handle := func(context.Context, jobevents.Event[answer]) error { return nil }
	for want, call := range map[string]func(){
		"jobevents: Changes: handle is nil":               func() { jobevents.Changes[answer](nil) },
		"jobevents: Changes: Options.Logger is nil, want": func() { jobevents.Changes(handle, func(o *jobevents.Options) { o.Logger = nil }) },
		"jobevents: Changes: option 1 of 1 is nil":        func() { jobevents.Changes(handle, nil) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panicked with %s, want %s", got, want)
				}
			}()
			call()
		}()
	}
}
