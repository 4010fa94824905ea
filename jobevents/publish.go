package jobevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// answerTime is kept for the answer to Lambda.
const answerTime = time.Second

// publish sends the changes, and sets the error of each that is not published. After a
// failure it starts no further request.
func (p *Publisher) publish(ctx context.Context, c *changes) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-answerTime))
		defer cancel()
	}
	slots, failed := make(chan struct{}, p.opts.Concurrency), new(atomic.Bool)
	var requests sync.WaitGroup
	for _, group := range c.requests() {
		slots <- struct{}{}
		requests.Go(func() {
			defer func() { <-slots }()
			p.send(ctx, failed, group)
		})
	}
	requests.Wait()
}

func (p *Publisher) send(ctx context.Context, failed *atomic.Bool, group []*change) {
	if failed.Load() || ctx.Err() != nil {
		for _, c := range group {
			c.err = streamproc.ErrNotStarted
		}
		return
	}
	p.api.publish(ctx, group)
	for _, c := range group {
		if c.err != nil {
			failed.Store(true)
			p.opts.Logger.ErrorContext(ctx, "jobevents: not published", "job", c.job, "error", c.err)
		}
	}
}

// PublishError fails the invocation, and Lambda delivers its whole batch again: the first
// change could not be published. The function's error metric shows it, unlike a partial
// batch response, which reports the failure of a later one.
type PublishError struct {
	Job string // its ID
	Err error
}

func (e *PublishError) Error() string { return fmt.Sprintf("jobevents: job %q: %v", e.Job, e.Err) }

// Unwrap returns the cause.
func (e *PublishError) Unwrap() error { return e.Err }

// outcome returns the response to Lambda: done, when every change is published.
func (c *changes) outcome(done []byte) ([]byte, error) {
	first := slices.IndexFunc(c.all, unpublished)
	switch {
	case first < 0:
		return done, nil
	case first > 0 && c.all[first].sequence != "":
		return json.Marshal(events.DynamoDBEventResponse{
			BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: c.all[first].sequence}},
		})
	}
	if i := slices.IndexFunc(c.all, refused); i >= 0 {
		first = i
	}
	return nil, &PublishError{c.all[first].job, c.all[first].err}
}

func unpublished(c *change) bool { return c.err != nil }

func refused(c *change) bool { return c.err != nil && !errors.Is(c.err, streamproc.ErrNotStarted) }
