package process

import (
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// Reported is an error that the process reported, with its whole document: a JSON
// object. Runtimes add members of their own, such as Node.js its trace.
type Reported struct {
	messages.InvokeResponse_Error
	Document []byte
}

// Exited is Lambda's error for a process that ended, for the reason err, without
// an answer.
func Exited(requestID string, err error) messages.InvokeResponse_Error {
	reason := "Runtime exited without providing a reason"
	if err != nil {
		reason = "Runtime exited with error: " + err.Error()
	}
	return messages.InvokeResponse_Error{
		Type: "Runtime.ExitError", Message: fmt.Sprintf("RequestId: %s Error: %s", requestID, reason),
	}
}

// TimedOut is Lambda's error for a process that did not answer in time.
func TimedOut(requestID string, timeout time.Duration) messages.InvokeResponse_Error {
	return messages.InvokeResponse_Error{
		Type: "Sandbox.Timedout", Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", requestID, timeout.Seconds()),
	}
}
