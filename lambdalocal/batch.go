package lambdalocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The waits between retries of a batch double from the first to the last. Lambda
// documents neither.
const (
	firstBatchWait = time.Second
	lastBatchWait  = time.Minute
)

// deliver invokes the function with records until all have succeeded, have been
// discarded, or Close is called. Retries are counted anew for each first record
// that failed.
func (m *mapping) deliver(records []json.RawMessage) {
	for retries := 0; len(records) > 0; retries++ {
		done, err := m.invoke(records)
		if err == nil && done == len(records) {
			return
		}
		if done > 0 {
			records, retries = records[done:], 0
		}
		if m.options.MaximumRetryAttempts >= 0 && retries >= m.options.MaximumRetryAttempts {
			m.fn.local.options.Logger.Error("lambdalocal: records discarded, no retries left",
				"function", m.fn.name, "records", len(records), "error", err)
			return
		}
		if !m.fn.local.pause(min(firstBatchWait<<min(retries, 6), lastBatchWait)) {
			return
		}
	}
}

// invoke makes one attempt, and returns how many records need no other.
func (m *mapping) invoke(records []json.RawMessage) (done int, err error) {
	inv := newInvocation(m.fn, m.fn.ARN())
	if inv.payload, err = json.Marshal(map[string]any{"Records": records}); err != nil {
		return 0, fmt.Errorf("lambdalocal: a record of the stream is no JSON: %w", err)
	}
	result := inv.run()
	if result.err != nil {
		return 0, result.err
	}
	if !m.options.ReportBatchItemFailures {
		return len(records), nil
	}
	done, err = succeeded(result.payload, records)
	if err != nil {
		inv.log("lambdalocal: the whole batch counts as failed", err)
	}
	return done, err
}

// succeeded returns how many records precede the first that a partial batch
// response reports. An empty response, or one without failures, is success; a
// response with an identifier that is missing or that is no sequence number of
// the batch fails all of it.
func succeeded(response []byte, records []json.RawMessage) (int, error) {
	var r struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if len(response) > 0 {
		if err := json.Unmarshal(response, &r); err != nil {
			return 0, errors.New("lambdalocal: the response is no partial batch response")
		}
	}
	positions := map[string]int{}
	for i, record := range records {
		n, err := sequenceNumber(record)
		if err != nil {
			return 0, err
		}
		positions[n] = i
	}
	first := len(records)
	for _, f := range r.BatchItemFailures {
		at, ok := positions[f.ItemIdentifier]
		if !ok {
			return 0, fmt.Errorf("lambdalocal: batchItemFailures has the itemIdentifier %q, no sequence number of the batch", f.ItemIdentifier)
		}
		first = min(first, at)
	}
	return first, nil
}
