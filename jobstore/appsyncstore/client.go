package appsyncstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// client sends GraphQL operations.
type client struct {
	endpoint  string
	authorize func(r *http.Request, body []byte) error // a function, so that no verb of fmt prints what is in it
	http      HTTPClient
	words     vocabulary
	attempts  *retry.Attempt       // the SDK's loop: waits, quota, and the context's end
	skewed    func(time.Time) bool // takes the server's time, and is true when the clock was wrong
	renews    bool                 // a token source can be asked again
}

func newClient(endpoint string, authorize Authorizer, opts *Options, words vocabulary) client {
	same := func(request any) any { return request } // a call stays the same in all tries
	a, _ := authorize.(appsyncauth.Authorizer)
	return client{
		endpoint: endpoint, authorize: authorize.Authorize, words: words, skewed: a.Skewed, renews: a.Renews(),
		http: withoutRedirects(opts.HTTPClient), attempts: retry.NewAttemptMiddleware(newRetryer(opts.Retryer), same),
	}
}

// send performs an operation and returns the object at its root, nil for null. A partial
// error comes with the rest of the object.
func (c *client) send(ctx context.Context, o operation, variables map[string]any) (record, error) {
	body, err := json.Marshal(map[string]any{"query": o.document, "variables": variables})
	if err != nil {
		return nil, errors.New("the variables do not encode as JSON") // a method's error may quote a value
	}
	out, _, err := c.attempts.HandleFinalize(ctx, middleware.FinalizeInput{Request: &call{body: body}}, middleware.FinalizeHandlerFunc(c.attempt))
	if err != nil {
		return nil, err
	}
	a := out.Result.(answer)
	r, err := a.object(o.root)
	if err == nil && a.partial != nil {
		err = a.partial
	}
	return r, err
}

// attempt sends a request once. A partial answer is not an error here: the operation took
// effect and must not be repeated.
func (c *client) attempt(ctx context.Context, in middleware.FinalizeInput) (out middleware.FinalizeOutput, _ middleware.Metadata, err error) {
	limited, cancel := context.WithTimeout(ctx, limit(ctx))
	defer cancel()
	sent := in.Request.(*call)
	r, err := c.request(limited, sent.body)
	if err != nil {
		return out, middleware.Metadata{}, err
	}
	resp, raw, err := c.do(r)
	switch {
	case err == nil:
		out.Result, err = c.parse(r, sent.body, resp, raw)
		c.learn(sent, resp, err)
	case ctx.Err() != nil:
		err = &aws.RequestCanceledError{Err: ctx.Err()}
	}
	return out, middleware.Metadata{}, err
}

func (c *client) request(ctx context.Context, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if err := c.authorize(r, body); err != nil {
		return nil, fmt.Errorf("authorize: %w", err)
	}
	return r, nil
}

// do returns the whole answer. A failed connection is an error that the SDK's retryer
// recognizes.
func (c *client) do(r *http.Request) (*http.Response, []byte, error) {
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, nil, &smithyhttp.RequestSendError{Err: &outbound.ConnectionError{Err: err}}
	}
	if err := outbound.Answered(resp); err != nil {
		return nil, nil, &smithyhttp.RequestSendError{Err: err}
	}
	defer resp.Body.Close()
	if redirected(resp) {
		return nil, nil, &Error{Status: resp.StatusCode, Message: "Options.HTTPClient has followed a redirect"}
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, &smithyhttp.RequestSendError{Err: &outbound.ConnectionError{Err: err}}
	case len(raw) > maxAnswer:
		return nil, nil, &Error{Status: resp.StatusCode, Message: fmt.Sprintf("the answer is larger than %d MB", maxAnswer>>20)}
	}
	return resp, raw, nil
}
