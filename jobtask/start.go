package jobtask

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Start creates the job called id and has the function run it. It returns as soon
// as both are accepted. With the ID of a webhook's delivery it may be called
// again for each redelivery: a job that has begun is left alone. One that exists
// and has not begun is handed over again, since the call that created it may
// have failed after that; should both events arrive, one of them runs nothing.
// Where the job takes longer than Lambda's two retries, three minutes in all, that
// one ends in the dead-letter queue, although the job is in good hands.
//
// It fails with the store's error or a [*selfinvoke.InvokeError]. The sender of
// the webhook should then deliver it again; if he does not, [jobstore.Sweep]
// finds the job.
func (t *Task[In, Out]) Start(ctx context.Context, id string, input In, opts ...func(*jobstore.CreateOptions)) error {
	if id == "" { // the store would make one
		return &jobstore.Error{Op: "create", Err: fmt.Errorf("%w: id is empty", jobstore.ErrInvalid)}
	}
	withID := func(o *jobstore.CreateOptions) { o.ID = id }
	job, err := t.store.Create(ctx, input, append(slices.Clip(opts), withID)...) // the caller's slice may be shared
	if errors.Is(err, jobstore.ErrExists) {
		if job.Status != jobstore.Pending || job.Attempt > 0 {
			return nil
		}
	} else if err != nil {
		return err
	}
	return t.task.Invoke(ctx, id)
}
