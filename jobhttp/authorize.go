package jobhttp

import (
	"errors"
	"maps"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Action is what a request wants to do.
type Action string

// The actions.
const (
	Create Action = "create"
	Read   Action = "read"   // show or watch a job, or get it again by its idempotency key
	Cancel Action = "cancel" // the answer shows the job to who may Read it, and to others that it is canceled
	List   Action = "list"   // the caller's own jobs; each of them is a Read too
)

// Authorize decides about a request, and returns who the caller is. [New] calls it twice:
//
//   - Before the store is read, with a nil job. An error is answered with 401 if it is
//     [ErrUnauthenticated], with 403 if it is [ErrForbidden], as it says if it is a [Refusal],
//     and else logged and answered with 500.
//   - With the job that the request is about. Any error is answered with 404, as if
//     there was no such job.
//
// A watch and a long poll make both calls again before they show another state of the job. After
// an error a watch ends, and the client connects again. Look up the session here, and not in a
// middleware in front, which is not asked again.
//
// The request has the path below the handler's place, and the path values and the context of
// what is in front. The job is a copy.
//
// The caller of the first call is stored in [jobstore.Job.Caller]. It must identify one
// user, among those of all handlers of the table: two users with the same caller share their
// idempotency keys, and with [OwnJobs] their jobs.
type Authorize[In, Out any] func(r *http.Request, action Action, job *jobstore.Job[In, Out]) (caller string, err error)

// The usual refusals of an [Authorize]. A [Refusal] is another one.
var (
	ErrUnauthenticated = errors.New("the caller is not known")
	ErrForbidden       = errors.New("the caller may not do that")
)

// AllowAll is an [Authorize] for one user, such as on a developer's machine: anyone may
// create, read and cancel every job. It has no list, since the jobs have no caller.
func AllowAll[In, Out any](*http.Request, Action, *jobstore.Job[In, Out]) (string, error) {
	return "", nil
}

// OwnJobs is an [Authorize] by which callers create jobs, and read and cancel those that
// they have created. identify returns who sent a request: never the empty string,
// which is refused. A name that it makes of several, such as a tenant's and a user's, needs a
// separator that none of them has, and a refusal where one is empty. OwnJobs panics when
// identify is nil.
func OwnJobs[In, Out any](identify func(*http.Request) (caller string, err error)) Authorize[In, Out] {
	if identify == nil {
		panic("jobhttp: OwnJobs: identify is nil")
	}
	return func(r *http.Request, _ Action, job *jobstore.Job[In, Out]) (string, error) {
		caller, err := identify(r)
		switch {
		case err != nil:
			return "", err
		case caller == "":
			return "", ErrUnauthenticated
		case job != nil && job.Caller != caller:
			return "", ErrForbidden
		}
		return caller, nil
	}
}

// enter is the first call of the Authorize. It answers the request when it is refused.
func (h *handler[In, Out]) enter(w http.ResponseWriter, r *http.Request, action Action) (caller string, ok bool) {
	caller, err := h.authorize(r, action, nil)
	if err != nil {
		h.deny(w, r, err)
	}
	return caller, err == nil
}

// find returns the job of a request that may do action with it, and whose answer it is, or
// answers the request.
func (h *handler[In, Out]) find(w http.ResponseWriter, r *http.Request, action Action) (*jobstore.Job[In, Out], share, bool) {
	caller, ok := h.enter(w, r, action)
	if !ok {
		return nil, share{}, false
	}
	job, err := h.store.Get(r.Context(), idOf(r))
	if err = h.shown(r, action, job, err); err != nil {
		h.fail(w, r, err)
		return nil, share{}, false
	}
	return job, shareOf(r, caller, job.Caller), true
}

// shown is the error of a store that returned job and err for a request, as the caller
// may see it.
func (h *handler[In, Out]) shown(r *http.Request, action Action, job *jobstore.Job[In, Out], err error) error {
	switch {
	case job != nil && !h.allows(r, action, job):
		return jobstore.ErrNotFound
	case job == nil && errors.Is(err, jobstore.ErrDecode): // whose it is cannot be told
		h.opts.Logger.ErrorContext(r.Context(), "jobhttp: a broken job is shown to none", "error", err)
		return jobstore.ErrNotFound
	case errors.Is(err, jobstore.ErrInvalid) && !errors.Is(err, jobstore.ErrDecode):
		return jobstore.ErrNotFound // no job has such an ID
	}
	return err
}

// allows asks with a copy: the watchers of a job share it, and an Authorize may change it.
func (h *handler[In, Out]) allows(r *http.Request, action Action, job *jobstore.Job[In, Out]) bool {
	own := *job
	own.Metadata = maps.Clone(job.Metadata)
	_, err := h.authorize(r, action, &own)
	return err == nil
}
