package dynamostore

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// waits has u say when the job is due, and when a sweep looks at it.
func waits(u *update, d driver.Due) *update {
	return u.assign("claimableFrom", num(d.ClaimableFrom.UnixMilli())).assign("sweepAt", num(d.SweepAt.UnixMilli()))
}

// leased has u hold the job until then.
func leased(u *update, until time.Time) *update {
	return waits(u, driver.Due{ClaimableFrom: until, SweepAt: until})
}
