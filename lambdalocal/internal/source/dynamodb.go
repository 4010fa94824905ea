package source

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// Client is lambdalocal's StreamsClient.
type Client interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

const (
	streamPoll = 10 * time.Second // how soon a new shard is found
	maxRecords = 1000             // the most that GetRecords returns
)

// DynamoDB returns the stream of a table.
func DynamoDB(client Client, streamARN string) Stream {
	return &dynamoStream{client: client, arn: streamARN}
}

type dynamoStream struct {
	client Client
	arn    string
}

func (s *dynamoStream) Open(ctx context.Context, latest bool) (Reader, error) {
	if s.arn == "" {
		return nil, errors.New("the ARN of the DynamoDB stream is empty")
	}
	reader := &dynamoReader{dynamoStream: s, started: map[string]bool{}, open: map[string]bool{}, ended: make(chan string)}
	if latest {
		if err := reader.skip(ctx); err != nil {
			return nil, fmt.Errorf("find the end of the stream: %w", err)
		}
	}
	return reader, nil
}

// dynamoReader is the stream as one mapping reads it.
type dynamoReader struct {
	*dynamoStream
	latest  []*dynamoShard  // to be read from their end
	started map[string]bool // shards, by ID
	open    map[string]bool // started shards that have not been read to their end
	ended   chan string
}

// skip gets iterators for the end of the open shards. Closed shards count as read.
func (s *dynamoReader) skip(ctx context.Context) error {
	shards, err := s.shards(ctx)
	if err != nil {
		return err
	}
	closed := closedShards(shards)
	for _, sh := range shards {
		id := aws.ToString(sh.ShardId)
		s.started[id] = true
		if closed[id] {
			continue
		}
		reader := &dynamoShard{stream: s.dynamoStream, name: id, begin: types.ShardIteratorTypeLatest}
		err := reader.position(ctx)
		if reader.end {
			continue // it is gone since it was listed
		}
		if err != nil {
			return err
		}
		s.latest = append(s.latest, reader)
	}
	return nil
}

// closedShards are those with a last sequence number and a child. The number alone is
// not enough: some local servers return the latest number of an open shard.
func closedShards(shards []types.Shard) map[string]bool {
	parents, closed := map[string]bool{}, map[string]bool{}
	for _, sh := range shards {
		parents[aws.ToString(sh.ParentShardId)] = true
	}
	for _, sh := range shards {
		if r := sh.SequenceNumberRange; r != nil && r.EndingSequenceNumber != nil {
			closed[aws.ToString(sh.ShardId)] = parents[aws.ToString(sh.ShardId)]
		}
	}
	return closed
}

// run starts each shard once its parent has been read to its end.
func (s *dynamoReader) Run(ctx context.Context, read func(Shard), report func(error)) {
	var readers sync.WaitGroup
	defer readers.Wait()
	start := func(sh *dynamoShard) {
		s.started[sh.name], s.open[sh.name] = true, true
		readers.Go(func() { s.read(ctx, sh, read) })
	}
	for _, sh := range s.latest {
		start(sh)
	}
	var failures Failures
	for {
		shards, err := s.shards(ctx)
		if failures.Report(err) && ctx.Err() == nil {
			report(fmt.Errorf("list shards: %w", err))
		}
		for _, id := range ready(shards, s.started, s.open) {
			start(&dynamoShard{stream: s.dynamoStream, name: id, begin: types.ShardIteratorTypeTrimHorizon})
		}
		select {
		case id := <-s.ended:
			delete(s.open, id)
		case <-time.After(streamPoll):
		case <-ctx.Done():
			return
		}
	}
}

func (s *dynamoReader) read(ctx context.Context, sh *dynamoShard, read func(Shard)) {
	read(sh)
	select {
	case s.ended <- sh.name:
	case <-ctx.Done():
	}
}

// ready are the shards not yet started whose parent has been read or no longer exists.
func ready(shards []types.Shard, started, open map[string]bool) (ids []string) {
	listed := map[string]bool{}
	for _, sh := range shards {
		listed[aws.ToString(sh.ShardId)] = true
	}
	for _, sh := range shards {
		id, parent := aws.ToString(sh.ShardId), aws.ToString(sh.ParentShardId)
		waiting := listed[parent] && (!started[parent] || open[parent])
		if !started[id] && !waiting {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *dynamoStream) shards(ctx context.Context) (all []types.Shard, err error) {
	for in := (&dynamodbstreams.DescribeStreamInput{StreamArn: &s.arn}); ; {
		out, err := limited(ctx, s.client.DescribeStream, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return all, nil
		}
	}
}
