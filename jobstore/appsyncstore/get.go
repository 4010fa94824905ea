package appsyncstore

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Get implements [jobstore.JobStore]. It is eventually consistent; see the package
// documentation.
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := cmp.Or(driver.ValidateID(id), s.validID(id)); err != nil {
		return nil, s.fail("get", id, err)
	}
	r, unread, err := s.read(ctx, id)
	if err != nil {
		return nil, s.fail("get", id, err)
	}
	if !s.state(r).Live(s.opts.Now()) {
		return nil, s.fail("get", id, jobstore.ErrNotFound)
	}
	return s.answered("get", id, r, unread)
}

// ReadsLag is true: Get is eventually consistent. So [jobstore.Run] lets the claim decide
// about a redelivered job, and not a read.
func (s *Store[In, Out]) ReadsLag() bool { return true }

// read returns the record with its tokens, or nil. Unreadable fields are null, and
// unread says why.
func (s *Store[In, Out]) read(ctx context.Context, id string) (r record, unread, err error) {
	r, err = s.client.send(ctx, s.getting(id), map[string]any{})
	r = s.incoming(r)
	if r != nil && partial(err) {
		return r, err, nil
	}
	return r, nil, err
}

// reread is the wait before a stale record is read again. DynamoDB's copies usually
// agree within a second.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
const reread = 250 * time.Millisecond

// explain reads the record that refused a write. When old is true of it, it comes from a
// stale copy and is read again, a little later each time.
func (s *Store[In, Out]) explain(ctx context.Context, id string, old func(record) bool) (r record, unread, err error) {
	for n := 1; ; n++ {
		r, unread, err = s.read(ctx, id)
		if err != nil || !old(r) || n == tries {
			return r, unread, err
		}
		if err := wait(ctx, time.Duration(n)*s.reread); err != nil {
			return nil, nil, err
		}
	}
}

// missing is true without a record: the one that refused the write was not read.
func missing(r record) bool { return r == nil }

// jittered is the wait after try n of a write that lost against another.
func (s *Store[In, Out]) jittered(n int) time.Duration {
	half := time.Duration(n) * s.reread / 2
	return half + rand.N(half)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
