package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	pickKeys  = 4  // of the index that a pick looks at
	pickItems = 64 // that it reads of each, those first that a sweep looks at first

	pickWithin = 24 * time.Hour // when a sweep looks at what a pick finds
)

// Pick implements [jobstore.Picker]. It queries 4 of the index's 16 keys, and reads up to
// 64 entries of each: at most 4 read units where the names of attributes are short, and 2
// when nothing waits. Without [Options.Index] or a [SweepClient] it fails with
// [errors.ErrUnsupported].
func (s *Store[In, Out]) Pick(ctx context.Context, since time.Time, n int) ([]string, error) {
	client, ok := s.pages()
	if !ok || s.opts.Index == "" {
		return nil, s.fail("sweep", "", fmt.Errorf("%w without Options.Index and a client with Query", errors.ErrUnsupported))
	}
	var ids []string
	for _, key := range rand.Perm(shards)[:pickKeys] {
		if len(ids) >= n {
			break
		}
		found, err := s.pick(ctx, client, key, since)
		if err != nil {
			return nil, s.fail("sweep", "", err)
		}
		ids = append(ids, found...)
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(n, len(ids))], nil
}

// pick returns what one key of the index has.
func (s *Store[In, Out]) pick(ctx context.Context, client SweepClient, key int, since time.Time) (ids []string, err error) {
	in := s.due(key, since.Add(pickWithin))
	in.Limit = new(int32(pickItems))
	page, err := client.Query(ctx, in)
	if err != nil {
		return nil, indexMissing(s.opts.Index, err)
	}
	for _, it := range page.Items {
		it := s.fromIndex(it)
		if st := s.state(it); st.Malformed == nil && st.Picked(since, s.opts.Now(), s.opts.PickUp) {
			ids = append(ids, it.str(s.opts.Attributes.ID))
		}
	}
	return ids, nil
}
