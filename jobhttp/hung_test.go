package jobhttp_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// hangingStore hangs for the jobs of one caller, longer than its context allows.
type hangingStore struct {
	jobstore.JobStore[string, string]
	end chan struct{}
}

func (s hangingStore) Get(ctx context.Context, id string) (*job, error) {
	j, err := s.JobStore.Get(ctx, id)
	if err == nil && j.Caller == "hung" {
		<-s.end
	}
	return j, err
}

// TestHungReadsHoldUpNoOthers: there are more of them than reads may begin at once.
func TestHungReadsHoldUpNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrowing()
		s := hangingStore{g.jobs, make(chan struct{})}
		g.api = jobhttp.New(s, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		for range 100 {
			g.watch(t, "hung", g.create(t, "hung"), true)
		}
		id, asked := g.create(t, "other"), time.Now()
		w := g.watch(t, "other", id, true)
		g.complete(t, id)
		time.Sleep(3 * time.Second)
		if !ended(w) {
			t.Errorf("after %v another caller's watch has %q", time.Since(asked), w.Body)
		}
		close(s.end)
	})
}
