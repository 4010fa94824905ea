package jobevents_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
)

// TestDatesOfOthers: a time that JSON has no form for, such as milliseconds in the place of seconds, is
// left out as by a store. It holds up no stream.
func TestDatesOfOthers(t *testing.T) {
	for what, dates := range map[string]string{
		"milliseconds":    `"expiresAt":{"N":"1800000000000"}`,
		"a late offset":   `"createdAt":{"S":"9999-12-31T23:59:59-01:00"}`,
		"an early offset": `"updatedAt":{"S":"0000-01-01T00:00:00+01:00"}`,
	} {
		s := eventstest.Start(t)
		record := json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":"1","Keys":{"id":{"S":"a"}},
			"NewImage":{"id":{"S":"a"},"status":{"S":"complete"},"output":{"M":{"t":{"S":"42"}}},%s}}}`, dates))
		out, err := newPublisher(t, s).Invoke(t.Context(), stream(t, record))
		if err != nil || string(out) != `{"batchItemFailures":[]}` || len(s.Events("/jobs/a")) != 1 {
			t.Errorf("%s: %s, %v; %d events, want 1", what, out, err, len(s.Events("/jobs/a")))
		}
	}
}
