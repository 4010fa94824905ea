package jobtask

import (
	"encoding/json"

	"github.com/asyncpatterns/asyncpatterns/internal/exactjson"
)

// EventError is the error for an event that is of none of a [Worker]'s triggers. It holds
// nothing of the event.
type EventError struct{ Reason string }

func (e *EventError) Error() string {
	return "jobtask: the event is of no trigger of a Worker (a DynamoDB stream, a schedule, or its own): " + e.Reason
}

// kind is what an event is of, or why it is of no trigger.
type kind string

const (
	ofStream   kind = "stream"
	ofSchedule kind = "schedule"
)

// kindOf tells the triggers apart by the members that only their events have. A caller of
// a function URL or an API cannot make them, as these wrap what a caller sends. What has
// Records is checked by the stream's dispatcher.
//
// Source of a rule's members:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html, and
// as captured: localstack/localstack 125e93d7, tests/aws/services/events/test_events_schedule.snapshot.json,
// tests_schedule_target_sqs. EventBridge Scheduler sends the same with the source
// aws.scheduler and a detail that is text: the event with the id
// d565d36f-a484-46ca-8ca8-ff01feb2c827, in a comment of KWLandry-acoustic/S3DropBucket.
func kindOf(event []byte) kind {
	v, err := exactjson.Values(event, "Records", "source", "detail-type", "requestContext")
	records, source, detailType, http := v[0], text(v[1]), text(v[2]), v[3]
	scheduled := detailType == "Scheduled Event" && (source == "aws.events" || source == "aws.scheduler")
	switch {
	case err != nil:
		return "it is not a JSON object"
	case http != nil:
		return "it is an HTTP request"
	case records != nil:
		return ofStream
	case scheduled:
		return ofSchedule
	case source != "" || detailType != "":
		return "it is of EventBridge, and not a scheduled event"
	}
	return "it has neither Records nor a source; a schedule must have no input of its own"
}

// text is a JSON string, or "".
func text(value []byte) (s string) {
	_ = json.Unmarshal(value, &s)
	return s
}
