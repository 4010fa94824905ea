package jobstore

import "fmt"

// Version orders the states of one job. Of two copies of a job, the one whose version is
// greater, compared as text, is the newer. A client sees the same of copies whose versions
// are equal.
//
// Attempts and the heartbeats within one are counted, so no clock decides between them.
// States without a worker, such as a wait and the cancel that ends it, are ordered by
// UpdatedAt, and so by the clocks of those that wrote them. So are those of a job whose
// attempts are not counted, because another program runs it.
func (j *Job[In, Out]) Version() string {
	reports, ended := j.Reports, 0
	if j.Status != Processing || j.Attempt == 0 {
		reports, ended = 0, 1 // what ends an attempt comes after its heartbeats
	}
	return fmt.Sprintf("%08x-%d-%08x-%012x-%d", j.Attempt, ended, reports, max(0, j.UpdatedAt.UnixMilli()), j.Status.rank())
}

// rank orders the states of one millisecond.
func (s Status) rank() int {
	switch {
	case s.Finished():
		return 2
	case s == Processing:
		return 1
	}
	return 0
}
