package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// walk is a task that takes a minute for each step, with 15 minutes for each
// invocation.
type walk struct {
	mu      sync.Mutex // a duplicate walks beside the event
	steps   int
	begun   []string // the ID of each invocation
	hops    []int
	dead    []lambdalocal.DeadLetter
	trace   string
	elapsed time.Duration
}

func (w *walk) note(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *walk) run(t *testing.T, steps int, faults lambdalocal.Faults, allow bool, opts ...func(*selfinvoke.Options)) {
	synctest.Test(t, func(t *testing.T) {
		local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger, o.Faults = slog.New(slog.DiscardHandler), faults })
		began := time.Now()
		var task *selfinvoke.Task[int]
		task = selfinvoke.NewTask("walk", local.Client(), func(ctx context.Context, left int) error {
			w.note(func() { w.begun, w.hops = append(w.begun, selfinvoke.ID(ctx)), append(w.hops, selfinvoke.Hop(ctx)) })
			for ; left > 0; left-- {
				if selfinvoke.Ending(ctx) {
					return task.Continue(ctx, left)
				}
				time.Sleep(time.Minute)
				w.note(func() { w.steps++ })
			}
			w.note(func() { w.elapsed = time.Since(began) })
			return nil
		}, append(opts, quiet)...)
		start := func(ctx context.Context, steps int) (string, error) { return "started", task.Invoke(ctx, steps) }
		_, err := local.AddFunction("walker", selfinvoke.WrapFunc(start, task), func(o *lambdalocal.FunctionOptions) {
			o.Timeout, o.AllowRecursion, o.MaximumRetryAttempts = 15*time.Minute, allow, 0
			o.DeadLetter = func(d lambdalocal.DeadLetter) { w.note(func() { w.dead = append(w.dead, d) }) }
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("walker"), Payload: fmt.Append(nil, steps)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(12 * time.Hour)
		synctest.Wait()
		local.Close()
		w.trace = local.Trace()
	})
}

// TestContinue walks for forty minutes.
func TestContinue(t *testing.T) {
	var w walk
	w.run(t, 40, lambdalocal.Faults{}, false)
	if w.steps != 40 || w.elapsed != 40*time.Minute || !slices.Equal(w.hops, []int{1, 2, 3}) {
		t.Errorf("%d steps in %v by the hops %v\n%s", w.steps, w.elapsed, w.hops, w.trace)
	}
	if w.begun[1] != w.begun[0]+".1" || w.begun[2] != w.begun[0]+".2" {
		t.Errorf("the IDs were %q", w.begun)
	}
}

// TestContinueOfADuplicate: both deliveries continue under one ID.
func TestContinueOfADuplicate(t *testing.T) {
	var w walk
	w.run(t, 20, lambdalocal.Faults{Duplicate: 1}, false)
	ids := map[string]int{}
	for _, id := range w.begun {
		ids[id]++
	}
	if len(ids) != 2 || len(w.begun) != 6 { // two walks, each of whose continuations comes twice
		t.Errorf("began %v", ids)
	}
}

// TestContinueIsBounded: the error comes before Lambda's own detection would.
func TestContinueIsBounded(t *testing.T) {
	var w walk
	w.run(t, 1000, lambdalocal.Faults{}, false)
	if len(w.hops) != 12 || len(w.dead) != 1 || !strings.Contains(w.dead[0].ErrorMessage, "this would be hop 13, Options.MaxHops is 12") {
		t.Errorf("%d hops, dead letters %+v", len(w.hops), w.dead)
	}
}

// TestContinuePastTheBound needs both settings, MaxHops and RecursiveLoop.
func TestContinuePastTheBound(t *testing.T) {
	more := func(o *selfinvoke.Options) { o.MaxHops = 100 }
	var stopped, allowed walk
	stopped.run(t, 280, lambdalocal.Faults{}, false, more)
	if len(stopped.hops) != 15 || len(stopped.dead) != 1 { // with the first, synchronous invocation 16
		t.Errorf("Lambda stopped it after %d hops, %d dead letters", len(stopped.hops), len(stopped.dead))
	}
	allowed.run(t, 280, lambdalocal.Faults{}, true, more)
	if allowed.steps != 280 || len(allowed.dead) != 0 {
		t.Errorf("%d steps, dead letters %+v", allowed.steps, allowed.dead)
	}
}

func TestContinueOutsideTheTask(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("t", client, func(context.Context, int) error { return nil })
	if err := task.Continue(invocation(t), 1); !errors.Is(err, selfinvoke.ErrNoFunction) || len(client.calls) != 0 {
		t.Errorf("got %v", err)
	}
	var err error
	other := selfinvoke.NewTask("other", client, func(ctx context.Context, _ int) error {
		err = task.Continue(ctx, 1)
		return nil
	})
	if err := other.Invoke(invocation(t), 1); err != nil {
		t.Fatal(err)
	}
	if _, failed := selfinvoke.Wrap(never(t), other).Invoke(invocation(t), client.calls[0].Payload); failed != nil || !errors.Is(err, selfinvoke.ErrNoFunction) || len(client.calls) != 1 {
		t.Errorf("within another task: %v, %v", err, failed)
	}
	if selfinvoke.Ending(invocation(t)) || selfinvoke.ID(t.Context()) != "" || selfinvoke.Hop(t.Context()) != 0 {
		t.Error("a context outside a task has an end, an ID or a hop")
	}
}

// TestRepeatedInvokeIsRecognizable: the SDK repeats a call whose
// response was lost, and Lambda queues both calls under different request IDs.
func TestRepeatedInvokeIsRecognizable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local := lambdalocal.New(func(o *lambdalocal.Options) { o.Faults.LostResponse = 1 })
		defer local.Close()
		ids, requests := map[string]int{}, map[string]int{}
		task := selfinvoke.NewTask("t", local.Client(), func(ctx context.Context, _ int) error {
			lc, _ := lambdacontext.FromContext(ctx)
			ids[selfinvoke.ID(ctx)]++
			requests[lc.AwsRequestID]++
			return nil
		}, func(o *selfinvoke.Options) { o.Function = "f" })
		if _, err := local.AddFunction("f", selfinvoke.Wrap(never(t), task), func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 1 }); err != nil {
			t.Fatal(err)
		}
		if err := task.Invoke(t.Context(), 1); err == nil {
			t.Error("the answer was not lost")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(ids) != 1 || len(requests) != 3 {
			t.Errorf("IDs %v, request IDs %v", ids, requests)
		}
	})
}
