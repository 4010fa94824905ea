package jobclient

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// Options are the optional settings of [New].
type Options struct {
	// Authorize adds the caller's credentials to a request. It is called for each try, and
	// may use the request's context. Its error ends the call. Default nil.
	Authorize func(r *http.Request) error

	// HTTPClient sends the requests. Its Timeout and CheckRedirect are not used. The cookies of
	// its Jar are sent for all callers whom Authorize tells apart. Default a new one, without a Jar.
	HTTPClient *http.Client

	// Timeout is the longest that a try may take, its answer included. A watch has none:
	// it connects again when it has received nothing for 45 seconds. Default 30 s.
	Timeout time.Duration

	// MaxAnswer is the longest answer, and the longest event of a watch, in bytes. Default
	// 16 MiB.
	MaxAnswer int64

	// Tries is how often a request is sent at most. Default 4.
	Tries int

	// LongPoll watches with GET /{id}?wait= in place of server-sent events, for an API whose
	// front buffers responses, such as an HTTP API or a load balancer. Default false.
	LongPoll bool

	// OnRetry is told of each error after which a request is sent again. Default nil.
	OnRetry func(error)
}

// Client calls the API of jobs with input In and output Out. Make one with [New]. It is
// safe for concurrent use.
type Client[In, Out any] struct {
	base string
	http *http.Client
	opts Options
}

// New returns a client of the API at the URL under which the handler of jobhttp is mounted,
// such as https://api.example/jobs. It does no I/O.
//
// New fails when address is not an https URL (http is for localhost and loopback addresses),
// or has a password, a query or a fragment. It panics when an option is out of range.
func New[In, Out any](address string, opts ...func(*Options)) (*Client[In, Out], error) {
	o := options(opts)
	if err := checkAddress(address); err != nil {
		return nil, fmt.Errorf("jobclient: New: %w", err)
	}
	client := *o.HTTPClient
	client.Timeout, client.CheckRedirect = 0, outbound.Stay
	return &Client[In, Out]{strings.TrimSuffix(address, "/"), &client, o}, nil
}

// Format implements [fmt.Formatter], so that printing does not show the HTTPClient.
func (c Client[In, Out]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "jobclient.Client(%s)", c.base)
}

func options(opts []func(*Options)) Options {
	o := Options{HTTPClient: &http.Client{}, Timeout: 30 * time.Second, MaxAnswer: 16 << 20, Tries: 4}
	option.Apply("jobclient: New", &o, opts)
	switch {
	case o.HTTPClient == nil:
		panic("jobclient: New: Options.HTTPClient is nil")
	case o.Timeout <= 0:
		panic(fmt.Sprintf("jobclient: New: Options.Timeout is %v, want more than 0", o.Timeout))
	case o.MaxAnswer < 1:
		panic(fmt.Sprintf("jobclient: New: Options.MaxAnswer is %d, want at least 1", o.MaxAnswer))
	case o.Tries < 1:
		panic(fmt.Sprintf("jobclient: New: Options.Tries is %d, want at least 1", o.Tries))
	}
	return o
}

func checkAddress(address string) error {
	if err := outbound.CheckURL("address", address, "https://api.example/jobs"); err != nil {
		return err
	}
	if u, err := url.Parse(address); err != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return errors.New("address has a query or a fragment, want neither")
	}
	return nil
}
