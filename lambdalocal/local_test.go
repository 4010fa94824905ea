package lambdalocal_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
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

func TestFunctionRefuses(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "taken", echo)
	var none func()
	for name, err := range map[string]error{
		"no name":          second(local.AddFunction("", echo)),
		"a name with dots": second(local.AddFunction("a.b", echo)),
		"a name twice":     second(local.AddFunction("taken", echo)),
		"no handler":       second(local.AddFunction("f", nil)),
		"a nil func":       second(local.AddFunction("f", none)),
		"a string":         second(local.AddFunction("f", "handler")),
		"no time-out":      second(local.AddFunction("f", echo, func(o *lambdalocal.FunctionOptions) { o.Timeout = 0 })),
		"three retries":    second(local.AddFunction("f", echo, func(o *lambdalocal.FunctionOptions) { o.MaximumRetryAttempts = 3 })),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFunctionRefusesOptions(t *testing.T) {
	for want, opt := range map[string]func(*lambdalocal.Options){
		"option Region":    func(o *lambdalocal.Options) { o.Region = "" },
		"option AccountID": func(o *lambdalocal.Options) { o.AccountID = "local" },
		"option WaitScale": func(o *lambdalocal.Options) { o.WaitScale = math.NaN() },
	} {
		local, _ := newLocal(t, opt)
		if _, err := local.AddFunction("f", echo); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
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

// TestThirdTryTakesNoRealTime takes the best of five: other tests share the machine.
func TestThirdTryTakesNoRealTime(t *testing.T) {
	best := time.Hour
	for range 5 {
		began := time.Now()
		TestThirdTry(t)
		best = min(best, time.Since(began))
	}
	t.Logf("three virtual minutes took %v", best)
	if best > 50*time.Millisecond {
		t.Error("want at most 50 ms")
	}
}
