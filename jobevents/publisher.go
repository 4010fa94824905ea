package jobevents

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Publisher publishes the changes of jobs. It is a lambda.Handler for the stream of the
// jobs' table. Make one with [New].
type Publisher struct {
	opts    *Options
	collect *streamproc.Dispatcher
	api     api
}

// New returns a publisher to the Event API at endpoint, such as
// https://….appsync-api.eu-west-1.amazonaws.com/event, of jobs whose output is an Out. It
// fails when endpoint is another kind of address, or not https: http is for localhost and
// loopback addresses. It fails when a has no key, no credentials or no Region. It panics when
// a is nil or an option is unusable.
func New[Out any](endpoint string, a Authorizer, opts ...func(*Options)) (*Publisher, error) {
	if a == nil {
		panic("jobevents: New: the Authorizer is nil")
	}
	o := newOptions(opts)
	if a, ok := a.(appsyncauth.Authorizer); ok {
		if err := a.Validate(); err != nil {
			return nil, fmt.Errorf("jobevents: New: %w", err)
		}
	}
	client, err := outbound.New(endpoint, tryTime)
	if err != nil {
		return nil, fmt.Errorf("jobevents: New: endpoint: %w", err)
	}
	if u, err := url.Parse(endpoint); err != nil || u.Path != "/event" || u.RawQuery != "" {
		return nil, errors.New("jobevents: New: endpoint: the address does not end in /event, as that of an Event API does")
	}
	return &Publisher{opts: o, collect: collect[Out](o), api: api{client, a}}, nil
}

// FilterCriteria returns the FilterCriteria for the publisher's event source mapping, see
// [streamproc.Dispatcher.FilterCriteria].
func (p *Publisher) FilterCriteria() string { return p.collect.FilterCriteria() }

// Invoke implements lambda.Handler. The payload is a DynamoDB stream event, and the result
// is a partial batch response. An error is a [*PublishError], or one of
// [streamproc.Dispatcher.Invoke].
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func (p *Publisher) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var c changes
	response, err := p.collect.Invoke(context.WithValue(ctx, changesKey{}, &c), payload)
	if err != nil {
		return nil, err
	}
	c.newest()
	p.publish(ctx, &c)
	return c.outcome(response)
}
