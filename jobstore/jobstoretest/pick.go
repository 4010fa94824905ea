package jobstoretest

import (
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// pick asks for n jobs that have waited for a minute, a few times, since a store may look
// into parts of its index only.
func (f *fixture) pick(n int) (ids []string) {
	f.Helper()
	store, _ := jobstore.As[jobstore.Picker](f.store)
	for range 100 {
		found, err := store.Pick(f.ctx, f.now().Add(-time.Minute), n)
		if err != nil {
			f.Fatal(err)
		}
		if len(found) > n {
			f.Fatalf("asked for %d jobs, got %q", n, found)
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// pickFinds has one job of each kind: only the one that waits for a worker is found.
func pickFinds(f *fixture) {
	waits, again := f.create().ID, f.create().ID
	working, done := f.create().ID, f.create().ID
	later := f.create(func(o *jobstore.CreateOptions) { o.StartAt = f.now().Add(time.Hour) }).ID
	f.claim(working)
	f.settle(f.claim(done), jobstore.Outcome[string]{Status: jobstore.Complete})
	f.settle(f.claim(again), jobstore.Outcome[string]{Status: jobstore.Pending})
	f.advance(time.Minute - 3*time.Millisecond) // two settles took one each
	if got := f.pick(10); len(got) > 0 {
		f.Errorf("found %q, which have waited for less than was asked for", got)
	}
	f.advance(3 * time.Millisecond)
	want := []string{waits, again}
	slices.Sort(want)
	if got := f.pick(10); !slices.Equal(got, want) {
		f.Errorf("found %q, want the two that wait, %q, and not that which is %s, %s or %s", got, want, working, done, later)
	}
	f.claim(waits)
	if got := f.pick(10); !slices.Equal(got, []string{again}) {
		f.Errorf("after a claim of %s found %q, want %q", waits, got, again)
	}
}

func pickBounded(f *fixture) {
	for range 5 {
		f.create()
	}
	f.advance(time.Hour)
	if got := f.pick(1); len(got) < 2 {
		f.Errorf("workers that ask for one job get %q: all the same", got)
	}
	if got := f.pick(0); len(got) > 0 {
		f.Errorf("asked for none, got %q", got)
	}
}

// pickHandedOver finds a job that a sweep has started, however long it has to be claimed.
func pickHandedOver(f *fixture) {
	id := f.create().ID
	f.advance(pickUp)
	if !f.rearm(f.stuck()[0], f.now().Add(2*time.Hour)) {
		f.Fatal("the job was not re-armed")
	}
	if got := f.pick(10); !slices.Equal(got, []string{id}) {
		f.Errorf("found %q, want %q", got, id)
	}
}
