package lambdalocal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Feed returns a stream with one shard that is read by changes: it returns up to
// limit records after the one with that sequence number (from the beginning when
// after is empty), each in the shape of an element of a DynamoDB event's Records,
// and waits while there are none. The method Changes of memstore is one.
func Feed(changes func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)) Stream {
	return feed{changes}
}

type feed struct {
	changes func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)
}

func (f feed) check() error {
	if f.changes == nil {
		return errors.New("the feed's function must not be nil")
	}
	return nil
}

func (f feed) run(_ context.Context, read func(shard), _ func(error)) { read(&feedShard{feed: f}) }

type feedShard struct {
	feed
	after string
}

func (s *feedShard) next(ctx context.Context, limit int) ([]json.RawMessage, error) {
	records, err := s.changes(ctx, s.after, limit)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	last, err := sequenceNumber(records[len(records)-1])
	if err != nil {
		return nil, err
	}
	s.after = last
	return records, nil
}

func sequenceNumber(record json.RawMessage) (string, error) {
	var r struct {
		DynamoDB struct{ SequenceNumber string } `json:"dynamodb"`
	}
	if err := json.Unmarshal(record, &r); err != nil {
		return "", fmt.Errorf("lambdalocal: a record of the feed is no JSON object: %w", err)
	}
	if r.DynamoDB.SequenceNumber == "" {
		return "", errors.New("lambdalocal: a record of the feed has no dynamodb.SequenceNumber")
	}
	return r.DynamoDB.SequenceNumber, nil
}
