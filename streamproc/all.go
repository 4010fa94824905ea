package streamproc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"
)

// Handler handles stream events. A [*Dispatcher] is one. It is the Handler of aws-lambda-go.
type Handler interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// Shared gives each event to several handlers. Make one with [All].
type Shared struct{ handlers []Handler }

// All returns a handler that gives each event to all handlers, one after another, also when
// one fails. A stream has room for two functions, so consumers of changes, such as an audit
// and a publisher, share one:
//
//	lambda.Start(streamproc.All(audit, publisher))
//
// The first record that any of them reports is reported, so that Lambda delivers it and what
// is behind it to all of them again. A handler that fails for long thus holds up the others,
// as long as the mapping's retries allow.
//
// All panics without a handler, and when one is nil.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func All(handlers ...Handler) *Shared {
	if len(handlers) == 0 || slices.Contains(handlers, nil) {
		panic("streamproc: All: a handler is missing or nil")
	}
	return &Shared{slices.Clone(handlers)}
}

// Invoke implements Handler. Errors are those of the handlers.
func (s *Shared) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	reported, failed := map[string]bool{}, error(nil)
	for i, h := range s.handlers {
		response, err := h.Invoke(ctx, payload)
		var r events.DynamoDBEventResponse
		if err == nil && len(response) > 0 && json.Unmarshal(response, &r) != nil {
			err = fmt.Errorf("streamproc: All: the response of handler %d is not that of a stream event", i+1)
		}
		failed = errors.Join(failed, err)
		for _, f := range r.BatchItemFailures {
			reported[f.ItemIdentifier] = true
		}
	}
	if failed != nil {
		return nil, failed
	}
	return first(payload, reported)
}

// first returns the response that reports the first of the reported records.
func first(payload []byte, reported map[string]bool) ([]byte, error) {
	if len(reported) == 0 {
		return []byte(nothingFailed), nil
	}
	records, err := parseEvent(payload)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(records, func(r RawRecord) bool { return reported[r.SequenceNumber()] })
	if i < 0 {
		return nil, errors.New("streamproc: All: a handler reports a record that the event does not have")
	}
	return json.Marshal(events.DynamoDBEventResponse{
		BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: records[i].SequenceNumber()}},
	})
}

// FilterCriteria returns the FilterCriteria of an event source mapping that pass what any
// of the handlers needs, or "" if one of them has no such method or needs everything.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
func (s *Shared) FilterCriteria() string {
	var all struct{ Filters []any }
	for _, h := range s.handlers {
		f, ok := h.(interface{ FilterCriteria() string })
		if !ok {
			return ""
		}
		var one struct{ Filters []any }
		if json.Unmarshal([]byte(f.FilterCriteria()), &one) != nil {
			return ""
		}
		all.Filters = append(all.Filters, one.Filters...)
	}
	return marshal(all)
}
