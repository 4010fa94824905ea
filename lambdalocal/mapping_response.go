package lambdalocal

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// succeeded returns how many records precede the first one that a partial batch
// response reports. An empty response, or one without failures, is success. An
// identifier that is missing or not a sequence number of the batch fails the batch.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func succeeded(response []byte, records []source.Record) (int, error) {
	var r struct { // maps, since struct fields match in any case
		BatchItemFailures []map[string]string `json:"batchItemFailures"`
	}
	if len(response) > 0 {
		if err := json.Unmarshal(response, &r); err != nil {
			return 0, errors.New("lambdalocal: the response is not a partial batch response")
		}
	}
	positions := map[string]int{}
	for i, r := range records {
		positions[r.Sequence] = i
	}
	first := len(records)
	for _, f := range r.BatchItemFailures {
		at, ok := positions[f["itemIdentifier"]]
		if !ok {
			return 0, fmt.Errorf("lambdalocal: batchItemFailures has the itemIdentifier %q, which is not a sequence number of the batch", f["itemIdentifier"])
		}
		first = min(first, at)
	}
	return first, nil
}
