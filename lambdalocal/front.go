package lambdalocal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

// Why a front answers without the function's response. Other reasons are ErrClosed,
// errThrottled and the errors of httpresult.
var (
	errUnreadable = errors.New("the body could not be read")
	errTooLarge   = errors.New("the request is too large")
	errNoRoute    = errors.New("no route of the API matches")
	errUpgrade    = errors.New("a load balancer does not upgrade connections to a function")
	errMethod     = errors.New("the method is not supported")
	errOverdue    = errors.New("the function did not answer in time")
	errFailed     = errors.New("the function failed")
)

// front is what is between HTTP and a function: a function URL, an API or a load
// balancer.
type front struct {
	fn      *Function
	timeout time.Duration // how long it waits for the function; 0: until the function ends

	maxBody     int64 // bytes of a request
	maxResponse int   // bytes of what the function returns

	// requestID is the response header with the request's ID, if there is one.
	requestID string

	// readHead reads the head of a response that is sent while the function writes it. If
	// it is nil, the response is buffered.
	readHead func(contentType string, body *bufio.Reader) (*httpresult.Response, error)
	idle     time.Duration // how long such a response may pause; 0: until the function ends
	sized    bool          // the function may set its Content-Length

	// accept makes the event of a request.
	accept func(r *http.Request, body []byte, inv *invocation) (event any, err error)

	// parse reads what the function returned.
	parse func(r *http.Request, payload []byte) (*httpresult.Response, error)

	refusals map[error]refusal
	page     func(refusal) (contentType, body string)
}

// refusal is the front's own answer. It does not show the function's error.
type refusal struct {
	status  int
	message string
}

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.fn.local.serves(r) {
		refuseHost(w, r)
		return
	}
	inv := newInvocation(f.fn, f.fn.ARN())
	inv.continues(r.Header.Get("X-Amzn-Trace-Id"))
	if f.requestID != "" {
		w.Header().Set(f.requestID, inv.requestID)
	}
	if err := f.answer(w, r, inv); err != nil {
		f.refuse(w, inv, err)
	}
}

// answer runs the invocation and writes its response, unless it returns an error.
func (f *front) answer(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	if err := f.load(w, r, inv); err != nil {
		return err
	}
	if f.readHead != nil {
		return f.streamed(w, r, inv)
	}
	return f.buffered(w, r, inv)
}

// load makes the event. Lambda limits its size, whatever the front allows.
func (f *front) load(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, f.maxBody))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return errTooLarge
	}
	if err != nil {
		return errUnreadable
	}
	event, err := f.accept(r, body, inv)
	if err != nil {
		return err
	}
	if inv.payload = marshal(event); len(inv.payload) > maxRequest {
		return errTooLarge
	}
	return nil
}

// buffered waits for the whole response. After the front's timeout, or if the caller
// disconnects, the function keeps running.
func (f *front) buffered(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	result, err := f.await(r.Context(), inv)
	switch {
	case err != nil:
		return err
	case result.err != nil:
		return errFailed
	case len(result.payload) > f.maxResponse:
		return fmt.Errorf("%w: it is over %d bytes", httpresult.ErrMalformed, f.maxResponse)
	}
	response, err := f.parse(r, result.payload)
	if err == nil {
		response.Write(w)
	}
	return err
}

// await decides by the clock, so that an answer at the timeout is late.
func (f *front) await(ctx context.Context, inv *invocation) (outcome, error) {
	if f.timeout == 0 {
		return inv.wait(ctx)
	}
	deadline := time.Now().Add(f.timeout)
	waiting, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	result, err := inv.wait(waiting)
	if ctx.Err() == nil && !time.Now().Before(deadline) {
		inv.note("the caller was told that it took over %v", f.timeout)
		return outcome{}, errOverdue
	}
	return result, err
}

// refuse writes the answer to err. A caller that disconnected gets none.
func (f *front) refuse(w http.ResponseWriter, inv *invocation, err error) {
	if errors.Is(err, httpresult.ErrMalformed) || errors.Is(err, httpresult.ErrUndecodable) {
		inv.log("lambdalocal: the function's result is not an HTTP response", err)
	}
	for cause, answer := range f.refusals {
		if errors.Is(err, cause) {
			contentType, body := f.page(answer)
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(answer.status)
			io.WriteString(w, body)
		}
	}
}
