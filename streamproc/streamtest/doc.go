// Package streamtest makes the events that Lambda delivers from a DynamoDB stream, so
// that you can test a handler without a table.
//
//	func TestAudit(t *testing.T) {
//		stream := streamtest.New()
//		started := stream.Modify(Job{ID: "1", Status: "pending"}, Job{ID: "1", Status: "processing"})
//		out, err := audit.Invoke(t.Context(), streamtest.Payload(started))
//		…
//	}
//
// An item is a struct or a map, encoded by attributevalue with its option
// UseEncodingMarshalers, as a dynamostore does, or a map[string]types.AttributeValue. A [Record] has what AWS sends: keys, the images of the
// stream's view type, an increasing sequence number, a time to the second, the size.
// To make a record that AWS would not send, change its fields:
//
//	started.SequenceNumber = ""
//
// The package is for tests, and needs no IAM actions. Wrong arguments panic with the reason. It
// does not guarantee that DynamoDB would write such a change: it checks no condition, and
// knows no table.
package streamtest
