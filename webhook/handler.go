package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// Handler verifies webhooks and passes their deliveries to a function. It is both
// a lambda.Handler, for the events that [lambdahttp.Wrap] takes, and an
// [http.Handler]. Make one with [Verifier.Handle] or [Verifier.Respond].
type Handler struct {
	verifier *Verifier
	fn       func(context.Context, Delivery) (Response, error)
}

// Handle returns a handler that verifies each request and passes the delivery to
// fn. It answers with
//
//   - 200 and no body when fn returns nil
//   - 401 when the signature or the timestamp is wrong
//   - 400 when the body cannot be read, 405 for a method other than POST, 413 when
//     the body is too large
//   - 400 when fn's error wraps ErrMalformed, as that of [Delivery.Decode] does
//   - 500 when fn fails in another way or panics, so that the sender tries again
//
// What the provider sends to test the endpoint, such as Slack's URL verification
// and GitHub's ping, is answered without calling fn. Handle panics when fn is nil.
func (v *Verifier) Handle(fn func(context.Context, Delivery) error) *Handler {
	v.check("Handle")
	if fn == nil {
		panic("webhook: Handle: fn is nil")
	}
	return v.Respond(func(ctx context.Context, d Delivery) (Response, error) { return Response{}, fn(ctx, d) })
}

// Respond is [Verifier.Handle] for a function that chooses the response, such as
// the text that Slack shows to the user who gave a command.
func (v *Verifier) Respond(fn func(context.Context, Delivery) (Response, error)) *Handler {
	v.check("Respond")
	if fn == nil {
		panic("webhook: Respond: fn is nil")
	}
	return &Handler{verifier: v, fn: fn}
}

// Invoke implements lambda.Handler, by [lambdahttp.Wrap]. It answers the health checks
// of load balancers with 200.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	served := false
	healthy := func(http.ResponseWriter, *http.Request) { served = true }
	out, err := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served = true
		h.ServeHTTP(w, r)
	}), func(o *lambdahttp.Options) { o.HealthCheck = http.HandlerFunc(healthy) }).Invoke(ctx, payload)
	if err == nil && !served { // lambdahttp has refused the event's body
		h.verifier.observe(ctx, h.verifier.refusal(&RefusedError{Reason: ReasonBase64, err: ErrMalformed, detail: "it is not base64, as the event says"}))
	}
	return out, err
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, ok := h.verifier.receive(w, r)
	if !ok {
		return
	}
	answer, err := h.call(r.Context(), d)
	if err == nil {
		err = answer.check()
	}
	if err == nil {
		answer.write(w)
		return
	}
	h.verifier.logger.ErrorContext(r.Context(), "webhook: the delivery was not handled", "provider", d.Provider,
		"delivery", cmp.Or(d.Unsigned.ID, d.ID()), "type", cmp.Or(d.Unsigned.Type, d.Type()), "attempt", d.Unsigned.Attempt, "error", err)
	if errors.Is(err, ErrMalformed) {
		refuse(w, http.StatusBadRequest)
		return
	}
	refuse(w, http.StatusInternalServerError)
}

// call calls fn and turns its panic into an error.
func (h *Handler) call(ctx context.Context, d Delivery) (answer Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	return h.fn(ctx, d)
}

// panicked shows the value only when it is an error: any other may hold a part of
// the delivery.
func panicked(value any) error {
	if _, ok := value.(error); !ok {
		value = fmt.Sprintf("a value of type %T", value)
	}
	return fmt.Errorf("panic: %v\n%s", value, debug.Stack())
}
