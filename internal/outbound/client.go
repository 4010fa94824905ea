package outbound

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// MaxAnswer is how much of an answer is read, in bytes.
const MaxAnswer = 8 << 20

// Client posts JSON to one address.
type Client struct {
	url, host string
	http      *http.Client
}

// New returns a client of the service at address. A request and its answer may take wait,
// or less if the context ends. New fails as [CheckURL] does. No error holds the address.
func New(address string, wait time.Duration) (*Client, error) {
	if err := CheckURL("the address", address, "https://api.example.com"); err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return &Client{address, u.Host, HTTP(wait)}, nil
}

// HTTP returns a client that follows no redirect and waits no longer than wait.
func HTTP(wait time.Duration) *http.Client {
	return &http.Client{Timeout: wait, CheckRedirect: Stay}
}

// Post sends body with the headers that authorize adds, and returns the answer, whose
// status must be 200. Reading more than MaxAnswer of it is an error. The caller closes it.
func (c *Client) Post(ctx context.Context, body []byte, authorize func(r *http.Request, body []byte) error) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if err := c.authorize(r, body, authorize); err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.host, &ConnectionError{err})
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, statusError(c.host, resp)
	}
	return &answer{resp.Body, MaxAnswer}, nil
}

// authorize has a time limit of its own: a token or credentials may come from another service.
// The headers of r are those of its copy.
func (c *Client) authorize(r *http.Request, body []byte, authorize func(r *http.Request, body []byte) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), c.http.Timeout)
	defer cancel()
	return authorize(r.WithContext(ctx), body)
}

// answer fails when more than left bytes are read.
type answer struct {
	io.ReadCloser
	left int
}

var errTooLarge = fmt.Errorf("the answer is larger than %d MB", MaxAnswer>>20)

func (a *answer) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p[:min(len(p), a.left+1)])
	if n > a.left {
		return a.left, errTooLarge
	}
	a.left -= n
	return n, err
}
