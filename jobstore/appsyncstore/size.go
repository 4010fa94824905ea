package appsyncstore

import (
	"encoding/json"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// unseen is kept free for what is in the item and not in a record: the model's
// __typename, and what numbers take more than their digits.
const unseen = 512

// slack is kept free for what a settle adds beside the output.
const slack = unseen + jobstore.MaxMessageBytes + 1024

// size is what DynamoDB counts: the names and values, the JSON of an AWSJSON at the
// length of its text, which is more than DynamoDB needs for most.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (r record) size() (n int) {
	for name, raw := range r {
		if r.has(name) {
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

func (i input) size() (n int) {
	for name, v := range i {
		n += len(name) + valueSize(v)
	}
	return n
}

func valueSize(v any) int {
	raw, _ := json.Marshal(v) // made of strings, numbers and what was encoded before
	return rawSize(raw)
}
