package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func nothing(context.Context, string) error { return nil }

// One function may have several tasks, of different types.
func ExampleNewTask() {
	client := &fake{}
	mail := selfinvoke.NewTask("mail", client, func(_ context.Context, to string) error {
		fmt.Println("mail to", to)
		return nil
	})
	count := selfinvoke.NewTask("count", client, func(_ context.Context, n int) error {
		fmt.Println("count", n)
		return nil
	}, func(o *selfinvoke.Options) { o.MaxHops = 1 })
	handler := selfinvoke.WrapFunc(func(ctx context.Context, name string) (string, error) {
		return "thanks", errors.Join(mail.Invoke(ctx, name), count.Invoke(ctx, 3))
	}, mail, count)

	_, _ = handler.Invoke(lambdaContext(), []byte(`"ada"`))
	for _, call := range client.calls {
		_, _ = handler.Invoke(lambdaContext(), call.Payload)
	}
	// Output:
	// mail to ada
	// count 3
}

// Invoke returns when Lambda has queued the event.
func ExampleTask_Invoke() {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, nothing)
	err := task.Invoke(handlerContext(task), "hello")
	fmt.Println(err, *client.calls[0].FunctionName, client.calls[0].InvocationType)
	// Output: <nil> arn:aws:lambda:us-east-1:123456789012:function:example Event
}

// A function that invokes itself without [Wrap] would lose the work.
func ExampleErrNotWrapped() {
	client := &fake{}
	task := selfinvoke.NewTask("answer", client, nothing)
	err := task.Invoke(lambdaContext(), "hello")
	fmt.Println(errors.Is(err, selfinvoke.ErrNotWrapped), len(client.calls))

	// A test without Wrap names a function, so that the running one does not matter.
	task = selfinvoke.NewTask("answer", client, nothing, func(o *selfinvoke.Options) { o.Function = "test" })
	fmt.Println(task.Invoke(context.Background(), "hello"), len(client.calls))
	// Output:
	// true 0
	// <nil> 1
}

// A task uses the SDK's client, or anything else with its Invoke method.
func ExampleClient() {
	var client selfinvoke.Client = lambda.New(lambda.Options{Region: "eu-central-1"})
	task := selfinvoke.NewTask("answer", client, nothing)
	fmt.Println(errors.Is(task.Invoke(context.Background(), "hello"), selfinvoke.ErrNoFunction))
	// Output: true
}

// Tasks of several types fit in one list.
func ExampleAnyTask() {
	client := &fake{}
	tasks := []selfinvoke.AnyTask{
		selfinvoke.NewTask("mail", client, nothing),
		selfinvoke.NewTask("count", client, func(context.Context, int) error { return nil }),
	}
	handler := selfinvoke.WrapFunc(func(_ context.Context, name string) (string, error) { return "hello, " + name, nil }, tasks...)
	out, err := handler.Invoke(lambdaContext(), []byte(`"ada"`))
	fmt.Println(string(out), err)
	// Output: "hello, ada" <nil>
}

// Ending leaves time to pass the rest of the work to the next invocation.
func ExampleEnding() {
	client := &fake{}
	task := selfinvoke.NewTask("crawl", client, func(ctx context.Context, _ string) error {
		fmt.Println(selfinvoke.Ending(ctx))
		return nil
	}, func(o *selfinvoke.Options) { o.EndingBefore = 30 * time.Second })
	_ = task.Invoke(handlerContext(task), "/")
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)
	for _, left := range []time.Duration{15 * time.Minute, 20 * time.Second} {
		ctx, cancel := context.WithTimeout(lambdaContext(), left)
		_, _ = handler.Invoke(ctx, client.calls[0].Payload)
		cancel()
	}
	// Output:
	// false
	// true
}

// Hop and Metadata tell a task what led to it.
func ExampleHop() {
	client := &fake{}
	var task *selfinvoke.Task[int]
	task = selfinvoke.NewTask("down", client, func(ctx context.Context, n int) error {
		fmt.Println("hop", selfinvoke.Hop(ctx), "for", selfinvoke.Metadata(ctx)["tenant"])
		if n == 0 {
			return nil
		}
		return task.Invoke(ctx, n-1)
	})
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)
	_ = task.Invoke(selfinvoke.WithMetadata(handlerContext(task), map[string]string{"tenant": "acme"}), 1)
	for i := range 2 {
		_, _ = handler.Invoke(lambdaContext(), client.calls[i].Payload)
	}
	// Output:
	// hop 1 for acme
	// hop 2 for acme
}

func ExampleMetadata() {
	ctx := selfinvoke.WithMetadata(context.Background(), map[string]string{"tenant": "acme"})
	fmt.Println(selfinvoke.Metadata(ctx)["tenant"], selfinvoke.Metadata(context.Background()) == nil)
	// Output: acme true
}

// Keep a large input in a job and pass the job's ID.
func ExampleMaxPayload() {
	task := selfinvoke.NewTask("answer", &fake{}, nothing)
	err := task.Invoke(handlerContext(task), strings.Repeat("x", selfinvoke.MaxPayload))
	fmt.Println(selfinvoke.MaxPayload, errors.Is(err, selfinvoke.ErrTooLarge))
	// Output: 1048576 true
}

// An event with the mark of an envelope that is not a valid one never reaches the
// handler. Lambda retries it and then sends it to the dead-letter queue.
func ExampleErrEnvelope() {
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil })
	_, err := handler.Invoke(lambdaContext(), []byte(`{"isAsync":true,"version":1,"task":"new","id":"1","hop":1,"payload":1}`))
	fmt.Println(errors.Is(err, selfinvoke.ErrEnvelope), err)
	// Output: true selfinvoke: not a valid envelope: unknown task "new"
}

// A chain of invocations ends where Options.MaxHops says.
func ExampleErrTooManyHops() {
	client := &fake{}
	var loop *selfinvoke.Task[int]
	loop = selfinvoke.NewTask("loop", client, func(ctx context.Context, n int) error { return loop.Invoke(ctx, n+1) },
		func(o *selfinvoke.Options) { o.MaxHops, o.Logger = 1, slog.New(slog.DiscardHandler) })
	_ = loop.Invoke(handlerContext(loop), 0)
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, loop)
	_, err := handler.Invoke(lambdaContext(), client.calls[0].Payload)
	fmt.Println(errors.Is(err, selfinvoke.ErrTooManyHops), err)
	// Output: true selfinvoke: invoke task "loop": too many hops: this would be hop 2, Options.MaxHops is 1
}

// Lambda's refusals have sentinels. errors.As still finds the SDK's error.
func ExampleErrAccessDenied() {
	for _, code := range []string{"AccessDeniedException", "ServiceException"} {
		client := &fake{err: &smithy.GenericAPIError{Code: code}}
		task := selfinvoke.NewTask("answer", client, nothing)
		err := task.Invoke(handlerContext(task), "hello")
		var theirs smithy.APIError
		switch {
		case errors.Is(err, selfinvoke.ErrAccessDenied):
			fmt.Println(selfinvoke.ErrAccessDenied)
		case errors.Is(err, selfinvoke.ErrNotFound), errors.Is(err, selfinvoke.ErrRecursion):
			fmt.Println("no such function, or a loop")
		case errors.As(err, &theirs):
			fmt.Println("Lambda answered", theirs.ErrorCode())
		}
	}
	// Output:
	// the function's role lacks the permission lambda:InvokeFunction
	// Lambda answered ServiceException
}
