package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const maxAnswer = 200 << 10 // bytes; AppSync delivers no event over 240 KB

// claude is the service that answers questions.
type claude struct{ url string }

// client follows no redirect, which would take the question to another address.
var client = &http.Client{
	Timeout:       15 * time.Minute, // as a function, also where no context ends before
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// newClaude refuses an address to which questions would go in clear text.
func newClaude(address string) (*claude, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !net.ParseIP(u.Hostname()).IsLoopback() {
		return nil, errors.New("CLAUDE_URL is not the https address of a service")
	}
	return &claude{address}, nil
}

// ask posts the question. It ends with ctx, which ends shortly before the function's time.
func (c *claude) ask(ctx context.Context, question string) (string, error) {
	body, err := json.Marshal(map[string]string{"prompt": question})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return "", errors.Unwrap(err) // without the address, which may hold a key
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", refusal(resp)
	}
	var answer struct {
		Response *string `json:"claude_response"`
	}
	switch err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&answer); {
	case err != nil:
		return "", fmt.Errorf("the answer cannot be read: %w", err)
	case answer.Response == nil:
		return "", errors.New("the answer has no claude_response")
	}
	return *answer.Response, nil
}

// refusal has the job wait for as long as the service asks for, up to an hour, and not repeat what it will
// never answer. All else is repeated after a wait that doubles.
func refusal(resp *http.Response) error {
	err := fmt.Errorf("the service answered %s", resp.Status)
	if d := wait(resp.Header.Get("Retry-After")); d > 0 {
		return jobstore.RetryAfter(err, d)
	}
	if resp.StatusCode == http.StatusBadRequest {
		return jobstore.Permanent(err)
	}
	return err
}

// longestWait is for someone who watches the page: no service has a job wait for a day.
const longestWait = time.Hour

// wait reads a Retry-After, up to longestWait. It has seconds or a date.
func wait(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(time.Until(at), longestWait)
}
