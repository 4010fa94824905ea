package driver

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"math"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
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
	if err != nil || json.Unmarshal(text, &c) != nil || c.At < 0 || c.At >= lastDate.UnixMilli() || ValidateID(c.ID) != nil {
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

// ListSpan is the first and the last At of the jobs that o asks for, in milliseconds since
// 1970. There are none when the first is after the last.
func ListSpan(o jobstore.ListOptions) (first, last int64) {
	last = math.MaxInt64
	if !o.From.IsZero() {
		first = max(0, millisAtOrAfter(o.From))
	}
	if !o.Until.IsZero() {
		last = millisAtOrAfter(o.Until) - 1
	}
	return first, last
}

func millisAtOrAfter(t time.Time) int64 {
	return t.Add(time.Millisecond - 1).UnixMilli()
}

// ListShows reports whether o asks for a job that was created at this time, zero when its
// record does not say.
func ListShows(o jobstore.ListOptions, created time.Time) bool {
	return !created.Before(o.CreatedFrom) && (o.CreatedUntil.IsZero() || created.Before(o.CreatedUntil))
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

// Excerpt is what a list shows of an error: the beginning of its detail, or else of what
// readers may see, cut to [MaxExcerptBytes].
func Excerpt(public, detail string) string {
	return rules.Cut(cmp.Or(detail, public), MaxExcerptBytes)
}

// Listed is what a list shows of the job, whose error has this [Excerpt].
func (s State) Listed(id, excerpt string, pickUp time.Duration) jobstore.Listed {
	at := s.LookAt(pickUp)
	if s.Status.Finished() && s.SweepAt.IsZero() {
		at = s.UpdatedAt
	}
	c := Cursor{At: at.UnixMilli(), ID: id}
	return jobstore.Listed{
		ID: id, Status: s.Status, At: inJSON(at), ClaimableFrom: inJSON(s.ClaimableFrom), Attempt: s.Attempt, CreatedAt: s.CreatedAt,
		HandOvers: s.HandOvers, HandedOverAt: inJSON(s.HandedOverAt), Error: excerpt, Cursor: c.String(),
	}
}
