package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Record is a record of a stream, with what a mapping needs of it.
type Record struct {
	JSON     json.RawMessage
	Sequence string
	Stream   string    // the ARN, if the record has it
	Item     string    // the item's keys; records without keys count as one item
	Created  time.Time // in whole seconds; zero if the record does not say
}

func parseRecords(all []json.RawMessage) ([]Record, error) {
	records := make([]Record, len(all))
	for i, data := range all {
		r, err := parseRecord(data)
		if err != nil {
			return nil, err
		}
		records[i] = r
	}
	return records, nil
}

// parseRecord decodes into maps, since a struct's fields match names in any case.
func parseRecord(data json.RawMessage) (Record, error) {
	var r, change map[string]json.RawMessage
	err := json.Unmarshal(data, &r)
	if err == nil && r["dynamodb"] != nil {
		err = json.Unmarshal(r["dynamodb"], &change)
	}
	if err != nil {
		return Record{}, fmt.Errorf("lambdalocal: a record of the stream does not have the shape of an event's: %w", err)
	}
	sequence := text(change["SequenceNumber"])
	if sequence == "" {
		return Record{}, errors.New("lambdalocal: a record of the stream has no dynamodb.SequenceNumber")
	}
	return Record{
		JSON: data, Sequence: sequence, Stream: text(r["eventSourceARN"]),
		Item: canonical(change["Keys"]), Created: epoch(change["ApproximateCreationDateTime"]),
	}, nil
}

// text returns the value of a JSON string, and "" for anything else.
func text(data json.RawMessage) (s string) {
	_ = json.Unmarshal(data, &s)
	return s
}

// canonical is the same text for equal values, since encoding/json sorts names.
func canonical(data json.RawMessage) string {
	var v any
	_ = json.Unmarshal(data, &v) // it came out of JSON, or is missing
	sorted, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(sorted)
}

// epoch reads seconds since 1970: a number or, as in some of AWS's samples, a number
// in a string.
func epoch(data json.RawMessage) time.Time {
	seconds, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if err != nil || math.Abs(seconds) > maxSeconds {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

const maxSeconds = 1 << 38 // the year 10680

// Envelope is the size of an event without records.
const Envelope = len(`{"Records":[]}`)

// Payload returns the event of these records.
func Payload(records []Record) []byte {
	var b bytes.Buffer
	b.WriteString(`{"Records":[`)
	for i, r := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(r.JSON)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}
