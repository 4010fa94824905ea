package jobstore

// LeaseExpiry says what happens to a job whose lease ran out before its worker wrote
// an outcome. It is not known how far the work of such a job had come; its handler may
// not have started.
type LeaseExpiry string

// The next claim of such a job either takes it over or settles it. A job that does not
// say gets the store's default.
const (
	RunAgain LeaseExpiry = "run"  // take it over, while attempts remain
	Hold     LeaseExpiry = "hold" // settle it as Failed, for a person to look at
)
