package source

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// dynamoShard reads one shard with GetRecords.
type dynamoShard struct {
	stream   *dynamoStream
	name     string
	begin    types.ShardIteratorType // where, until a record has been read
	iterator *string
	after    *string // the last sequence number read
	end      bool
}

func (s *dynamoShard) ID() string { return s.name }

func (s *dynamoShard) Next(ctx context.Context, limit int) ([]Record, error) {
	for {
		if s.end {
			return nil, io.EOF
		}
		records, err := s.poll(ctx, limit)
		if err != nil || len(records) > 0 {
			return records, err
		}
		if s.end {
			continue
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
}

func (s *dynamoShard) poll(ctx context.Context, limit int) ([]Record, error) {
	if err := s.position(ctx); err != nil {
		return nil, err
	}
	out, err := s.stream.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{
		ShardIterator: s.iterator, Limit: aws.Int32(int32(min(limit, maxRecords))),
	})
	if err != nil {
		s.lose(err)
		return nil, fmt.Errorf("shard %s: %w", s.name, err)
	}
	all, err := eventRecords(out.Records, s.stream.arn)
	if err != nil {
		return nil, err
	}
	records, err := parseRecords(all)
	if err != nil {
		return nil, err
	}
	s.iterator, s.end = out.NextShardIterator, out.NextShardIterator == nil
	if n := len(records); n > 0 {
		s.after = aws.String(records[n-1].Sequence)
	}
	return records, nil
}

// lose drops the iterator after an error, since it may have expired. An iterator for
// the end of the shard is kept unless it has expired, since a new one would skip the
// records written meanwhile. If the records after the last one read have left the
// stream, reading continues with the oldest.
func (s *dynamoShard) lose(err error) {
	var trimmed *types.TrimmedDataAccessException
	if errors.As(err, &trimmed) {
		s.begin, s.after = types.ShardIteratorTypeTrimHorizon, nil
	}
	var expired *types.ExpiredIteratorException
	if s.begin == types.ShardIteratorTypeLatest && s.after == nil && !errors.As(err, &expired) {
		return
	}
	s.iterator = nil
}

// position gets an iterator for what follows the last record read.
func (s *dynamoShard) position(ctx context.Context) error {
	if s.iterator != nil {
		return nil
	}
	in := &dynamodbstreams.GetShardIteratorInput{
		StreamArn: &s.stream.arn, ShardId: &s.name, ShardIteratorType: s.begin,
	}
	if s.after != nil {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, s.after
	}
	out, err := s.stream.client.GetShardIterator(ctx, in)
	if err != nil {
		s.lose(err)
		return fmt.Errorf("shard %s: %w", s.name, err)
	}
	s.iterator = out.ShardIterator
	return nil
}
