package jobevents

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

const (
	tryTime     = 10 * time.Second       // of one try, its answer included
	tries       = 4                      // of one request
	firstWait   = 200 * time.Millisecond // doubled after each try
	longestWait = 10 * time.Second       // that a Retry-After may ask for; Lambda waits for longer ones
)

// api publishes to an Event API.
type api struct {
	client    *outbound.Client
	authorize Authorizer
}

// publish sends the events of one channel, and sets the error of each that was not taken. It
// tries again what another try may mend, up to four times.
func (a *api) publish(ctx context.Context, group []*change) {
	renewed := false // the token source was asked again
	for try := 1; ; try++ {
		err := a.send(ctx, group)
		skewed, expired := a.refused(err)
		if wait, again := pause(err, try, skewed || expired && !renewed); !again || !sleep(ctx, wait) {
			return
		}
		renewed = renewed || expired
		group = slices.DeleteFunc(slices.Clone(group), done)
	}
}

// done is true of an event that was taken, or refused for good.
func done(c *change) bool {
	var refused *eventError
	return c.err == nil || errors.As(c.err, &refused) && !passing(refused.code)
}

// send sends the events once, and sets the error of each. It returns that of the request, or of an
// event that another try may mend.
func (a *api) send(ctx context.Context, group []*change) error {
	failed, err := a.try(ctx, group)
	var mendable error
	for i, c := range group {
		if c.err = err; err == nil {
			c.err = failed[i]
		}
		if !done(c) {
			mendable = c.err
		}
	}
	return cmp.Or(err, mendable)
}

// eventError is why an event of a request that was answered was not taken.
type eventError struct{ code int }

func (e *eventError) Error() string {
	return fmt.Sprintf("AppSync refused the event with code %d", e.code)
}

// passing is true of a code after which another try may do.
func passing(code int) bool {
	return code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500
}

// refused says why another try may be let in: the local clock was wrong, by which the request
// was signed, or the token source may have another token.
func (a *api) refused(err error) (skewed, expired bool) {
	var status *outbound.StatusError
	own, ok := a.authorize.(appsyncauth.Authorizer)
	if !ok || !errors.As(err, &status) {
		return false, false
	}
	return own.Refused(status.Code, status.Date), own.Expired(status.Code)
}

func request(group []*change) ([]byte, error) {
	events := make([]json.RawMessage, len(group))
	for i, c := range group {
		events[i] = c.event
	}
	return marshal(struct {
		Channel string            `json:"channel"`
		Events  []json.RawMessage `json:"events"`
	}{group[0].channel, events})
}

// answer is what AppSync says of each event of a request. An event that a handler of the
// namespace drops is in neither list.
//
// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
type answer struct {
	Successful []struct{} `json:"successful"`
	Failed     []struct {
		Index int `json:"index"`
		Code  int `json:"code"`
	} `json:"failed"`
}

// try returns the errors of single events by their index, or that of the request.
func (a *api) try(ctx context.Context, group []*change) (failed map[int]error, err error) {
	defer func() {
		if v := recover(); v != nil { // of the Authorizer
			err = fmt.Errorf("panic with a value of type %T", v)
		}
	}()
	body, err := request(group)
	if err != nil {
		return nil, err
	}
	response, err := a.client.Post(ctx, body, a.authorize.Authorize)
	if err != nil {
		return nil, err
	}
	defer response.Close()
	var got answer
	if json.NewDecoder(response).Decode(&got) != nil || got.Successful == nil && got.Failed == nil {
		return nil, errAnswer
	}
	failed = map[int]error{}
	for _, f := range got.Failed {
		failed[f.Index] = &eventError{f.Code}
	}
	return failed, nil
}

var errAnswer = errors.New("the answer is not that of an Event API")

// pause returns how long to wait before another try, and whether there is one.
func pause(err error, try int, mended bool) (time.Duration, bool) {
	if err == nil || try == tries {
		return 0, false
	}
	wait := firstWait << (try - 1)
	wait += rand.N(wait)
	var refused *eventError
	if errors.As(err, &refused) {
		return wait, passing(refused.code)
	}
	var status *outbound.StatusError
	if !errors.As(err, &status) {
		var unanswered *outbound.ConnectionError
		return wait, errors.As(err, &unanswered) || err == errAnswer
	}
	return max(wait, status.RetryAfter), (mended || passing(status.Code)) && status.RetryAfter <= longestWait
}

// sleep is false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
