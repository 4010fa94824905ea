package jobstore

import (
	"context"
	"log/slog"
	"time"
)

// log writes one line about a job that was not done. Nothing has failed for good.
func (r *run[In, Out]) log(ctx context.Context, err error) {
	text := printable(err, r.textTime())
	r.opts.log(ctx, slog.LevelWarn, "jobstore: job not done", "job", r.id, "error", text)
}

// logAttempt writes one line about a failed attempt: an error when it was the last. An
// attempt that was snoozed has not failed.
func (r *run[In, Out]) logAttempt(ctx context.Context, v verdict, next Status, due time.Time) {
	if v.snoozed() {
		r.opts.info(ctx, "jobstore: job snoozed", "job", r.id, "due", due)
		return
	}
	level := slog.LevelWarn
	attrs := []any{"job", r.id, "attempt", r.claim.Attempt, "next", string(next), "error", v.text}
	if !due.IsZero() {
		attrs = append(attrs, "due", due)
	}
	if next == Failed {
		level = slog.LevelError
		if !due.IsZero() {
			attrs = append(attrs, "expires", r.job.ExpiresAt)
		}
	}
	if p, ok := v.err.(*PanicError); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	r.opts.log(ctx, level, "jobstore: attempt failed", attrs...)
}

// observe calls the hook for a job that has failed for good.
func (r *run[In, Out]) observe(ctx context.Context, job *Job[In, Out], err error) {
	defer func() {
		if v := recover(); v != nil {
			r.log(ctx, &PanicError{Value: v})
		}
	}()
	r.opts.OnFailed(ctx, Failure{
		ID: r.id, Attempt: job.Attempt, MaxAttempts: job.MaxAttempts,
		CreatedAt: job.CreatedAt, Metadata: job.Metadata, Err: err,
	})
}

func (o *RunOptions) info(ctx context.Context, msg string, attrs ...any) {
	o.log(ctx, slog.LevelInfo, msg, attrs...)
}

func (o *RunOptions) warn(ctx context.Context, msg string, attrs ...any) {
	o.log(ctx, slog.LevelWarn, msg, attrs...)
}

// log survives a handler of the user's that panics: a job must not stay unsettled for
// a line of a log.
func (o *RunOptions) log(ctx context.Context, level slog.Level, msg string, attrs ...any) {
	defer func() { _ = recover() }()
	o.Logger.Log(ctx, level, msg, attrs...)
}
