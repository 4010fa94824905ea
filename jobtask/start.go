package jobtask

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Start creates a job with the given ID and has the function run it. It returns as
// soon as the store has the job and Lambda has the event. A job whose
// [jobstore.CreateOptions.StartAt] is later than in ten seconds gets no event: a
// [jobstore.Sweep] starts it.
//
// Call it for each redelivery of a webhook, with the delivery's key
// (webhook.Delivery.Key). A job that has begun is left alone, except that [Options].RetryFailed reopens one that
// failed. A repeat with another input
// is told to [Options].OnConflict, whose error Start returns. A job that exists and has not begun is handed over again, as
// the call that created it may have failed before its invoke. If both events arrive,
// one of them runs nothing; when the job takes longer than Lambda's two retries,
// three minutes in all, that event ends in the dead-letter queue.
//
// When the sender says that it delivers again, as Slack does in a header, set
// [jobstore.CreateOptions.Redelivered]: the job is then looked for before it is created.
//
// Start fails with the store's error or a [*selfinvoke.InvokeError]. Return the
// error, so that the sender delivers the webhook again. If the sender does not,
// [jobstore.Sweep] finds the job. The error is [selfinvoke.ErrNotWrapped] if the running
// function would refuse the event, because the task was not passed to [selfinvoke.Wrap].
func (t *Task[In, Out]) Start(ctx context.Context, id string, input In, opts ...func(*jobstore.CreateOptions)) error {
	if id == "" { // the store would make one
		return &jobstore.Error{Op: "create", Err: fmt.Errorf("%w: id is empty", jobstore.ErrInvalid)}
	}
	job, err := t.store.Create(ctx, input, func(o *jobstore.CreateOptions) {
		option.Apply("jobtask: Start", o, opts)
		o.ID, o.Redelivered = id, o.Redelivered || t.seen.Has(id)
	})
	if errors.Is(err, jobstore.ErrExists) {
		if run, err := t.existing(ctx, job, input); !run || err != nil {
			t.remember(id, job.Status)
			return err
		}
	} else if err != nil {
		return err
	}
	if time.Until(job.ClaimableFrom) > soon {
		return nil
	}
	return t.task.Invoke(ctx, newPayload(id, job.Size))
}

// remember has the next repeat of a finished job cost a read, also where another function runs
// the jobs.
func (t *Task[In, Out]) remember(id string, status jobstore.Status) {
	if status.Finished() {
		t.seen.Add(id)
	}
}

// soon is what an event may wait for in its own invocation, see [jobstore.RunOptions]
// MaxWait.
const soon = 10 * time.Second
