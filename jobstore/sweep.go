package jobstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Stuck is an unfinished job that a sweep is to start.
type Stuck struct {
	ID        string
	Status    Status    // Pending or Processing
	Since     time.Time // when a sweep was to look at it
	HandOvers int       // how often a sweep has started it since its latest claim
	Waited    bool      // it waited until it was due, so no trigger was sent for it
}

// Sweeper is a [JobStore] that can find unfinished jobs. Find a wrapped store's with
// [As].
type Sweeper interface {
	// Stuck yields, in any order, each pending job that has waited until it was due, or
	// that was due longer ago than its trigger ever takes (the store's option PickUp),
	// and each processing job whose lease has ended, as of now. What it yields may be
	// out of date by a second: a claim decides. It yields no job twice. It ends after an
	// error. Its memory does not grow with the number of jobs.
	Stuck(ctx context.Context, now time.Time) iter.Seq2[Stuck, error]
}

// Rearmer is a [Sweeper] whose jobs are not found again until they had time to start.
type Rearmer interface {
	// Rearm has sweeps look at a job again at the given time, and not before, and
	// counts a hand-over ([Job.HandOvers]). It is false, and changes nothing, when the
	// job was claimed or another sweep was faster since it was found. It does not keep
	// anyone from claiming the job.
	//
	// Since found.Since is all that tells one look from another, at is another time. It
	// may be an earlier one: so a sweep takes back a start that failed.
	Rearm(ctx context.Context, found Stuck, at time.Time) (bool, error)
}

// SweepOptions are the optional settings of [Sweep].
type SweepOptions struct {
	// Backoff is how long a job that was started has time to be claimed, before a
	// sweep starts it again: 1 is the first time since its latest claim. Less than a
	// second is a second. Default is [Exponential] from 15 min to 2 h: throttled events
	// wait in Lambda's queue for up to six hours, and each start is another event.
	Backoff func(handOvers int) time.Duration

	// MaxUnclaimed is the most jobs that a sweep starts of those that are pending though a
	// trigger was sent for them. Their events may still wait in Lambda's queue, where more
	// events do not help. The next sweeps start the others. Default 0, for all of them.
	MaxUnclaimed int

	// Margin is how long before the context's deadline Sweep stops. The next sweep goes
	// on from there. Default 2 s.
	Margin time.Duration

	// Now is the clock. Default [time.Now].
	Now func() time.Time

	// Logger gets one line about a sweep that has found something. Default
	// [slog.Default].
	Logger *slog.Logger
}

// Swept is what a [Sweep] has done.
type Swept struct {
	Started int  `json:"started"` // jobs that were handed over
	Taken   int  `json:"taken"`   // jobs that were claimed, or started by another sweep, since they were found
	Failed  int  `json:"failed"`  // jobs that could not be handed over, see the error
	Left    int  `json:"left"`    // jobs that MaxUnclaimed left to the next sweep
	Early   bool `json:"early"`   // the time was over before the last job
}

// maxSweepErrors bounds the errors that Sweep keeps.
const maxSweepErrors = 10

// Sweep calls fn for each stuck job: one that has waited until it is due, one that is
// pending for too long, since its trigger was lost or its stream mapping gave up, and one
// that is processing under a lease that ran out, since its worker died. fn makes a worker
// call [Run], which claims the job, or settles it when no attempt is left. Call Sweep on
// a schedule, each minute: a job that waits starts up to that late.
//
// With a store that is a [Rearmer], each job is started by one sweep only, and again
// only after [SweepOptions.Backoff]. That costs a write for each start. With any other
// store a job is started by each sweep until a worker claims it, which does no harm.
//
// Sweep goes on after an error of fn; the first ten are joined in the error that it
// returns. A job whose fn fails is found again after a minute, by a second write.
// Sweep panics when sweeper or fn is nil or an option is out of range.
func Sweep(ctx context.Context, sweeper Sweeper, fn func(context.Context, Stuck) error, opts ...func(*SweepOptions)) (Swept, error) {
	if sweeper == nil {
		panic("jobstore: Sweep: sweeper is nil")
	}
	if fn == nil {
		panic("jobstore: Sweep: fn is nil")
	}
	s := &sweep{opts: sweepOptions(opts), start: fn}
	s.rearmer, _ = sweeper.(Rearmer)
	err := s.run(ctx, sweeper)
	s.log(ctx, err)
	return s.Swept, err
}

// sweep is one call of Sweep.
type sweep struct {
	Swept
	opts    SweepOptions
	start   func(context.Context, Stuck) error
	rearmer Rearmer // nil when the store is none
	errs    []error

	unclaimed int
}

func (s *sweep) run(ctx context.Context, sweeper Sweeper) error {
	search, cancel := ahead(ctx, s.opts.Margin)
	defer cancel()
	work, cancel := ahead(ctx, s.opts.Margin/2)
	defer cancel()
	for job, err := range sweeper.Stuck(search, s.opts.Now()) {
		if s.Early = search.Err() != nil && ctx.Err() == nil; s.Early {
			break
		}
		if err != nil {
			s.errs = append(s.errs, err)
			break
		}
		if s.leaves(job) {
			s.Left++
			continue
		}
		s.handOver(ctx, work, job)
	}
	return errors.Join(s.errs...)
}

// leaves is true of a job that is left to the next sweep.
func (s *sweep) leaves(job Stuck) bool {
	if s.opts.MaxUnclaimed == 0 || job.Status != Pending || job.Waited {
		return false
	}
	s.unclaimed++
	return s.unclaimed > s.opts.MaxUnclaimed
}

// ahead ends that much before ctx does.
func ahead(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-d))
	}
	return context.WithCancel(ctx)
}

// handOver starts job while work lasts. The time from then to the end of ctx is for taking
// back what did not start.
func (s *sweep) handOver(ctx, work context.Context, job Stuck) {
	at, mine, err := s.rearm(work, job)
	if mine && err == nil {
		if err = s.start(work, job); err != nil {
			s.takeBack(ctx, job, at)
		}
	}
	switch {
	case err != nil:
		s.fail(job, err)
	case mine:
		s.Started++
	default:
		s.Taken++
	}
}

func (s *sweep) rearm(ctx context.Context, job Stuck) (at time.Time, mine bool, err error) {
	if s.rearmer == nil {
		return at, true, nil
	}
	at = s.opts.Now().Add(max(s.opts.Backoff(job.HandOvers+1), time.Second))
	mine, err = s.write(ctx, job, at)
	return at, mine, err
}

// write returns a moment after the timeout at the latest, see ask: a store that hangs or panics for
// one job keeps no other from being started.
func (s *sweep) write(ctx context.Context, job Stuck, at time.Time) (mine bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, rearmTimeout)
	defer cancel()
	return ask(ctx, "sweep", job.ID, func(ctx context.Context) (bool, error) { return s.rearmer.Rearm(ctx, job, at) })
}

// takeBack has the next sweep find a job whose start has failed, unless it was claimed
// all the same. If the write fails, the job is found after the back-off.
func (s *sweep) takeBack(ctx context.Context, job Stuck, at time.Time) {
	soon := s.opts.Now().Add(startAgain)
	if s.rearmer == nil || !soon.Before(at) {
		return
	}
	ctx, cancel := ahead(ctx, s.opts.Margin/4)
	defer cancel()
	job.Since = at
	_, _ = s.write(ctx, job, soon)
}

// rearmTimeout limits the write for one job, so that a dead connection does not cost the
// others the sweep's time.
const rearmTimeout = 5 * time.Second

// startAgain is when a job is started again whose start has failed.
const startAgain = time.Minute

func (s *sweep) fail(job Stuck, err error) {
	s.Failed++
	if len(s.errs) < maxSweepErrors {
		s.errs = append(s.errs, &Error{Op: "sweep", ID: job.ID, Err: err})
	}
}

func (s *sweep) log(ctx context.Context, err error) {
	level := slog.LevelInfo
	switch {
	case err != nil:
		level = slog.LevelError
	case s.Swept == Swept{}:
		return
	}
	attrs := []any{"started", s.Started, "taken", s.Taken, "failed", s.Failed, "left", s.Left, "early", s.Early}
	if err != nil {
		attrs = append(attrs, "error", err)
	}
	s.opts.Logger.Log(ctx, level, "jobstore: sweep", attrs...)
}

// sweepBackoff is the default of [SweepOptions.Backoff].
var sweepBackoff = Exponential(15*time.Minute, 2*time.Hour)

func sweepOptions(opts []func(*SweepOptions)) SweepOptions {
	o := SweepOptions{Backoff: sweepBackoff, Margin: 2 * time.Second, Now: time.Now, Logger: slog.Default()}
	option.Apply("jobstore: Sweep", &o, opts)
	switch {
	case o.Backoff == nil:
		panic("jobstore: Sweep: SweepOptions.Backoff is nil")
	case o.MaxUnclaimed < 0:
		panic(fmt.Sprintf("jobstore: Sweep: SweepOptions.MaxUnclaimed is %d, want at least 0", o.MaxUnclaimed))
	case o.Margin < 0:
		panic("jobstore: Sweep: SweepOptions.Margin is " + o.Margin.String() + ", want at least 0s")
	case o.Now == nil:
		panic("jobstore: Sweep: SweepOptions.Now is nil")
	case o.Logger == nil:
		panic("jobstore: Sweep: SweepOptions.Logger is nil")
	}
	return o
}
