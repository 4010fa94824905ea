package jobtask_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// queue is a Lambda client that keeps the events.
type queue struct{ events [][]byte }

func (q *queue) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	q.events = append(q.events, in.Payload)
	return &lambda.InvokeOutput{StatusCode: 202}, nil
}

func invocation() context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:worker",
	})
}

func answer(context.Context, *jobstore.Job[string, string]) (string, error) { return "up 12 %", nil }

// pendingEvent returns a stream event for the newest job.
func pendingEvent(ctx context.Context, jobs *memstore.Store[string, string]) []byte {
	records, err := jobs.Changes(ctx, "", 1)
	if err != nil {
		panic(err)
	}
	return fmt.Appendf(nil, `{"Records":[%s]}`, records[0])
}

// The stream's invocation takes milliseconds. The job runs in the next invocation. A
// schedule starts what waits.
func ExampleWorker() {
	ctx, client := invocation(), &queue{}
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	handler := jobtask.Worker("work", client, jobs, answer) // lambda.Start(handler)

	job, err := jobs.Create(ctx, "Sales?")
	if err != nil {
		panic(err)
	}
	out, err := handler.Invoke(ctx, pendingEvent(ctx, jobs))
	fmt.Println(string(out), err)

	_, err = handler.Invoke(ctx, client.events[0]) // what Lambda has queued
	job, _ = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.Output, err)

	out, err = handler.Invoke(ctx, []byte(`{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}`)) // of a schedule
	fmt.Println(string(out), err)
	// Output:
	// {"batchItemFailures":[]} <nil>
	// complete up 12 % <nil>
	// {"started":0,"taken":0,"failed":0,"left":0,"early":false} <nil>
}

// The parts of a Worker, put together by hand, without a schedule.
func ExampleTask_Dispatcher() {
	ctx, client := invocation(), &queue{}
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	work := jobtask.New("work", client, jobs, answer)
	handler := selfinvoke.Wrap(work.Dispatcher(func(o *jobstream.FuncOptions) { o.Concurrency = 4 }), work)

	if _, err := jobs.Create(ctx, "Sales?"); err != nil {
		panic(err)
	}
	out, err := handler.Invoke(ctx, pendingEvent(ctx, jobs))
	fmt.Println(string(out), err, len(client.events))
	// Output: {"batchItemFailures":[]} <nil> 1
}

// A webhook that is delivered twice. The key is that of webhook.Delivery.Key.
func ExampleTask_Start() {
	ctx, client, jobs := invocation(), &queue{}, memstore.New[string, string]()
	work := jobtask.New("answer", client, jobs, answer)
	handler := selfinvoke.WrapFunc(func(ctx context.Context, key string) (string, error) {
		return "ok", work.Start(ctx, key, "Sales?")
	}, work)

	out, err := handler.Invoke(ctx, []byte(`"slack::Ev0PV52K25"`))
	fmt.Println(string(out), err)
	_, err = handler.Invoke(ctx, client.events[0])
	fmt.Println(err)
	out, err = handler.Invoke(ctx, []byte(`"slack::Ev0PV52K25"`)) // again
	fmt.Println(string(out), err, len(client.events))
	// Output:
	// "ok" <nil>
	// <nil>
	// "ok" <nil> 1
}

// A sweep finds jobs whose event was lost. Put it on a schedule.
func ExampleTask_Restart() {
	ctx, client, jobs := invocation(), &queue{}, memstore.New[string, string]()
	work := jobtask.New("answer", client, jobs, answer)
	handler := selfinvoke.WrapFunc(func(ctx context.Context, _ any) (int, error) {
		swept, err := jobstore.Sweep(ctx, jobs, work.Restart, func(o *jobstore.SweepOptions) {
			o.Now = func() time.Time { return time.Now().Add(time.Hour) }
			o.Logger = slog.New(slog.DiscardHandler)
		})
		return swept.Started, err
	}, work)

	job, err := jobs.Create(ctx, "Sales?") // and no event
	if err != nil {
		panic(err)
	}
	out, err := handler.Invoke(ctx, []byte(`{"source":"aws.events"}`))
	fmt.Println(string(out), err)
	_, err = handler.Invoke(ctx, client.events[0])
	job, _ = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, err)
	// Output:
	// 1 <nil>
	// complete <nil>
}

// A failure is on the job's record. Lambda does not retry it.
func ExampleNew() {
	ctx, client, jobs := invocation(), &queue{}, memstore.New[string, string]()
	work := jobtask.New("charge", client, jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.Permanent(jobstore.Public(errors.New("402 from the bank"), "The card was declined."))
	}, func(o *jobtask.Options) {
		o.Logger = slog.New(slog.DiscardHandler)
	})
	handler := selfinvoke.WrapFunc(func(ctx context.Context, id string) (string, error) { return "ok", work.Start(ctx, id, "42 EUR") }, work)

	_, _ = handler.Invoke(ctx, []byte(`"evt_1"`))
	_, err := handler.Invoke(ctx, client.events[0])
	job, _ := jobs.Get(ctx, "evt_1")
	fmt.Println(job.Status, job.Error, err)
	// Output: error The card was declined. <nil>
}
