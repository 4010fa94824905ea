package jobtask

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/taskctx"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

const (
	pickAfter = 15 * time.Second // how long a job has waited that another invocation may run
	picks     = 3                // that are tried, since other invocations pick too

	pickTimeout = 5 * time.Second // since a dead connection must not cost the event

	mostStopped = 10 // attempts that do not count, before one that is stopped does

	mostPassed = 6 // hops of a chain of passes: by default, the other six are for what handlers invoke
)

// event runs the job of an event, and then others that wait, see WorkerOptions.MaxJobs.
// Their errors are on their records, and not this event's.
func (w *worker[In, Out]) event(ctx context.Context, p payload) error {
	began, least := time.Now(), third(ctx)
	if err := w.run(ctx, p); err != nil {
		return err
	}
	longest := time.Since(began)
	for n := 1; w.opts.MaxJobs > 1 && w.picker != nil; n++ {
		ids := w.pick(ctx)
		if len(ids) == 0 {
			break
		}
		if n >= w.opts.MaxJobs || !timeFor(ctx, max(2*longest, least)) {
			w.pass(ctx, ids[0])
			break
		}
		longest = max(longest, w.next(ctx, ids))
	}
	return nil
}

// pick returns jobs that wait. One that is finished may be found for a moment longer, and
// one whose record no worker can claim is found again and again.
func (w *worker[In, Out]) pick(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, pickTimeout)
	defer cancel()
	ids, err := w.picker.Pick(ctx, time.Now().Add(-pickAfter), picks)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(ids, w.task.seen.Has)
}

// pass sends an event for a job that waits, since a new event finds the slot free sooner
// than one that was throttled. At the end of a chain, or if it fails, the sweep starts the job.
func (w *worker[In, Out]) pass(ctx context.Context, id string) {
	if selfinvoke.Hop(ctx) < mostPassed {
		_ = w.task.task.Invoke(taskctx.Other(ctx, id), payload{id: id})
	}
}

// run returns no error for a job that the sweep starts.
func (w *worker[In, Out]) run(ctx context.Context, p payload) error {
	err := w.task.run(ctx, p)
	if retry, ok := err.(*jobstore.RetryError); ok && retry.Waits {
		return nil
	}
	return err
}

// next runs the first of the jobs that no other invocation has taken.
func (w *worker[In, Out]) next(ctx context.Context, ids []string) (took time.Duration) {
	for _, id := range ids {
		began, ran := time.Now(), false
		err := w.task.runWith(taskctx.Other(ctx, id), payload{id: id}, func(ctx context.Context, job *jobstore.Job[In, Out]) (Out, error) {
			ran = true
			return w.other(ctx, job)
		})
		if retry, ok := err.(*jobstore.RetryError); ran || !ok || !retry.Waits {
			return time.Since(began)
		}
	}
	return 0
}

// other handles a job that is not the event's. It had less time than in an invocation of its
// own, so an attempt that the end of the time stops does not count. The sweep starts the job.
func (w *worker[In, Out]) other(ctx context.Context, job *jobstore.Job[In, Out]) (Out, error) {
	out, err := w.task.handler(ctx, job)
	stopped := ctx.Err() == context.DeadlineExceeded && errors.Is(err, context.DeadlineExceeded)
	if !stopped || job.Uncounted >= mostStopped {
		return out, err
	}
	w.opts.Logger.InfoContext(ctx, "jobtask: the time was over for a job that waited, which is started again", "job", job.ID, "attempt", job.Attempt)
	return out, jobstore.Snooze(0)
}

// third is a third of the invocation's time, which a job has at least.
func third(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline) / 3
}

// timeFor is true when the invocation has time for something that takes d.
func timeFor(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) > d && ctx.Err() == nil
}
