package crosscheck_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// TestNodeInvoke: a function of AWS's runtime client, invoked with the SDK for
// JavaScript.
func TestNodeInvoke(t *testing.T) {
	d := deploy(t)
	fn := d.add(t, "node", "function.handler")
	got := dialNode(t, d).invoke(t, invocation{
		FunctionName: fn.ARN(), Qualifier: "live", LogType: "Tail", Payload: `{"do":"tell"}`,
		ClientContext: base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`)),
	})
	var seen struct {
		Event                map[string]string
		RequestID, ARN, Name string
		Custom               map[string]string
		Left                 float64
		Trace                string
	}
	if err := json.Unmarshal([]byte(got.Payload), &seen); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	if got.Status != 200 || got.Version != "live" || got.FunctionError != "" || got.RequestID != seen.RequestID {
		t.Errorf("got %+v", got)
	}
	if seen.Event["do"] != "tell" || seen.ARN != fn.ARN()+":live" || seen.Name != "node" || seen.Custom["k"] != "v" {
		t.Errorf("the function saw %+v", seen)
	}
	if seen.Left < 30_000 || seen.Left > 60_000 || !strings.HasPrefix(seen.Trace, "Root=1-") {
		t.Errorf("the function saw %+v", seen)
	}
	if !strings.Contains(got.Log, "START RequestId: "+seen.RequestID) || !strings.Contains(got.Log, "told to tell\nEND ") || !strings.Contains(d.output.String(), "told to tell\n") {
		t.Errorf("the log is %q, the output %q", got.Log, d.output)
	}
}

// TestNodeFailures have the documents of the runtime, or of Lambda.
func TestNodeFailures(t *testing.T) {
	d := deploy(t)
	d.add(t, "node", "function.handler", func(o *lambdalocal.FunctionOptions) { o.Timeout = 2 * time.Second })
	d.add(t, "broken", "broken.handler")
	client := dialNode(t, d)
	for _, tt := range []struct{ function, event, kind, message string }{
		{"node", `{"do":"fail"}`, "TypeError", "no luck"},
		{"node", `{"do":"exit"}`, "Runtime.ExitError", "exit status 3"},
		{"node", `{"do":"hang"}`, "Sandbox.Timedout", "Task timed out after 2.00 seconds"},
		{"node", `{"do":"large","size":6291600}`, "Function.ResponseSizeTooLarge", "6291556 bytes"},
		{"broken", `{}`, "TypeError", "no table"},
	} {
		got := client.invoke(t, invocation{FunctionName: tt.function, Payload: tt.event})
		var document struct {
			ErrorType, ErrorMessage string
			Trace                   []string
		}
		if err := json.Unmarshal([]byte(got.Payload), &document); err != nil {
			t.Fatalf("%v: %+v", err, got)
		}
		if got.Status != 200 || got.FunctionError != "Unhandled" || document.ErrorType != tt.kind || !strings.Contains(document.ErrorMessage, tt.message) {
			t.Errorf("%s: got %+v", tt.event, got)
		}
		if thrown := tt.kind == "TypeError"; thrown != (len(document.Trace) > 1 && document.Trace[0] == "TypeError: "+tt.message) {
			t.Errorf("%s: the trace is %q", tt.event, document.Trace)
		}
		if after := client.invoke(t, invocation{FunctionName: "node", Payload: `{}`}); after.FunctionError != "" {
			t.Errorf("after %s: %+v", tt.event, after)
		}
	}
}

// TestNodeErrors are those that the SDK for JavaScript has types for.
func TestNodeErrors(t *testing.T) {
	d := deploy(t)
	_, err := d.AddFunction("f", func() {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddFunction("busy", func() {}, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 }); err != nil {
		t.Fatal(err)
	}
	client := dialNode(t, d)
	for _, operation := range []string{"Invoke", "InvokeWithResponseStream"} {
		for _, tt := range []struct {
			input  invocation
			error  string
			status int
		}{
			{invocation{FunctionName: "none"}, "ResourceNotFoundException", 404},
			{invocation{FunctionName: "busy"}, "TooManyRequestsException", 429},
			{invocation{FunctionName: "f", Payload: "{"}, "InvalidRequestContentException", 400},
			{invocation{FunctionName: "f!"}, "ValidationException", 400},
			{invocation{FunctionName: "f:1", Qualifier: "2"}, "InvalidParameterValueException", 400},
			{invocation{FunctionName: "f", Payload: `"` + strings.Repeat("x", 6<<20) + `"`}, "RequestTooLargeException", 413},
		} {
			client.send(t, operation, tt.input)
			got := client.next(t)
			if got.Error != tt.error || got.Status != tt.status || got.Message == "" || len(got.RequestID) != 36 {
				t.Errorf("%s: got %+v, want %s", operation, got, tt.error)
			}
		}
	}
}

// TestNodeEvents: an asynchronous event that fails is retried, then discarded with the
// runtime's document.
func TestNodeEvents(t *testing.T) {
	d := deploy(t)
	records := make(chan lambdalocal.InvocationRecord, 1)
	d.add(t, "node", "function.handler", func(o *lambdalocal.FunctionOptions) {
		o.OnFailure = func(r lambdalocal.InvocationRecord) { records <- r }
		o.OnSuccess = o.OnFailure
	})
	client := dialNode(t, d)
	for event, attempts := range map[string]int{`{"do":"fail"}`: 3, `{"do":"tell"}`: 1} {
		if got := client.invoke(t, invocation{FunctionName: "node", InvocationType: "Event", Payload: event}); got.Status != 202 || got.Payload != "" {
			t.Errorf("%s: got %+v", event, got)
		}
		r := <-records
		if r.RequestContext.ApproximateInvokeCount != attempts || string(r.RequestPayload) != event || strings.Contains(string(r.ResponsePayload), `"trace":["TypeError: no luck"`) != (attempts == 3) {
			t.Errorf("%s: the record is %+v, %s", event, r, r.ResponsePayload)
		}
	}
}

// TestNodeStreams: streamifyResponse, read by both SDKs. The first chunk comes while the
// function waits before the second.
func TestNodeStreams(t *testing.T) {
	d := deploy(t)
	d.add(t, "node", "function.stream")
	client := dialNode(t, d)
	for _, do := range []string{"", "fail"} {
		url, open := gate(t)
		client.send(t, "InvokeWithResponseStream", invocation{FunctionName: "node", LogType: "Tail", Payload: `{"gate":"` + url + `","do":"` + do + `"}`})
		if first := client.next(t); first.Chunk != "first" {
			t.Fatalf("the first chunk is %+v", first)
		}
		open()
		rest, last := "", client.next(t)
		for ; last.Chunk != ""; last = client.next(t) {
			rest += last.Chunk
		}
		want := map[string]result{
			"":     {Chunk: "second"},
			"fail": {ErrorCode: "TypeError", ErrorDetails: "no luck"},
		}[do]
		if rest != want.Chunk || !last.Complete || last.Status != 200 || last.ErrorCode != want.ErrorCode || !strings.Contains(last.ErrorDetails, want.ErrorDetails) || !strings.Contains(last.Log, "END RequestId: ") {
			t.Errorf("%q: got %q and %+v", do, rest, last)
		}
	}
	goReads(t, d.Client())
}

func goReads(t *testing.T, client *lambda.Client) {
	t.Helper()
	url, open := gate(t)
	out, err := client.InvokeWithResponseStream(t.Context(), &lambda.InvokeWithResponseStreamInput{
		FunctionName: aws.String("node"), Payload: []byte(`{"gate":"` + url + `"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	stream := out.GetStream()
	defer stream.Close()
	var chunks []string
	for event := range stream.Events() {
		if chunk, ok := event.(*types.InvokeWithResponseStreamResponseEventMemberPayloadChunk); ok {
			chunks = append(chunks, string(chunk.Value.Payload))
			open()
		}
	}
	if err := stream.Err(); err != nil || !slices.Equal(chunks, []string{"first", "second"}) {
		t.Errorf("got %q, %v", chunks, err)
	}
}

// TestNodeStreamsNothing: a function that fails before its first byte.
func TestNodeStreamsNothing(t *testing.T) {
	d := deploy(t)
	d.add(t, "node", "function.stream")
	client := dialNode(t, d)
	client.send(t, "InvokeWithResponseStream", invocation{FunctionName: "node", Payload: `{"do":"fail first"}`})
	if got := client.next(t); !got.Complete || got.ErrorCode != "TypeError" {
		t.Errorf("got %+v", got)
	}
}

// TestNodeStreamsABufferedFunction in one chunk.
func TestNodeStreamsABufferedFunction(t *testing.T) {
	d := deploy(t)
	d.add(t, "node", "function.handler")
	client := dialNode(t, d)
	client.send(t, "InvokeWithResponseStream", invocation{FunctionName: "node", Payload: `{"do":"large","size":1000000}`})
	if got := client.next(t); len(got.Chunk) != 1_000_002 {
		t.Errorf("the first chunk has %d bytes: %+v", len(got.Chunk), got.Complete)
	}
	if got := client.next(t); !got.Complete || got.ErrorCode != "" {
		t.Errorf("got %+v", got)
	}
}

// TestNodeAsksAnotherFunction with the client that is configured in its environment.
func TestNodeAsksAnotherFunction(t *testing.T) {
	d := deploy(t)
	d.add(t, "node", "function.handler")
	_, err := d.AddFunction("double", func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	if err != nil {
		t.Fatal(err)
	}
	got := dialNode(t, d).invoke(t, invocation{FunctionName: "node", Payload: `{"do":"ask","function":"double","payload":"21"}`})
	if got.Payload != "42" {
		t.Errorf("got %+v", got)
	}
}

// TestNodeStreamMapping: the function reports the record that failed. The records after
// it are delivered again, and the bad one ends at the destination.
func TestNodeStreamMapping(t *testing.T) {
	d := deploy(t)
	stream := streamtest.New()
	var records []json.RawMessage
	var numbers []string
	for _, item := range []map[string]string{{"id": "1", "status": "good"}, {"id": "2", "status": "bad"}, {"id": "3", "status": "good"}} {
		raw, err := json.Marshal(stream.Insert(item))
		if err != nil {
			t.Fatal(err)
		}
		var r struct {
			DynamoDB struct{ SequenceNumber string }
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		records, numbers = append(records, raw), append(numbers, r.DynamoDB.SequenceNumber)
	}
	feed := func(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
		rest := records[slices.Index(numbers, after)+1:]
		if len(rest) == 0 {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return rest[:min(limit, len(rest))], nil
	}
	failures := make(chan string, 8)
	err := d.add(t, "node", "function.batch").MapStream(lambdalocal.Feed(feed), func(o *lambdalocal.MappingOptions) {
		o.ReportBatchItemFailures, o.MaximumRetryAttempts = true, 1
		o.OnFailure = func(r lambdalocal.StreamFailure) { failures <- r.DDBStreamBatchInfo.StartSequenceNumber }
	})
	if err != nil {
		t.Fatal(err)
	}
	if first := <-failures; first != numbers[1] {
		t.Errorf("the record %s is discarded, want %s", first, numbers[1])
	}
}
