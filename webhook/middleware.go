package webhook

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

type deliveryKey struct{}

// FromContext returns the delivery of a request that came through
// [Verifier.Middleware].
func FromContext(ctx context.Context) (Delivery, bool) {
	d, ok := ctx.Value(deliveryKey{}).(Delivery)
	return d, ok
}

// Middleware lets only verified webhooks through to next, which gets the delivery
// with [FromContext] and can read the body again. Any other request it answers as
// a [Handler] does.
//
// What is signed covers neither the method, the path, the query nor other headers. Who has
// captured a request can send its body to each path behind next, within the tolerance: put
// each route behind a Middleware with a secret of its own, or have the body say what it is for.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	v.check("Middleware")
	if next == nil {
		panic("webhook: Middleware: next is nil")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, ok := v.receive(w, r)
		if !ok {
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), deliveryKey{}, d))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(d.Body)), int64(len(d.Body))
		next.ServeHTTP(w, r)
	})
}
