package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Feed is a stream of functions in this process, one for each shard.
type Feed []func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)

// Open implements Stream.
func (f Feed) Open(_ context.Context, latest bool) (Reader, error) {
	shards := make(feedReader, len(f))
	for i, changes := range f {
		shards[i] = &feedShard{changes: changes, name: fmt.Sprintf("shardId-%d", i)}
		if latest {
			if err := shards[i].skip(); err != nil {
				return nil, fmt.Errorf("find the end of %s: %w", shards[i].name, err)
			}
		}
	}
	return shards, nil
}

type feedReader []*feedShard

func (f feedReader) Run(_ context.Context, read func(Shard), _ func(error)) {
	var readers sync.WaitGroup
	defer readers.Wait()
	for _, s := range f {
		readers.Go(func() { read(s) })
	}
}

type feedShard struct {
	changes func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)
	name    string
	after   string
}

func (s *feedShard) ID() string { return s.name }

func (s *feedShard) Next(ctx context.Context, limit int) ([]Record, error) {
	all, err := s.changes(ctx, s.after, limit)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		_ = pause(ctx)
		return nil, nil
	}
	records, err := parseRecords(all)
	if err != nil {
		return nil, err
	}
	s.after = records[len(records)-1].Sequence
	return records, nil
}

// skipLimit is how many records skip reads at once.
const skipLimit = 10_000

// skip reads the existing records, with a context that has ended.
func (s *feedShard) skip() error {
	ended, end := context.WithCancel(context.Background())
	end()
	for {
		records, err := s.Next(ended, skipLimit)
		if errors.Is(err, context.Canceled) || err == nil && len(records) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
