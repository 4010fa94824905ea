package jobstore

import "time"

// Transition is one change of a job's status. A store that keeps a history appends one
// with each such write, without another request.
type Transition struct {
	At      time.Time `json:"at"`
	Status  Status    `json:"status"`           // the new one
	Attempt int       `json:"attempt"`          // 0 for the creation
	Owner   string    `json:"-"`                // token of the claim; the worker's secret
	Reason  string    `json:"reason,omitempty"` // the beginning of the error, if there is one
}
