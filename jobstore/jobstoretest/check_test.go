package jobstoretest

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestRunTellsWhatItLeavesOut has a decorator without Unwrap, whose store has no
// settings.
func TestRunTellsWhatItLeavesOut(t *testing.T) {
	type decorator struct {
		jobstore.JobStore[string, string]
	}
	newStore := func(_ *testing.T, c Config) jobstore.JobStore[string, string] {
		if c.History || c.OnLeaseExpiry == jobstore.Hold || c.Retention != 0 {
			return nil
		}
		return decorator{memstore.New[string, string](func(o *memstore.Options) { o.Now = c.Now })}
	}
	lacks := Options{Rounds: 1, Lacks: []string{"2 claim/losers learn why"}}
	for _, c := range checks {
		want := ""
		switch {
		case c.name == lacks.Lacks[0]:
			want = "Options.Lacks has it"
		case c.setting != nil:
			want = "newStore returned nil for " + c.setting.name
		case c.of != nil:
			want = "the store is not a " + c.of.name
		}
		t.Run(c.name, func(t *testing.T) {
			if got := c.run(t, newStore, lacks); got != want {
				t.Errorf("left out because of %q, want %q", got, want)
			}
		})
	}
}

func TestNewStoreIsChecked(t *testing.T) {
	for want, call := range map[string]func(){
		"jobstoretest: Run: newStore is nil":   func() { Run(t, nil) },
		"jobstoretest: Chaos: newStore is nil": func() { Chaos(t, nil) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panicked with %v, want %q", got, want)
				}
			}()
			call()
		}()
	}
}
