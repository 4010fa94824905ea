package driver

import (
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Unleased is how long a processing record without a lease counts as held: the
// longest Lambda invocation. A handler that knows no leases writes such records.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const Unleased = 15 * time.Minute

// Abandoned is the error that a claim stores with a job that it settles as
// [jobstore.Failed]: the job's lease ran out, and it is held or has no attempt left.
func Abandoned(held bool, maxAttempts int) string {
	if held {
		return "held: the worker's lease ran out, and how far its work had come is not known"
	}
	if maxAttempts == 1 {
		return "the only attempt did not finish"
	}
	return "the last of " + strconv.Itoa(maxAttempts) + " attempts did not finish"
}

// Stuck reports whether a sweep must find a job that has not expired.
func Stuck(job jobstore.Stuck, pendingBefore, leaseBefore time.Time) bool {
	return job.Status == jobstore.Pending && !job.Since.After(pendingBefore) ||
		job.Status == jobstore.Processing && !job.Since.After(leaseBefore)
}
