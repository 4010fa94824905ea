package appsyncstore_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// most finds the longest text that is not refused as too large.
func most(t *testing.T, refused func(n int) error) int {
	t.Helper()
	low, high := 0, 400<<10
	for low < high {
		n := (low + high + 1) / 2
		if err := refused(n); errors.Is(err, jobstore.ErrTooLarge) {
			high = n - 1
		} else {
			low = n
		}
	}
	return low
}

// TestSizeIsTheServers creates and settles the largest records that are let through,
// which the table must take too, and not much less than it could. What can be created
// can be settled with the longest error.
func TestSizeIsTheServers(t *testing.T) {
	store := newStore(t, appsynctest.Start(t), recordSize)
	offline := scripted(t, &script{answers: []string{`{"data":{"createQueryJob":{},"updateQueryJob":{}}}`}}, recordSize)
	full := func(o *jobstore.CreateOptions) {
		o.ExpiresAt, o.OnLeaseExpiry = time.Now().Add(time.Hour), jobstore.Hold
		o.Metadata = map[string]any{"a": 1.5, "b": []any{true, nil, "c"}, "d": map[string]any{"e": -12345678}}
	}
	for name, options := range map[string]func(*jobstore.CreateOptions){"full": full, "plain": func(*jobstore.CreateOptions) {}} {
		n := most(t, func(n int) error {
			_, err := offline.Create(t.Context(), strings.Repeat("x", n), options)
			return err
		})
		largest, err := store.Create(t.Context(), strings.Repeat("x", n), options)
		if err != nil || n < jobstore.MaxInputBytes-512 {
			t.Fatalf("%s, an input of %d bytes: %v", name, n, err)
		}
		claimed, err := store.Claim(t.Context(), largest.ID, lease(strings.Repeat("host", driver.MaxOwnerBytes/4)))
		if err != nil {
			t.Fatal(err)
		}
		long := strings.Repeat("m", jobstore.MaxMessageBytes)
		if err := store.Report(t.Context(), claimed.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 100, Message: long}}); err != nil {
			t.Error(err)
		}
		if err := store.Settle(t.Context(), claimed.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed, Error: long, Detail: long}); err != nil {
			t.Error(err)
		}
	}

	job, err := store.Create(t.Context(), "in", full)
	if err != nil {
		t.Fatal(err)
	}
	worker := strings.Repeat("host", driver.MaxOwnerBytes/4)
	job, err = store.Claim(t.Context(), job.ID, lease(worker))
	if err != nil {
		t.Fatal(err)
	}
	outcome := func(n int) jobstore.Outcome[string] {
		message := strings.Repeat("m", jobstore.MaxMessageBytes)
		return jobstore.Outcome[string]{Status: jobstore.Complete, Output: strings.Repeat("x", n), Progress: &jobstore.Progress{Percent: 100, Message: message}}
	}
	n := most(t, func(n int) error { return offline.Settle(t.Context(), job.Claim(), outcome(n)) })
	if err := store.Settle(t.Context(), job.Claim(), outcome(n)); err != nil || n < 400<<10-16384 {
		t.Errorf("an output of %d bytes: %v", n, err)
	}
}

// TestSizeCountsNoNulls counts what is there.
func TestSizeCountsNoNulls(t *testing.T) {
	s := &script{answers: []string{`{"data":{"getQueryJob":{"id":"a","status":"pending","query":"in","response":null,"metadata":null}}}`}}
	if job, err := scripted(t, s).Get(t.Context(), "a"); err != nil || job.Size != len("ida"+"statuspending"+"queryin") {
		t.Errorf("%+v, %v", job, err)
	}
}

// TestExpiry lets a job live until the second of its expiry, to all calls.
func TestExpiry(t *testing.T) {
	api, now := appsynctest.Start(t), time.Unix(time.Now().Unix(), 0)
	store := newStore(t, api, func(o *appsyncstore.Options) { o.Now = func() time.Time { return now } })
	expiring := func(o *jobstore.CreateOptions) { o.ExpiresAt = now.Add(time.Minute) }
	claimed, pending := newJob(t, store, expiring), newJob(t, store, expiring)
	now = now.Add(time.Minute - time.Millisecond)
	if _, err := store.Claim(t.Context(), claimed, lease("o")); err != nil {
		t.Errorf("a millisecond before: %v", err)
	}
	now = now.Add(time.Millisecond)
	_, get := store.Get(t.Context(), claimed)
	_, claim := store.Claim(t.Context(), pending, lease("o"))
	_, cancel := store.Cancel(t.Context(), pending, "why")
	for _, err := range []error{get, claim, cancel} {
		if !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("then: %v, want ErrNotFound", err)
		}
	}
	if got := item(t, api, pending); got["status"] != "pending" {
		t.Errorf("an expired job was changed to %v", got)
	}
}

// TestEventSize keeps a job within what AppSync delivers to a subscriber: input and output
// are in one event.
func TestEventSize(t *testing.T) {
	const limit = 240 << 10
	offline := scripted(t, &script{answers: []string{`{"data":{"createQueryJob":{},"updateQueryJob":{}}}`}})
	n := most(t, func(n int) error {
		_, err := offline.Create(t.Context(), strings.Repeat("x", n))
		return err
	})
	if n > limit || n < limit-(16<<10) {
		t.Errorf("an input may have %d bytes, want somewhat less than %d", n, limit)
	}
	held := jobstore.Claim{ID: "a", Owner: "o", Attempt: 1, Size: limit / 2}
	n = most(t, func(n int) error {
		return offline.Settle(t.Context(), held, jobstore.Outcome[string]{Status: jobstore.Complete, Output: strings.Repeat("x", n)})
	})
	if n > limit/2 || n < limit/2-(16<<10) {
		t.Errorf("beside a record of %d bytes, an output may have %d, want somewhat less than %d", limit/2, n, limit/2)
	}
}

// TestRefusedAsTooLarge: an output that AppSync does not take ends the job. Another attempt would have it too.
func TestRefusedAsTooLarge(t *testing.T) {
	s := &script{echo: func(body []byte, _ http.Header) string {
		if strings.Contains(string(body), "large output") {
			return "Request Entity Too Large <html>"
		}
		return `{"data":{"updateQueryJob":{"id":"a","status":"processing","query":"q","attempt":1}}}`
	}}
	err := jobstore.Run(t.Context(), scripted(t, s), "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "large output", nil })
	if last := string(s.bodies[len(s.bodies)-1]); !errors.Is(err, jobstore.ErrTooLarge) || !strings.Contains(last, `"status":"error"`) {
		t.Errorf("%v, and at last %s", err, last)
	}
}
