package jobstore_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestWaitsForTheEndOfALease, as of a worker that died, within the same limit as for a job
// that is due. The lease of a worker that lives has more time left.
func TestWaitsForTheEndOfALease(t *testing.T) {
	for name, c := range map[string]struct {
		lease, wait time.Duration
		took        time.Duration
		want        jobstore.Status
	}{
		"a lease that ends soon": {8 * time.Second, 10 * time.Second, 8*time.Second + 10*time.Millisecond, jobstore.Complete},
		"one that does not":      {11 * time.Second, 10 * time.Second, 0, jobstore.Processing},
		"switched off":           {time.Second, 0, 0, jobstore.Processing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, began := memstore.New[string, string](), time.Now()
				id := newJob(t, s)
				if _, err := s.Claim(t.Context(), id, jobstore.Lease{Owner: "dead", Until: began.Add(c.lease)}); err != nil {
					t.Fatal(err)
				}
				err := jobstore.Run(t.Context(), s, id, fails(nil), quiet, func(o *jobstore.RunOptions) { o.MaxWait = c.wait })
				if took := time.Since(began); took > c.took || took < c.took-10*time.Millisecond || get(t, s, id).Status != c.want {
					t.Errorf("Run returned %v after %v and left the job %s, want %v and %s", err, took, get(t, s, id).Status, c.took, c.want)
				}
				retry, again := err.(*jobstore.RetryError)
				if again != (c.want == jobstore.Processing) || again && !(retry.Waits && retry.After.Equal(began.Add(c.lease))) {
					t.Errorf("Run returned %+v", err)
				}
			})
		})
	}
}
