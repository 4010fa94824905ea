//go:build unix

package lineartest

import (
	"runtime"
	"runtime/debug"
	"strconv"
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
// at a smaller size. What run makes must depend on n alone: Check makes the larger one
// before it measures the smaller one.
func Check(t *testing.T, name string, run func(n int) func()) {
	t.Helper()
	defer withoutCollector()()
	n := Large / times / times
	for small := run(n); n < Large; n *= times {
		large := run(times * n)
		if ratio := growth(small, large); ratio > most {
			t.Errorf("%s: %d bytes take %.0f times as long as %d", name, times*n, ratio, n)
			return
		}
		small = large
	}
}

// Growth returns how many times as long large takes as small, by the shortest of several
// runs.
func Growth(small, large func()) (ratio float64) {
	defer withoutCollector()()
	return growth(small, large)
}

func growth(small, large func()) (ratio float64) {
	const least = 50 * time.Microsecond // less cannot be measured
	for _, runs := range []int{1, 3, 3, 3} {
		took := shortest(large, runs)
		if ratio = float64(took) / float64(max(least, shortest(small, runs))); ratio <= most || took > 2*time.Second {
			break
		}
		runtime.GC()
	}
	return ratio
}

// withoutCollector holds the garbage collector back, whose work depends on what ran before,
// until the func that it returns is called.
func withoutCollector() (restore func()) {
	runtime.GC()
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(2<<30) // it works above this
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

func shortest(f func(), runs int) time.Duration {
	best := time.Hour
	for range runs {
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

// Once returns a func that makes the input of each size once, for several Checks of it.
func Once[T any](of func(n int) T) func(n int) T {
	made := map[int]T{}
	return func(n int) T {
		if _, ok := made[n]; !ok {
			made[n] = of(n)
		}
		return made[n]
	}
}

// Fill repeats a text up to about n bytes, with %d as a number of its own each time.
func Fill(text string, n int) string {
	before, after, numbered := strings.Cut(text, "%d")
	if !numbered {
		return strings.Repeat(text, n/len(text))
	}
	b := make([]byte, 0, n+len(text)+20)
	for i := 0; len(b) < n; i++ {
		b = append(b, before...)
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, after...)
	}
	return string(b)
}
