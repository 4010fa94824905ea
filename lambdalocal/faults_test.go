package lambdalocal_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func faulty(f lambdalocal.Faults) func(*lambdalocal.Options) {
	return func(o *lambdalocal.Options) { o.Faults = f }
}

// deliveries counts how often each request ID was delivered.
type deliveries struct {
	mu   sync.Mutex
	came map[string]int
}

func (d *deliveries) handler(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.came == nil {
		d.came = map[string]int{}
	}
	lc, _ := lambdacontext.FromContext(ctx)
	d.came[lc.AwsRequestID]++
}

// TestFaults has each fault always strike an event without retries.
func TestFaults(t *testing.T) {
	tests := map[string]struct {
		faults lambdalocal.Faults
		came   string // how often the handler ran under each request ID
		failed string // errors of the synchronous invoke that follows
	}{
		"none":          {lambdalocal.Faults{}, "map[1:1]", ""},
		"duplicate":     {lambdalocal.Faults{Duplicate: 1}, "map[2:1]", ""},
		"crash before":  {lambdalocal.Faults{CrashBefore: 1}, "map[]", "Runtime.ExitError"},
		"crash after":   {lambdalocal.Faults{CrashAfter: 1}, "map[1:1]", "Runtime.ExitError"},
		"timeout":       {lambdalocal.Faults{Timeout: 1}, "map[1:1]", "Sandbox.Timedout"},
		"throttle":      {lambdalocal.Faults{Throttle: 1}, "map[]", "TooManyRequestsException"},
		"lost response": {lambdalocal.Faults{LostResponse: 1}, "map[1:3]", "unexpected EOF"}, // the SDK tries three times
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t, faulty(tt.faults))
				var d deliveries
				add(t, local, "f", d.handler, func(o *lambdalocal.FunctionOptions) { o.MaximumRetryAttempts = 0 })
				_, eventErr := invoke(t.Context(), local, "f", "{}", types.InvocationTypeEvent)
				pass(24 * time.Hour)
				counts := map[int]int{}
				for _, n := range d.came {
					counts[n]++
				}
				if fmt.Sprint(counts) != tt.came || (eventErr != nil) != (tt.faults.LostResponse > 0) {
					t.Errorf("came %v, want %s; Invoke returned %v", d.came, tt.came, eventErr)
				}
				out, err := invoke(t.Context(), local, "f", "{}", "")
				failed := fmt.Sprint(err)
				if out != nil {
					failed = string(out.Payload)
				}
				if !strings.Contains(failed, tt.failed) {
					t.Errorf("the synchronous invoke got %s, want %s", failed, tt.failed)
				}
				if name != "none" && !strings.Contains(local.Trace(), "fault: ") && name != "throttle" {
					t.Errorf("the trace names no fault:\n%s", local.Trace())
				}
			})
		})
	}
}

// TestFaultsAreReplayed runs many events at once, twice under one seed and once
// under another.
func TestFaultsAreReplayed(t *testing.T) {
	run := func(seed uint64) (outcomes string) {
		synctest.Test(t, func(t *testing.T) {
			local, _ := newLocal(t, faulty(lambdalocal.Faults{
				Seed: seed, Duplicate: 0.2, CrashBefore: 0.2, CrashAfter: 0.2, Timeout: 0.2, Throttle: 0.2,
			}))
			var mu sync.Mutex
			ran := make([]int, 50)
			add(t, local, "f", func(n int) {
				mu.Lock()
				defer mu.Unlock()
				ran[n]++
			})
			for n := range ran {
				enqueue(t, local, "f", fmt.Sprint(n))
			}
			pass(24 * time.Hour)
			outcomes = fmt.Sprint(ran)
		})
		return outcomes
	}
	first, again, other := run(7), run(7), run(8)
	if first != again || first == other {
		t.Errorf("with seed 7 %s and %s, with seed 8 %s", first, again, other)
	}
}

// TestFaultsStrikeEachTryAnew: if half the attempts crash, about 88 of a hundred events
// succeed within three.
func TestFaultsStrikeEachTryAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t, faulty(lambdalocal.Faults{Seed: 1, CrashBefore: 0.5}))
		var mu sync.Mutex
		ran := 0
		add(t, local, "f", func(int) {
			mu.Lock()
			defer mu.Unlock()
			ran++
		})
		for n := range 100 {
			enqueue(t, local, "f", fmt.Sprint(n))
		}
		pass(time.Hour)
		if ran < 75 || ran == 100 {
			t.Errorf("%d of 100 got through", ran)
		}
	})
}

func TestNewRefusesFaultsThatAreNoProbability(t *testing.T) {
	for _, p := range []float64{-0.1, 1.1} {
		panics(t, fmt.Sprintf("New: Options.Faults.CrashAfter is %v, want 0 to 1", p), func() {
			lambdalocal.New(faulty(lambdalocal.Faults{CrashAfter: p}))
		})
	}
}
