package lambdalocal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Faults is a plan of what fails. Each field except Seed and Key is a probability
// from 0, never, to 1, always.
//
//	local := lambdalocal.New(func(o *lambdalocal.Options) {
//		o.Faults = lambdalocal.Faults{Seed: 7, Duplicate: 0.1, CrashAfter: 0.1, LostResponse: 0.1}
//	})
//
// Whether a fault occurs depends only on the seed, the kind of fault, the function,
// the event, and how often that event has been delivered before. So a run that failed
// fails again with the same seed and the same events, whatever the order of its
// goroutines.
type Faults struct {
	Seed uint64

	// Duplicate delivers an asynchronous event a second time, under the same
	// request ID and up to a minute later. A batch of a stream that succeeded is
	// delivered again at once, as after a lost checkpoint.
	Duplicate float64

	// CrashBefore ends the execution environment before the handler runs,
	// CrashAfter after it has returned. The caller gets Runtime.ExitError. The
	// process of an Executable is killed. A handler in this process keeps its
	// variables.
	CrashBefore float64
	CrashAfter  float64

	// Timeout runs the handler and loses its answer: the invocation ends at its
	// deadline, as if the handler had hung after its work.
	Timeout float64

	// Throttle refuses an invocation as if all concurrency were in use.
	Throttle float64

	// LostResponse carries out a call of the Invoke API and breaks the connection
	// before the answer. The SDK, or the service of a schedule, calls again, so an
	// Event is queued twice, under two request IDs.
	LostResponse float64

	// Key returns what identifies an event across runs. The default is the whole
	// payload. Set Key if the payload has an ID or a time that differs in each run,
	// as that of selfinvoke, a function URL or a stream has.
	Key func(payload []byte) string
}

func (f Faults) check() {
	for name, p := range map[string]float64{
		"Duplicate": f.Duplicate, "CrashBefore": f.CrashBefore, "CrashAfter": f.CrashAfter,
		"Timeout": f.Timeout, "Throttle": f.Throttle, "LostResponse": f.LostResponse,
	} {
		refuse(!(p >= 0 && p <= 1), "New: Options.Faults.%s is %v, want 0 to 1", name, p)
	}
}

// faultPlan decides.
type faultPlan struct {
	Faults

	mu   sync.Mutex
	came map[[2]uint64]uint64 // how often, by hash of kind, function and key
}

func newFaultPlan(f Faults) *faultPlan {
	if f.Key == nil {
		f.Key = func(payload []byte) string { return string(payload) }
	}
	return &faultPlan{Faults: f, came: map[[2]uint64]uint64{}}
}

// strikes decides about one fault of probability p. For p of 0 it does no work.
func (f *faultPlan) strikes(p float64, kind string, i *invocation) bool {
	return p > 0 && f.random(kind, i).Float64() < p
}

// delay is how much later a duplicate comes.
func (f *faultPlan) delay(i *invocation) time.Duration {
	return time.Duration(f.random("delay", i).Int64N(int64(time.Minute)))
}

// random is a source of its own for each occurrence of the event.
func (f *faultPlan) random(kind string, i *invocation) *rand.Rand {
	identity := digest(kind, i.fn.name, f.Key(i.payload))
	f.mu.Lock()
	f.came[identity]++
	n := f.came[identity]
	f.mu.Unlock()
	return rand.New(rand.NewPCG(f.Seed^identity[0], identity[1]^n*0x9e3779b97f4a7c15))
}

func digest(parts ...string) (d [2]uint64) {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	sum := h.Sum(nil)
	return [2]uint64{binary.LittleEndian.Uint64(sum), binary.LittleEndian.Uint64(sum[8:])}
}
