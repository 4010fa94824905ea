package jobstore

import "strconv"

// LeaseExpiry says what happens to a job whose worker's lease ran out before an
// outcome was written: nobody knows then how far the work had come.
type LeaseExpiry string

// What can happen to such a job. The store's default applies to a job that does
// not say.
const (
	RunAgain LeaseExpiry = "run"  // the next claim takes it over, while attempts remain
	Hold     LeaseExpiry = "hold" // the next claim settles it as Failed, for a person to look at
)

// Validate refuses what is neither RunAgain, Hold nor empty.
func (l LeaseExpiry) Validate() error {
	if l != "" && l != RunAgain && l != Hold {
		return invalid("onLeaseExpiry is %q, want %q or %q", string(l), RunAgain, Hold)
	}
	return nil
}

// Abandoned is the reason that is stored with a job that a claim settles as
// [Failed], because its lease ran out and it may not run again: it is to be held,
// or has used its attempts up.
func Abandoned(held bool, maxAttempts int) string {
	if held {
		return "held: the worker's lease ran out, and how far its work had come is not known"
	}
	if maxAttempts == 1 {
		return "the only attempt did not finish"
	}
	return "the last of " + strconv.Itoa(maxAttempts) + " attempts did not finish"
}
