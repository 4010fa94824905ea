package crosscheck_test

import (
	"context"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// client keeps what was invoked.
type client struct{ events [][]byte }

func (c *client) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	c.events = append(c.events, in.Payload)
	return &lambda.InvokeOutput{StatusCode: 202}, nil
}

// TestTaskJoinsTheTrace uses OpenTelemetry's propagator as the documentation of
// selfinvoke.Options says: the span of the task is a child of the span that
// invoked it, two hops deep, and has its baggage.
func TestTaskJoinsTheTrace(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	tracer := provider.Tracer("test")
	propagator := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	lambdaClient := &client{}
	var task *selfinvoke.Task[int]
	task = selfinvoke.NewTask("work", lambdaClient, func(ctx context.Context, left int) error {
		if got := baggage.FromContext(ctx).Member("tenant").Value(); got != "acme" {
			t.Errorf("the baggage is %q", got)
		}
		ctx, span := tracer.Start(ctx, "work")
		defer span.End()
		if left > 0 {
			return task.Invoke(ctx, left-1)
		}
		return nil
	}, func(o *selfinvoke.Options) {
		o.Inject = func(ctx context.Context, trace map[string]string) {
			propagator.Inject(ctx, propagation.MapCarrier(trace))
		}
		o.Extract = func(ctx context.Context, trace map[string]string) context.Context {
			return propagator.Extract(ctx, propagation.MapCarrier(trace))
		}
	})
	handler := selfinvoke.WrapFunc(func(ctx context.Context, n int) (string, error) {
		member, err := baggage.NewMember("tenant", "acme")
		if err != nil {
			return "", err
		}
		bag, err := baggage.New(member)
		if err != nil {
			return "", err
		}
		ctx, span := tracer.Start(baggage.ContextWithBaggage(ctx, bag), "webhook")
		defer span.End()
		return "ok", task.Invoke(ctx, n)
	}, task)

	event := []byte("1")
	for n := range 3 {
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f"})
		if _, err := handler.Invoke(ctx, event); err != nil {
			t.Fatal(err)
		}
		if n < 2 {
			event = lambdaClient.events[n]
		}
	}
	ended := spans.GetSpans()
	if len(ended) != 3 {
		t.Fatalf("%d spans", len(ended))
	}
	for n, span := range ended[1:] {
		parent := ended[n]
		if span.SpanContext.TraceID() != parent.SpanContext.TraceID() || span.Parent.SpanID() != parent.SpanContext.SpanID() {
			t.Errorf("span %d is %v of trace %v, its parent %v of %v", n+1, span.Parent.SpanID(), span.SpanContext.TraceID(), parent.SpanContext.SpanID(), parent.SpanContext.TraceID())
		}
	}
}
