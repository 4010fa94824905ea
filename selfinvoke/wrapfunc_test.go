package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func TestWrapFunc(t *testing.T) {
	boom := errors.New("boom")
	h := selfinvoke.WrapFunc(func(_ context.Context, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
		if r.Body == "fail" {
			return events.LambdaFunctionURLResponse{}, boom
		}
		return events.LambdaFunctionURLResponse{StatusCode: 200, Body: "got " + r.Body}, nil
	})
	out, err := h.Invoke(t.Context(), []byte(`{"body":"it"}`))
	if err != nil || !strings.Contains(string(out), `"body":"got it"`) {
		t.Errorf("got %s, %v", out, err)
	}
	if _, err := h.Invoke(t.Context(), []byte(`{"body":"fail"}`)); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if _, err := h.Invoke(t.Context(), []byte(`["secret"]`)); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "LambdaFunctionURLRequest") {
		t.Errorf("got %v", err)
	}
	if _, err := h.Invoke(t.Context(), []byte(`{"isAsync":true}`)); !errors.Is(err, selfinvoke.ErrEnvelope) {
		t.Errorf("got %v", err)
	}
}

// indiscreet is a result whose encoding error shows its content.
type indiscreet struct{}

func (indiscreet) MarshalJSON() ([]byte, error) { return nil, errors.New("cannot encode secret") }

func TestWrapFuncsErrorsHoldNoAnswer(t *testing.T) {
	h := selfinvoke.WrapFunc(func(context.Context, any) (indiscreet, error) { return indiscreet{}, nil })
	out, err := h.Invoke(t.Context(), []byte(`{}`))
	if err == nil || out != nil {
		t.Fatalf("got %s, %v, want an error", out, err)
	}
	if strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "indiscreet") {
		t.Errorf("got %s, %v", out, err)
	}
}

// TestPayloadWithPointerMethods keeps what such a method encodes.
func TestPayloadWithPointerMethods(t *testing.T) {
	type order struct{ Total big.Int }
	client, got := &fake{}, ""
	task := selfinvoke.NewTask("t", client, func(_ context.Context, o order) error {
		got = o.Total.String()
		return nil
	})
	h := selfinvoke.WrapFunc(func(ctx context.Context, _ any) (any, error) {
		return nil, task.Invoke(ctx, order{*big.NewInt(7)})
	}, task)
	if _, err := h.Invoke(unwrapped(t), []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Invoke(unwrapped(t), client.calls[0].Payload); err != nil || got != "7" {
		t.Errorf("got %q and %v, want 7", got, err)
	}
}

// TestInvocationsShareNothing runs many at once in one process, as Lambda Managed
// Instances do: each gets its own result, ID and metadata.
func TestInvocationsShareNothing(t *testing.T) {
	client := &lockedFake{}
	task := selfinvoke.NewTask("t", client, func(ctx context.Context, n int) error {
		if got := selfinvoke.Metadata(ctx)["n"]; got != fmt.Sprint(n) || selfinvoke.Hop(ctx) != 1 {
			return fmt.Errorf("metadata %s, hop %d in task %d", got, selfinvoke.Hop(ctx), n)
		}
		return nil
	})
	h := selfinvoke.WrapFunc(func(ctx context.Context, n int) (string, error) {
		ctx = selfinvoke.WithMetadata(ctx, map[string]string{"n": fmt.Sprint(n)})
		return fmt.Sprint(n), task.Invoke(ctx, n)
	}, task)
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			if out, err := h.Invoke(invocation(t), fmt.Append(nil, n)); err != nil || string(out) != fmt.Sprintf(`"%d"`, n) {
				t.Errorf("%d got %s, %v", n, out, err)
			}
		})
	}
	all.Wait()
	for _, in := range client.calls {
		all.Go(func() {
			if _, err := h.Invoke(invocation(t), in.Payload); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(client.calls) != 200 {
		t.Errorf("%d events", len(client.calls))
	}
}

// TestWrapAllocations: the synchronous path allocates nothing of its own.
func TestWrapAllocations(t *testing.T) {
	event, ctx := functionURLEvent(t), t.Context()
	h := selfinvoke.Wrap(bare, selfinvoke.NewTask("t", &fake{}, func(context.Context, int) error { return nil }))
	if n := testing.AllocsPerRun(100, func() { _, _ = h.Invoke(ctx, event) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestEnvelopeAllocations: skim reads the envelope. encoding/json makes 33 allocations
// for this one.
func TestEnvelopeAllocations(t *testing.T) {
	client, ctx := &fake{}, invocation(t)
	task := selfinvoke.NewTask("t", client, func(context.Context, slackMessage) error { return nil })
	if err := task.Invoke(ctx, slackMessage{"hello", "C024BE91L", "U061F7AUR", "1795428000.000100", []string{"a", "b"}}); err != nil {
		t.Fatal(err)
	}
	event, h := client.calls[0].Payload, selfinvoke.Wrap(bare, task)
	if n := testing.AllocsPerRun(100, func() { _, _ = h.Invoke(ctx, event) }); n > 24 {
		t.Errorf("%v allocations", n)
	}
}
