package jobtask

import (
	"context"
	"log/slog"

	"github.com/asyncpatterns/asyncpatterns/internal/input"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Conflict is a call of [Task.Start] with the ID of a job that has another input. Either
// the sender has sent two versions of one event, as Stripe does when it counts down
// pending_webhooks, or two events have one ID.
type Conflict struct {
	ID     string
	Status jobstore.Status // of the job that exists
	Stored any             // the input of that job, of the store's type
	Given  any             // the input given to Start, of the same type
}

// log is the default of Options.OnConflict.
func (c Conflict) log(ctx context.Context, logger *slog.Logger) error {
	logger.WarnContext(ctx, "jobtask: a job with this ID and another input exists", "job", c.ID, "status", string(c.Status))
	return nil
}

// compare tells of a job that exists with another input.
func (t *Task[In, Out]) compare(ctx context.Context, job *jobstore.Job[In, Out], given In) error {
	if input.Same(job.Input, given) {
		return nil
	}
	return t.onConflict(ctx, Conflict{ID: job.ID, Status: job.Status, Stored: job.Input, Given: given})
}
