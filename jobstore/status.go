package jobstore

// Status is the state of a job.
type Status string

// The four states of a job, spelled as they are stored.
const (
	Pending    Status = "pending"    // waiting for a worker
	Processing Status = "processing" // a worker holds the claim
	Complete   Status = "complete"   // finished; Job.Output is set
	Failed     Status = "error"      // finished; Job.Error says why. An operator can reopen it
)

// Valid reports whether s is one of the four states.
func (s Status) Valid() bool {
	return s == Pending || s == Processing || s.Finished()
}

// Finished reports whether s is final: no worker changes a job in it. Only [Retry] does.
func (s Status) Finished() bool {
	return s == Complete || s == Failed
}
