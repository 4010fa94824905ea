package driver_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// TestDate has texts of other programs. Each date can be shown as JSON.
func TestDate(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-26T12:00:00Z":           noon,
		"2026-11-26T12:00:00.000Z":       noon,
		"2026-11-26T20:00:00+08:00":      noon,
		"2026-11-26T20:00:30+08:00:30":   noon,
		"2026-11-26T04:29:30.5-07:30:30": noon.Add(500 * time.Millisecond),
		"9999-12-31T23:59:59-01:00":      {},
		"0000-01-01T00:00:00+01:00":      {},
		"2026-11-26T12:00:00":            {},
		"2026-11-26":                     {},
		"1764158400":                     {},
		"":                               {},
	} {
		got := driver.Date(text)
		if !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
