package driver

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Cursor is a place in a list: that of one job. It is valid whether or not the job is still
// there.
type Cursor struct {
	At int64  `json:"at"` // of the job, in milliseconds since 1970
	ID string `json:"id"`
}

// String returns the cursor as callers see it, for [ParseCursor].
func (c Cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // a number and a string
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseCursor refuses what String has not made. It returns nil for an empty string.
func ParseCursor(s string) (*Cursor, error) {
	if s == "" {
		return nil, nil
	}
	var c Cursor
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(text, &c) != nil || c.At < 0 || ValidateID(c.ID) != nil {
		return nil, invalid("after is not a cursor of this list")
	}
	return &c, nil
}

// ValidateList refuses a set that does not exist and a bad cursor, which it returns.
func ValidateList(set jobstore.JobSet, o jobstore.ListOptions) (*Cursor, error) {
	if set != jobstore.UnfinishedJobs && set != jobstore.FailedJobs && set != jobstore.CanceledJobs {
		return nil, invalid("set is %q, want %q, %q or %q", string(set), jobstore.UnfinishedJobs, jobstore.FailedJobs, jobstore.CanceledJobs)
	}
	return ParseCursor(o.After)
}

// Set is the set that the job is in, empty for a complete one.
func (s State) Set() jobstore.JobSet {
	switch {
	case s.Status == jobstore.Pending || s.Status == jobstore.Processing:
		return jobstore.UnfinishedJobs
	case s.Status == jobstore.Failed && s.Canceled:
		return jobstore.CanceledJobs
	case s.Status == jobstore.Failed:
		return jobstore.FailedJobs
	}
	return ""
}

// Listed is what a list shows of the job.
func (s State) Listed(id string, pickUp time.Duration) jobstore.Listed {
	at := s.LookAt(pickUp)
	if s.Status.Finished() && s.SweepAt.IsZero() {
		at = s.UpdatedAt
	}
	c := Cursor{At: at.UnixMilli(), ID: id}
	return jobstore.Listed{ID: id, Status: s.Status, At: at, HandOvers: s.HandOvers, Cursor: c.String()}
}
