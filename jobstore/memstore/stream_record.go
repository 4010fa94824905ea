package memstore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

const (
	streamARN  = "arn:aws:dynamodb:us-east-1:123456789012:table/memstore/stream/2026-01-01T00:00:00.000"
	timeLayout = "2006-01-02T15:04:05.000Z"
)

// streamRecord is c as an element of a Lambda stream event's Records.
func streamRecord[In, Out any](c change, sequence int) map[string]any {
	name, of := "MODIFY", cmp.Or(c.new, c.old)
	switch {
	case c.old == nil:
		name = "INSERT"
	case c.new == nil:
		name = "REMOVE"
	}
	images := map[string]any{
		"ApproximateCreationDateTime": json.RawMessage(strconv.FormatInt(of.updatedAt/1000, 10) + ".0"), // as Lambda sends it
		"Keys":                        map[string]any{"id": str(of.id)},
		"SequenceNumber":              strconv.Itoa(sequence),
		"SizeBytes":                   sizeBytes(c),
		"StreamViewType":              "NEW_AND_OLD_IMAGES",
	}
	if c.new != nil {
		images["NewImage"] = image[In, Out](c.new)
	}
	if c.old != nil {
		images["OldImage"] = image[In, Out](c.old)
	}
	return map[string]any{
		"eventID":        fmt.Sprintf("%032x", sequence),
		"eventName":      name,
		"eventVersion":   "1.1",
		"eventSource":    "aws:dynamodb",
		"awsRegion":      "us-east-1",
		"dynamodb":       images,
		"eventSourceARN": streamARN,
	}
}

// sizeBytes is about what DynamoDB counts: the key and the images.
func sizeBytes(c change) int {
	size := len(cmp.Or(c.new, c.old).id)
	for _, image := range []*record{c.new, c.old} {
		if image != nil {
			size += image.size()
		}
	}
	return size
}

type attribute map[string]any

func str(s string) attribute { return attribute{"S": s} }

func num(n int64) attribute { return attribute{"N": strconv.FormatInt(n, 10)} }

func iso(ms int64) attribute { return str(date(ms).Format(timeLayout)) }

// image is r in the table layout that dynamostore has by default. Its values are as
// dynamostore encodes them, by their dynamodbav tags.
func image[In, Out any](r *record) map[string]attribute {
	job, _ := decode[In, Out](r) // what is stored was encoded here
	m := map[string]attribute{
		"id": str(r.id), "status": str(string(r.status)), "input": valueOf("input", job.Input),
		"attempt": num(int64(r.attempt)), "maxAttempts": num(int64(r.maxAttempts)),
		"createdAt": iso(r.createdAt), "updatedAt": iso(r.updatedAt),
	}
	set := func(name string, present bool, a attribute) {
		if present {
			m[name] = a
		}
	}
	if r.output != nil {
		m["output"] = valueOf("output", job.Output)
	}
	if r.metadata != nil {
		m["metadata"] = valueOf("metadata", job.Metadata)
	}
	set("caller", r.caller != "", str(r.caller))
	set("error", r.err != "", str(r.err))
	set("progress", r.progress != 0, num(int64(r.progress)))
	set("progressMessage", r.progressMessage != "", str(r.progressMessage))
	set("onLeaseExpiry", r.onLeaseExpiry != "", str(string(r.onLeaseExpiry)))
	set("errorDetail", r.detail != "", str(r.detail))
	set("canceled", r.isCanceled, attribute{"BOOL": true})
	set("claimToken", r.token != "", str(r.token))
	set("reports", r.reports != 0, num(int64(r.reports)))
	set("claimableFrom", r.claimableFrom != 0, num(r.claimableFrom))
	set("sweepAt", r.sweepAt != 0, num(r.sweepAt))
	set("handOvers", r.handOvers != 0, num(int64(r.handOvers)))
	set("handedOverAt", r.handedOverAt != 0, num(r.handedOverAt))
	set("uncounted", r.uncounted != 0, num(int64(r.uncounted)))
	set("expiresAt", r.expiresAt != 0, num(r.expiresAt/1000))
	return m
}

func valueOf[T any](field string, v T) attribute {
	av, err := attr.Encode(field, v)
	if err != nil {
		panic("memstore: a stored value does not encode: " + err.Error())
	}
	return native(av)
}

// native is an attribute value as a stream event shows it.
func native(v types.AttributeValue) attribute {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return attribute{"S": v.Value}
	case *types.AttributeValueMemberN:
		return attribute{"N": v.Value}
	case *types.AttributeValueMemberBOOL:
		return attribute{"BOOL": v.Value}
	case *types.AttributeValueMemberB:
		return attribute{"B": v.Value} // base64 in JSON, as is []byte
	case *types.AttributeValueMemberSS:
		return attribute{"SS": v.Value}
	case *types.AttributeValueMemberNS:
		return attribute{"NS": v.Value}
	case *types.AttributeValueMemberBS:
		return attribute{"BS": v.Value}
	case *types.AttributeValueMemberL:
		list := make([]attribute, len(v.Value))
		for i, e := range v.Value {
			list[i] = native(e)
		}
		return attribute{"L": list}
	case *types.AttributeValueMemberM:
		m := make(map[string]attribute, len(v.Value))
		for k, e := range v.Value {
			m[k] = native(e)
		}
		return attribute{"M": m}
	}
	return attribute{"NULL": true}
}
