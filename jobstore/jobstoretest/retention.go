package jobstoretest

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// kept is the store's default retention in the checks of it.
const kept = 48 * time.Hour

// expiresAfter is the expiry of a job that is kept for d from at.
func expiresAfter(at time.Time, d time.Duration) time.Time { return at.Add(d).Truncate(time.Second) }

// retentionApplies has jobs expire when their creator says so, or else by the store's default.
func retentionApplies(f *fixture) {
	now, start := f.now(), f.now().Add(24*time.Hour)
	for what, c := range map[string]struct {
		o    jobstore.CreateOptions
		want time.Time
	}{
		"that says nothing":               {jobstore.CreateOptions{}, expiresAfter(now, kept)},
		"that starts later":               {jobstore.CreateOptions{StartAt: start}, expiresAfter(start, kept)},
		"whose start has passed":          {jobstore.CreateOptions{StartAt: now.Add(-24 * time.Hour)}, expiresAfter(now, kept)},
		"with a shorter retention":        {jobstore.CreateOptions{Retention: time.Minute}, expiresAfter(now, time.Minute)},
		"with a longer one":               {jobstore.CreateOptions{Retention: 10 * kept}, expiresAfter(now, 10*kept)},
		"with one, and that starts later": {jobstore.CreateOptions{StartAt: start, Retention: time.Hour}, expiresAfter(start, time.Hour)},
		"that is kept forever":            {jobstore.CreateOptions{Retention: jobstore.KeepForever}, time.Time{}},
		"that is kept, and starts later":  {jobstore.CreateOptions{StartAt: start, Retention: jobstore.KeepForever}, time.Time{}},
		"with an expiry":                  {jobstore.CreateOptions{ExpiresAt: expiresAfter(now, time.Hour)}, expiresAfter(now, time.Hour)},
		"with an expiry after its start":  {jobstore.CreateOptions{StartAt: start, ExpiresAt: expiresAfter(start, time.Minute)}, expiresAfter(start, time.Minute)},
		"that starts at the end of time":  {jobstore.CreateOptions{StartAt: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}, time.Time{}},
	} {
		f.Run(what, func(t *testing.T) {
			job, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { *o = c.o })
			if err != nil {
				t.Fatal(err)
			}
			if !job.ExpiresAt.Equal(c.want) {
				t.Errorf("Create says that it expires at %v, want %v", job.ExpiresAt, c.want)
			}
			got, err := f.store.Get(f.ctx, job.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := diff(job, got); diff != "" {
				t.Errorf("Get differs from what Create returned (-created +got):\n%s", diff)
			}
		})
	}
}

// retentionEnds has a job expire, and another take its ID.
func retentionEnds(f *fixture) {
	named := func(o *jobstore.CreateOptions) { o.ID = "kept" }
	first := f.create(named)
	f.advance(kept - time.Second)
	f.get("kept")
	f.advance(time.Second)
	_, err := f.store.Get(f.ctx, "kept")
	f.fails(err, "get", "kept", jobstore.ErrNotFound)
	_, err = f.store.Claim(f.ctx, "kept", f.lease())
	f.fails(err, "claim", "kept", jobstore.ErrNotFound)
	second := f.create(named)
	if want := expiresAfter(f.now(), kept); !second.ExpiresAt.Equal(want) || second.CreatedAt.Equal(first.CreatedAt) {
		f.Errorf("the next job was created at %v and expires at %v, want now and %v", second.CreatedAt, second.ExpiresAt, want)
	}
}

// retentionRepeated creates a job again: the time that has passed since, and another
// retention, do not make it another job, and do not change it.
func retentionRepeated(f *fixture) {
	first := f.create(func(o *jobstore.CreateOptions) { o.ID = "kept" })
	f.advance(time.Hour)
	for _, retention := range []time.Duration{0, time.Hour, jobstore.KeepForever} {
		again, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { o.ID, o.Retention = "kept", retention })
		f.fails(err, "create", "kept", jobstore.ErrExists)
		if diff := diff(first, again) + diff(first, f.get("kept")); diff != "" {
			f.Errorf("a repeated create with retention %v changed the job (-first +again):\n%s", retention, diff)
		}
	}
}

// retentionStays has a job that is worked on keep its expiry.
func retentionStays(f *fixture) {
	created := f.create()
	f.advance(time.Hour)
	held := f.claim(created.ID)
	f.settle(held, jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: f.now().Add(time.Hour)})
	f.advance(time.Hour)
	f.settle(f.claim(created.ID), complete("done"))
	if got := f.get(created.ID); !got.ExpiresAt.Equal(created.ExpiresAt) {
		f.Errorf("the finished job expires at %v, want %v as at first", got.ExpiresAt, created.ExpiresAt)
	}
}

// retentionRetried has an operator retry a job that is about to expire. It has its whole
// time again. One that is kept forever stays so.
func retentionRetried(f *fixture) {
	id := f.failed().ID
	f.advance(kept - time.Minute)
	if got, want := f.retry(id).ExpiresAt, f.now().Add(kept); got.After(want) || want.Sub(got) > 2*time.Second {
		f.Errorf("the reopened job expires at %v, want %v", got, want)
	}
	f.advance(kept - time.Minute)
	f.settle(f.claim(id), complete("done"))
	f.get(id)
	forever := f.failed(func(o *jobstore.CreateOptions) { o.Retention = jobstore.KeepForever }).ID
	f.advance(time.Millisecond)
	if got := f.retry(forever).ExpiresAt; !got.IsZero() {
		f.Errorf("a job that is kept forever expires at %v after a retry", got)
	}
}

func retentionRefused(f *fixture) {
	for _, c := range []jobstore.CreateOptions{
		{Retention: -time.Hour},
		{Retention: 1},
		{Retention: time.Minute - 1},
		{Retention: time.Hour, ExpiresAt: f.now().Add(time.Hour)},
		{Retention: jobstore.KeepForever, ExpiresAt: f.now().Add(time.Hour)},
	} {
		c.ID = "a"
		_, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { *o = c })
		f.refuses(err, "create", "a", "retention")
	}
	_, err := f.store.Get(f.ctx, "a")
	f.fails(err, "get", "a", jobstore.ErrNotFound)
}
