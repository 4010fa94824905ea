package jobstoretest

import (
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func createStores(f *fixture) {
	expires := f.now().Add(time.Hour).Truncate(time.Second)
	job := f.create(func(o *jobstore.CreateOptions) {
		o.Metadata = map[string]any{"sessionId": "user-123", "tags": []any{"a", true, nil}}
		o.ExpiresAt = expires
		o.MaxAttempts, o.OnLeaseExpiry = 7, jobstore.RunAgain
	})
	want := &jobstore.Job[string, string]{
		ID: job.ID, Status: jobstore.Pending, Input: "input", MaxAttempts: 7, OnLeaseExpiry: jobstore.RunAgain,
		Metadata:  map[string]any{"sessionId": "user-123", "tags": []any{"a", true, nil}},
		CreatedAt: f.now(), UpdatedAt: f.now(), ExpiresAt: expires, SweepAt: job.SweepAt,
	}
	if diff := diff(want, job); diff != "" {
		f.Errorf("Create returned (-want +got):\n%s", diff)
	}
	if diff := diff(job, f.get(job.ID)); diff != "" {
		f.Errorf("Get differs from what Create returned (-created +got):\n%s", diff)
	}
	if other := f.create(); other.ID == job.ID || other.ID == "" {
		f.Errorf("the store made the ID %q after %q", other.ID, job.ID)
	}
}

func createIdempotent(f *fixture) {
	withID := func(o *jobstore.CreateOptions) { o.ID = "delivery-1" }
	first := f.create(withID)
	second, err := f.store.Create(f.ctx, "other input", withID)
	f.fails(err, "create", "delivery-1", jobstore.ErrExists)
	if diff := diff(first, second); diff != "" {
		f.Errorf("the second create must return the first job (-first +second):\n%s", diff)
	}
	if got := f.get("delivery-1").Input; got != "input" {
		f.Errorf("the second create changed the input to %q", got)
	}
}

func createOrdered(f *fixture) {
	var last string
	for range 10 {
		id := f.create().ID
		const millisecond = len("01a20bd5-d18a") // what a UUIDv7 is ordered by
		if id[:millisecond] < last {
			f.Errorf("the ID %s was made after %s", id, last)
		}
		last = id[:millisecond]
	}
}

func createMetadata(f *fixture) {
	metadata := map[string]any{"k": "v"}
	job := f.create(func(o *jobstore.CreateOptions) { o.Metadata = metadata })
	metadata["k"], job.Metadata["k"] = "changed", "changed"
	if got := f.get(job.ID).Metadata["k"]; got != "v" {
		f.Errorf("changing the caller's map changed the stored job to %v", got)
	}
}

func createRefuses(f *fixture) {
	long := strings.Repeat("x", jobstore.MaxIDBytes+1)
	_, err := f.store.Create(f.ctx, "", func(o *jobstore.CreateOptions) { o.ID = long })
	f.fails(err, "create", long, jobstore.ErrInvalid)
	_, err = f.store.Create(f.ctx, "", func(o *jobstore.CreateOptions) { o.ID = "a"; o.MaxAttempts = -1 })
	f.fails(err, "create", "a", jobstore.ErrInvalid)
	_, err = f.store.Create(f.ctx, "", func(o *jobstore.CreateOptions) { o.ID = "a"; o.OnLeaseExpiry = "wait" })
	f.fails(err, "create", "a", jobstore.ErrInvalid)
	longest := long[:jobstore.MaxIDBytes]
	if _, err := f.store.Create(f.ctx, "input", func(o *jobstore.CreateOptions) { o.ID = longest }); err != nil {
		f.Errorf("an ID of %d bytes: %v", len(longest), err)
	}
}

func getRefuses(f *fixture) {
	_, err := f.store.Get(f.ctx, "missing")
	f.fails(err, "get", "missing", jobstore.ErrNotFound)
	_, err = f.store.Get(f.ctx, "")
	f.fails(err, "get", "", jobstore.ErrInvalid)
}
