package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// SweepClient is what Sweep needs of the DynamoDB client in addition to [Client].
type SweepClient interface {
	dynamodb.QueryAPIClient
	dynamodb.ScanAPIClient
}

// Stuck implements [jobstore.Sweeper]. With [Options.Index] it queries each of the
// index's 16 keys, otherwise it scans the table. It fails with [errors.ErrUnsupported]
// when the client is not a [SweepClient].
func (s *Store[In, Out]) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		for it, err := range s.unfinished(ctx, now) {
			if err != nil {
				yield(jobstore.Stuck{}, s.fail("sweep", "", err))
				return
			}
			st := s.state(it)
			stuck := jobstore.Stuck{ID: it.str(s.opts.Attributes.ID), Status: st.Status, Since: st.SweepAt(s.opts.PickUp)}
			if st.Stuck(s.opts.PickUp, now) && !yield(stuck, nil) {
				return
			}
		}
	}
}

// unfinished yields the records that may be stuck, page by page.
func (s *Store[In, Out]) unfinished(ctx context.Context, until time.Time) iter.Seq2[item, error] {
	client, ok := s.client.(SweepClient)
	if !ok {
		return func(yield func(item, error) bool) {
			yield(nil, fmt.Errorf("%w: the client %T has no Query and Scan", errors.ErrUnsupported, s.client))
		}
	}
	if s.opts.Index != "" {
		return s.query(ctx, client, until)
	}
	return s.scan(ctx, client)
}

func (s *Store[In, Out]) query(ctx context.Context, client SweepClient, until time.Time) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for n := range shards {
			pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
				TableName: &s.table, IndexName: &s.opts.Index,
				KeyConditionExpression:    new("#shard = :shard AND #sweepAt <= :until"),
				ExpressionAttributeNames:  map[string]string{"#shard": s.opts.Attributes.Shard, "#sweepAt": s.opts.Attributes.SweepAt},
				ExpressionAttributeValues: item{":shard": str(open + strconv.Itoa(n)), ":until": num(until.UnixMilli())},
			})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if invalid(err) {
					err = fmt.Errorf("index %q is missing or still being built: %w", s.opts.Index, err)
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if !each(page.Items, yield) {
					return
				}
			}
		}
	}
}

func (s *Store[In, Out]) scan(ctx context.Context, client SweepClient) iter.Seq2[item, error] {
	a := s.opts.Attributes
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
		TableName:            &s.table,
		FilterExpression:     new("#status IN (:pending, :processing)"),
		ProjectionExpression: new("#id, #status, #claimableFrom, #updatedAt, #expiresAt"),
		ExpressionAttributeNames: map[string]string{
			"#id": a.ID, "#status": a.Status, "#claimableFrom": a.ClaimableFrom, "#updatedAt": a.UpdatedAt, "#expiresAt": a.ExpiresAt,
		},
		ExpressionAttributeValues: item{":pending": str(string(jobstore.Pending)), ":processing": str(string(jobstore.Processing))},
	})
	return func(yield func(item, error) bool) {
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			if !each(page.Items, yield) {
				return
			}
		}
	}
}

func each(items []map[string]types.AttributeValue, yield func(item, error) bool) bool {
	for _, it := range items {
		if !yield(it, nil) {
			return false
		}
	}
	return true
}
