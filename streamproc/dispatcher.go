package streamproc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Dispatcher hands stream records to a handler. It is a lambda.Handler, for
// lambda.Start and selfinvoke.Wrap. Make one with [New] or [Jobs].
type Dispatcher struct {
	handle func(context.Context, *RawRecord) error
	opts   Options
}

// New returns a dispatcher that decodes the records that pass the filter into T,
// as attributevalue does, and hands them to handler. An error of the handler has
// Lambda deliver the record again. New panics when handler is nil.
func New[T any](handler func(context.Context, Record[T]) error, opts ...func(*Options)) *Dispatcher {
	if handler == nil {
		panic("streamproc: New: handler is nil")
	}
	return &Dispatcher{opts: options(opts), handle: func(ctx context.Context, raw *RawRecord) error {
		if err := raw.needsNewImage(); err != nil {
			return err
		}
		rec, err := decode[T](raw)
		if err != nil {
			return err
		}
		return handler(ctx, rec)
	}}
}

// BatchError fails a whole batch, because its failed record cannot be reported.
type BatchError struct {
	Record int // index in the batch
	Err    error
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("streamproc: record %d: %v", e.Record, e.Err)
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

// Invoke implements lambda.Handler: payload is a DynamoDB stream event, the
// result a partial batch response.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func (d *Dispatcher) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("streamproc: the payload is no DynamoDB stream event: %w", err)
	}
	if e.Records == nil {
		return nil, errors.New("streamproc: the payload is no DynamoDB stream event: it has no Records")
	}
	response, err := d.dispatch(ctx, e.Records)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

// Handle is Invoke for an event that is decoded already.
func (d *Dispatcher) Handle(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var response events.DynamoDBEventResponse
	payload, err := json.Marshal(e)
	if err != nil {
		return response, fmt.Errorf("streamproc: the event does not encode: %w", err)
	}
	out, err := d.Invoke(ctx, payload)
	if err != nil {
		return response, err
	}
	return response, json.Unmarshal(out, &response)
}

// dispatch handles records in order and reports the first that fails.
func (d *Dispatcher) dispatch(ctx context.Context, records []wireRecord) (events.DynamoDBEventResponse, error) {
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	for i := range records {
		raw := records[i].raw()
		err := d.one(ctx, raw)
		if err == nil {
			continue
		}
		d.opts.Logger.ErrorContext(ctx, "streamproc: record failed",
			"record", i, "of", len(records), "sequenceNumber", raw.SequenceNumber, "error", err)
		if raw.SequenceNumber == "" {
			return response, &BatchError{Record: i, Err: fmt.Errorf("no sequence number to report it by: %w", err)}
		}
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: raw.SequenceNumber})
		break
	}
	return response, nil
}

// one filters and handles a record.
func (d *Dispatcher) one(ctx context.Context, raw *RawRecord) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if !d.opts.Filter(raw) {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d.opts.Margin {
		return errors.New("not started: the invocation is about to end")
	}
	return d.handle(ctx, raw)
}
