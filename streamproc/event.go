package streamproc

import (
	"errors"
	"fmt"
	"math"
)

var errNoEvent = errors.New("streamproc: the payload is no DynamoDB stream event")

// parseEvent finds the records of a Lambda stream event.
func parseEvent(payload []byte) (records []RawRecord, err error) {
	if len(payload) > math.MaxInt32 {
		return nil, errNoEvent // Lambda's are 6 MB at most
	}
	found := false
	end := members(payload, skipSpace(payload, 0), func(name []byte, value int) int {
		if string(name) != "Records" || err != nil {
			return skipValue(payload, value)
		}
		found = true
		var end int
		records, end, err = parseRecords(payload, value)
		return end
	})
	switch {
	case err != nil:
		return nil, err
	case end < 0 || skipSpace(payload, end) != len(payload):
		return nil, errNoEvent
	case !found:
		return nil, fmt.Errorf("%w: it has no Records", errNoEvent)
	}
	return records, nil
}

func parseRecords(payload []byte, pos int) (records []RawRecord, end int, err error) {
	if pos = openBracket(payload, pos, '['); pos < 0 {
		return nil, -1, fmt.Errorf("%w: Records is no array", errNoEvent)
	}
	records = make([]RawRecord, 0, len(payload)/recordSize+1)
	for payload[pos] != ']' {
		records = append(records, RawRecord{data: payload})
		if pos = records[len(records)-1].parse(pos); pos >= 0 {
			pos = next(payload, pos, ']')
		}
		if pos < 0 {
			return nil, -1, fmt.Errorf("streamproc: record %d is malformed", len(records)-1)
		}
	}
	return records, pos + 1, nil
}

// recordSize is what a small record of a stream with both images takes, to guess
// how many there are.
const recordSize = 700
