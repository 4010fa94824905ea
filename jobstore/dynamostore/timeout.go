package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// call sends a request that ends after limit, whatever is answered.
func call[In, Out any](
	ctx context.Context, limit time.Duration,
	send func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error), in *In, opts ...func(*dynamodb.Options),
) (*Out, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := send(limited, in, append([]func(*dynamodb.Options){bounded}, opts...)...)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("no answer within %v, the Options.Timeout: %w", limit, err)
	}
	return out, err
}

func bounded(o *dynamodb.Options) {
	if o.HTTPClient != nil {
		o.HTTPClient = outbound.Bounded(o.HTTPClient)
	}
}

// pages are a client's requests for pages, each with the limit.
type pages struct {
	client SweepClient
	limit  time.Duration
}

func (s *Store[In, Out]) pages() (p SweepClient, ok bool) {
	client, ok := s.client.(SweepClient)
	return pages{client, s.opts.Timeout}, ok
}

func (p pages) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return call(ctx, p.limit, p.client.Query, in, opts...)
}

func (p pages) Scan(ctx context.Context, in *dynamodb.ScanInput, opts ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return call(ctx, p.limit, p.client.Scan, in, opts...)
}

// tables are a client's requests about tables, each with the limit.
type tables struct {
	client TableClient
	limit  time.Duration
}

func (t tables) DescribeTable(ctx context.Context, in *dynamodb.DescribeTableInput, opts ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error) {
	return call(ctx, t.limit, t.client.DescribeTable, in, opts...)
}
