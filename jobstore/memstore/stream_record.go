package memstore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
)

const (
	streamARN  = "arn:aws:dynamodb:us-east-1:123456789012:table/memstore/stream/2026-01-01T00:00:00.000"
	timeLayout = "2006-01-02T15:04:05.000Z"
)

// streamRecord is c as an element of a Lambda stream event's Records.
func streamRecord(c change, sequence int) map[string]any {
	name, of := "MODIFY", cmp.Or(c.new, c.old)
	switch {
	case c.old == nil:
		name = "INSERT"
	case c.new == nil:
		name = "REMOVE"
	}
	images := map[string]any{
		"ApproximateCreationDateTime": of.updatedAt / 1000,
		"Keys":                        map[string]any{"id": str(of.id)},
		"SequenceNumber":              strconv.Itoa(sequence),
		"StreamViewType":              "NEW_AND_OLD_IMAGES",
	}
	if c.new != nil {
		images["NewImage"] = c.new.image()
	}
	if c.old != nil {
		images["OldImage"] = c.old.image()
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

type attribute map[string]any

func str(s string) attribute { return attribute{"S": s} }

func num(n int64) attribute { return attribute{"N": strconv.FormatInt(n, 10)} }

func iso(ms int64) attribute { return str(date(ms).Format(timeLayout)) }

// image is r in the table layout that dynamostore has by default.
func (r *record) image() map[string]attribute {
	m := map[string]attribute{
		"id": str(r.id), "status": str(string(r.status)), "input": native(r.input),
		"attempt": num(int64(r.attempt)), "maxAttempts": num(int64(r.maxAttempts)),
		"createdAt": iso(r.createdAt), "updatedAt": iso(r.updatedAt),
	}
	set := func(name string, present bool, a attribute) {
		if present {
			m[name] = a
		}
	}
	set("output", r.output != nil, native(r.output))
	set("error", r.err != "", str(r.err))
	set("progress", r.progress != 0, num(int64(r.progress)))
	set("progressMessage", r.progressMessage != "", str(r.progressMessage))
	set("metadata", r.metadata != nil, native(r.metadata))
	set("onLeaseExpiry", r.onLeaseExpiry != "", str(string(r.onLeaseExpiry)))
	set("errorDetail", r.detail != "", str(r.detail))
	set("canceled", r.isCanceled, attribute{"BOOL": true})
	set("claimToken", r.token != "", str(r.token))
	set("reports", r.reports != 0, num(int64(r.reports)))
	set("claimableFrom", r.claimableFrom != 0, num(r.claimableFrom))
	set("expiresAt", r.expiresAt != 0, num(r.expiresAt/1000))
	return m
}

// native is a JSON value as a DynamoDB attribute value.
func native(data json.RawMessage) attribute {
	if data == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic("memstore: stored JSON does not decode: " + err.Error())
	}
	return attributeOf(v)
}

func attributeOf(v any) attribute {
	switch v := v.(type) {
	case string:
		return str(v)
	case json.Number:
		return attribute{"N": v.String()}
	case bool:
		return attribute{"BOOL": v}
	case []any:
		list := make([]attribute, len(v))
		for i, e := range v {
			list[i] = attributeOf(e)
		}
		return attribute{"L": list}
	case map[string]any:
		m := make(map[string]attribute, len(v))
		for k, e := range v {
			m[k] = attributeOf(e)
		}
		return attribute{"M": m}
	default:
		return attribute{"NULL": true}
	}
}
