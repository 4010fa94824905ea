package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/events"
)

// Handler is a lambda.Handler for a function URL. Make one with [Handle] or
// with the Handle method of a verifier.
type Handler struct {
	verifier  Verifier
	fn        func(context.Context, Delivery) error
	challenge func(Delivery) (answer any, ok bool) // answered without fn
	logger    *slog.Logger
	maxBody   int
}

// Handle returns a handler that verifies each request with v and hands the
// delivery to fn. It answers
//
//   - 200 without a body when fn returns nil
//   - 401 when the signature or the time stamp is wrong
//   - 400 when the body is malformed, 405 for another method than POST, 413 when
//     the body is too large
//   - 500 when fn fails or panics, so that the sender tries again
//
// Handle panics when v or fn is nil.
func Handle(v Verifier, fn func(context.Context, Delivery) error) *Handler {
	if v == nil || fn == nil {
		panic("webhook: Handle: the verifier or the function is nil")
	}
	return &Handler{
		verifier: v, fn: fn, logger: slog.Default(), maxBody: 1 << 20,
		challenge: func(Delivery) (any, bool) { return nil, false },
	}
}

// Invoke implements lambda.Handler: payload is a function URL event, the result
// its response. An event that is no HTTP request is an error, since nobody waits
// for a status.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	req, err := parse(payload)
	if err != nil {
		return nil, err
	}
	return json.Marshal(h.respond(ctx, req))
}

func (h *Handler) respond(ctx context.Context, req *request) events.LambdaFunctionURLResponse {
	if req.method != http.MethodPost {
		return refusal(http.StatusMethodNotAllowed, "Allow", http.MethodPost)
	}
	body, err := req.body(h.maxBody)
	if err != nil {
		return refusal(status(err))
	}
	d, err := h.verifier.Verify(req.header, body)
	if err != nil {
		return refusal(status(err))
	}
	if answer, ok := h.challenge(d); ok {
		return jsonResponse(http.StatusOK, "application/json", answer)
	}
	if err := h.call(ctx, d); err != nil {
		h.logger.ErrorContext(ctx, "webhook: the delivery was not handled",
			"provider", d.Provider, "delivery", d.ID, "type", d.Type, "attempt", d.Attempt, "error", err)
		return refusal(http.StatusInternalServerError)
	}
	return events.LambdaFunctionURLResponse{StatusCode: http.StatusOK}
}

// call runs fn and turns its panic into an error.
func (h *Handler) call(ctx context.Context, d Delivery) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return h.fn(ctx, d)
}

// status is the answer to what could not be verified.
func status(err error) int {
	switch {
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrMalformed):
		return http.StatusBadRequest
	default:
		return http.StatusUnauthorized
	}
}

// refusal is an answer with problem details (RFC 9457) that say no more than the
// status, and with further headers in pairs.
func refusal(status int, header ...string) events.LambdaFunctionURLResponse {
	r := jsonResponse(status, "application/problem+json", map[string]any{"status": status, "title": http.StatusText(status)})
	for i := 0; i < len(header); i += 2 {
		r.Headers[header[i]] = header[i+1]
	}
	return r
}

func jsonResponse(status int, contentType string, v any) events.LambdaFunctionURLResponse {
	body, err := json.Marshal(v)
	if err != nil {
		panic("webhook: " + err.Error()) // strings and numbers
	}
	return events.LambdaFunctionURLResponse{
		StatusCode: status, Body: string(body), Headers: map[string]string{"Content-Type": contentType},
	}
}
