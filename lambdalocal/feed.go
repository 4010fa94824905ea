package lambdalocal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Feed returns a stream with a shard for each of the functions, named shardId-0
// and so on. Each returns up to limit records after the one with the given
// sequence number (from the beginning when that is empty), in the shape of the
// elements of a DynamoDB event's Records, and waits while there are none; one that
// returns none is asked again a quarter of a second later. The method Changes of
// memstore is one. Order is kept within a shard only, so the
// records of an item belong in the same one.
//
// For a mapping that begins at [Latest], what there is already is read with a
// context that has ended: the function must return records even so, and an
// error of the context, or nothing, when there are none left.
//
// A record that is older than 24 hours by its ApproximateCreationDateTime is
// gone, as from a real stream.
func Feed(changes ...func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)) Stream {
	return feed(changes)
}

type feed []func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)

func (f feed) check() error {
	if len(f) == 0 {
		return errors.New("the feed needs a function")
	}
	for _, changes := range f {
		if changes == nil {
			return errors.New("the feed's functions must not be nil")
		}
	}
	return nil
}

func (f feed) open(_ context.Context, begin StartingPosition) (source, error) {
	shards := make(feedSource, len(f))
	for i, changes := range f {
		shards[i] = &feedShard{changes: changes, name: fmt.Sprintf("shardId-%d", i)}
		if begin == Latest {
			if err := shards[i].skip(); err != nil {
				return nil, fmt.Errorf("find the end of %s: %w", shards[i].name, err)
			}
		}
	}
	return shards, nil
}

type feedSource []*feedShard

func (f feedSource) run(_ context.Context, read func(shard), _ func(error)) {
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

func (s *feedShard) id() string { return s.name }

func (s *feedShard) next(ctx context.Context, limit int) ([]record, error) {
	all, err := s.changes(ctx, s.after, limit)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		sleep(ctx, shardPoll)
		return nil, nil
	}
	records, err := parseRecords(all)
	if err != nil {
		return nil, err
	}
	s.after = records[len(records)-1].sequence
	return records, nil
}

// skip reads what there is.
func (s *feedShard) skip() error {
	ended, end := context.WithCancel(context.Background())
	end()
	for {
		records, err := s.next(ended, maxBatchSize)
		if errors.Is(err, context.Canceled) || err == nil && len(records) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
