package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func ExampleWrap() {
	client := &fake{} // lambda.NewFromConfig(cfg)
	greet := selfinvoke.NewTask("greet", client, func(_ context.Context, name string) error {
		fmt.Println("slowly: hello,", name)
		return nil
	})
	handler := selfinvoke.Wrap(lambda.NewHandler(func(ctx context.Context, name string) (string, error) {
		return "got it", greet.Invoke(ctx, name)
	}), greet)

	// Lambda calls the function twice: with the caller's event, and with its own.
	out, err := handler.Invoke(lambdaContext(), []byte(`"Rosario"`))
	fmt.Println(string(out), err)
	_, err = handler.Invoke(lambdaContext(), client.calls[0].Payload)
	fmt.Println(err)
	// Output:
	// "got it" <nil>
	// slowly: hello, Rosario
	// <nil>
}

// WrapFunc takes a func such as lambda.Start takes.
func ExampleWrapFunc() {
	client := &fake{}
	resize := selfinvoke.NewTask("resize", client, func(_ context.Context, image string) error {
		fmt.Println("slowly: resizing", image)
		return nil
	})
	handler := selfinvoke.WrapFunc(func(ctx context.Context, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
		if err := resize.Invoke(ctx, r.Body); err != nil {
			return events.LambdaFunctionURLResponse{}, err
		}
		return events.LambdaFunctionURLResponse{StatusCode: 202}, nil
	}, resize)

	out, err := handler.Invoke(lambdaContext(), []byte(`{"body":"cat.png"}`))
	fmt.Println(string(out), err)
	_, err = handler.Invoke(lambdaContext(), client.calls[0].Payload)
	fmt.Println(err)
	// Output:
	// {"statusCode":202,"headers":null,"body":"","isBase64Encoded":false,"cookies":null} <nil>
	// slowly: resizing cat.png
	// <nil>
}

// lambdaContext is a context such as Lambda passes to a handler.
func lambdaContext() context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:example",
	})
}

// handlerContext is the context that a handler gets from Wrap.
func handlerContext(tasks ...selfinvoke.AnyTask) (ctx context.Context) {
	h := selfinvoke.WrapFunc(func(inner context.Context, _ any) (any, error) { ctx = inner; return nil, nil }, tasks...)
	_, _ = h.Invoke(lambdaContext(), []byte(`{}`))
	return ctx
}

// A task that has used fourteen of its fifteen minutes continues in a fresh
// invocation.
func ExampleTask_Continue() {
	client := &fake{}
	var crawl *selfinvoke.Task[int]
	crawl = selfinvoke.NewTask("crawl", client, func(ctx context.Context, page int) error {
		for ; page < 3; page++ {
			if selfinvoke.Ending(ctx) {
				fmt.Println("hop", selfinvoke.Hop(ctx), "hands over at page", page)
				return crawl.Continue(ctx, page)
			}
			fmt.Println("hop", selfinvoke.Hop(ctx), "reads page", page)
		}
		return nil
	})
	handler := selfinvoke.WrapFunc(func(ctx context.Context, page int) (string, error) { return "started", crawl.Invoke(ctx, page) }, crawl)

	_, _ = handler.Invoke(lambdaContext(), []byte("1"))
	nearlyOver, cancel := context.WithTimeout(lambdaContext(), 30*time.Second)
	defer cancel()
	_, _ = handler.Invoke(nearlyOver, client.calls[0].Payload)
	_, _ = handler.Invoke(lambdaContext(), client.calls[1].Payload)
	// Output:
	// hop 1 hands over at page 1
	// hop 2 reads page 1
	// hop 2 reads page 2
}

// ID is the same for each delivery of an event, so it is an idempotency key.
func ExampleID() {
	client := &fake{}
	task := selfinvoke.NewTask("pay", client, func(ctx context.Context, _ string) error {
		fmt.Println(len(selfinvoke.ID(ctx)), selfinvoke.Hop(ctx))
		return nil
	})
	_ = task.Invoke(handlerContext(task), "42 EUR")
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)
	_, err := handler.Invoke(lambdaContext(), client.calls[0].Payload)
	fmt.Println(err)
	// Output:
	// 26 1
	// <nil>
}

func ExampleWithMetadata() {
	client := &fake{}
	task := selfinvoke.NewTask("mail", client, func(ctx context.Context, _ string) error {
		fmt.Println(selfinvoke.Metadata(ctx)["tenant"])
		return nil
	})
	ctx := selfinvoke.WithMetadata(handlerContext(task), map[string]string{"tenant": "acme"})
	_ = task.Invoke(ctx, "welcome")
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)
	_, err := handler.Invoke(lambdaContext(), client.calls[0].Payload)
	fmt.Println(err)
	// Output:
	// acme
	// <nil>
}

// The handler chooses the response to the sender of a webhook.
func ExampleInvokeError() {
	busy := &fake{err: &types.TooManyRequestsException{Message: aws.String("Rate Exceeded.")}}
	task := selfinvoke.NewTask("answer", busy, func(context.Context, string) error { return nil })
	err := task.Invoke(handlerContext(task), "hello")
	var failed *selfinvoke.InvokeError
	switch {
	case errors.Is(err, selfinvoke.ErrThrottled):
		fmt.Println("503, Retry-After: 1")
	case errors.As(err, &failed):
		fmt.Println("500 for", failed.Function)
	}
	// Output: 503, Retry-After: 1
}

// A function that others may invoke accepts only the envelopes that it sealed.
func ExampleNewKeys() {
	keys, err := selfinvoke.NewKeys([]byte("0123456789abcdef0123456789abcdef")) // from a secret
	if err != nil {
		panic(err)
	}
	client := &fake{}
	task := selfinvoke.NewTask("delete", client, func(_ context.Context, user string) error {
		fmt.Println("deleting", user)
		return nil
	}, func(o *selfinvoke.Options) {
		o.Keys = keys
		o.OnError = func(_ context.Context, err error) { fmt.Println("counted:", err) }
		o.Logger = slog.New(slog.DiscardHandler)
	})
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)

	_ = task.Invoke(handlerContext(task), "ada")
	_, _ = handler.Invoke(lambdaContext(), client.calls[0].Payload)
	_, _ = handler.Invoke(lambdaContext(), []byte(`{"isAsync":true,"version":1,"task":"delete","id":"1","hop":1,"payload":"bob"}`))
	// Output:
	// deleting ada
	// counted: selfinvoke: task "delete": not a valid envelope: it is not sealed
}

// A panic becomes an error of the task. The process keeps running.
func ExamplePanicError() {
	client := &fake{}
	task := selfinvoke.NewTask("parse", client, func(context.Context, []int) error { panic("out of range") },
		func(o *selfinvoke.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	_ = task.Invoke(handlerContext(task), nil)
	handler := selfinvoke.WrapFunc(func(context.Context, any) (any, error) { return nil, nil }, task)
	_, err := handler.Invoke(lambdaContext(), client.calls[0].Payload)
	var p *selfinvoke.PanicError
	fmt.Println(errors.As(err, &p), p.Value, len(p.Stack) > 0)
	// Output: true out of range true
}
