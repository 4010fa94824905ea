package jobhttp

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Refusal is an error of an [Authorize] or of [Options].Prepare that says what the client is
// answered, such as that the caller has too many unfinished jobs.
type Refusal struct {
	Status     int           // 400 to 599, such as [http.StatusTooManyRequests]. Others are logged, and answered with 500
	Detail     string        // a text for the client, the detail of the problem. May be empty
	RetryAfter time.Duration // sent in seconds, rounded up, as the header Retry-After. 0 for no header
}

// Error implements error.
func (e *Refusal) Error() string {
	if e == nil { // in an error that is not nil
		return "a nil *jobhttp.Refusal was returned as an error, want a nil error"
	}
	text := fmt.Sprintf("refused with status %d", e.Status)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// valid is true if the refusal can be answered as it is.
func (e *Refusal) valid() bool { return e != nil && e.Status >= 400 && e.Status <= 599 }

func (e *Refusal) answer(w http.ResponseWriter) {
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatFloat(math.Ceil(e.RetryAfter.Seconds()), 'f', 0, 64))
	}
	explain(w, e.Status, e.Detail)
}
