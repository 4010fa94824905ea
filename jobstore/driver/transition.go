package driver

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// NewTransition returns an entry of a job's history, with the time in milliseconds
// and the reason cut to [MaxReasonBytes].
func NewTransition(at time.Time, status jobstore.Status, attempt int, owner, reason string) jobstore.Transition {
	return jobstore.Transition{
		At: at.UTC().Truncate(time.Millisecond), Status: status, Attempt: attempt, Owner: owner,
		Reason: rules.Cut(reason, MaxReasonBytes),
	}
}
