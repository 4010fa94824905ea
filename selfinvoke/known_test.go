package selfinvoke_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func called(arn string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{InvokedFunctionArn: arn})
}

// TestInvokeWithoutWrap: the event would come back to a function that refuses it, so
// there is no call.
func TestInvokeWithoutWrap(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil })
	other := selfinvoke.NewTask("other", client, func(context.Context, string) error { return nil })
	invoke := func(ctx context.Context) error { return task.Invoke(ctx, "a secret") }
	for name, h := range map[string]func(handler lambda.Handler) lambda.Handler{
		"no Wrap":                       func(h lambda.Handler) lambda.Handler { return h },
		"a Wrap without tasks":          func(h lambda.Handler) lambda.Handler { return selfinvoke.Wrap(h) },
		"a Wrap of others":              func(h lambda.Handler) lambda.Handler { return selfinvoke.Wrap(h, other) },
		"the outer of two has not both": func(h lambda.Handler) lambda.Handler { return selfinvoke.Wrap(selfinvoke.Wrap(h, task), other) },
	} {
		for kind, handler := range map[string]lambda.Handler{
			"a handler": handlerFunc(func(ctx context.Context, _ []byte) ([]byte, error) { return nil, invoke(ctx) }),
			"a func":    lambda.NewHandler(invoke),
			"a detached context": handlerFunc(func(ctx context.Context, _ []byte) ([]byte, error) {
				return nil, invoke(context.WithoutCancel(ctx))
			}),
		} {
			_, err := h(handler).Invoke(unwrapped(t), []byte(`{}`))
			var failed *selfinvoke.InvokeError
			if !errors.Is(err, selfinvoke.ErrNotWrapped) || !errors.As(err, &failed) || failed.Task != "answer" || failed.Function != alias {
				t.Errorf("%s, %s: got %v", name, kind, err)
			} else if text := err.Error(); !strings.Contains(text, "selfinvoke.Wrap(handler") || strings.Contains(text, "secret") {
				t.Errorf("%s, %s: the error does not say what to write: %s", name, kind, text)
			}
		}
	}
	if len(client.calls) != 0 {
		t.Errorf("Lambda was called: %d", len(client.calls))
	}
}

// TestInvokeWithoutWrapOverHTTP: the request's context is the invocation's.
func TestInvokeWithoutWrapOverHTTP(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil })
	var err error
	mux := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { err = task.Invoke(r.Context(), "x") })
	for name, h := range map[string]lambda.Handler{"Wrap": lambdahttp.Wrap(mux), "Stream": lambdahttp.Stream(mux)} {
		for wrapped, h := range map[bool]lambda.Handler{false: h, true: selfinvoke.Wrap(h, task)} {
			if _, failed := h.Invoke(unwrapped(t), []byte(`{"requestContext":{"http":{"method":"GET"}}}`)); failed != nil {
				t.Fatal(failed)
			}
			if errors.Is(err, selfinvoke.ErrNotWrapped) == wrapped || wrapped && err != nil {
				t.Errorf("%s, wrapped %v: got %v", name, wrapped, err)
			}
		}
	}
	if len(client.calls) != 2 {
		t.Errorf("%d calls, want those of the wrapped ones", len(client.calls))
	}
}

// TestTaskInvokesTasks: a task's context knows what its function's Wrap got.
func TestTaskInvokesTasks(t *testing.T) {
	for known, want := range map[bool]error{true: nil, false: selfinvoke.ErrNotWrapped} {
		client := &fake{}
		second := selfinvoke.NewTask("second", client, func(context.Context, int) error { return nil }, quiet)
		first := selfinvoke.NewTask("first", client, func(ctx context.Context, n int) error { return second.Invoke(ctx, n) }, quiet)
		tasks := []selfinvoke.AnyTask{first}
		if known {
			tasks = append(tasks, second)
		}
		for kind, h := range map[string]lambda.Handler{
			"a handler": selfinvoke.Wrap(handlerFunc(func(ctx context.Context, _ []byte) ([]byte, error) { return nil, first.Invoke(ctx, 1) }), tasks...),
			"a func":    selfinvoke.Wrap(lambda.NewHandler(func(ctx context.Context) error { return first.Invoke(ctx, 1) }), tasks...),
		} {
			client.calls = nil
			if _, err := h.Invoke(unwrapped(t), []byte(`1`)); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Invoke(unwrapped(t), client.calls[0].Payload); !errors.Is(err, want) {
				t.Errorf("%s, known %v: got %v", kind, known, err)
			}
		}
	}
}

// TestInvokeOfAFunction: only of the running one is it known which tasks it has.
func TestInvokeOfAFunction(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:bot"
	for _, tt := range []struct {
		function, running string
		same              bool
	}{
		{"", arn, true},
		{"bot", arn, true},
		{"bot", arn + ":live", true},
		{"bot:live", arn + ":live", true},
		{"bot:$LATEST", arn, true},
		{arn, arn, true},
		{arn, arn + ":7", true},
		{arn + ":live", arn + ":live", true},
		{arn + ":$LATEST", arn, true},
		{"123456789012:function:bot", arn, true},
		{"123456789012:function:bot:live", arn + ":live", true},
		{"function:bot", arn, true},
		{"us-east-1:123456789012:function:bot", arn, true},
		{"worker", arn, false},
		{"bo", arn, false},
		{"bot:live", arn, false},
		{"bot:live", arn + ":blue", false},
		{arn + ":live", arn, false},
		{"210987654321:function:bot", arn, false},
		{strings.Replace(arn, "us-east-1", "eu-west-1", 1), arn, false},
		{strings.Replace(arn, "123456789012", "210987654321", 1), arn, false},
		{"arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:bot", "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:bot", true},
		{"::", arn, false},
		{"bot", "", false},
	} {
		client := &fake{}
		task := selfinvoke.NewTask("answer", client, func(context.Context, int) error { return nil },
			func(o *selfinvoke.Options) { o.Function = tt.function })
		if err := task.Invoke(called(tt.running), 1); errors.Is(err, selfinvoke.ErrNotWrapped) != tt.same || len(client.calls) == 1 == tt.same {
			t.Errorf("%q invoked by %q: got %v and %d calls", tt.function, tt.running, err, len(client.calls))
		}
	}
}

// TestWrapsOfTwoFunctions: a stand-in for Lambda may call the second function within
// the context of the first.
func TestWrapsOfTwoFunctions(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, func(context.Context, int) error { return nil })
	second := selfinvoke.WrapFunc(func(ctx context.Context, n int) (any, error) { return nil, task.Invoke(ctx, n) }, task)
	first := selfinvoke.WrapFunc(func(ctx context.Context, event json.RawMessage) (any, error) {
		return second.Invoke(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{InvokedFunctionArn: alias + "2"}), event)
	})
	if _, err := first.Invoke(unwrapped(t), []byte(`1`)); err != nil || *client.calls[0].FunctionName != alias+"2" {
		t.Errorf("got %v", err)
	}
}
