package source

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// eventRecords are records of the streams API in the shape Lambda hands on.
func eventRecords(records []types.Record, streamARN string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	for _, r := range records {
		data, err := json.Marshal(eventRecord(r, streamARN))
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", aws.ToString(r.EventID), err)
		}
		all = append(all, data)
	}
	return all, nil
}

func eventRecord(r types.Record, streamARN string) map[string]any {
	record := map[string]any{
		"eventID":        r.EventID,
		"eventName":      r.EventName,
		"eventVersion":   r.EventVersion,
		"eventSource":    r.EventSource,
		"awsRegion":      r.AwsRegion,
		"dynamodb":       change(r.Dynamodb),
		"eventSourceARN": streamARN,
	}
	if r.UserIdentity != nil {
		record["userIdentity"] = map[string]any{"type": r.UserIdentity.Type, "principalId": r.UserIdentity.PrincipalId}
	}
	return record
}

func change(c *types.StreamRecord) map[string]any {
	m := map[string]any{
		"ApproximateCreationDateTime": seconds(c.ApproximateCreationDateTime),
		"Keys":                        image(c.Keys),
		"SequenceNumber":              c.SequenceNumber,
		"SizeBytes":                   c.SizeBytes,
		"StreamViewType":              c.StreamViewType,
	}
	if len(c.NewImage) > 0 {
		m["NewImage"] = image(c.NewImage)
	}
	if len(c.OldImage) > 0 {
		m["OldImage"] = image(c.OldImage)
	}
	return m
}

// seconds has a decimal point, as AWS was seen to send it: localstack/localstack@8b9a79f,
// test_dynamodb_event_filter checks that every record's time is a float.
func seconds(t *time.Time) json.RawMessage { return fmt.Appendf(nil, "%d.0", aws.ToTime(t).Unix()) }

func image(item map[string]types.AttributeValue) map[string]any {
	m := make(map[string]any, len(item))
	for name, v := range item {
		m[name] = attribute(v)
	}
	return m
}

// attribute is v as DynamoDB JSON; encoding/json writes bytes in base64.
func attribute(v types.AttributeValue) map[string]any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberB:
		return map[string]any{"B": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberNULL:
		return map[string]any{"NULL": v.Value}
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": v.Value}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": v.Value}
	case *types.AttributeValueMemberBS:
		return map[string]any{"BS": v.Value}
	case *types.AttributeValueMemberM:
		return map[string]any{"M": image(v.Value)}
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, e := range v.Value {
			list[i] = attribute(e)
		}
		return map[string]any{"L": list}
	}
	panic(fmt.Sprintf("lambdalocal: attribute value of unknown type %T", v)) // a new kind in the SDK
}
