package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// List implements [jobstore.Lister] with [Options.Index], without which it fails with
// [errors.ErrUnsupported]. It queries the set's 16 keys and merges what they have.
func (s *Store[In, Out]) List(ctx context.Context, set jobstore.JobSet, o jobstore.ListOptions) iter.Seq2[jobstore.Listed, error] {
	return func(yield func(jobstore.Listed, error) bool) {
		after, err := driver.ValidateList(set, o)
		if after != nil {
			err = s.checkKey(after.ID, err)
		}
		client, ok := s.pages()
		switch {
		case err != nil:
		case s.opts.Index == "":
			err = fmt.Errorf("%w: the store has no Options.Index", errors.ErrUnsupported)
		case !ok:
			err = fmt.Errorf("%w: the client %T has no Query", errors.ErrUnsupported, s.client)
		}
		if err != nil {
			yield(jobstore.Listed{}, s.fail("list", "", err))
			return
		}
		l := lister[In, Out]{store: s, ctx: ctx, client: client, set: set, opts: o, after: after}
		l.merge(yield)
	}
}

// lister is one use of a list.
type lister[In, Out any] struct {
	store  *Store[In, Out]
	ctx    context.Context
	client SweepClient
	set    jobstore.JobSet
	opts   jobstore.ListOptions
	after  *driver.Cursor
}

// merge yields the jobs of all keys in the order of their times, and of the keys where
// these are the same.
func (l *lister[In, Out]) merge(yield func(jobstore.Listed, error) bool) {
	var keys []*head
	for n := range shards {
		next, stop := iter.Pull2(l.key(n))
		defer stop()
		keys = append(keys, &head{next: next})
	}
	for {
		first := l.first(keys)
		if first == nil || !yield(first.job, first.err) || first.err != nil {
			return
		}
		first.full = false
	}
}

// head is the first job of a key that was not yielded.
type head struct {
	next func() (jobstore.Listed, error, bool)
	job  jobstore.Listed
	err  error
	full bool // job or err is there
	over bool
}

// first returns the head to yield next: one with an error, or the earliest.
func (l *lister[In, Out]) first(keys []*head) (first *head) {
	for _, h := range keys {
		if !h.full && !h.over {
			h.job, h.err, h.full = h.next()
			h.over = !h.full
		}
		switch {
		case h.over:
		case h.err != nil:
			return h
		case first == nil || l.before(h.job, first.job):
			first = h
		}
	}
	return first
}

func (l *lister[In, Out]) before(a, b jobstore.Listed) bool {
	if l.opts.Newest {
		a, b = b, a
	}
	return a.At.Before(b.At)
}

// key yields the jobs of one key that are behind the cursor.
func (l *lister[In, Out]) key(n int) iter.Seq2[jobstore.Listed, error] {
	s := l.store
	return func(yield func(jobstore.Listed, error) bool) {
		query := l.query(n)
		if query == nil {
			return
		}
		for pages := dynamodb.NewQueryPaginator(l.client, query); pages.HasMorePages(); {
			page, err := pages.NextPage(l.ctx)
			if err != nil {
				yield(jobstore.Listed{}, s.fail("list", "", indexMissing(s.opts.Index, err)))
				return
			}
			for _, it := range page.Items {
				f := s.read(s.fromIndex(it))
				job := f.Listed(item(it).str(s.opts.Attributes.ID), f.errorExcerpt, 0)
				if f.Live(s.opts.Now()) && driver.ListShows(l.opts, job.CreatedAt) && !yield(job, nil) {
					return
				}
			}
		}
	}
}

// query asks for the jobs of one key that are in the span of the options and behind the
// cursor. It is nil when none can be.
func (l *lister[In, Out]) query(n int) *dynamodb.QueryInput {
	const condition = "#shard = :shard AND #sweepAt BETWEEN :first AND :last"
	s, a := l.store, l.store.opts.Attributes
	first, last := l.span(n)
	if first > last {
		return nil
	}
	values := item{":shard": str(indexKey(l.set, n)), ":first": num(first), ":last": num(last)}
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &s.opts.Index, KeyConditionExpression: new(condition),
		Limit: new(int32(min(l.opts.PageSize, 1000))), ScanIndexForward: new(!l.opts.Newest),
	}
	if c := l.after; c != nil && n == shard(c.ID) && first <= c.At && c.At <= last {
		in.ExclusiveStartKey = s.key(c.ID)
		in.ExclusiveStartKey[a.Shard], in.ExclusiveStartKey[a.SweepAt] = values[":shard"], num(c.At)
	}
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = s.used(condition, values)
	return in
}

// span is that of the options, from the cursor on. The keys before the cursor's own have
// yielded all jobs of the same time, and those after it none.
func (l *lister[In, Out]) span(n int) (first, last int64) {
	first, last = driver.ListSpan(l.opts)
	if l.after == nil {
		return first, last
	}
	seen, at := int64(0), l.after.At
	if n < shard(l.after.ID) {
		seen = 1
	}
	if l.opts.Newest {
		return first, min(last, at-seen)
	}
	return max(first, at+seen), last
}
