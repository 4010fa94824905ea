package lambdalocal

import "time"

// retryWaits are Lambda's waits before the first and the second retry of an
// asynchronous event; throttled events wait from firstThrottleWait, doubling, up
// to lastThrottleWait (AWS "invocation-async-error-handling").
var retryWaits = [maxRetries]time.Duration{time.Minute, 2 * time.Minute}

const (
	firstThrottleWait = time.Second
	lastThrottleWait  = 5 * time.Minute
)

// event is an asynchronous invocation in the queue.
type event struct {
	*invocation
	queued   time.Time
	attempts int     // throttled ones do not count
	ran      outcome // of the latest attempt
	throttle time.Duration
}

// enqueue starts the event, and its duplicate if there is one, in goroutines of
// their own. Without follows the chain is too long, and the event is discarded.
func (i *invocation) enqueue(follows bool) error {
	faults := i.fn.local.faults
	i.note("queued")
	if !follows {
		i.note("stopped: recursive loop")
		return i.start(0, (*event).stopped)
	}
	if faults.strikes(faults.Duplicate, "duplicate", i) {
		delay := faults.delay(i)
		i.note("fault: a duplicate comes %.0f s later", delay.Seconds())
		if err := i.start(delay, (*event).process); err != nil {
			return err
		}
	}
	return i.start(0, (*event).process)
}

func (i *invocation) start(delay time.Duration, process func(*event)) error {
	if err := i.fn.local.begin(); err != nil {
		return err
	}
	e := &event{invocation: i, queued: time.Now(), throttle: firstThrottleWait}
	go func() {
		defer i.fn.local.work.Done()
		if delay == 0 || i.fn.local.pause(delay) {
			process(e)
		}
	}()
	return nil
}

func (e *event) stopped() { e.discard(conditionRetries, outcome{}) }

// process runs the event, and its retries under the same request ID, until it
// succeeds, is discarded, or Close is called.
func (e *event) process() {
	if e.fn.slots.limit == 0 {
		e.discard(conditionZero, outcome{}) // every attempt would be throttled
		return
	}
	for {
		result, err := e.admitted()
		wait := e.throttle
		if err != nil {
			e.throttle = min(2*e.throttle, lastThrottleWait)
		} else if e.attempts, e.ran = e.attempts+1, result; result.err == nil {
			e.succeed()
			return
		} else if e.attempts > e.fn.options.MaximumRetryAttempts {
			e.discard(conditionRetries, result)
			return
		} else {
			wait = retryWaits[e.attempts-1]
		}
		if !e.wait(wait, result) {
			return
		}
	}
}

// wait waits before the next attempt. It reports false if there is none, because of
// the event's age or Close.
func (e *event) wait(d time.Duration, last outcome) bool {
	local := e.fn.local
	left := local.scaled(e.fn.options.MaximumEventAge) - time.Since(e.queued)
	expires := left <= local.scaled(d)
	if !expires {
		e.note("tried again in %v", local.scaled(d))
	}
	if !sleep(local.ctx, min(left, local.scaled(d))) {
		local.countDropped()
		e.note("dropped by Close")
		e.log("lambdalocal: event dropped by Close before its retry", nil)
		return false
	}
	if expires {
		e.discard(conditionAge, last)
	}
	return !expires
}
