package jobstoretest

import (
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// partial stores an output so far, under the claim of j.
func (f *fixture) partial(j *job, seq int, out string) {
	f.Helper()
	if err := f.store.Report(f.ctx, j.Claim(), jobstore.Heartbeat{Seq: seq, Partial: out}); err != nil {
		f.Fatalf("Report: %v", err)
	}
}

// shows checks the output that readers of the job see.
func (f *fixture) shows(when, id, want string) {
	f.Helper()
	if got := f.get(id).Output; got != want {
		f.Errorf("%s: the output is %q, want %q", when, got, want)
	}
}

func partialStores(f *fixture) {
	held := f.claim(f.create().ID)
	f.partial(held, 1, "The capital")
	f.shows("after the first part", held.ID, "The capital")
	until := f.now().Add(time.Hour)
	all := jobstore.Heartbeat{Seq: 2, Partial: "The capital of", Progress: &jobstore.Progress{Percent: 40}, LeaseUntil: until}
	if err := f.store.Report(f.ctx, held.Claim(), all); err != nil {
		f.Fatal(err)
	}
	if got := f.get(held.ID); got.Output != "The capital of" || got.Progress != 40 || !got.LeaseUntil.Equal(until) || got.Status != jobstore.Processing {
		f.Errorf("one heartbeat with all three left %s %q, %d %% until %v", got.Status, got.Output, got.Progress, got.LeaseUntil)
	}
	if err := f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: 3, Progress: &jobstore.Progress{Percent: 50}}); err != nil {
		f.Fatal(err)
	}
	f.shows("after a report without one", held.ID, "The capital of")
	f.settle(held, complete("Paris"))
	f.shows("at the end", held.ID, "Paris")
}

func partialFenced(f *fixture) {
	lost := f.claim(f.create().ID)
	f.advance(time.Minute)
	held := f.claim(lost.ID)
	f.partial(held, 1, "the second worker's")
	late := jobstore.Heartbeat{Seq: 9, Partial: "the first worker's"}
	f.fails(f.store.Report(f.ctx, lost.Claim(), late), "report", held.ID, jobstore.ErrLeaseLost)
	f.shows("after a lost lease", held.ID, "the second worker's")
	f.settle(held, complete("the end"))
	f.fails(f.store.Report(f.ctx, held.Claim(), late), "report", held.ID, jobstore.ErrLeaseLost)
	f.shows("after the end", held.ID, "the end")
}

func partialLate(f *fixture) {
	held := f.claim(f.create().ID)
	f.partial(held, 1, "one")
	f.partial(held, 3, "one two three")
	f.partial(held, 1, "one")
	f.partial(held, 3, "another three")
	f.shows("after late copies", held.ID, "one two three")
}

func partialRemoved(f *fixture) {
	for _, end := range []jobstore.Outcome[string]{
		{Status: jobstore.Pending, Error: "busy"},
		{Status: jobstore.Pending, Uncounted: true},
		{Status: jobstore.Failed, Error: "no"},
	} {
		held := f.claim(f.create().ID)
		f.partial(held, 1, "so far")
		f.settle(held, end)
		f.shows("after an attempt that ended as "+string(end.Status), held.ID, "")
	}
}

// partialTakenOver is of a worker that died.
func partialTakenOver(f *fixture) {
	id := f.create().ID
	f.partial(f.claim(id), 1, "the dead worker's")
	f.advance(time.Minute)
	if got := f.claim(id); got.Output != "" {
		f.Errorf("the next claim returned the output %q, want none", got.Output)
	}
	f.shows("after the next claim", id, "")
}

func partialAbandoned(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 }).ID
	f.partial(f.claim(id), 1, "so far")
	f.advance(time.Minute)
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
	f.shows("after the job was abandoned", id, "")
}

func partialCanceled(f *fixture) {
	held := f.claim(f.create().ID)
	f.partial(held, 1, "so far")
	if _, err := jobstore.Cancel(f.ctx, f.store, held.ID, "enough"); err != nil {
		f.Fatal(err)
	}
	f.shows("after a cancel", held.ID, "")
}

func partialRefused(f *fixture) {
	held := f.claim(f.create().ID)
	for _, out := range []any{5, []byte("bytes"), "not UTF-8: \xff"} {
		f.fails(f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: 1, Partial: out}), "report", held.ID, jobstore.ErrInvalid)
	}
	tooLarge := jobstore.Heartbeat{Seq: 1, Partial: large, Progress: &jobstore.Progress{Percent: 40}}
	f.fails(f.store.Report(f.ctx, held.Claim(), tooLarge), "report", held.ID, jobstore.ErrTooLarge)
	if got := f.get(held.ID); got.Output != "" || got.Progress != 0 {
		f.Errorf("a report that was refused left %d bytes at %d %%", len(got.Output), got.Progress)
	}
}

// partialLeavesRoom fills a record, and then writes what else a worker may write.
func partialLeavesRoom(f *fixture) {
	created, err := f.store.Create(f.ctx, large[:300<<10])
	if err != nil {
		f.Fatal(err)
	}
	held := f.claim(created.ID)
	seq, size, limit := 0, 0, 110<<10
	for limit-size > 1 { // finds the largest that the store takes
		n := (size + limit) / 2
		seq++
		if f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: seq, Partial: large[:n]}) == nil {
			size = n
		} else {
			limit = n
		}
	}
	f.partial(held, seq+1, large[:size])
	full := strings.Repeat("m", jobstore.MaxMessageBytes)
	report := jobstore.Heartbeat{Seq: seq + 2, Progress: &jobstore.Progress{Percent: 100, Message: full}, LeaseUntil: f.now().Add(time.Minute)}
	if err := f.store.Report(f.ctx, held.Claim(), report); err != nil {
		f.Fatalf("a report beside an output so far of %d bytes: %v", size, err)
	}
	f.settle(held, jobstore.Outcome[string]{Status: jobstore.Failed, Error: full, Detail: full})
}
