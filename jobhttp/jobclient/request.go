package jobclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	longestPause = 30 * time.Second // between two tries, if the server does not ask for more
	longestWait  = 5 * time.Minute  // that a Retry-After may ask for
	maxProblem   = 64 << 10         // bytes of problem details
)

// call is a request that can be sent again.
type call struct {
	op, id string
	method string
	path   string // after the base
	header http.Header
	body   []byte
}

// forJob returns a call about the job with this ID, which stands in the path.
func forJob(op, method, id, suffix string) (call, error) {
	c := call{op: op, id: id, method: method, path: "/" + url.PathEscape(id) + suffix, header: http.Header{}}
	if id == "" || id == "." || id == ".." {
		return c, &Error{Op: op, ID: id, Err: fmt.Errorf("%w: no URL can name this job", jobstore.ErrInvalid)}
	}
	return c, nil
}

// fetch sends a call until there is an answer, and decodes it into to.
func (c *Client[In, Out]) fetch(ctx context.Context, call call, to any) error {
	for failures := 0; ; failures++ {
		err := c.try(ctx, call, to)
		if err == nil || failures+1 >= c.opts.Tries || !c.again(ctx, err, failures) {
			return err
		}
	}
}

func (c *Client[In, Out]) try(ctx context.Context, call call, to any) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	resp, err := c.send(ctx, call)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return c.decode(call, resp, to)
}

func (c *Client[In, Out]) decode(call call, resp *http.Response, to any) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, min(c.opts.MaxAnswer, math.MaxInt64-1)+1))
	switch {
	case err != nil:
		return call.broken(&outbound.ConnectionError{Err: err})
	case int64(len(data)) > c.opts.MaxAnswer:
		return call.tooLong(c.opts.MaxAnswer)
	case len(data) == 0:
		return call.lacks("body")
	}
	if err := json.Unmarshal(data, to); err != nil {
		return call.malformed()
	}
	return nil
}

// send returns an answer that is a success, or 304. The caller closes it.
func (c *Client[In, Out]) send(ctx context.Context, call call) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, call.method, c.base+call.path, bytes.NewReader(call.body))
	if err != nil {
		return nil, &Error{Op: call.op, ID: call.id, Err: err}
	}
	for name, values := range call.header {
		r.Header[name] = values
	}
	if c.opts.Authorize != nil {
		if err := c.opts.Authorize(r); err != nil {
			return nil, &Error{Op: call.op, ID: call.id, Err: fmt.Errorf("Options.Authorize: %w", err)}
		}
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, call.broken(&outbound.ConnectionError{Err: err})
	}
	if err := outbound.Answered(resp); err != nil {
		return nil, call.broken(err)
	}
	if resp.StatusCode/100 == 2 || resp.StatusCode == http.StatusNotModified {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, call.refused(resp)
}

// refused reads the problem details of an answer, as far as there are any.
func (c call) refused(resp *http.Response) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	if data, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem)); err == nil {
		_ = json.Unmarshal(data, &problem) // a front may answer with a page of its own
	}
	return &Error{
		Op: c.op, ID: c.id, Status: resp.StatusCode, Detail: problem.Detail,
		Err: meaning(resp.StatusCode), retryAfter: outbound.RetryAfter(resp.Header),
	}
}

// broken is the error of a connection.
func (c call) broken(err error) error {
	return &Error{Op: c.op, ID: c.id, Err: err, broken: true}
}

func (c call) tooLong(limit int64) error {
	return &Error{Op: c.op, ID: c.id, Err: fmt.Errorf("the answer is longer than %d bytes", limit)}
}

func (c call) malformed() error {
	return &Error{Op: c.op, ID: c.id, Err: errors.New("the answer is not JSON of the right type")}
}

func (c call) lacks(what string) error {
	return &Error{Op: c.op, ID: c.id, Err: fmt.Errorf("the answer has no %s", what)}
}

// answered is an error if a server, or what is on the way, answered with no job, or with
// another one than that of the call.
func answered[Out any](c call, job jobhttp.View[Out]) error {
	switch {
	case job.ID == "":
		return c.lacks("id of a job")
	case job.Status == "":
		return c.lacks("status of a job")
	case c.id != "" && job.ID != c.id:
		return &Error{Op: c.op, ID: c.id, Err: errors.New("the answer is about another job")}
	}
	return nil
}

// again waits before the next try. It returns false when that cannot help, would come after
// the context's end, or is longer than a caller without a deadline should be held.
func (c *Client[In, Out]) again(ctx context.Context, err error, failures int) bool {
	failed, ok := errors.AsType[*Error](err)
	if !ok || !failed.temporary() || failed.retryAfter > longestWait || ctx.Err() != nil {
		return false
	}
	wait := max(failed.retryAfter, pause(failures))
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	if c.opts.OnRetry != nil {
		c.opts.OnRetry(err)
	}
	return sleep(ctx, wait)
}

// pause is random, so that clients do not come all at once.
func pause(failures int) time.Duration {
	return rand.N(min(longestPause, time.Second<<min(failures, 10)))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
