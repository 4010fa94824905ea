package jobhttp

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestPollsKeepNothing of those who have left: a server that is always on sees many jobs and
// callers.
func TestPollsKeepNothing(t *testing.T) {
	s := newPolls(memstore.New[string, string](), options(nil), newUnreads(options(nil)))
	for _, of := range []share{{"ann", false}, {"ann", true}, {"", false}, {"bob", false}} {
		p := s.join("job of " + of.caller)
		if err := s.enter(p, of); err != nil {
			t.Fatal(err)
		}
		s.exit(p, of)
		s.leave(p)
	}
	p := s.join("that becomes large")
	p.stop()
	for _, of := range []share{{"ann", false}, {"bob", false}} {
		if err := s.enter(p, of); err != nil {
			t.Fatal(err)
		}
	}
	var shown []*snapshot[string, string]
	for range 2 {
		s.publish(p, &snapshot[string, string]{job: &jobstore.Job[string, string]{Size: 300_000}}, time.Now())
		now, _ := p.take()
		shown = append(shown, now)
	}
	for i, want := range []int{1_200_000, 600_000, 600_000} {
		if s.unreads.total.bytes != want {
			t.Errorf("%d bytes are counted after %d of two states were written", s.unreads.total.bytes, i)
		}
		if i < len(shown) {
			p.drop(shown[i])
		}
	}
	s.exit(p, share{"ann", false})
	s.exit(p, share{"bob", false})
	s.leave(p)
	if n := len(s.unreads.by) + len(s.unreads.byJob) + s.unreads.total.bytes; n > 0 {
		t.Errorf("%d bytes and shares are counted after all have left", n)
	}
	if len(s.byID)+len(s.shares)+s.watchers > 0 {
		t.Errorf("kept %d polls, %d shares and %d watchers", len(s.byID), len(s.shares), s.watchers)
	}
}
