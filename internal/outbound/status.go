package outbound

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// StatusError is the error of an answer with another status than 200.
type StatusError struct {
	Host       string
	Code       int
	RetryAfter time.Duration // that the service asks for; 0 if it does not
	Date       time.Time     // of the answer by the service's clock; zero if it does not say
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answered %d %s", e.Host, e.Code, http.StatusText(e.Code))
}

func statusError(host string, resp *http.Response) *StatusError {
	at, _ := http.ParseTime(resp.Header.Get("Date"))
	return &StatusError{host, resp.StatusCode, RetryAfter(resp.Header), at}
}

// RetryAfter is how long an answer asks to wait, in seconds or until a date. The date goes by
// the clock of the answer's Date, from which the local one may differ. It is at most 68 years.
//
// Source: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func RetryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), math.MaxInt32)) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if now, err := http.ParseTime(h.Get("Date")); err == nil {
		return max(at.Sub(now), 0)
	}
	return max(time.Until(at), 0)
}
