package appsyncstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client sends GraphQL operations.
type client struct {
	endpoint  string
	authorize Authorizer
	opts      *Options
}

// maxAnswer bounds what is read of an answer: AppSync's own limit is 5 MB.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxAnswer = 8 << 20

// send performs an operation whose one field is root, and returns the object there:
// nil for null. The retryer decides what is sent again.
func (c *client) send(ctx context.Context, root, operation string, variables map[string]any) (record, error) {
	body, err := json.Marshal(map[string]any{"query": operation, "variables": variables})
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		data, err := c.try(ctx, body)
		if err == nil || attempt >= c.opts.Retryer.MaxAttempts() || !c.opts.Retryer.IsErrorRetryable(err) || !c.wait(ctx, attempt, err) {
			return c.root(data, root, err)
		}
	}
}

// wait waits until the next attempt is due. It is false when there is none.
func (c *client) wait(ctx context.Context, attempt int, cause error) bool {
	release, err := c.opts.Retryer.GetRetryToken(ctx, cause)
	if err != nil {
		return false
	}
	delay, err := c.opts.Retryer.RetryDelay(attempt, cause)
	_ = release(err)
	if err != nil {
		return false
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// try sends a request once and returns the data of its answer, which may be there
// beside an error.
func (c *client) try(ctx context.Context, body []byte) (json.RawMessage, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if err := c.authorize(r, body); err != nil {
		return nil, fmt.Errorf("authorize: %w", err)
	}
	resp, err := c.opts.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return parse(resp.StatusCode, raw)
}

// parse reads an answer.
func parse(status int, raw []byte) (json.RawMessage, error) {
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Type    string `json:"errorType"`
			Message string `json:"message"`
			Path    []any  `json:"path"`
		} `json:"errors"`
	}
	err := json.Unmarshal(raw, &answer)
	switch {
	case err == nil && len(answer.Errors) > 0:
		first := answer.Errors[0]
		return answer.Data, &Error{Type: first.Type, Message: first.Message, Status: status, nested: len(first.Path) > 1}
	case status != http.StatusOK:
		return nil, &Error{Type: http.StatusText(status), Message: "the answer is no GraphQL", Status: status}
	case err != nil || answer.Data == nil:
		return nil, &Error{Message: "the answer is no GraphQL: is the endpoint right?", Status: status}
	}
	return answer.Data, nil
}

// root takes the object at root out of data.
func (c *client) root(data json.RawMessage, root string, err error) (record, error) {
	var fields map[string]record
	if json.Unmarshal(data, &fields) != nil {
		fields = nil
	}
	if err == nil && fields == nil {
		err = &Error{Message: "the answer's data is no object", Status: http.StatusOK}
	}
	return fields[root], err
}
