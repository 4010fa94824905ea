package appsyncstore

import (
	"encoding/json"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// unseen is the room for what an item has and a record does not show: the model's
// __typename, and what numbers take in addition to their digits.
const unseen = 512

// maxEvent is what AppSync delivers to a subscriber at most.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxEvent = 240 << 10

// slack is the room for what a settle adds to the output. It is less than a record
// keeps free from its creation on, see [jobstore.MaxInputBytes].
const slack = unseen + 3*jobstore.MaxMessageBytes + 1024

// size is the record's size as DynamoDB counts it. An AWSJSON counts with the length of
// its text, which is an upper bound for most. What State holds counts by its parts.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (r record) size(f Fields) (n int) {
	for name, raw := range r {
		if r.has(name) && name != f.State && (f.State != "" || !virtual(name)) {
			n += len(name) + rawSize(raw)
		}
	}
	return n
}

func rawSize(raw json.RawMessage) int {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return len(text)
	}
	return len(raw)
}

func valueSize(v any) int {
	raw, _ := json.Marshal(v) // made of strings, numbers and what was encoded before
	return rawSize(raw)
}
