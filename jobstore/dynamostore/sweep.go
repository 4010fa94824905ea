package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
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

// maxMalformed bounds the errors of malformed records that Stuck keeps.
const maxMalformed = 10

// Stuck implements [jobstore.Sweeper]. With [Options.Index] it queries each of the
// index's 16 keys, beginning with a random one, so that sweeps whose time is too short
// start jobs of all keys. Otherwise it scans the table. The errors of malformed records come
// last. Stuck fails with [errors.ErrUnsupported] when the client is not a [SweepClient].
func (s *Store[In, Out]) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		var malformed []error
		for it, err := range s.unfinished(ctx, now) {
			if err != nil {
				yield(jobstore.Stuck{}, s.fail("sweep", "", err))
				return
			}
			id, st := it.str(s.opts.Attributes.ID), s.state(it)
			if st.Malformed != nil && len(malformed) < maxMalformed {
				malformed = append(malformed, s.fail("sweep", id, st.Malformed))
			}
			if st.Malformed != nil || !st.Stuck(s.opts.PickUp, now) {
				continue
			}
			if !yield(st.Found(id, s.opts.PickUp), nil) {
				return
			}
		}
		if err := errors.Join(malformed...); err != nil {
			yield(jobstore.Stuck{}, err)
		}
	}
}

// unfinished yields the records that may be stuck, page by page.
func (s *Store[In, Out]) unfinished(ctx context.Context, until time.Time) iter.Seq2[item, error] {
	client, ok := s.pages()
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

// query yields what the index has. An item of it has the attributes that a sweep asks
// for, except the marker.
func (s *Store[In, Out]) query(ctx context.Context, client SweepClient, until time.Time) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for n := range inTurn(shards) {
			pages := dynamodb.NewQueryPaginator(client, s.due(n, until))
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					yield(nil, indexMissing(s.opts.Index, err))
					return
				}
				if !each(page.Items, s.fromIndex, yield) {
					return
				}
			}
		}
	}
}

// due asks a key of the index for the jobs that a sweep looks at until then.
func (s *Store[In, Out]) due(key int, until time.Time) *dynamodb.QueryInput {
	const due = "#shard = :shard AND #sweepAt <= :until"
	names, _ := s.used(due, nil)
	return &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &s.opts.Index,
		KeyConditionExpression: new(due), ExpressionAttributeNames: names,
		ExpressionAttributeValues: item{":shard": str(indexKey(jobstore.UnfinishedJobs, key)), ":until": num(until.UnixMilli())},
	}
}

// indexMissing says so when DynamoDB finds a query wrong.
func indexMissing(index string, err error) error {
	if !invalid(err) {
		return err
	}
	return fmt.Errorf("index %q is missing or still being built: %w", index, withhold(err))
}

// inTurn yields 0 to n-1, beginning anywhere.
func inTurn(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		first := rand.IntN(n)
		for i := range n {
			if !yield((first + i) % n) {
				return
			}
		}
	}
}

// fromIndex gives an item of the index the marker, which only jobs in it have.
func (s *Store[In, Out]) fromIndex(it item) item {
	m, full := s.opts.Marker, item{}
	maps.Copy(full, it) // an answer may have null in place of an item
	if m.Name != "" {
		full[m.Name] = str(m.Value)
	}
	return full
}

func (s *Store[In, Out]) scan(ctx context.Context, client SweepClient) iter.Seq2[item, error] {
	filter, projection := unfinished, "#id, #status, #claimableFrom, #sweepAt, #handOvers, #updatedAt, #expiresAt"
	values := item{":pending": str(string(jobstore.Pending)), ":processing": str(string(jobstore.Processing)), ":marker": str(s.opts.Marker.Value)}
	if s.opts.Marker.Name != "" {
		filter, projection = filter+" AND #marker = :marker", projection+", #marker"
	}
	names, values := s.used(filter+", "+projection, values)
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
		TableName: &s.table, FilterExpression: &filter, ProjectionExpression: &projection,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	same := func(it item) item { return it }
	return func(yield func(item, error) bool) {
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			if !each(page.Items, same, yield) {
				return
			}
		}
	}
}

func each(items []map[string]types.AttributeValue, change func(item) item, yield func(item, error) bool) bool {
	for _, it := range items {
		if !yield(change(it), nil) {
			return false
		}
	}
	return true
}
