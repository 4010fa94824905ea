package jobhttp

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestPollsKeepNothing of those who have left: a server that is always on sees many jobs and
// callers.
func TestPollsKeepNothing(t *testing.T) {
	s := newPolls(memstore.New[string, string](), options(nil))
	for _, of := range []share{{"ann", false}, {"ann", true}, {"", false}, {"bob", false}} {
		p := s.join("job of " + of.caller)
		if err := s.enter(p, of, 300_000); err != nil {
			t.Fatal(err)
		}
		s.exit(p, of)
		s.leave(p)
	}
	if len(s.byID)+len(s.shares)+s.watchers > 0 {
		t.Errorf("kept %d polls, %d shares and %d watchers", len(s.byID), len(s.shares), s.watchers)
	}
}
