package selfinvoke

import (
	"context"
	"fmt"
)

// seal seals e for the function to invoke. Without keys it does nothing.
func (t *Task[T]) seal(ctx context.Context, function string, e *envelope) error {
	if !t.sealed() {
		return nil
	}
	if e.Audience = t.audience(ctx, function); e.Audience == "" {
		return fmt.Errorf("%w: the seal names its account and region; set Options.Function to an ARN, or set Options.Audience", ErrNoFunction)
	}
	t.opts.Keys.seal(e)
	return nil
}

// verify refuses an envelope that was not sealed for the function that is running.
// Without keys it accepts every envelope.
func (t *Task[T]) verify(ctx context.Context, e *envelope) error {
	if !t.sealed() {
		return nil
	}
	if err := t.opts.Keys.verify(e, t.opts.MaxAge); err != nil {
		return err
	}
	switch t.audience(ctx, running(ctx)) {
	case e.Audience:
		return nil
	case "":
		return fmt.Errorf("%w: the running function is unknown, because the context is not Lambda's; set Options.Audience", ErrEnvelope)
	}
	return fmt.Errorf("%w: it was sealed for another function or audience", ErrEnvelope)
}

// audience returns for whom an envelope to the function is sealed, or "" if that is not
// known. Versions and aliases of one function are one audience.
func (t *Task[T]) audience(ctx context.Context, function string) string {
	if t.opts.Audience != "" {
		return t.opts.Audience
	}
	return parseFunction(function).within(parseFunction(running(ctx))).arn()
}
