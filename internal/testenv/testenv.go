// Package testenv says how the tests depend on what is around them: on tools that
// make installs, and on the variables that CI sets.
package testenv

import (
	"errors"
	"os"
	"strconv"
	"testing"
)

// Missing names a tool that a test needs and that is not installed.
type Missing string

func (m Missing) Error() string { return string(m) + " is missing: run 'make tools'" }

// Check fails the test unless err is nil. With -short, a missing tool only skips it.
func Check(tb testing.TB, err error) {
	tb.Helper()
	var missing Missing
	switch {
	case err == nil:
	case errors.As(err, &missing) && testing.Short():
		tb.Skip(err)
	default:
		tb.Fatal(err)
	}
}

// ChaosJobs is the number of jobs that a chaos test of an in-memory store runs: 500,
// or the value of CHAOS_JOBS. CI sets 5000.
func ChaosJobs(tb testing.TB) int {
	tb.Helper()
	value := os.Getenv("CHAOS_JOBS")
	if value == "" {
		return 500
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		tb.Fatalf("CHAOS_JOBS is %q, want a number of jobs", value)
	}
	return n
}
