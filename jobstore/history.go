package jobstore

import "time"

// Transition is one change of a job's status. Stores that were asked to keep a
// history append one with each such write, at no extra request.
type Transition struct {
	At      time.Time `json:"at"`
	Status  Status    `json:"status"`           // the new one
	Attempt int       `json:"attempt"`          // 0 for the creation
	Owner   string    `json:"-"`                // token of the claim it belongs to; a secret of the worker
	Reason  string    `json:"reason,omitempty"` // the beginning of the error, where there is one
}
