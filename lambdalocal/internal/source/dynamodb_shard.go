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
	out, err := limited(ctx, s.stream.client.GetRecords, &dynamodbstreams.GetRecordsInput{
		ShardIterator: s.iterator, Limit: aws.Int32(int32(min(limit, maxRecords))),
	})
	if err != nil {
		return nil, s.lose(err)
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
// stream, reading continues with the oldest. A shard that is gone, with the stream or
// after 24 hours, is at its end.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
func (s *dynamoShard) lose(err error) error {
	switch code := errorCode(err); {
	case code == "ResourceNotFoundException":
		s.end = true
		return fmt.Errorf("shard %s is gone: %w", s.name, err)
	case code == "TrimmedDataAccessException":
		s.begin, s.after, s.iterator = types.ShardIteratorTypeTrimHorizon, nil, nil
	case code == "ExpiredIteratorException", s.begin != types.ShardIteratorTypeLatest, s.after != nil:
		s.iterator = nil
	}
	return fmt.Errorf("shard %s: %w", s.name, err)
}

// errorCode is the code of an error of AWS. Some local servers return errors that are not
// of the SDK's types.
func errorCode(err error) string {
	var e interface{ ErrorCode() string }
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
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
	out, err := limited(ctx, s.stream.client.GetShardIterator, in)
	if err != nil {
		return s.lose(err)
	}
	s.iterator = out.ShardIterator
	return nil
}
