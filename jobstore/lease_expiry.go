package jobstore

// LeaseExpiry says what happens to a job whose worker's lease ran out before an
// outcome was written: nobody knows then how far the work had come.
type LeaseExpiry string

// What can happen to such a job. The store's default applies to a job that does
// not say.
const (
	RunAgain LeaseExpiry = "run"  // the next claim takes it over, while attempts remain
	Hold     LeaseExpiry = "hold" // the next claim settles it as Failed, for a person to look at; its handler may not have started
)
