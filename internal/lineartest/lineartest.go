//go:build unix

package lineartest

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Large is the larger size: as much as Lambda sends.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const Large = 6 << 20

// times is how much larger the second of two sizes is, and most how many times as long it
// may take. Of quadratic time it would be 64.
const (
	times = 8
	most  = 24
)

// Check fails the test if what run makes for eight times the bytes takes far more than
// eight times as long, up to Large. It measures the processor's time, which the load of the
// machine changes little, and looks into a suspicion again. What is quadratic ends early,
// at a smaller size.
func Check(t *testing.T, name string, run func(n int) func()) {
	t.Helper()
	for _, n := range []int{Large / times / times, Large / times} {
		if ratio := Growth(run(n), run(times*n)); ratio > most {
			t.Errorf("%s: %d bytes take %.0f times as long as %d", name, times*n, ratio, n)
			return
		}
	}
}

// Growth returns how many times as long large takes as small, by the shortest of several
// runs.
func Growth(small, large func()) (ratio float64) {
	const least = 50 * time.Microsecond // less cannot be measured
	for _, runs := range []int{1, 3, 3, 3} {
		took := shortest(large, runs)
		if ratio = float64(took) / float64(max(least, shortest(small, runs))); ratio <= most || took > 2*time.Second {
			break
		}
	}
	return ratio
}

// shortest measures without the garbage collector, whose work depends on what ran before.
func shortest(f func(), runs int) time.Duration {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(2 << 30)) // it works above this
	best := time.Hour
	for range runs {
		runtime.GC()
		began := processorTime()
		f()
		best = min(best, processorTime()-began)
	}
	return best
}

func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Fill repeats a text up to about n bytes, with %d as a number of its own each time.
func Fill(text string, n int) string {
	if !strings.Contains(text, "%d") {
		return strings.Repeat(text, n/len(text))
	}
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}
