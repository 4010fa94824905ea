package streamproc

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// Dispatcher passes stream records to a handler. It is a lambda.Handler. Make one with
// [New].
type Dispatcher struct {
	handle func(context.Context, *RawRecord) error
	opts   Options
}

// New returns a dispatcher that decodes each record that passes the filter into a T, as
// attributevalue does with its option UseEncodingUnmarshalers, and calls handler with it.
// When handler returns an error, Lambda delivers the record again.
//
// A field of T with the tag streamproc:"json" accepts JSON text. A string attribute is
// decoded by encoding/json, and by attributevalue if it is not JSON. Other attributes
// are decoded by attributevalue. AppSync stores its type AWSJSON as such a string. The
// tag has no effect in structs that are nested in T.
//
// New panics when handler is nil, an option is unusable, T is not a type that an item
// decodes into, or a tag has no effect because T embeds a struct.
func New[T any](handler func(context.Context, Record[T]) error, opts ...func(*Options)) *Dispatcher {
	if handler == nil {
		panic("streamproc: New: handler is nil")
	}
	records, o := newDecoder[T](), newOptions(opts)
	handle := func(ctx context.Context, raw *RawRecord) error {
		if o.Needs != "" {
			raw.keep(o.Needs)
		} else if err := raw.needs(NewImage); err != nil {
			return err
		}
		rec, err := records.record(raw)
		if err != nil {
			return err
		}
		return handler(ctx, rec)
	}
	return &Dispatcher{handle: handle, opts: o}
}

// FilterCriteria returns the FilterCriteria for this dispatcher's event source mapping,
// see [Filter.Criteria].
func (d *Dispatcher) FilterCriteria() string { return d.opts.Filter.Criteria() }

const nothingFailed = `{"batchItemFailures":[]}`

// Invoke implements lambda.Handler. The payload is a DynamoDB stream event, and the
// result is a partial batch response. An error is an [*EventError], a [*BatchError] or a
// [*TimeoutError].
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func (d *Dispatcher) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	failed, err := d.dispatch(ctx, payload)
	if err != nil {
		return nil, err
	}
	if failed == "" {
		return []byte(nothingFailed), nil
	}
	return json.Marshal(events.DynamoDBEventResponse{
		BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: failed}},
	})
}

// Dispatch is [Dispatcher.Invoke] for an event that is already decoded.
func (d *Dispatcher) Dispatch(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	payload, err := json.Marshal(e)
	if err != nil {
		return response, fmt.Errorf("streamproc: the event does not encode: %w", err)
	}
	failed, err := d.dispatch(ctx, payload)
	if err == nil && failed != "" {
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: failed})
	}
	return response, err
}

// dispatch returns the sequence number of the first record that is not done.
func (d *Dispatcher) dispatch(ctx context.Context, payload []byte) (failed string, err error) {
	records, err := parseEvent(payload)
	if err != nil {
		return "", err
	}
	run := d.inOrder
	if d.opts.Concurrency > 1 {
		run = d.atOnce
	}
	t := d.opts.timeLeft(ctx)
	switch r := run(ctx, t, records); {
	case r.err == nil:
		return "", nil
	case t.never(r.err):
		return "", r.err
	case r.handled || !isFailure(r.err):
		return report(records, r.next, r.err)
	default:
		return "", &BatchError{Record: r.next, Err: r.err}
	}
}

// result is how far a batch came.
type result struct {
	next    int   // the first record that is not done
	handled bool  // a record before it was handled, and not only skipped
	err     error // nil when all are done
}

// inOrder stops at the first record that fails.
func (d *Dispatcher) inOrder(ctx context.Context, t timeLeft, records []RawRecord) (r result) {
	for i := range records {
		skipped, err := d.one(ctx, t, &records[i])
		if err != nil {
			d.log(ctx, t, records, i, err)
			return result{i, r.handled, err}
		}
		r.handled = r.handled || !skipped
	}
	return r
}

// one filters and handles a record.
func (d *Dispatcher) one(ctx context.Context, t timeLeft, raw *RawRecord) (skipped bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	if skipped, err = d.skips(raw); skipped || err != nil {
		return skipped, err
	}
	if err := t.check(); err != nil {
		return false, err
	}
	return false, d.handle(ctx, raw)
}
