package lambdalocal

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// maxLogResult is how much of the log a caller gets.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const maxLogResult = 4 << 10

// logged is what Lambda logs about an attempt that took so long. The figures of the
// memory are made up, since nothing measures it here.
//
// Source: radkawar/stackd 9dc356f5, testdata/aws/lambda/streaming.json and
// invocation_tails.json, log_tail_utf8.
func (i *invocation) logged(output []byte, failure *functionError, took time.Duration) []byte {
	var log strings.Builder
	fmt.Fprintf(&log, "START RequestId: %s Version: %s\n%s", i.requestID, i.version(), output)
	if failure != nil && i.platformFailed(failure) {
		fmt.Fprintf(&log, "%s\n%s\n", failure.Message, failure.Type)
	}
	milliseconds := float64(took) / float64(time.Millisecond)
	fmt.Fprintf(&log, "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t%s\n",
		i.requestID, i.requestID, milliseconds, math.Ceil(milliseconds), i.status(failure))
	return []byte(log.String())
}

// platformFailed reports whether Lambda noticed the failure, not the function.
func (i *invocation) platformFailed(failure *functionError) bool {
	return strings.HasPrefix(failure.Message, "RequestId: "+i.requestID)
}

func (i *invocation) status(failure *functionError) string {
	switch {
	case failure == nil || !i.platformFailed(failure):
		return ""
	case failure.Type == timedOutType:
		return "Status: timeout"
	}
	return "Status: error\tError Type: " + failure.Type
}

// timedOutType is the error type of a timeout.
const timedOutType = "Sandbox.Timedout"

// logResult is the end of the log as callers get it. A character that is cut becomes
// U+FFFD, as captured.
func logResult(log []byte) string {
	end := log[max(0, len(log)-maxLogResult):]
	return base64.StdEncoding.EncodeToString([]byte(strings.ToValidUTF8(string(end), string(utf8.RuneError))))
}
