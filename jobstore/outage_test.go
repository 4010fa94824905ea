package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestRecoveryFromAnOutage has a dependency down for five minutes, with every default and a
// sweep each minute. It prints how long after its return the last of 1,000 jobs was done.
func TestRecoveryFromAnOutage(t *testing.T) {
	const jobs, outage = 1000, 5 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		s, began := memstore.New[string, string](), time.Now()
		handler := func(context.Context, *job) (string, error) {
			if time.Since(began) < outage {
				return "", errors.New("503")
			}
			return "out", nil
		}
		run := func(id string) { _ = jobstore.Run(t.Context(), s, id, handler, quiet) }
		for n := range jobs {
			id := fmt.Sprint(n)
			newJob(t, s, func(o *jobstore.CreateOptions) { o.ID = id })
			go run(id)
		}
		for range 20 {
			time.Sleep(time.Minute)
			_, err := jobstore.Sweep(t.Context(), s, func(_ context.Context, j jobstore.Stuck) error { go run(j.ID); return nil }, quietly)
			if err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		var last time.Duration
		attempts := 0
		for n := range jobs {
			j := get(t, s, fmt.Sprint(n))
			if j.Status != jobstore.Complete {
				t.Fatalf("job %d is %s at attempt %d", n, j.Status, j.Attempt)
			}
			last, attempts = max(last, j.UpdatedAt.Sub(began)-outage), max(attempts, j.Attempt)
		}
		t.Logf("%d jobs, a dependency down for %v: all done %v after its return, in at most %d attempts", jobs, outage, last, attempts)
		if last > 10*time.Minute {
			t.Errorf("the last job was done %v after the dependency's return", last)
		}
	})
}

// TestTheDefaultBackoff computes what docs/design.md says, with the shortest and the longest
// of many waits.
func TestTheDefaultBackoff(t *testing.T) {
	var backoff func(int) time.Duration
	s := memstore.New[string, string]()
	_ = jobstore.Run(t.Context(), s, newJob(t, s), fails(nil), func(o *jobstore.RunOptions) { backoff = o.Backoff })
	attempts := get(t, s, newJob(t, s)).MaxAttempts
	begins, longest := make([]time.Duration, attempts+1), make([]time.Duration, attempts+1)
	for n := 1; n < attempts; n++ {
		least, most := time.Duration(1<<62), time.Duration(0)
		for range 10000 {
			least, most = min(least, backoff(n)), max(most, backoff(n))
		}
		begins[n+1], longest[n] = begins[n]+least, most
	}
	t.Logf("the attempts begin at the earliest after %v; the longest waits are %v", begins[1:], longest[1:])
	const outage = 5 * time.Minute
	for n := 1; n <= attempts; n++ {
		if begins[n] < outage && longest[n] > outage {
			t.Errorf("attempt %d may fail in an outage of %v and wait for %v after it", n, outage, longest[n])
		}
	}
	if begins[6] < outage || begins[attempts] < 19*time.Minute {
		t.Errorf("attempt 6 may begin after %v and the last after %v, want 5 and 19 minutes", begins[6], begins[attempts])
	}
}
