package jobevents_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
)

// TestDatesOfOthers: a time that JSON has no form for, such as milliseconds in the place of seconds, is
// left out. It holds up no stream. An offset may have seconds, as in AppSync.
func TestDatesOfOthers(t *testing.T) {
	for dates, want := range map[string]string{
		`"expiresAt":{"N":"1800000000000"}`:                `"createdAt":"0001-01-01T00:00:00Z"`,
		`"createdAt":{"S":"9999-12-31T23:59:59-01:00"}`:    `"createdAt":"0001-01-01T00:00:00Z"`,
		`"updatedAt":{"S":"0000-01-01T00:00:00+01:00"}`:    `"updatedAt":"0001-01-01T00:00:00Z"`,
		`"createdAt":{"S":"2026-11-26T20:00:30+08:00:30"}`: `"createdAt":"2026-11-26T12:00:00Z"`,
	} {
		s := eventstest.Start(t)
		record := json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"a"}},
			"NewImage":{"id":{"S":"a"},"status":{"S":"complete"},"output":{"M":{"t":{"S":"42"}}},%s}}}`, dates))
		out, err := newPublisher(t, s).Invoke(t.Context(), stream(t, record))
		if err != nil || string(out) != `{"batchItemFailures":[]}` {
			t.Errorf("%s: %s, %v", dates, out, err)
		}
		if events := texts(s.Events("/jobs/a")); len(events) != 1 || !strings.Contains(events[0], want) {
			t.Errorf("%s: got %s, want one with %s", dates, events, want)
		}
	}
}
