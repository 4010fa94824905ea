package jobstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// CallerJob is what a list shows of a caller's job. Get has the rest.
type CallerJob struct {
	ID        string
	CreatedAt time.Time
	Cursor    string // the place in the list, for [CallerListOptions.After]
}

// CallerListOptions are the optional settings of [ListByCaller].
type CallerListOptions struct {
	// After is the Cursor of the last job that was seen, to go on behind it. Default is
	// the beginning. A cursor holds a place and no permission: it may come from a client.
	After string

	// PageSize is how many jobs one request to the store asks for. Default 25.
	PageSize int
}

// CallerLister is a [JobStore] that can list the jobs of one caller.
type CallerLister interface {
	// ListByCaller yields the jobs that the caller has created, the newest first. It ends
	// after an error. Jobs that are created or deleted meanwhile may be missing. It fails
	// with ErrInvalid when caller is empty or invalid, or o.After is not a cursor.
	ListByCaller(ctx context.Context, caller string, o CallerListOptions) iter.Seq2[CallerJob, error]
}

// ListByCaller yields the jobs that were created with a [CreateOptions] Caller, the newest
// first, in whatever state they are. It reads an index and scans nothing, page by page. To
// show one page, leave the loop and keep the last job's Cursor.
//
// ListByCaller yields [errors.ErrUnsupported] when the store is not a [CallerLister]. It
// panics when store is nil or an option is out of range.
func ListByCaller[In, Out any](ctx context.Context, store JobStore[In, Out], caller string, opts ...func(*CallerListOptions)) iter.Seq2[CallerJob, error] {
	if store == nil {
		panic("jobstore: ListByCaller: store is nil")
	}
	o := CallerListOptions{PageSize: defaultPageSize}
	option.Apply("jobstore: ListByCaller", &o, opts)
	checkPageSize("jobstore: ListByCaller: CallerListOptions", o.PageSize)
	l, ok := As[CallerLister](store)
	if !ok {
		return unlisted[CallerJob](store)
	}
	return l.ListByCaller(ctx, caller, o)
}
