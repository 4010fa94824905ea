package selfinvoke

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// impatient is the client's retryer without waits that would end after the call's
// deadline. The SDK then returns the error of the last try, such as a throttle. A
// wait until the deadline would end in the deadline's error and hide the cause.
type impatient struct {
	aws.Retryer
	deadline time.Time
}

// RetryDelay implements aws.Retryer.
func (r impatient) RetryDelay(attempt int, cause error) (time.Duration, error) {
	delay, err := r.Retryer.RetryDelay(attempt, cause)
	if err == nil && delay >= time.Until(r.deadline) {
		return 0, cause
	}
	return delay, err
}

// GetAttemptToken implements aws.RetryerV2, so that the SDK's adaptive mode keeps
// limiting the rate.
func (r impatient) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	if v2, ok := r.Retryer.(aws.RetryerV2); ok {
		return v2.GetAttemptToken(ctx)
	}
	return r.GetInitialToken(), nil
}

// withoutLateTries makes the SDK return when its next try would come after the
// deadline of ctx.
func withoutLateTries(ctx context.Context) func(*lambda.Options) {
	deadline, bounded := ctx.Deadline()
	return func(o *lambda.Options) {
		if bounded && o.Retryer != nil {
			o.Retryer = impatient{o.Retryer, deadline}
		}
	}
}
