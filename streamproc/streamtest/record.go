package streamtest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Record is one record of a stream. Make one with a method of [Stream]. Its JSON is an
// element of an event's Records, as Lambda sends it.
type Record struct {
	Operation      streamproc.Operation
	Keys           map[string]types.AttributeValue
	New, Old       map[string]types.AttributeValue // nil: the record has no such image
	SequenceNumber string
	Time           time.Time // to the second
	ViewType       streamproc.ViewType
	Expired        bool // DynamoDB deleted the item because its time to live was over

	id, table string
}

// Payload returns the event that Lambda invokes a function with.
func Payload(records ...Record) []byte {
	payload, err := json.Marshal(map[string][]Record{"Records": append([]Record{}, records...)})
	if err != nil {
		panic(fmt.Sprintf("streamtest: Payload: %v", err))
	}
	return payload
}

// Event returns the same event as [Payload], decoded.
func Event(records ...Record) (e events.DynamoDBEvent) {
	if err := json.Unmarshal(Payload(records...), &e); err != nil {
		panic(fmt.Sprintf("streamtest: Event: %v", err))
	}
	return e
}

type recordJSON struct {
	ID        string               `json:"eventID"`
	Operation streamproc.Operation `json:"eventName"`
	Version   string               `json:"eventVersion"`
	Source    string               `json:"eventSource"`
	Region    string               `json:"awsRegion"`
	Change    changeJSON           `json:"dynamodb"`
	Identity  map[string]string    `json:"userIdentity,omitempty"`
	SourceARN string               `json:"eventSourceARN"`
}

type changeJSON struct {
	Time           json.RawMessage     `json:"ApproximateCreationDateTime"`
	Keys           itemJSON            `json:"Keys,omitempty"`
	New            itemJSON            `json:"NewImage,omitempty"`
	Old            itemJSON            `json:"OldImage,omitempty"`
	SequenceNumber string              `json:"SequenceNumber"`
	SizeBytes      int                 `json:"SizeBytes"`
	ViewType       streamproc.ViewType `json:"StreamViewType"`
}

type itemJSON map[string]types.AttributeValue

// MarshalJSON sorts the attributes, whose order is otherwise that of a map.
func (m itemJSON) MarshalJSON() ([]byte, error) {
	data, err := attributevalue.MarshalMapJSON(m)
	if err != nil {
		return nil, err
	}
	var sorted any
	if err := json.Unmarshal(data, &sorted); err != nil {
		return nil, err
	}
	return json.Marshal(sorted)
}

// MarshalJSON returns the record as Lambda sends it. A time is a number with a
// decimal point, such as 1671562498.0.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
func (r Record) MarshalJSON() ([]byte, error) {
	out := recordJSON{
		ID: r.id, Operation: r.Operation, Version: "1.1", Source: "aws:dynamodb", Region: "us-east-1",
		Change: changeJSON{
			Time: fmt.Appendf(nil, "%d.0", r.Time.Unix()), Keys: r.Keys, New: r.New, Old: r.Old,
			SequenceNumber: r.SequenceNumber, SizeBytes: sizeOf(r.Keys) + sizeOf(r.New) + sizeOf(r.Old), ViewType: r.ViewType,
		},
		SourceARN: "arn:aws:dynamodb:us-east-1:123456789012:table/" + r.table + "/stream/2026-01-01T00:00:00.000",
	}
	if r.Expired {
		out.Identity = map[string]string{"type": "Service", "principalId": "dynamodb.amazonaws.com"}
	}
	return json.Marshal(out)
}
