package driver

import "time"

// lastDate is the end of what encoding/json takes for a date.
var lastDate = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

// withSeconds has seconds in its offset, as AppSync's AWSDateTime may.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
const withSeconds = "2006-01-02T15:04:05Z07:00:00"

// Date returns the time of a text that a record has for a date, in UTC. It is zero for a
// text that is none, and for one that encoding/json refuses in UTC: a reader could not
// show a job with it.
func Date(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, _ = time.Parse(withSeconds, text)
	}
	if t = t.UTC(); t.Year() < 0 || !t.Before(lastDate) {
		return time.Time{}
	}
	return t
}

// inJSON is t, or the last time that encoding/json takes.
func inJSON(t time.Time) time.Time {
	if t.Before(lastDate) {
		return t
	}
	return lastDate.Add(-time.Millisecond)
}

// Expiry returns the time to live that a record has, in seconds since 1970. It is zero, and
// so never, for a time after the year 9999, such as one that was written in milliseconds.
func Expiry(seconds int64) time.Time {
	if seconds >= lastDate.Unix() {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
