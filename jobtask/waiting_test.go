package jobtask_test

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
)

// TestAStartInTheFutureGetsNoEvent, nor does its redelivery. A sweep starts the job.
func TestAStartInTheFutureGetsNoEvent(t *testing.T) {
	for in, want := range map[time.Duration]int{time.Hour: 0, 15 * time.Second: 0, 5 * time.Second: 2, -time.Hour: 2} {
		sent := &queue{}
		work := jobtask.New("work", sent, memstore.New[string, string](), slow, quiet)
		for range 2 {
			err := work.Start(t.Context(), "delivery", "question", func(o *jobstore.CreateOptions) { o.StartAt = time.Now().Add(in) })
			if err != nil {
				t.Error(err)
			}
		}
		if len(sent.events) != want {
			t.Errorf("a job that starts in %v got %d events, want %d", in, len(sent.events), want)
		}
	}
}
