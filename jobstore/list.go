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

	// ClaimableFrom is when a pending job is due, and when the lease of a processing job
	// ends. It is zero for a job that was due from the start, and for one that has ended.
	ClaimableFrom time.Time

	Attempt      int       // claims so far
	CreatedAt    time.Time // zero when the record does not say
	HandOvers    int       // how often a sweep has started it since its latest claim
	HandedOverAt time.Time // when a sweep has last started it; zero if none did

	// Error is the beginning of why the last attempt failed, for operators: of
	// [Job.ErrorDetail], or of Error in a job without one.
	Error string

	Cursor string // the place in the list, for [ListOptions.After]
}

// ListOptions are the optional settings of [List].
type ListOptions struct {
	// After is the Cursor of the last job that was seen, to go on behind it. Default is
	// the beginning.
	After string

	// Newest lists in the opposite order: the latest first. Continue a list in the
	// order in which it was begun.
	Newest bool

	// From and Until bound At: From is the first time, and Until the first that is too
	// late. The store reads no other jobs. A zero time does not bound.
	From, Until time.Time

	// CreatedFrom and CreatedUntil bound CreatedAt likewise. The store leaves out the jobs
	// outside, which it must read too: set From or Until as well where you can, such as
	// From of failed jobs, which were created before they failed. A job whose record
	// does not say when it was created counts as older than all others.
	CreatedFrom, CreatedUntil time.Time

	// PageSize is how many jobs one request to the store asks for. Default 25.
	PageSize int
}

// Lister is a [JobStore] that can list its unfinished and failed jobs.
type Lister interface {
	// List yields the jobs of a set that o asks for, in the order of At. It ends after an error. Jobs that
	// enter or leave the set meanwhile may be missing. It fails with ErrInvalid when set
	// or o.After is none.
	List(ctx context.Context, set JobSet, o ListOptions) iter.Seq2[Listed, error]
}

// List yields the jobs of a set, the oldest first: those that failed first, or, of
// unfinished jobs, those at which a sweep looks first. It reads an index and scans
// nothing, page by page. To show one page, leave the loop and keep the last job's Cursor.
// It is for operators: what it shows of an error may hold an upstream's URL.
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
