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
	op     string // "create", "get", "claim", "report", "settle", "cancel" or "retry"
	now    int64  // the clock during the request, in milliseconds
	max    int    // create: attempts
	start  int64  // create: when the job is due; 0 is at once
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
	output   string // the result, or what a claim has so far
	canceled bool
	free     int64 // when it is due, or the lease ends; 0 is at once, and of a finished job
}

// state is one job. ended is the token of a claim that was settled, and by that of the
// claim that found the job abandoned.
type state struct {
	seen
	exists    bool
	hold      bool
	token     string
	ended     string
	by        string
	beats     int
	uncounted int
	at        int64 // of the latest claim, or of what has ended the job
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
		return cancel(s, c)
	case "retry":
		return retry(s, c)
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
	if c.start <= c.now {
		c.start = 0
	}
	return state{exists: true, hold: c.hold, seen: seen{status: jobstore.Pending, max: c.max, free: c.start}}, nil
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
		s.status, s.token, s.by, s.free, s.output, s.at = jobstore.Failed, "", c.token, 0, "", c.now
		return s, jobstore.ErrAbandoned
	}
	s.status, s.token, s.free, s.beats, s.output, s.at = jobstore.Processing, c.token, c.until, 0, "", c.now
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
	if c.beat.Partial != nil {
		s.output = c.beat.Partial.(string)
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
		s.free = max(c.now, s.at+1, c.due())
	}
	if c.result.Uncounted {
		s.max++
		s.uncounted++
	}
	s.at = c.now
	return s, nil
}

// due is when the job is due that a settle returns, 0 for at once.
func (c call) due() int64 {
	if c.result.ClaimableFrom.IsZero() {
		return 0
	}
	return c.result.ClaimableFrom.UnixMilli()
}

// retry reopens a job that has failed, with as many attempts as it had at first, and later
// than it failed.
func retry(s state, c call) (state, error) {
	switch {
	case !s.exists:
		return s, jobstore.ErrNotFound
	case s.status == jobstore.Complete, s.canceled:
		return s, jobstore.ErrFinished
	case s.status != jobstore.Failed:
		return s, jobstore.ErrUnfinished
	}
	s.max, s.uncounted = s.attempt+max(s.max-s.uncounted, 1), s.attempt
	s.status, s.token, s.ended, s.by, s.free = jobstore.Pending, "", "", "", max(c.now, s.at+1)
	return s, nil
}

func cancel(s state, c call) (state, error) {
	switch {
	case !s.exists:
		return s, jobstore.ErrNotFound
	case s.canceled:
		return s, nil
	case s.status.Finished():
		return s, jobstore.ErrFinished
	}
	s.status, s.canceled, s.token, s.ended, s.free, s.output, s.at = jobstore.Failed, true, "", "", 0, "", c.now
	return s, nil
}

func see(j *jobstore.Job[string, string]) seen {
	if j == nil {
		return seen{}
	}
	s := seen{status: j.Status, attempt: j.Attempt, max: j.MaxAttempts, progress: j.Progress, output: j.Output, canceled: j.Canceled}
	for _, free := range []time.Time{j.ClaimableFrom, j.LeaseUntil} { // one at most
		if !free.IsZero() {
			s.free = free.UnixMilli()
		}
	}
	return s
}

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
