package lambdalocal

import (
	"fmt"
	"path"
	"reflect"
	"runtime"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// unhandled is the only kind of function error that Lambda still reports.
const unhandled = "Unhandled"

// functionError is a failed invocation: the handler returned an error, panicked,
// returned too much or ran out of time. Its Type is the Go type's name, or one of
// Lambda's own such as Sandbox.Timedout.
type functionError struct {
	messages.InvokeResponse_Error
	function string
	document []byte // as the runtime reported it, if it did
}

func (e *functionError) Error() string {
	return fmt.Sprintf("lambdalocal: function %s failed: %s: %s", e.function, e.Type, e.Message)
}

// payload is what a synchronous caller gets: the runtime's document unchanged, or one
// as aws-lambda-go writes it.
func (e *functionError) payload() []byte {
	if e.document != nil {
		return e.document
	}
	return marshal(e.InvokeResponse_Error)
}

func (i *invocation) failure(e messages.InvokeResponse_Error) *functionError {
	return &functionError{InvokeResponse_Error: e, function: i.fn.name}
}

// invokeError names an error as aws-lambda-go does.
func invokeError(err error) messages.InvokeResponse_Error {
	if response, ok := err.(messages.InvokeResponse_Error); ok {
		return response
	}
	return messages.InvokeResponse_Error{Message: err.Error(), Type: typeName(err)}
}

func panicError(value any) messages.InvokeResponse_Error {
	if response, ok := value.(messages.InvokeResponse_Error); ok {
		return response
	}
	return messages.InvokeResponse_Error{
		Message:    fmt.Sprint(value),
		Type:       typeName(value),
		StackTrace: stackTrace(),
	}
}

func typeName(value any) string {
	t := reflect.TypeOf(value)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// stackTrace is called by the deferred function that recovered.
func stackTrace() []*messages.InvokeResponse_Error_StackFrame {
	const hidden = 4 // runtime.Callers, stackTrace, panicError, the deferred function
	counters := make([]uintptr, 32)
	frames := runtime.CallersFrames(counters[:runtime.Callers(hidden, counters)])
	var trace []*messages.InvokeResponse_Error_StackFrame
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		trace = append(trace, &messages.InvokeResponse_Error_StackFrame{
			Path: path.Base(frame.File), Line: int32(frame.Line), Label: path.Base(frame.Function),
		})
	}
	return trace
}
