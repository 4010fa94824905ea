package lambdalocal_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// newLocal returns a Local that is closed when the test ends, and its log.
func newLocal(t *testing.T, opts ...func(*lambdalocal.Options)) (*lambdalocal.Local, *logBuffer) {
	log := &logBuffer{}
	local := lambdalocal.New(append(opts, func(o *lambdalocal.Options) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })...)
	t.Cleanup(func() { local.Close() })
	return local, log
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func add(t *testing.T, local *lambdalocal.Local, name string, handler any, opts ...func(*lambdalocal.FunctionOptions)) *lambdalocal.Function {
	t.Helper()
	fn, err := local.AddFunction(name, handler, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return fn
}

func invoke(ctx context.Context, local *lambdalocal.Local, name, payload string, kind types.InvocationType) (*lambda.InvokeOutput, error) {
	return local.Client().Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(name), Payload: []byte(payload), InvocationType: kind,
	})
}

func enqueue(t *testing.T, local *lambdalocal.Local, name, payload string) {
	t.Helper()
	out, err := invoke(t.Context(), local, name, payload, types.InvocationTypeEvent)
	if err != nil || out.StatusCode != 202 || out.Payload != nil {
		t.Fatalf("Event invoke: %+v, %v; want 202 and no payload", out, err)
	}
}

// pass lets virtual time pass, and waits for what was due in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func echo(_ context.Context, v any) (any, error) { return v, nil }

// panics checks what f panics with.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != "lambdalocal: "+want {
			t.Errorf("panicked with %v, want lambdalocal: %s", got, want)
		}
	}()
	f()
}

func TestNewRefuses(t *testing.T) {
	for want, opt := range map[string]func(*lambdalocal.Options){
		`option 1 of 1 is nil`:                                  nil,
		`Options.Logger is nil`:                                 func(o *lambdalocal.Options) { o.Logger = nil },
		`Options.AccountID is "local", want 12 digits`:          func(o *lambdalocal.Options) { o.AccountID = "local" },
		`Options.WaitScale is 0, want a number above 0`:         func(o *lambdalocal.Options) { o.WaitScale = 0 },
		`Options.WaitScale is NaN, want a number above 0`:       func(o *lambdalocal.Options) { o.WaitScale = math.NaN() },
		`Options.WaitScale is +Inf, want a number above 0`:      func(o *lambdalocal.Options) { o.WaitScale = math.Inf(1) },
		`Options.Faults.Throttle is 1.5, want 0 to 1`:           func(o *lambdalocal.Options) { o.Faults.Throttle = 1.5 },
		`Options.Region is "", want one such as us-east-1`:      func(o *lambdalocal.Options) { o.Region = "" },
		`Options.Region is "local", want one such as us-east-1`: func(o *lambdalocal.Options) { o.Region = "local" },
	} {
		panics(t, "New: "+want, func() { lambdalocal.New(opt) })
	}
}

func TestAddFunctionRefuses(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "taken", echo)
	if _, err := local.AddFunction("taken", echo); err == nil || err.Error() != `lambdalocal: function "taken": the name is taken` {
		t.Errorf("a name twice: got %v", err)
	}
	const name = "want 1 to 64 letters, digits, hyphens and underscores"
	panics(t, `AddFunction: name is "", `+name, func() { local.AddFunction("", echo) })
	panics(t, `AddFunction: name is "a.b", `+name, func() { local.AddFunction("a.b", echo) })
	var none func()
	var program *lambdalocal.Executable
	for _, handler := range []any{nil, none, program} {
		panics(t, `AddFunction: handler is nil`, func() { local.AddFunction("f", handler) })
	}
	panics(t, `AddFunction: handler is of type string, want a func, a lambda.Handler (of an http.Handler: lambdahttp.Wrap) or an Executable`, func() { local.AddFunction("f", "handler") })
	for want, opt := range map[string]func(*lambdalocal.FunctionOptions){
		`option 1 of 1 is nil`: nil,
		`FunctionOptions.Timeout is 0s, want above 0 and at most 1h30m0s`: func(o *lambdalocal.FunctionOptions) { o.Timeout = 0 },
		`FunctionOptions.ReservedConcurrency is -2, want at least -1`:     func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = -2 },
		`FunctionOptions.MaximumRetryAttempts is 3, want 0 to 2`:          func(o *lambdalocal.FunctionOptions) { o.MaximumRetryAttempts = 3 },
		`FunctionOptions.MaximumEventAge is 1s, want 1m0s to 6h0m0s`:      func(o *lambdalocal.FunctionOptions) { o.MaximumEventAge = time.Second },
	} {
		panics(t, "AddFunction: "+want, func() { local.AddFunction("f", echo, opt) })
	}
}

func second[T any](_ T, err error) error { return err }

func TestAfterClose(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", echo)
	if err := local.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Invoke":    second(invoke(t.Context(), local, "f", "{}", "")),
		"Event":     second(invoke(t.Context(), local, "f", "{}", types.InvocationTypeEvent)),
		"Function":  second(local.AddFunction("g", echo)),
		"MapStream": fn.MapStream(lambdalocal.Feed(newRecords(0).changes)),
	} {
		if !errors.Is(err, lambdalocal.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", name, err)
		}
	}
}

// TestThirdTryTakesNoRealTime: the three minutes that it waits are virtual.
func TestThirdTryTakesNoRealTime(t *testing.T) {
	began := time.Now()
	TestThirdTry(t)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %v", took)
	}
}
