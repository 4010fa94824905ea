package jobstore

import "fmt"

// Version orders the states of one job. Of two copies of a job, the one whose version is
// greater, compared as text, is the newer. A client sees the same of copies whose versions
// are equal.
//
// Attempts and the heartbeats within one are counted, so no clock decides between them.
// States without a worker, such as a wait and the cancel that ends it, are ordered by
// UpdatedAt, and so by the clocks of those that wrote them.
func (j *Job[In, Out]) Version() string {
	reports, ended, rank := j.Reports, 0, 0
	if j.Status != Processing {
		reports, ended = 0, 1 // what ends an attempt comes after its heartbeats
	}
	if j.Status.Finished() {
		rank = 1 // an end comes after a wait of the same millisecond
	}
	return fmt.Sprintf("%08x-%d-%08x-%012x-%d", j.Attempt, ended, reports, max(0, j.UpdatedAt.UnixMilli()), rank)
}
