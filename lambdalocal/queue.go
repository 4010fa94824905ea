package lambdalocal

import (
	"bytes"
	"context"
	"time"
)

// retryWaits are Lambda's waits before the first and the second retry of an
// asynchronous event (AWS "invocation-async-error-handling").
var retryWaits = [maxRetries]time.Duration{time.Minute, 2 * time.Minute}

// enqueue starts the event in a goroutine of its own: a Local never throttles.
func (i *invocation) enqueue() error {
	if err := i.fn.local.begin(); err != nil {
		return err
	}
	go func() {
		defer i.fn.local.work.Done()
		i.process()
	}()
	return nil
}

// process runs the event, and its retries under the same request ID.
func (i *invocation) process() {
	for retry := 0; ; retry++ {
		result := i.run()
		if result.err == nil {
			return
		}
		if retry == i.fn.options.MaxRetries {
			i.deadLetter(result.err)
			return
		}
		if !i.fn.local.pause(retryWaits[retry]) {
			i.fn.local.countDropped()
			i.log("lambdalocal: event dropped by Close before its retry", result.err)
			return
		}
	}
}

func (i *invocation) deadLetter(err *FunctionError) {
	if i.fn.options.DeadLetter == nil {
		i.log("lambdalocal: event lost, no retries left and no dead letter", err)
		return
	}
	i.fn.options.DeadLetter(context.WithoutCancel(i.fn.local.ctx), bytes.Clone(i.payload), err)
}
