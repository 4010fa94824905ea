package lambdalocal

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// succeeded returns how many records precede the first one that a partial batch
// response reports. A response without failures is success. An identifier that is
// missing or not a sequence number of the batch fails the batch. Where AWS says nothing,
// such as of a response that is a number, the batch fails.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func succeeded(response []byte, records []source.Record) (int, error) {
	failures, err := batchItemFailures(response)
	if err != nil {
		return 0, err
	}
	positions := map[string]int{}
	for i, r := range records {
		positions[r.Sequence] = i
	}
	first := len(records)
	for _, f := range failures {
		id, ok := f["itemIdentifier"].(string)
		at, known := positions[id]
		if !ok || !known {
			return 0, errors.New("lambdalocal: batchItemFailures has an itemIdentifier that is not a sequence number of the batch")
		}
		first = min(first, at)
	}
	return first, nil
}

// batchItemFailures reads the member of that exact name. AWS accepts an empty string or
// list in place of the response, as it was seen to (localstack/localstack@8b9a79f,
// test_lambda_integration_kinesis.snapshot.json, empty_string_success and
// empty_list_success).
func batchItemFailures(response []byte) (failures []map[string]any, err error) {
	switch string(bytes.TrimSpace(response)) {
	case "", "[]", `""`:
		return nil, nil
	}
	var members map[string]json.RawMessage // a struct's fields match in any case
	if err := json.Unmarshal(response, &members); err != nil {
		return nil, errors.New("lambdalocal: the response is not a partial batch response")
	}
	list, ok := members["batchItemFailures"]
	if !ok {
		return nil, nil
	}
	if err := json.Unmarshal(list, &failures); err != nil {
		return nil, errors.New("lambdalocal: batchItemFailures is not a list of objects")
	}
	return failures, nil
}
