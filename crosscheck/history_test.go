package crosscheck_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestHistoriesOfMemstore checks that what concurrent workers see of a job can be
// explained by one order of their calls. Beside the workers, the network delivers
// copies of earlier calls, at any time: they must not change anything.
func TestHistoriesOfMemstore(t *testing.T) {
	checkHistories(t, 4000, func(h *history) {
		h.store, h.replay = memstore.New[string, string](func(o *memstore.Options) { o.Now = h.now }), h.resend
	})
}

// checkHistories runs n histories, each of one job in a store that open has made.
func checkHistories(t *testing.T, n int, open func(*history)) {
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	for i := range n {
		h := newHistory(seed+uint64(i), fmt.Sprintf("%d-%d", seed, i))
		open(h)
		h.run(t.Context())
		if result, info := porcupine.CheckOperationsVerbose(model(), h.ops, time.Minute); result != porcupine.Ok {
			path := t.ArtifactDir() + "/history.html"
			if err := porcupine.VisualizePath(model(), info, path); err != nil {
				t.Error(err)
			}
			for _, o := range h.ops {
				t.Logf("worker %d, %d to %d: %s", o.ClientId, o.Call, o.Return, describe(o.Input.(call), o.Output.(answer)))
			}
			t.Fatalf("history %d is %s; see %s", i, result, path)
		}
	}
}

const (
	workers = 4
	rounds  = 8
)

// history records the calls of concurrent workers for one job.
type history struct {
	seed   uint64
	id     string
	store  jobstore.JobStore[string, string]
	replay func(*rand.Rand)

	clock atomic.Int64
	gate  sync.RWMutex // a call holds it for reading, so that the clock stands still
	ticks atomic.Int64 // orders calls and answers

	mu   sync.Mutex
	ops  []porcupine.Operation
	sent []func() // the writes that took effect, again
}

func newHistory(seed uint64, id string) *history {
	h := &history{seed: seed, id: id}
	h.clock.Store(1_800_000_000_000)
	return h
}

func (h *history) now() time.Time { return millis(h.clock.Load()) }

// resend makes a call again whose original has been answered, with the time of the
// original. A claim that was refused is not among them: its copy is as good as a claim
// of that moment, and refused only when the job has returned to pending since.
func (h *history) resend(r *rand.Rand) {
	if len(h.sent) > 0 {
		now := h.clock.Load()
		h.sent[r.IntN(len(h.sent))]()
		h.clock.Store(now)
	}
}

func (h *history) run(ctx context.Context) {
	var all sync.WaitGroup
	for n := range workers {
		w := worker{history: h, n: n, r: rand.New(rand.NewPCG(h.seed, uint64(n)))}
		all.Go(func() {
			for range rounds {
				w.act(ctx)
			}
		})
	}
	all.Wait()
}

// worker claims the job and works on it, like an invocation; it also creates, reads,
// cancels and reopens it.
type worker struct {
	*history
	n     int
	r     *rand.Rand
	claim *jobstore.Claim
	beats int
}

func (w *worker) act(ctx context.Context) {
	switch p := w.r.IntN(100); {
	case p < 12:
		w.create(ctx)
	case p < 20:
		w.do(call{op: "get"}, func() (*jobstore.Job[string, string], error) { return w.store.Get(ctx, w.id) })
	case p < 23:
		w.do(call{op: "cancel"}, func() (*jobstore.Job[string, string], error) {
			return jobstore.Cancel(ctx, w.store, w.id, "no longer wanted")
		})
	case p < 27:
		w.do(call{op: "retry"}, func() (*jobstore.Job[string, string], error) { return jobstore.Retry(ctx, w.store, w.id) })
	case p < 35:
		w.pass(w.r.Int64N(40_000))
	case p < 45:
		w.replayed()
	case w.claim == nil || p < 50:
		w.take(ctx)
	case p < 75:
		w.report(ctx)
	default:
		w.settle(ctx)
	}
}

// pass moves the clock while no call is under way.
func (w *worker) pass(ms int64) {
	w.gate.Lock()
	defer w.gate.Unlock()
	w.clock.Add(ms)
}

// replayed delivers a copy of a request that was sent before.
func (w *worker) replayed() {
	w.gate.Lock()
	defer w.gate.Unlock()
	w.clock.Add(1) // a copy is later than the answer to its original
	w.replay(w.r)
}

func (w *worker) create(ctx context.Context) {
	c := call{op: "create", max: 1 + w.r.IntN(4), hold: w.r.IntN(4) == 0}
	if w.r.IntN(3) == 0 {
		c.start = w.soon()
	}
	w.do(c, func() (*jobstore.Job[string, string], error) {
		return w.store.Create(ctx, "input", func(o *jobstore.CreateOptions) {
			o.ID, o.MaxAttempts, o.OnLeaseExpiry = w.id, c.max, jobstore.RunAgain
			if c.hold {
				o.OnLeaseExpiry = jobstore.Hold
			}
			if c.start > 0 {
				o.StartAt = millis(c.start)
			}
		})
	})
}

// soon is a time within 20 seconds.
func (w *worker) soon() int64 { return w.clock.Load() + 1 + w.r.Int64N(20_000) }

func (w *worker) take(ctx context.Context) {
	c := call{op: "claim", token: jobstore.NewID()}
	w.again(func() bool {
		job, known := w.do(c, func() (*jobstore.Job[string, string], error) {
			return w.store.Claim(ctx, w.id, jobstore.Lease{Owner: c.token, Until: millis(c.until)})
		}, &c.until)
		if job != nil && job.Owner == c.token && job.Status == jobstore.Processing {
			claim := job.Claim()
			w.claim, w.beats = &claim, 0
		}
		return known
	})
}

func (w *worker) report(ctx context.Context) {
	w.beats++
	claim := *w.claim
	c := call{op: "report", token: claim.Owner, number: claim.Attempt, beat: jobstore.Heartbeat{Seq: w.beats}}
	if w.r.IntN(2) == 0 {
		c.beat.Progress = &jobstore.Progress{Percent: w.r.IntN(101)}
	}
	if w.r.IntN(2) == 0 {
		c.beat.Partial = fmt.Sprint("so far: ", w.beats, " of ", claim.Attempt)
	}
	w.again(func() bool {
		_, known := w.do(c, func() (*jobstore.Job[string, string], error) {
			beat := c.beat // a copy may be sent while c is sent again
			beat.LeaseUntil = millis(c.until)
			return nil, w.store.Report(ctx, claim, beat)
		}, &c.until)
		return known
	})
}

func (w *worker) settle(ctx context.Context) {
	w.pass(1) // since the claim, whose answer took a while
	claim := *w.claim
	c := call{op: "settle", token: claim.Owner, number: claim.Attempt}
	switch w.r.IntN(4) {
	case 0:
		c.result = jobstore.Outcome[string]{Status: jobstore.Complete, Output: fmt.Sprint(w.n, " ", claim.Attempt)}
	case 1:
		c.result = jobstore.Outcome[string]{Status: jobstore.Failed, Error: "busy"}
	default:
		c.result = jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Uncounted: w.r.IntN(2) == 0}
		if w.r.IntN(3) == 0 {
			c.result.ClaimableFrom = millis(w.soon())
		}
	}
	w.again(func() bool {
		_, known := w.do(c, func() (*jobstore.Job[string, string], error) { return nil, w.store.Settle(ctx, claim, c.result) })
		return known
	})
	w.claim = nil
}

// again repeats a call whose answer was lost, most times.
func (w *worker) again(once func() (known bool)) {
	for !once() && w.r.IntN(4) > 0 {
	}
}

// keep adds a call to those that resend repeats.
func (w *worker) keep(again func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, again)
}

// do makes a call and records it. Its answer is lost one time in six. until gets the end
// of a lease of twenty seconds from the call's time, unless an earlier try has set it.
func (w *worker) do(c call, send func() (*jobstore.Job[string, string], error), until ...*int64) (*jobstore.Job[string, string], bool) {
	w.gate.RLock()
	defer w.gate.RUnlock()
	c.now = w.clock.Load()
	for _, end := range until {
		if *end == 0 {
			*end = c.now + 20_000
		}
		if *end <= c.now {
			return nil, true // no client repeats a call for a lease that has ended
		}
		c.until = *end
	}
	called := w.ticks.Add(1)
	job, err := send()
	if now := c.now; err == nil && c.op != "get" && c.op != "retry" { // a second retry is a call of its own
		defer w.keep(func() {
			w.clock.Store(now)
			_, _ = send()
		})
	}
	got := answer{err: err, job: see(job), unknown: w.r.IntN(6) == 0}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops = append(w.ops, porcupine.Operation{ClientId: w.n, Input: c, Output: got, Call: called, Return: w.ticks.Add(1)})
	if got.unknown {
		return nil, false
	}
	return job, true
}
