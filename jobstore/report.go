package jobstore

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// Report stores how far the job whose handler's context this is has come, in
// percent. It writes at most once a second (see [RunOptions.ReportEvery]), and a record of
// more than 10 KB less often (see [RunOptions.PartialUnits]); what is reported in between is
// written later, and the last report always lands, with the outcome at the latest.
//
// It returns when ctx ends, and after [RunOptions.CallTimeout] at the latest. It
// fails with ErrInvalid outside 0 to 100 and outside a handler of [Run], and with
// ErrLeaseLost when another worker has taken the job, which also ends the handler's
// context. Any other failure to write does not affect the job and is returned for
// logging only.
func Report(ctx context.Context, percent int, message string) error {
	h, ok := ctx.Value(holdKey{}).(*hold)
	if !ok {
		return &Error{Op: "report", Err: invalid("the context is not a job handler's")}
	}
	if reason := rules.Progress(percent, message, MaxMessageBytes); reason != "" {
		return &Error{Op: "report", ID: h.id, Err: invalid(reason)}
	}
	return keep(ctx, h, &h.progress, &Progress{Percent: percent, Message: message})
}

type holdKey struct{}

func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }
