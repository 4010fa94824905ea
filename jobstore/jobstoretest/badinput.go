package jobstoretest

import (
	"errors"
	"math"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// refuses checks that err is an ErrInvalid that names the field.
func (f *fixture) refuses(err error, op, id, field string) {
	f.Helper()
	f.fails(err, op, id, jobstore.ErrInvalid)
	if err != nil && !strings.Contains(err.Error(), field) {
		f.Errorf("%v does not name %s", err, field)
	}
}

// textRefused has a text that a store would change in every place where one goes.
func textRefused(f *fixture) {
	const bad = "a\xff"
	named := func(id string) func(*jobstore.CreateOptions) {
		return func(o *jobstore.CreateOptions) { o.ID = id }
	}
	_, err := f.store.Create(f.ctx, "input", named(bad))
	f.refuses(err, "create", bad, "id")
	_, err = f.store.Get(f.ctx, bad)
	f.refuses(err, "get", bad, "id")
	_, err = f.store.Claim(f.ctx, bad, f.lease())
	f.refuses(err, "claim", bad, "id")
	_, err = f.store.Create(f.ctx, bad, named("b"))
	f.refuses(err, "create", "b", "input")
	_, err = f.store.Create(f.ctx, "input", named("c"), func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"k": bad} })
	f.refuses(err, "create", "c", "metadata")

	held := f.claim(f.create().ID)
	c := held.Claim()
	f.refuses(f.store.Report(f.ctx, c, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Message: bad}}), "report", c.ID, "progressMessage")
	f.refuses(f.store.Settle(f.ctx, c, complete(bad)), "settle", c.ID, "output")
	f.refuses(f.store.Settle(f.ctx, c, jobstore.Outcome[string]{Status: jobstore.Failed, Error: bad}), "settle", c.ID, "error")
	f.refuses(f.store.Settle(f.ctx, c, jobstore.Outcome[string]{Status: jobstore.Failed, Detail: bad}), "settle", c.ID, "errorDetail")
	long := strings.Repeat("x", jobstore.MaxMessageBytes+1)
	f.refuses(f.store.Settle(f.ctx, c, jobstore.Outcome[string]{Status: jobstore.Failed, Error: long}), "settle", c.ID, "error")
	f.refuses(f.store.Settle(f.ctx, c, jobstore.Outcome[string]{Status: jobstore.Failed, Detail: long}), "settle", c.ID, "errorDetail")
	if diff := diff(held, f.get(c.ID)); diff != "" {
		f.Errorf("a refused write changed the job (-held +got):\n%s", diff)
	}
}

// valuesRefused has metadata that no store returns as it is.
func valuesRefused(f *fixture) {
	var deep any = "bottom"
	for range 40 {
		deep = []any{deep}
	}
	for name, v := range map[string]any{
		"NaN": math.NaN(), "infinity": math.Inf(-1), "over DynamoDB's range": math.MaxFloat64, "under it": math.SmallestNonzeroFloat64,
		"a channel": make(chan int), "nested too deeply": deep,
	} {
		_, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { o.ID, o.Metadata = "a", map[string]any{"k": v} })
		f.refuses(err, "create", "a", "metadata")
		if _, err := f.store.Get(f.ctx, "a"); !errors.Is(err, jobstore.ErrNotFound) {
			f.Fatalf("%s was stored", name)
		}
	}
}

func expiryRefused(f *fixture) {
	for _, at := range []time.Time{f.now().Add(-time.Hour), f.now(), f.now().Add(-1), time.Unix(1, 0), f.now().AddDate(9000, 0, 0)} {
		_, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { o.ID, o.ExpiresAt = "a", at })
		f.refuses(err, "create", "a", "expiresAt")
	}
	_, err := f.store.Get(f.ctx, "a")
	f.fails(err, "get", "a", jobstore.ErrNotFound)
}

// largestInput creates the largest job that is let through, and gives it all that a
// worker may write, many times.
func largestInput(f *fixture) {
	probe := f.create()
	encoded := func(n int) string { return strings.Repeat("x", n) }
	most := jobstore.MaxInputBytes - len(probe.ID)
	for range 4 { // a store may count quotes
		_, err := f.store.Create(f.ctx, encoded(most+1))
		if !errors.Is(err, jobstore.ErrTooLarge) {
			f.Fatalf("%d bytes: %v, want ErrTooLarge", most+1, err)
		}
		if !strings.Contains(err.Error(), "input") || !strings.Contains(err.Error(), "368640") {
			f.Errorf("%v does not name the field and the limit", err)
		}
		created, err := f.store.Create(f.ctx, encoded(most), func(o *jobstore.CreateOptions) { o.MaxAttempts = 1000 })
		if err == nil {
			f.exhaust(created.ID)
			return
		}
		most--
	}
	f.Fatalf("%d bytes are too large", most)
}

func (f *fixture) exhaust(id string) {
	text := strings.Repeat("é", jobstore.MaxMessageBytes/2)
	progress := &jobstore.Progress{Percent: 100, Message: text}
	worker := strings.Repeat("w", 200) + "/"
	claim := func() *job {
		job, err := f.store.Claim(f.ctx, id, jobstore.Lease{Owner: worker + jobstore.NewID(), Until: f.now().Add(time.Minute)})
		if err != nil {
			f.Fatalf("Claim: %v", err)
		}
		if err := f.store.Report(f.ctx, job.Claim(), jobstore.Heartbeat{Seq: 1, Progress: progress, LeaseUntil: f.now().Add(time.Minute)}); err != nil {
			f.Fatalf("Report: %v", err)
		}
		return job
	}
	for n := range min(max(4, f.rounds), 15) {
		job := claim()
		if n%4 != 0 {
			f.settle(job, jobstore.Outcome[string]{Status: jobstore.Pending, Error: text, Detail: text, Progress: progress})
		}
		f.advance(time.Minute)
	}
	f.settle(claim(), jobstore.Outcome[string]{Status: jobstore.Failed, Error: text, Detail: text, Progress: progress})
	if got := f.get(id); got.Status != jobstore.Failed || got.Error != text {
		f.Errorf("the job is %s with an error of %d bytes", got.Status, len(got.Error))
	}
}
