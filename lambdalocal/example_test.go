package lambdalocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// A user's test: the function invokes itself, fails twice, and succeeds after three
// virtual minutes.
func TestThirdTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, tries := lambdalocal.New(), 0
		answer := selfinvoke.NewTask("answer", local.Client(), func(context.Context, string) error {
			if tries++; tries < 3 {
				return errors.New("the model is busy")
			}
			return nil
		})
		local.AddFunction("bot", selfinvoke.Wrap(awslambda.NewHandler(answer.Invoke), answer))
		local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("bot"), Payload: []byte(`"hello?"`)})
		time.Sleep(3 * time.Minute) // Lambda retries after one minute and after two more
		synctest.Wait()
		if err := local.Close(); tries != 3 || err != nil {
			t.Errorf("%d tries, %v\n%s", tries, err, local.Trace())
		}
	})
}

func ExampleLocal_Client() {
	local := lambdalocal.New()
	defer local.Close()
	_, err := local.AddFunction("greet", func(ctx context.Context, name string) (string, error) { return "hello " + name, nil })
	if err != nil {
		panic(err)
	}
	out, err := local.Client().Invoke(context.Background(), &lambda.InvokeInput{
		FunctionName: aws.String("greet"), Payload: []byte(`"Ada"`),
	})
	fmt.Println(string(out.Payload), err)
	// Output: "hello Ada" <nil>
}

// An asynchronous invoke is queued; a failure goes to the dead letter.
func ExampleFunctionOptions() {
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.WaitScale = 0.0001 }) // for the example's sake
	defer local.Close()
	dead := make(chan string)
	_, err := local.AddFunction("work", func() error { return context.Canceled }, func(o *lambdalocal.FunctionOptions) {
		o.DeadLetter = func(d lambdalocal.DeadLetter) { dead <- string(d.Body) }
	})
	if err != nil {
		panic(err)
	}
	out, err := local.Client().Invoke(context.Background(), &lambda.InvokeInput{
		FunctionName: aws.String("work"), InvocationType: types.InvocationTypeEvent, Payload: []byte(`{"n":1}`),
	})
	fmt.Println(out.StatusCode, err)
	fmt.Println("dead letter:", <-dead)
	// Output:
	// 202 <nil>
	// dead letter: {"n":1}
}

func ExampleFunction_URL() {
	local := lambdalocal.New()
	defer local.Close()
	fn, err := local.AddFunction("shout", func(ctx context.Context, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
		return events.LambdaFunctionURLResponse{StatusCode: 201, Body: strings.ToUpper(r.Body)}, nil
	})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader("hello"))
	r.Header.Set("Content-Type", "text/plain")
	w := httptest.NewRecorder()
	fn.URL().ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output: 201 HELLO
}

// A function gets the changes of an in-memory store as it gets those of a DynamoDB
// table.
func ExampleFunction_MapStream() {
	ctx, jobs := context.Background(), memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	local := lambdalocal.New()
	defer local.Close()
	seen := make(chan string)
	fn, err := local.AddFunction("process", func(ctx context.Context, e events.DynamoDBEvent) {
		for _, r := range e.Records {
			seen <- r.EventName + " " + r.Change.NewImage["status"].String()
		}
	})
	if err != nil {
		panic(err)
	}
	if err := fn.MapStream(lambdalocal.Feed(jobs.Changes)); err != nil {
		panic(err)
	}
	if _, err := jobs.Create(ctx, "question"); err != nil {
		panic(err)
	}
	fmt.Println(<-seen)
	// Output: INSERT pending
}

// The document is the one in a template.
func ExampleFilterCriteria() {
	patterns, err := lambdalocal.FilterCriteria(`{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]}`)
	if err != nil {
		panic(err)
	}
	fmt.Println(patterns[0])
	// Output: {"eventName":["INSERT"]}
}
