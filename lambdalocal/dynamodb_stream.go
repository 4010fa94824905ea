package lambdalocal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// StreamsClient is what [DynamoDBStream] uses of *dynamodbstreams.Client.
type StreamsClient interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

const (
	shardPoll  = 250 * time.Millisecond // Lambda polls a shard four times a second
	streamPoll = 10 * time.Second       // how soon a new shard is found
	maxRecords = 1000                   // the most that GetRecords returns
)

// DynamoDBStream returns the stream of a table, as LatestStreamArn of
// DescribeTable names it. New shards are found as the stream makes them.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func DynamoDBStream(client StreamsClient, streamARN string) Stream {
	return &dynamoStream{client: client, arn: streamARN}
}

type dynamoStream struct {
	client StreamsClient
	arn    string
}

func (s *dynamoStream) check() error {
	if s.client == nil || s.arn == "" {
		return errors.New("a DynamoDB stream needs a client and the stream's ARN")
	}
	return nil
}

// run starts each shard once its parent has been read to its end.
func (s *dynamoStream) run(ctx context.Context, read func(shard), report func(error)) {
	var readers sync.WaitGroup
	defer readers.Wait()
	started, ended := map[string]bool{}, make(chan string)
	open := map[string]bool{}
	for {
		shards, err := s.shards(ctx)
		if err != nil && ctx.Err() == nil {
			report(fmt.Errorf("list shards: %w", err))
		}
		for _, sh := range ready(shards, started, open) {
			started[sh], open[sh] = true, true
			readers.Go(func() {
				read(&dynamoShard{stream: s, id: sh})
				select {
				case ended <- sh:
				case <-ctx.Done():
				}
			})
		}
		select {
		case sh := <-ended:
			delete(open, sh)
		case <-time.After(streamPoll):
		case <-ctx.Done():
			return
		}
	}
}

// ready are the shards not yet started whose parent has been read, or is gone.
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
		out, err := s.client.DescribeStream(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return all, nil
		}
	}
}

// dynamoShard reads one shard with GetRecords.
type dynamoShard struct {
	stream   *dynamoStream
	id       string
	iterator *string
	after    *string // the last sequence number read
	end      bool
}

func (s *dynamoShard) next(ctx context.Context, limit int) ([]json.RawMessage, error) {
	for {
		if s.end {
			return nil, io.EOF
		}
		records, err := s.poll(ctx, limit)
		if err != nil || len(records) > 0 {
			return records, err
		}
		if !s.end && !sleep(ctx, shardPoll) {
			return nil, ctx.Err()
		}
	}
}

func (s *dynamoShard) poll(ctx context.Context, limit int) ([]json.RawMessage, error) {
	if err := s.position(ctx); err != nil {
		return nil, err
	}
	out, err := s.stream.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{
		ShardIterator: s.iterator, Limit: aws.Int32(int32(min(limit, maxRecords))),
	})
	if err != nil {
		s.iterator = nil // it may have expired: after 15 minutes, or with the server
		return nil, fmt.Errorf("shard %s: %w", s.id, err)
	}
	s.iterator, s.end = out.NextShardIterator, out.NextShardIterator == nil
	if n := len(out.Records); n > 0 {
		s.after = out.Records[n-1].Dynamodb.SequenceNumber
	}
	return eventRecords(out.Records, s.stream.arn)
}

// position gets an iterator for what follows the last record read.
func (s *dynamoShard) position(ctx context.Context) error {
	if s.iterator != nil {
		return nil
	}
	in := &dynamodbstreams.GetShardIteratorInput{
		StreamArn: &s.stream.arn, ShardId: &s.id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	}
	if s.after != nil {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, s.after
	}
	out, err := s.stream.client.GetShardIterator(ctx, in)
	if err != nil {
		return fmt.Errorf("shard %s: %w", s.id, err)
	}
	s.iterator = out.ShardIterator
	return nil
}
