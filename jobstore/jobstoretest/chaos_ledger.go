package jobstoretest

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// attempt names one attempt at one job.
type attempt struct {
	id     string
	number int
}

// ledger accounts for each attempt: its handler was started, or its worker had no
// chance to start one.
type ledger struct {
	owners  map[attempt]string
	started map[attempt]bool
	excused map[string]bool // owners whose worker died, got no answer, or gave the job back
	running map[string][]*handling
}

// handling is a handler that runs.
type handling struct {
	ctx context.Context
	by  *process
}

func newLedger() ledger {
	return ledger{owners: map[attempt]string{}, started: map[attempt]bool{}, excused: map[string]bool{}, running: map[string][]*handling{}}
}

// claimed notes that an attempt has begun.
func (l *ledger) claimed(j *job) { l.owners[attempt{j.ID, j.Attempt}] = j.Owner }

// excuse notes that the worker with this token may not have started its handler.
func (w *witness) excuse(owner string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.excused[owner] = true
}

// enter notes that a handler starts. No other may be at work on the job, except one
// that cannot know that its lease has ended, or takes no notice.
func (w *witness) enter(ctx context.Context, p *process, j *job) (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started[attempt{j.ID, j.Attempt}] = true
	for _, other := range w.running[j.ID] {
		if other.ctx.Err() == nil && !other.by.clock.overlooks() {
			w.t.Errorf("%s: attempt %d starts while another is at work", j.ID, j.Attempt)
		}
	}
	h := &handling{ctx, p}
	w.running[j.ID] = append(w.running[j.ID], h)
	return func() { w.leave(j.ID, h) }
}

func (w *witness) leave(id string, h *handling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var others []*handling
	for _, other := range w.running[id] {
		if other != h {
			others = append(others, other)
		}
	}
	w.running[id] = others
}

// audit checks the attempts at a job that has ended. So a job that was not canceled ran
// at least once, or each of its workers had no chance.
func (w *witness) audit(j *job) {
	for n := 1; n <= j.Attempt; n++ {
		a := attempt{j.ID, n}
		if !w.started[a] && !w.excused[w.owners[a]] {
			w.t.Errorf("%s: no handler was started for attempt %d of %d", j.ID, n, j.Attempt)
		}
	}
	if last := (attempt{j.ID, j.Attempt}); j.Status == jobstore.Complete && (!w.started[last] || j.Output != answer(j)) {
		w.t.Errorf("%s is complete with %q, want the output of attempt %d", j.ID, j.Output, j.Attempt)
	}
}

// answer is the output of an attempt.
func answer(j *job) string { return fmt.Sprint("answer of attempt ", j.Attempt) }
