package crosscheck_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// The model is the contract of jobstore.JobStore, written from its documentation for
// one job. It shares no code with the stores.

// call is one request to a store.
type call struct {
	op     string // "create", "get", "claim", "report", "settle" or "cancel"
	now    int64  // the clock during the request, in milliseconds
	max    int    // create: attempts
	hold   bool   // create: what happens when the lease runs out
	token  string // claim, report, settle
	number int    // report, settle: the attempt
	until  int64  // claim, report: end of the lease
	beat   jobstore.Heartbeat
	result jobstore.Outcome[string]
}

// answer is what the caller saw. An answer that was lost is unknown.
type answer struct {
	unknown bool
	err     error // one of the sentinels, or another error
	job     seen
}

// seen is what a caller can see of a job.
type seen struct {
	status   jobstore.Status
	attempt  int
	max      int
	progress int
	output   string
	canceled bool
}

// state is one job. ended is the token of a claim that was settled, and by that of the
// claim that found the job abandoned.
type state struct {
	seen
	exists bool
	hold   bool
	token  string
	ended  string
	by     string
	free   int64 // claimable from
	beats  int
}

func model() porcupine.Model {
	return (&porcupine.NondeterministicModel{
		Init: func() []any { return []any{state{}} },
		Step: func(s, in, out any) []any {
			return step(s.(state), in.(call), out.(answer))
		},
		DescribeOperation: func(in, out any) string { return describe(in.(call), out.(answer)) },
	}).ToModel()
}

func describe(c call, got answer) string {
	text := fmt.Sprintf("%d %s %s/%d %s%d -> %+v", c.now, c.op, c.token, c.number, c.result.Status, c.beat.Seq, got.job)
	if got.unknown {
		text += " (lost)"
	}
	if got.err != nil {
		text += " " + got.err.Error()
	}
	return text
}

// step returns the states after c, if the store may give that answer.
func step(s state, c call, got answer) []any {
	next, err := apply(s, c)
	switch {
	case got.unknown:
		return []any{s, next}
	case !agrees(err, got.err):
		return nil
	case c.op != "report" && c.op != "settle" && err != jobstore.ErrNotFound && got.job != next.seen:
		return nil
	}
	return []any{next}
}

// agrees compares an error with the one that the contract names. An ErrAbandoned is
// an ErrFinished too, so the more special one is asked for first.
func agrees(want, got error) bool {
	for _, sentinel := range []error{jobstore.ErrAbandoned, jobstore.ErrFinished, jobstore.ErrCanceled, jobstore.ErrLeaseLost} {
		if is := errors.Is(got, sentinel); is || want == sentinel {
			return is && want == sentinel
		}
	}
	return errors.Is(got, want) && (got == nil) == (want == nil)
}

func apply(s state, c call) (state, error) {
	switch c.op {
	case "create":
		return create(s, c)
	case "claim":
		return claim(s, c)
	case "report":
		return report(s, c)
	case "settle":
		return settle(s, c)
	case "cancel":
		return cancel(s)
	}
	if !s.exists {
		return s, jobstore.ErrNotFound
	}
	return s, nil
}

func create(s state, c call) (state, error) {
	if s.exists {
		return s, jobstore.ErrExists
	}
	return state{exists: true, hold: c.hold, seen: seen{status: jobstore.Pending, max: c.max}}, nil
}

func claim(s state, c call) (state, error) {
	switch {
	case !s.exists:
		return s, jobstore.ErrNotFound
	case s.status.Finished() && s.by == c.token:
		return s, jobstore.ErrAbandoned
	case s.status.Finished():
		return s, jobstore.ErrFinished
	case s.status == jobstore.Processing && s.token == c.token:
		return s, nil
	case s.status == jobstore.Processing && s.free > c.now:
		return s, jobstore.ErrLeased
	case s.status == jobstore.Pending && s.free > c.now:
		return s, jobstore.ErrNotDue
	case s.status == jobstore.Processing && s.hold, s.attempt >= s.max:
		s.status, s.token, s.by = jobstore.Failed, "", c.token
		return s, jobstore.ErrAbandoned
	}
	s.status, s.token, s.free, s.beats = jobstore.Processing, c.token, c.until, 0
	s.attempt++
	return s, nil
}

func (s state) heldBy(c call) bool {
	return s.exists && s.status == jobstore.Processing && s.token == c.token && s.attempt == c.number
}

func (s state) lost() error {
	if s.canceled {
		return jobstore.ErrCanceled
	}
	return jobstore.ErrLeaseLost
}

func report(s state, c call) (state, error) {
	switch {
	case !s.heldBy(c):
		return s, s.lost()
	case s.beats >= c.beat.Seq:
		return s, nil
	}
	s.beats, s.free = c.beat.Seq, c.until
	if c.beat.Progress != nil {
		s.progress = c.beat.Progress.Percent
	}
	return s, nil
}

func settle(s state, c call) (state, error) {
	switch {
	case s.ended == c.token && s.attempt == c.number && s.status == c.result.Status:
		return s, nil
	case !s.heldBy(c):
		return s, s.lost()
	}
	s.status, s.output, s.token, s.ended, s.free = c.result.Status, c.result.Output, "", c.token, 0
	if s.status == jobstore.Pending {
		s.free = c.now
	}
	if c.result.Uncounted {
		s.max++
	}
	return s, nil
}

func cancel(s state) (state, error) {
	switch {
	case !s.exists:
		return s, jobstore.ErrNotFound
	case s.canceled:
		return s, nil
	case s.status.Finished():
		return s, jobstore.ErrFinished
	}
	s.status, s.canceled, s.token, s.ended = jobstore.Failed, true, "", ""
	return s, nil
}

func see(j *jobstore.Job[string, string]) seen {
	if j == nil {
		return seen{}
	}
	return seen{j.Status, j.Attempt, j.MaxAttempts, j.Progress, j.Output, j.Canceled}
}

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
