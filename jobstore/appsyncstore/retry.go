package appsyncstore

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// longestPause is the most that Retry-After may ask for.
const longestPause = 20 * time.Second

// retryer is Options.Retryer, which knows of an answer what the SDK's retryers do not: that
// it is cut or not GraphQL, that another signature or token may do, and how long to wait.
type retryer struct{ aws.RetryerV2 }

func newRetryer(r aws.Retryer) retryer {
	if v2, ok := r.(aws.RetryerV2); ok {
		return retryer{v2}
	}
	return retryer{olderRetryer{r}}
}

func (r retryer) IsErrorRetryable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.again || r.RetryerV2.IsErrorRetryable(err)
}

func (r retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	delay, failed := r.RetryerV2.RetryDelay(attempt, err)
	var e *Error
	if errors.As(err, &e) {
		delay = max(delay, min(e.after, longestPause))
	}
	return delay, failed
}

// olderRetryer is an aws.Retryer as an aws.RetryerV2.
type olderRetryer struct{ aws.Retryer }

func (r olderRetryer) GetAttemptToken(context.Context) (func(error) error, error) {
	return r.GetInitialToken(), nil
}

// call is a request and what its tries have learned.
type call struct {
	body    []byte
	renewed bool // the token source was asked again
}

// learn sees whether another signature or token would do.
func (c *client) learn(sent *call, resp *http.Response, err error) {
	var e *Error
	if !errors.As(err, &e) {
		return
	}
	e.after = outbound.RetryAfter(resp.Header)
	switch {
	case skewCodes[e.ErrorCode()]:
		at, _ := http.ParseTime(resp.Header.Get("Date"))
		e.again = !at.IsZero() && c.skewed(at)
	case c.renews && e.Status == http.StatusUnauthorized && !sent.renewed:
		sent.renewed, e.again = true, true
	}
}

// skewCodes are errors that a wrong clock may be the cause of, as in the AWS SDK.
//
// Source: https://github.com/aws/aws-sdk-go-v2/blob/main/aws/retry/retryable_error.go
var skewCodes = map[string]bool{
	"InvalidSignatureException": true, "RequestTimeTooSkewed": true, "RequestExpired": true, "RequestInTheFuture": true,
	"SignatureDoesNotMatch": true, "AuthFailure": true, "UnrecognizedClientException": true,
}

// limit is how long a try may take: AppSync's own limit, and no more than half of the time
// that is left, so that a try that hangs leaves time for another.
func limit(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return maxWait
	}
	return min(maxWait, max(time.Until(deadline)/2, leastWait))
}

// leastWait is enough for a healthy API.
const leastWait = 2 * time.Second
