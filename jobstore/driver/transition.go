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

// BoundHistory returns at most limit transitions: the first, which is the creation,
// and the latest.
func BoundHistory(all []jobstore.Transition, limit int) []jobstore.Transition {
	if len(all) <= limit {
		return all
	}
	return append(all[:1:1], all[len(all)-limit+1:]...)
}
