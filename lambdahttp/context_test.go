package lambdahttp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// contextOf returns the context of the request that the handler gets.
func contextOf(t *testing.T, event string) context.Context {
	t.Helper()
	var ctx context.Context
	invoked(t, lambdahttp.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })), event)
	return ctx
}

func TestEvent(t *testing.T) {
	ctx := contextOf(t, functionURL)
	if got := string(lambdahttp.Event(ctx)); got != functionURL {
		t.Errorf("got %s", got)
	}
	if got := lambdahttp.Event(t.Context()); got != nil {
		t.Errorf("without an event: got %s", got)
	}
}

// TestEventOutlivesItsInvocation: lambda.Start reads the next event into the same bytes.
func TestEventOutlivesItsInvocation(t *testing.T) {
	var ctx context.Context
	payload := []byte(functionURL)
	h := lambdahttp.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() }))
	if _, err := h.Invoke(t.Context(), payload); err != nil {
		t.Fatal(err)
	}
	clear(payload)
	if got := string(lambdahttp.Event(ctx)); got != functionURL {
		t.Errorf("got %q", got)
	}
}

func TestEventFrom(t *testing.T) {
	e, err := lambdahttp.EventFrom[events.LambdaFunctionURLRequest](contextOf(t, functionURL))
	if err != nil || e.RequestContext.HTTP.Method != "POST" {
		t.Errorf("got %+v, %v", e, err)
	}
	if _, err := lambdahttp.EventFrom[events.LambdaFunctionURLRequest](t.Context()); err == nil {
		t.Error("without an event: no error")
	}
	const other = `{"requestContext":{"http":{"method":"POST"}},"more":1234567}`
	if _, err := lambdahttp.EventFrom[struct{ More []int }](contextOf(t, other)); err == nil || strings.Contains(err.Error(), "1234567") {
		t.Errorf("another type: %v", err)
	}
}
