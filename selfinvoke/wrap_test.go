package selfinvoke_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

var _ selfinvoke.Client = (*lambda.Client)(nil)

const alias = "arn:aws:lambda:us-east-1:123456789012:function:bot:live"

// fake records the calls of the Lambda API.
type fake struct {
	calls []*lambda.InvokeInput
	err   error
}

func (f *fake) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	f.calls = append(f.calls, in)
	return &lambda.InvokeOutput{StatusCode: 202}, f.err
}

// lockedFake is a fake for concurrent use.
type lockedFake struct {
	mu sync.Mutex
	fake
}

func (f *lockedFake) Invoke(ctx context.Context, in *lambda.InvokeInput, opts ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fake.Invoke(ctx, in, opts...)
}

type handlerFunc func(context.Context, []byte) ([]byte, error)

func (f handlerFunc) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return f(ctx, payload)
}

// unwrapped is the context of an invocation that has come through no Wrap.
func unwrapped(t testing.TB) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: alias})
}

// invocation is the context of an invocation that has come through a Wrap with all
// tasks of these tests, which it knows by name.
func invocation(t testing.TB) (ctx context.Context) {
	var tasks []selfinvoke.AnyTask
	for _, name := range []string{"answer", "t", "loop", "other"} {
		tasks = append(tasks, selfinvoke.NewTask(name, &fake{}, func(context.Context, any) error { return nil }))
	}
	h := selfinvoke.Wrap(handlerFunc(func(inner context.Context, _ []byte) ([]byte, error) { ctx = inner; return nil, nil }), tasks...)
	if _, err := h.Invoke(unwrapped(t), []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func quiet(o *selfinvoke.Options) { o.Logger = slog.New(slog.DiscardHandler) }

func never(t *testing.T) handlerFunc {
	return func(context.Context, []byte) ([]byte, error) {
		t.Error("the handler was called")
		return nil, nil
	}
}

type message struct{ Text string }

func TestTaskRoundTrip(t *testing.T) {
	client, ctx := &fake{}, invocation(t)
	var got message
	var id string
	var hop int
	task := selfinvoke.NewTask("answer", client, func(ctx context.Context, m message) error {
		got, id, hop = m, selfinvoke.ID(ctx), selfinvoke.Hop(ctx)
		return nil
	})
	if err := task.Invoke(ctx, message{"hello"}); err != nil {
		t.Fatal(err)
	}
	in := client.calls[0]
	if *in.FunctionName != alias || in.InvocationType != types.InvocationTypeEvent {
		t.Errorf("invoked %s as %s, want the alias the invocation came in by, as Event", *in.FunctionName, in.InvocationType)
	}
	if _, err := selfinvoke.Wrap(never(t), task).Invoke(ctx, in.Payload); err != nil {
		t.Fatal(err)
	}
	if got.Text != "hello" || id == "" || hop != 1 {
		t.Errorf("the task got %+v, ID %q, hop %d", got, id, hop)
	}
}

func TestWrapPassesOtherEventsOn(t *testing.T) {
	for _, payload := range []string{`{}`, `null`, `[1]`, `{"body":"{\"isAsync\":true}"}`, `{"a":{"isAsync":true}}`, `{"body":"\"isAsync\""}`} {
		h := selfinvoke.Wrap(handlerFunc(func(_ context.Context, p []byte) ([]byte, error) { return p, nil }))
		if out, err := h.Invoke(t.Context(), []byte(payload)); err != nil || string(out) != payload {
			t.Errorf("%s came back as %s, %v", payload, out, err)
		}
	}
}

func TestWrapRefusesBadEnvelopes(t *testing.T) {
	good := `{"isAsync":true,"version":1,"task":"answer","id":"x","hop":1,"payload":{}}`
	replace := func(old, with string) string { return strings.Replace(good, old, with, 1) }
	tests := map[string]string{
		"an HTTP event with the mark": replace(`{`, `{"requestContext":{"http":{"method":"POST"}},"headers":{},`),
		"of a load balancer":          replace(`{`, `{"requestContext":{"elb":{}},`),
		"with headers alone":          replace(`{`, `{"headers":null,`),
		"an unknown version":          replace(`"version":1`, `"version":2`),
		"no version":                  replace(`"version":1,`, ``),
		"an unknown task":             replace(`"answer"`, `"other"`),
		"no ID":                       replace(`"x"`, `""`),
		"no hop":                      replace(`"hop":1,`, ``),
		"isAsync false":               replace(`true`, `false`),
		"isAsync of another type":     replace(`true`, `"true"`),
		"a task of another type":      replace(`"answer"`, `["answer"]`),
		"a time of another type":      replace(`{`, `{"time":"secret",`),
		"a trace of another type":     replace(`{`, `{"trace":"secret",`),
		"metadata of another type":    replace(`{`, `{"metadata":{"user":["secret"]},`),
		"an audience of another type": replace(`{`, `{"audience":["secret"],`),
		"a seal of another type":      replace(`{`, `{"mac":{"secret":1},`),
		"a payload of another type":   replace(`{}`, `"secret"`),
		"another bot's own event":     `{"isAsync":true,"slackEvent":{"type":"message","text":"secret","channel":"C1","user":"U1","ts":"1.2"}}`,
	}
	task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, message) error { return nil })
	h := selfinvoke.Wrap(never(t), task)
	if _, err := h.Invoke(t.Context(), []byte(good)); err != nil {
		t.Fatalf("the good envelope: %v", err)
	}
	for name, payload := range tests {
		_, err := h.Invoke(t.Context(), []byte(payload))
		if !errors.Is(err, selfinvoke.ErrEnvelope) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want ErrEnvelope and no payload in it", name, err)
		}
	}
}

func TestTaskErrorIsReturnedToLambda(t *testing.T) {
	boom := errors.New("boom")
	client, ctx := &fake{}, invocation(t)
	task := selfinvoke.NewTask("answer", client, func(context.Context, message) error { return boom })
	if err := task.Invoke(ctx, message{}); err != nil {
		t.Fatal(err)
	}
	if _, err := selfinvoke.Wrap(never(t), task).Invoke(ctx, client.calls[0].Payload); !errors.Is(err, boom) {
		t.Errorf("got %v, want the task's error", err)
	}
}

func TestInvokeRefuses(t *testing.T) {
	client := &fake{}
	task := selfinvoke.NewTask("t", client, func(context.Context, any) error { return nil })
	if err := task.Invoke(t.Context(), "x"); !errors.Is(err, selfinvoke.ErrNoFunction) {
		t.Errorf("outside an invocation: %v, want ErrNoFunction", err)
	}
	if err := task.Invoke(invocation(t), strings.Repeat("x", selfinvoke.MaxPayload)); !errors.Is(err, selfinvoke.ErrTooLarge) {
		t.Errorf("over 1 MB: %v, want ErrTooLarge", err)
	}
	if err := task.Invoke(invocation(t), strings.Repeat("x", selfinvoke.MaxPayload-10)); !errors.Is(err, selfinvoke.ErrTooLarge) {
		t.Errorf("over 1 MB with the envelope: %v, want ErrTooLarge", err)
	}
	if err := task.Invoke(invocation(t), make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
	if len(client.calls) != 0 {
		t.Errorf("Lambda was called %d times", len(client.calls))
	}
}

func TestHopsAreBounded(t *testing.T) {
	client, ctx := &fake{}, invocation(t)
	var task *selfinvoke.Task[int]
	task = selfinvoke.NewTask("loop", client, func(ctx context.Context, n int) error { return task.Invoke(ctx, n+1) })
	h := selfinvoke.Wrap(never(t), task)
	if err := task.Invoke(ctx, 0); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; err == nil && i < 100; i++ {
		_, err = h.Invoke(ctx, client.calls[i].Payload)
	}
	if !errors.Is(err, selfinvoke.ErrTooManyHops) || len(client.calls) != 12 {
		t.Errorf("ended after %d invokes with %v, want ErrTooManyHops after 12", len(client.calls), err)
	}
}

type hanging struct{}

func (hanging) Invoke(ctx context.Context, _ *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestInvokeIsBoundedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := selfinvoke.NewTask("t", hanging{}, func(context.Context, int) error { return nil })
		began := time.Now()
		if err := task.Invoke(invocation(t), 1); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
			t.Errorf("got %v after %v, want a deadline after 2s", err, time.Since(began))
		}
	})
}

// TestRealClient sends an invoke through the SDK and looks at the request.
func TestRealClient(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	client := lambda.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
	})
	//lint:ignore SA1029 aws-lambda-go keeps the header under this key
	ctx := context.WithValue(invocation(t), "x-amzn-trace-id", "Root=1-2-3;Parent=4;Sampled=1;Lineage=1:2:3")
	task := selfinvoke.NewTask("answer", client, func(context.Context, message) error { return nil })
	if err := task.Invoke(ctx, message{"hello"}); err != nil {
		t.Fatal(err)
	}
	if h := got.Header; h.Get("X-Amz-Invocation-Type") != "Event" || h.Get("X-Amzn-Trace-Id") != "Root=1-2-3;Parent=4;Sampled=1;Lineage=1:2:3" {
		t.Errorf("sent the headers %v", h)
	}
	var e map[string]any
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("sent %s: %v", body, err)
	}
	if e["isAsync"] != true || e["task"] != "answer" || e["version"] != 1.0 {
		t.Errorf("sent the envelope %s", body)
	}
}

func TestMisuseAtInitPanics(t *testing.T) {
	work := func(context.Context, int) error { return nil }
	task := selfinvoke.NewTask("t", &fake{}, work)
	newTask := func(opt func(*selfinvoke.Options)) { selfinvoke.NewTask("t", &fake{}, work, opt) }
	for want, misuse := range map[string]func(){
		"NewTask: name is empty":                                                         func() { selfinvoke.NewTask("", &fake{}, work) },
		"NewTask: client is nil":                                                         func() { selfinvoke.NewTask("t", nil, work) },
		"NewTask: fn is nil":                                                             func() { selfinvoke.NewTask[int]("t", &fake{}, nil) },
		"NewTask: Options.Timeout is 0s, want more than 0":                               func() { newTask(func(o *selfinvoke.Options) { o.Timeout = 0 }) },
		"NewTask: Options.MaxHops is 0, want at least 1":                                 func() { newTask(func(o *selfinvoke.Options) { o.MaxHops = 0 }) },
		"NewTask: Options.EndingBefore is -1s, want at least 0":                          func() { newTask(func(o *selfinvoke.Options) { o.EndingBefore = -time.Second }) },
		"NewTask: Options.MaxAge is 0s, want more than 0":                                func() { newTask(func(o *selfinvoke.Options) { o.MaxAge = 0 }) },
		"NewTask: Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs": func() { newTask(func(o *selfinvoke.Options) { o.Logger = nil }) },
		"NewTask: option 1 of 1 is nil":                                                  func() { newTask(nil) },
		"NewTask: Options.MaxAge is 1h0m0s, but without Keys no envelope is sealed":      func() { newTask(func(o *selfinvoke.Options) { o.MaxAge = time.Hour }) },
		"Wrap: task 1 of 3 is nil or was not made by its constructor":                    func() { selfinvoke.Wrap(never(t), struct{ selfinvoke.AnyTask }{}, task, task) },
		"Wrap: task 2 of 3 is nil or was not made by its constructor":                    func() { selfinvoke.Wrap(never(t), task, (*struct{ selfinvoke.AnyTask })(nil), task) },
		"WrapFunc: fn is nil":                                                            func() { selfinvoke.WrapFunc[int, int](nil) },
		"WrapFunc: task 1 of 1 is nil or was not made by its constructor":                func() { selfinvoke.WrapFunc(func(context.Context, int) (int, error) { return 0, nil }, nil) },
		"Wrap: handler is nil":                                                           func() { selfinvoke.Wrap(nil) },
		`Wrap: two tasks are named "t"`:                                                  func() { selfinvoke.Wrap(never(t), task, task) },
		"Wrap: task 1 of 2 is nil or was not made by its constructor":                    func() { selfinvoke.Wrap(never(t), nil, task) },
		"Wrap: task 2 of 2 is nil or was not made by its constructor":                    func() { selfinvoke.Wrap(never(t), task, (*selfinvoke.Task[int])(nil)) },
		"Wrap: task 1 of 1 is nil or was not made by its constructor":                    func() { selfinvoke.Wrap(never(t), &selfinvoke.Task[int]{}) },
		`Wrap: of the tasks "sealed" and "t" only one has keys`: func() {
			selfinvoke.Wrap(never(t), selfinvoke.NewTask("sealed", &fake{}, work, withKeys(newKey)), task)
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != "selfinvoke: "+want {
					t.Errorf("recovered %v, want %s", got, want)
				}
			}()
			misuse()
		}()
	}
}
