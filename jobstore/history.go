package jobstore

import (
	"strings"
	"time"
)

// MaxReasonBytes is how much of a reason a [Transition] keeps.
const MaxReasonBytes = 512

// Transition is one change of a job's status. Stores that were asked to keep a
// history append one with each such write, at no extra request.
type Transition struct {
	At      time.Time `json:"at"`
	Status  Status    `json:"status"`           // the new one
	Attempt int       `json:"attempt"`          // 0 for the creation
	Owner   string    `json:"-"`                // token of the claim it belongs to; a secret of the worker
	Reason  string    `json:"reason,omitempty"` // the error, where there is one; see [MaxReasonBytes]
}

// NewTransition returns a transition with the reason cut to [MaxReasonBytes].
func NewTransition(at time.Time, status Status, attempt int, owner, reason string) Transition {
	return Transition{At: at.UTC().Truncate(time.Millisecond), Status: status, Attempt: attempt, Owner: owner, Reason: cut(reason, MaxReasonBytes)}
}

// cut returns the first n bytes of s, less a character that would be split.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
