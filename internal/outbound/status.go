package outbound

import (
	"fmt"
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
	return &StatusError{host, resp.StatusCode, retryAfter(resp.Header.Get("Retry-After")), at}
}

// retryAfter reads the header, which has seconds or a date.
//
// Source: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
