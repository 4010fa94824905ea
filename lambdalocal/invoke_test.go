package lambdalocal_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

type problem struct{ reason string }

func (p *problem) Error() string { return p.reason }

func TestInvokeReturnsTheResponse(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "greet", func(_ context.Context, in struct{ Name string }) (map[string]string, error) {
		return map[string]string{"text": "hello " + in.Name}, nil
	})
	out, err := invoke(t.Context(), local, "greet", `{"name":"Ada"}`, "")
	if err != nil || out.StatusCode != 200 || string(out.Payload) != `{"text":"hello Ada"}` || out.FunctionError != nil {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestInvokeReturnsFunctionErrors(t *testing.T) {
	local, log := newLocal(t)
	tests := map[string]struct {
		handler any
		want    string // type: message
	}{
		"error": {func() error { return &problem{"no luck"} }, "problem: no luck"},
		"panic": {func() { panic("ouch") }, "string: ouch"},
		"exit":  {func() { runtime.Goexit() }, "Runtime.ExitError: RequestId: "},
		"large": {func() (string, error) { return strings.Repeat("x", 7<<20), nil }, "Function.ResponseSizeTooLarge: Response payload size exceeded"},
		"input": {func(int) {}, "UnmarshalTypeError: json: cannot unmarshal"},
	}
	for name, tt := range tests {
		add(t, local, name, tt.handler, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
		out, err := invoke(t.Context(), local, name, `{"secret":1}`, types.InvocationTypeRequestResponse)
		if err != nil {
			t.Fatal(err)
		}
		var e struct{ ErrorType, ErrorMessage string }
		if json.Unmarshal(out.Payload, &e) != nil || aws.ToString(out.FunctionError) != "Unhandled" || !strings.HasPrefix(e.ErrorType+": "+e.ErrorMessage, tt.want) {
			t.Errorf("%s: got %q and %s, want %s", name, aws.ToString(out.FunctionError), out.Payload, tt.want)
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("a payload was logged: %s", log)
	}
}

func TestInvokeTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		ended := make(chan struct{})
		add(t, local, "slow", func(ctx context.Context) {
			<-ctx.Done()
			close(ended)
		})
		began := time.Now()
		out, err := invoke(t.Context(), local, "slow", "", "")
		if err != nil || !strings.Contains(string(out.Payload), "Task timed out after 3.00 seconds") || time.Since(began) != 3*time.Second {
			t.Errorf("got %s, %v after %v; want a time-out after Lambda's default of 3 s", out.Payload, err, time.Since(began))
		}
		<-ended
	})
}

func TestInvokeCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		ran := make(chan error, 1)
		add(t, local, "f", func(ctx context.Context) {
			time.Sleep(2 * time.Second)
			ran <- ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := invoke(ctx, local, "f", "", ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := <-ran; err != nil {
			t.Errorf("the function was stopped with its caller: %v", err)
		}
	})
}

func TestInvocationContext(t *testing.T) {
	local, _ := newLocal(t)
	var got []*lambdacontext.LambdaContext
	fn := add(t, local, "f", func(ctx context.Context) error {
		lc, _ := lambdacontext.FromContext(ctx)
		got = append(got, lc)
		if trace, _ := ctx.Value("x-amzn-trace-id").(string); !strings.HasPrefix(trace, "Root=1-") {
			return fmt.Errorf("trace header %q", trace)
		}
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 3*time.Second {
			return fmt.Errorf("deadline %v, %v", deadline, ok)
		}
		return nil
	})
	client := base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`))
	for _, name := range []string{"f", fn.ARN() + ":live", "123456789012:function:f"} {
		out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, ClientContext: &client})
		if err != nil || out.FunctionError != nil {
			t.Fatalf("%s: %v, %s", name, err, out.Payload)
		}
	}
	if got[0].InvokedFunctionArn != fn.ARN() || got[1].InvokedFunctionArn != fn.ARN()+":live" || got[2].InvokedFunctionArn != fn.ARN() {
		t.Errorf("the ARNs were %s, %s, %s", got[0].InvokedFunctionArn, got[1].InvokedFunctionArn, got[2].InvokedFunctionArn)
	}
	if got[0].AwsRequestID == got[1].AwsRequestID || len(got[0].AwsRequestID) != 36 || got[0].ClientContext.Custom["k"] != "v" {
		t.Errorf("got %+v and %+v", got[0], got[1])
	}
}

// TestClientContextOfOtherTypes reaches the function, and a Go runtime refuses it:
// aws-lambda-go@v1.55.1, lambda/invoke_loop.go, parseClientContext.
func TestClientContextOfOtherTypes(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func() { t.Error("the function ran") })
	out, err := local.Client().Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("f"), ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(`{"env":{"tries":1}}`))),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out.Payload); !strings.HasPrefix(got, `{"errorMessage":"failed to unmarshal client context json: `) {
		t.Errorf("got %s", got)
	}
}

func TestInvokeRefuses(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func() { t.Error("the function ran") })
	in := func(change func(*lambda.InvokeInput)) error {
		i := &lambda.InvokeInput{FunctionName: aws.String("f")}
		change(i)
		_, err := local.Client().Invoke(t.Context(), i)
		return err
	}
	large := make([]byte, 1<<20+1)
	for i := range large {
		large[i] = ' '
	}
	as[*types.ResourceNotFoundException](t, in(func(i *lambda.InvokeInput) { i.FunctionName = aws.String("g") }))
	as[*types.ResourceNotFoundException](t, in(func(i *lambda.InvokeInput) { i.FunctionName = aws.String("999999999999:function:f") }))
	as[*types.RequestTooLargeException](t, in(func(i *lambda.InvokeInput) { i.Payload, i.InvocationType = large, types.InvocationTypeEvent }))
	as[*types.RequestTooLargeException](t, in(func(i *lambda.InvokeInput) { i.Payload = make([]byte, 6<<20+1) }))
	as[*types.InvalidRequestContentException](t, in(func(i *lambda.InvokeInput) { i.Payload = []byte("{") }))
	as[*types.InvalidRequestContentException](t, in(func(i *lambda.InvokeInput) { i.Payload = []byte("\"\xff\"") }))
	as[*types.InvalidRequestContentException](t, in(func(i *lambda.InvokeInput) { i.ClientContext = aws.String("{}") }))
	as[*types.InvalidRequestContentException](t, in(func(i *lambda.InvokeInput) { i.ClientContext = aws.String(strings.Repeat("e30K", 896)) }))
	as[*types.InvalidParameterValueException](t, in(func(i *lambda.InvokeInput) { i.FunctionName, i.Qualifier = aws.String("f:a"), aws.String("b") }))
	for member, change := range map[string]func(*lambda.InvokeInput){
		"functionName":   func(i *lambda.InvokeInput) { i.FunctionName = aws.String("f!") },
		"qualifier":      func(i *lambda.InvokeInput) { i.Qualifier = aws.String("a b") },
		"invocationType": func(i *lambda.InvokeInput) { i.InvocationType = "Later" },
		"logType":        func(i *lambda.InvokeInput) { i.LogType = "Head" },
	} {
		var invalid smithy.APIError
		if err := in(change); !errors.As(err, &invalid) || invalid.ErrorCode() != "ValidationException" || !strings.Contains(invalid.ErrorMessage(), member) {
			t.Errorf("%s: got %v", member, err)
		}
	}
}

func as[E error](t *testing.T, err error) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("got %v, want a %T", err, want)
	}
}

func TestDryRunRunsNothing(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func() { t.Error("the function ran") })
	if out, err := invoke(t.Context(), local, "f", "{}", types.InvocationTypeDryRun); err != nil || out.StatusCode != 204 {
		t.Errorf("got %+v, %v", out, err)
	}
}
