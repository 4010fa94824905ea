package lambdalocal_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// responding is a response as a client reads it.
type responding struct {
	*lambda.InvokeWithResponseStreamOutput
	stream *lambda.InvokeWithResponseStreamEventStream
}

func startStream(t *testing.T, client *lambda.Client, name, payload string, opts ...func(*lambda.InvokeWithResponseStreamInput)) (responding, error) {
	t.Helper()
	in := &lambda.InvokeWithResponseStreamInput{FunctionName: &name, Payload: []byte(payload)}
	for _, opt := range opts {
		opt(in)
	}
	client = lambda.New(client.Options()) // smithy-go v1.28.9 reads all streams of a client into one buffer
	out, err := client.InvokeWithResponseStream(t.Context(), in, func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
	if err != nil {
		return responding{}, err
	}
	return responding{out, out.GetStream()}, nil
}

// next returns the next chunk, or how the stream ended.
func (s responding) next(t *testing.T) (chunk string, complete *types.InvokeWithResponseStreamCompleteEvent) {
	t.Helper()
	switch event := (<-s.stream.Events()).(type) {
	case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
		return string(event.Value.Payload), nil
	case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
		s.stream.Close()
		return "", &event.Value
	default:
		t.Fatalf("got the event %T, %v", event, s.stream.Err())
		return "", nil
	}
}

func (s responding) rest(t *testing.T) (chunks []string, complete *types.InvokeWithResponseStreamCompleteEvent) {
	t.Helper()
	for complete == nil {
		var chunk string
		if chunk, complete = s.next(t); complete == nil {
			chunks = append(chunks, chunk)
		}
	}
	return chunks, complete
}

// clients are the SDK's client in the process and on a port.
func clients(t *testing.T, local *lambdalocal.Local) map[string]*lambda.Client {
	client, _ := dial(t, local)
	return map[string]*lambda.Client{"in the process": local.Client(), "over HTTP": client}
}

// gated returns a reader that gives first at once, and second after open is called.
func gated(first, second string, then error) (body io.Reader, open func()) {
	gate := make(chan struct{})
	reader, writer := io.Pipe()
	go func() {
		fmt.Fprint(writer, first)
		<-gate
		fmt.Fprint(writer, second)
		writer.CloseWithError(then)
	}()
	return reader, func() { close(gate) }
}

func TestInvokeWithResponseStream(t *testing.T) {
	local, _ := newLocal(t)
	var open func()
	add(t, local, "f", func(_ context.Context, then string) (body io.Reader, err error) {
		if then != "" {
			err = &problem{then}
		}
		body, open = gated("first", "second", err)
		return body, nil
	})
	for name, client := range clients(t, local) {
		for _, then := range []string{"", "no luck"} {
			out, err := startStream(t, client, "f", `"`+then+`"`)
			if err != nil {
				t.Fatal(err)
			}
			if chunk, _ := out.next(t); chunk != "first" {
				t.Errorf("%s: the first chunk is %q", name, chunk)
			}
			open() // only now, so the first chunk came while the function ran
			chunks, complete := out.rest(t)
			if strings.Join(chunks, "") != "second" || out.StatusCode != 200 || *out.ExecutedVersion != "$LATEST" || *out.ResponseStreamContentType != "application/vnd.amazon.eventstream" {
				t.Errorf("%s: got %q and %+v", name, chunks, out.InvokeWithResponseStreamOutput)
			}
			if failed := complete.ErrorCode != nil; failed != (then != "") || failed && (*complete.ErrorCode != "problem" || !strings.Contains(*complete.ErrorDetails, then)) {
				t.Errorf("%s: after %q got %s, %s", name, then, aws.ToString(complete.ErrorCode), aws.ToString(complete.ErrorDetails))
			}
		}
	}
}

// TestInvokeWithResponseStreamOfABufferedFunction: the response, or the error document
// of a function that failed, is one chunk.
func TestInvokeWithResponseStreamOfABufferedFunction(t *testing.T) {
	local, _ := newLocal(t)
	long := strings.Repeat("x", 5<<20)
	add(t, local, "f", func(v string) (string, error) {
		if v == "fail" {
			return "", &problem{"no luck"}
		}
		return long, nil
	})
	const document = `{"errorMessage":"no luck","errorType":"problem"}`
	for name, client := range clients(t, local) {
		out, err := startStream(t, client, "f", `"go"`)
		if err != nil {
			t.Fatal(err)
		}
		if chunks, complete := out.rest(t); len(chunks) != 1 || chunks[0] != `"`+long+`"` || complete.ErrorCode != nil || complete.LogResult != nil {
			t.Errorf("%s: got %d chunks, %+v", name, len(chunks), complete)
		}
		out, err = startStream(t, client, "f", `"fail"`)
		if err != nil {
			t.Fatal(err)
		}
		chunks, complete := out.rest(t)
		if len(chunks) != 1 || chunks[0] != document || aws.ToString(complete.ErrorCode) != "Unhandled" || aws.ToString(complete.ErrorDetails) != document {
			t.Errorf("%s: got %q, %s, %s", name, chunks, aws.ToString(complete.ErrorCode), aws.ToString(complete.ErrorDetails))
		}
	}
}

func TestInvokeWithResponseStreamRefuses(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", echo)
	add(t, local, "busy", echo, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency = 0 })
	for _, client := range clients(t, local) {
		as[*types.ResourceNotFoundException](t, second(startStream(t, client, "g", "{}")))
		as[*types.TooManyRequestsException](t, second(startStream(t, client, "busy", "{}")))
		as[*types.InvalidRequestContentException](t, second(startStream(t, client, "f", "{")))
	}
	local.Close()
	if _, err := startStream(t, local.Client(), "f", "{}"); !errors.Is(err, lambdalocal.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestInvokeWithResponseStreamTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		body, open := gated("first", "second", nil)
		add(t, local, "f", func() (io.Reader, error) { return body, nil })
		began := time.Now()
		out, err := startStream(t, local.Client(), "f", "", func(in *lambda.InvokeWithResponseStreamInput) { in.LogType = types.LogTypeTail })
		if err != nil {
			t.Fatal(err)
		}
		chunks, complete := out.rest(t)
		log, _ := base64.StdEncoding.DecodeString(aws.ToString(complete.LogResult))
		if chunks[0] != "first" || aws.ToString(complete.ErrorCode) != "Sandbox.Timedout" || !strings.HasSuffix(string(log), "\tStatus: timeout\n") || time.Since(began) != 3*time.Second {
			t.Errorf("after %v got %q, %s, %s", time.Since(began), chunks, aws.ToString(complete.ErrorCode), log)
		}
		open()
	})
}

// TestInvokeWithResponseStreamCallerLeaves: as captured, the function runs on and keeps
// its concurrency until it ends.
func TestInvokeWithResponseStreamCallerLeaves(t *testing.T) {
	local, _ := newLocal(t)
	ended := make(chan struct{}, 1)
	var open func()
	add(t, local, "f", func() (body io.Reader, err error) {
		body, open = gated("first", "second", nil)
		return io.MultiReader(body, atEnd(func() { ended <- struct{}{} })), nil
	}, func(o *lambdalocal.FunctionOptions) { o.ReservedConcurrency, o.Timeout = 1, time.Minute })
	for name, client := range clients(t, local) {
		out, err := startStream(t, client, "f", "")
		if err != nil {
			t.Fatal(err)
		}
		if chunk, _ := out.next(t); chunk != "first" {
			t.Fatalf("%s: the first chunk is %q", name, chunk)
		}
		out.stream.Close()
		as[*types.TooManyRequestsException](t, second(startStream(t, client, "f", "")))
		open()
		<-ended
		eventually(t, func() bool {
			out, err := startStream(t, client, "f", "")
			if err != nil {
				return false
			}
			open()
			chunks, _ := out.rest(t)
			<-ended
			return strings.Join(chunks, "") == "firstsecond"
		})
	}
}

// atEnd is a reader without bytes that says when it is read.
type atEnd func()

func (f atEnd) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

// TestInvokeWithResponseStreamLost: the function runs, and the caller gets nothing.
func TestInvokeWithResponseStreamLost(t *testing.T) {
	local, _ := newLocal(t, faulty(lambdalocal.Faults{LostResponse: 1}))
	ran := make(chan string, 8)
	add(t, local, "f", func(v string) (string, error) { ran <- v; return v, nil })
	for name, client := range clients(t, local) {
		if out, err := startStream(t, client, "f", `"a"`); err == nil || <-ran != "a" {
			t.Errorf("%s: got %+v, %v", name, out, err)
		}
	}
}

// TestInvokeWithResponseStreamIgnoresTheInvocationType as Lambda does, see
// internal/invokeapi.
func TestInvokeWithResponseStreamIgnoresTheInvocationType(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func() (string, error) { return "ran", nil })
	out, err := startStream(t, local.Client(), "f", "", func(in *lambda.InvokeWithResponseStreamInput) {
		in.InvocationType = types.ResponseStreamingInvocationTypeDryRun
	})
	if err != nil {
		t.Fatal(err)
	}
	if chunks, _ := out.rest(t); len(chunks) != 1 || chunks[0] != `"ran"` {
		t.Errorf("got %q", chunks)
	}
}

// TestInvokeWithResponseStreamTakes6MB also from a client that asks for Event, whose limit
// is that of Invoke.
func TestInvokeWithResponseStreamTakes6MB(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func(s string) (int, error) { return len(s), nil })
	payload := `"` + strings.Repeat("x", 2<<20) + `"`
	out, err := startStream(t, local.Client(), "f", payload, func(in *lambda.InvokeWithResponseStreamInput) {
		in.InvocationType = types.ResponseStreamingInvocationType(types.InvocationTypeEvent)
	})
	if err != nil {
		t.Fatal(err)
	}
	if chunks, _ := out.rest(t); len(chunks) != 1 || chunks[0] != "2097152" {
		t.Errorf("got %q", chunks)
	}
}

var report = regexp.MustCompile(`^START RequestId: ([0-9a-f-]{36}) Version: live
END RequestId: [0-9a-f-]{36}
REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t
$`)

func TestLogResult(t *testing.T) {
	local, _ := newLocal(t)
	add(t, local, "f", func() {})
	for name, client := range clients(t, local) {
		for _, kind := range []types.LogType{types.LogTypeTail, types.LogTypeNone, ""} {
			out, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("f:live"), LogType: kind})
			if err != nil {
				t.Fatal(err)
			}
			log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
			if asked := kind == types.LogTypeTail; err != nil || asked != report.Match(log) || asked != (out.LogResult != nil) {
				t.Errorf("%s, %q: got %s, %v", name, kind, log, err)
			}
		}
	}
}
