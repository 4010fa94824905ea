package selfinvoke_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestInvokeErrorsByType has the SDK's client read each of Lambda's errors.
func TestInvokeErrorsByType(t *testing.T) {
	tests := map[string]struct {
		status int
		code   string
		want   error
	}{
		"throttled":     {429, "TooManyRequestsException", selfinvoke.ErrThrottled},
		"access denied": {403, "AccessDeniedException", selfinvoke.ErrAccessDenied},
		"too large":     {413, "RequestTooLargeException", selfinvoke.ErrTooLarge},
		"not found":     {404, "ResourceNotFoundException", selfinvoke.ErrNotFound},
		"recursion":     {400, "RecursiveInvocationException", selfinvoke.ErrRecursion},
		"anything else": {500, "ServiceException", nil},
	}
	sentinels := []error{selfinvoke.ErrThrottled, selfinvoke.ErrAccessDenied, selfinvoke.ErrTooLarge, selfinvoke.ErrNotFound, selfinvoke.ErrRecursion}
	for name, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amzn-Errortype", tt.code)
			w.WriteHeader(tt.status)
			fmt.Fprint(w, `{"message":"because"}`)
		}))
		client := lambda.NewFromConfig(aws.Config{
			Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
		})
		err := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil }).Invoke(invocation(t), "a secret")
		server.Close()
		ours, ok := errors.AsType[*selfinvoke.InvokeError](err)
		if !ok {
			t.Fatalf("%s: %#v is not an InvokeError", name, err)
		}
		if ours.Task != "answer" || ours.Function != alias {
			t.Errorf("%s: the error is about task %q of %q", name, ours.Task, ours.Function)
		}
		if theirs, ok := errors.AsType[smithy.APIError](err); !ok || theirs.ErrorCode() != tt.code {
			t.Errorf("%s: the SDK's error is %v, want code %s", name, theirs, tt.code)
		}
		for _, s := range sentinels {
			if errors.Is(err, s) != (s == tt.want) {
				t.Errorf("%s: errors.Is(%v) is wrong of %v", name, s, err)
			}
		}
		if tt.want == selfinvoke.ErrAccessDenied && (!strings.Contains(err.Error(), "lambda:InvokeFunction") || !strings.Contains(err.Error(), alias)) {
			t.Errorf("%s does not say what is missing: %v", name, err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the payload is in %v", name, err)
		}
	}
}

// TestThrottledWithinTheTimeout: the SDK would wait until the call's deadline
// and then return the deadline's error.
func TestThrottledWithinTheTimeout(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("X-Amzn-Errortype", "TooManyRequestsException")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	waits := []time.Duration{0, time.Hour}
	client := lambda.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return waits[attempt-1], nil })
			})
		},
	})
	err := selfinvoke.NewTask("answer", client, func(context.Context, string) error { return nil }).Invoke(invocation(t), "x")
	if !errors.Is(err, selfinvoke.ErrThrottled) || errors.Is(err, context.DeadlineExceeded) || calls != 2 {
		t.Errorf("got %v after %d calls, want ErrThrottled after 2", err, calls)
	}
}
