package jobstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// JobSet is a part of the jobs of a store.
type JobSet string

// The sets that can be listed. A complete job is in none of them.
const (
	UnfinishedJobs JobSet = "unfinished" // pending or processing
	FailedJobs     JobSet = "failed"     // ended as Failed, and not canceled
	CanceledJobs   JobSet = "canceled"
)

// Listed is what a list shows of a job. Get has the rest.
type Listed struct {
	ID     string
	Status Status

	// At is when the job failed or was canceled. Of an unfinished job, it is when a
	// sweep looks at it: a past time is that of a job that is overdue.
	At time.Time

	HandOvers int    // how often a sweep has started it since its latest claim
	Cursor    string // the place in the list, for [ListOptions.After]
}

// ListOptions are the optional settings of [List].
type ListOptions struct {
	// After is the Cursor of the last job that was seen, to go on behind it. Default is
	// the beginning.
	After string

	// Newest lists in the opposite order: the latest first. Continue a list in the
	// order in which it was begun.
	Newest bool

	// PageSize is how many jobs one request to the store asks for. Default 25.
	PageSize int
}

// Lister is a [JobStore] that can list its unfinished and failed jobs.
type Lister interface {
	// List yields the jobs of a set in the order of At. It ends after an error. Jobs that
	// enter or leave the set meanwhile may be missing. It fails with ErrInvalid when set
	// or o.After is none.
	List(ctx context.Context, set JobSet, o ListOptions) iter.Seq2[Listed, error]
}

// List yields the jobs of a set, the oldest first: those that failed first, or, of
// unfinished jobs, those at which a sweep looks first. It reads an index and scans
// nothing, page by page. To show one page, leave the loop and keep the last job's Cursor.
//
// List yields [errors.ErrUnsupported] when the store is not a [Lister]. It panics when
// store is nil or an option is out of range.
func List[In, Out any](ctx context.Context, store JobStore[In, Out], set JobSet, opts ...func(*ListOptions)) iter.Seq2[Listed, error] {
	if store == nil {
		panic("jobstore: List: store is nil")
	}
	o := ListOptions{PageSize: defaultPageSize}
	option.Apply("jobstore: List", &o, opts)
	checkPageSize("jobstore: List: ListOptions", o.PageSize)
	l, ok := As[Lister](store)
	if !ok {
		return unlisted[Listed](store)
	}
	return l.List(ctx, set, o)
}

const defaultPageSize = 25

// checkPageSize panics with the name of the options.
func checkPageSize(options string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("%s.PageSize is %d, want at least 1", options, n))
	}
}

// unlisted is the list of a store that has none.
func unlisted[T any](store any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, &Error{Op: "list", Err: fmt.Errorf("%w by %T", errors.ErrUnsupported, store)})
	}
}
