package driver_test

import (
	"math"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// TestRetentionAtTheEndOfTime makes no expiry that JSON or an int64 does not hold.
func TestRetentionAtTheEndOfTime(t *testing.T) {
	const day, longest = 24 * time.Hour, jobstore.KeepForever - 1
	now, last := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		start     time.Time
		retention time.Duration
		want      time.Time
	}{
		"now":                             {time.Time{}, day, now.Add(day)},
		"now, for 292 years":              {time.Time{}, longest, now.Add(longest)},
		"long ago":                        {time.Unix(math.MinInt32, 0), day, now.Add(day)},
		"after 2038":                      {time.Unix(math.MaxInt32, 0), day, time.Unix(math.MaxInt32, 0).Add(day)},
		"the last day but one":            {last.Add(-2 * day), day, last.Add(-day)},
		"the last second":                 {last, time.Minute, time.Time{}},
		"the last century, for 292 years": {last.AddDate(-99, 0, 0), longest, time.Time{}},
		"the last second, forever":        {last, jobstore.KeepForever, time.Time{}},
	} {
		start := func(o *jobstore.CreateOptions) { o.StartAt = c.start }
		o, err := driver.CreateOptions([]func(*jobstore.CreateOptions){start}, 3, c.retention, now)
		if err != nil || !o.ExpiresAt.Equal(c.want) || o.Retention != c.retention {
			t.Errorf("%s: expires at %v with retention %v, %v; want %v and %v", name, o.ExpiresAt, o.Retention, err, c.want, c.retention)
		}
	}
	end := func(o *jobstore.CreateOptions) { o.ExpiresAt = now.Add(time.Hour) }
	if o, err := driver.CreateOptions([]func(*jobstore.CreateOptions){end}, 3, day, now); err != nil || o.Retention != 0 || !o.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("the creator's expiry: %v with retention %v, %v", o.ExpiresAt, o.Retention, err)
	}
}
