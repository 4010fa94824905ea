package streamproc

import (
	"errors"
	"fmt"
	"math"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

var errNoEvent = errors.New("streamproc: the payload is not a DynamoDB stream event")

// parseEvent finds the records of a Lambda stream event.
func parseEvent(payload []byte) (records []RawRecord, err error) {
	if len(payload) > math.MaxInt32 {
		return nil, errNoEvent // Lambda sends at most 6 MB
	}
	found := false
	end := avjson.Members(payload, avjson.SkipSpace(payload, 0), func(name []byte, value int) int {
		if string(name) != "Records" || err != nil {
			return avjson.SkipValue(payload, value)
		}
		found = true
		var end int
		records, end, err = parseRecords(payload, value)
		return end
	})
	switch {
	case err != nil:
		return nil, err
	case end < 0 || avjson.SkipSpace(payload, end) != len(payload):
		return nil, errNoEvent
	case !found:
		return nil, fmt.Errorf("%w: it has no Records", errNoEvent)
	}
	return records, nil
}

func parseRecords(payload []byte, pos int) (records []RawRecord, end int, err error) {
	records = make([]RawRecord, 0, len(payload)/recordSize+1)
	end = avjson.Elements(payload, pos, func(at int) int {
		records = append(records, RawRecord{data: payload})
		return records[len(records)-1].parse(at)
	})
	switch {
	case end >= 0:
		return records, end, nil
	case len(records) == 0:
		return nil, -1, fmt.Errorf("%w: Records is not an array", errNoEvent)
	}
	return nil, -1, fmt.Errorf("streamproc: record %d is malformed", len(records)-1)
}

// recordSize is about the size of a small record with both images, to estimate how many
// records a payload has.
const recordSize = 700
