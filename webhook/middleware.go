package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
)

type deliveryKey struct{}

// FromContext returns the delivery of a request that came through
// [Verifier.Middleware].
func FromContext(ctx context.Context) (Delivery, bool) {
	d, ok := ctx.Value(deliveryKey{}).(Delivery)
	return d, ok
}

// Middleware lets only verified webhooks through to next, which finds the
// delivery with [FromContext] and can read the body once more. All others it
// answers as a [Handler] does.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, ok := v.receive(w, r)
		if !ok {
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), deliveryKey{}, d))
		r.Body = io.NopCloser(bytes.NewReader(d.Body))
		next.ServeHTTP(w, r)
	})
}

// receive returns the delivery of a request, or answers it.
func (v *Verifier) receive(w http.ResponseWriter, r *http.Request) (Delivery, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed)
		return Delivery{}, false
	}
	d, err := v.read(r)
	if err != nil {
		refuse(w, statusOf(err))
		return d, false
	}
	if answer, ok := v.provider.answer(d); ok {
		answer.write(w)
		return d, false
	}
	return d, true
}

// read reads and verifies a request, and describes its delivery.
func (v *Verifier) read(r *http.Request) (Delivery, error) {
	if r.ContentLength > int64(v.opts.MaxBody) {
		return Delivery{}, v.tooLarge()
	}
	var sent io.Reader = http.NoBody
	if r.Body != nil { // http.NewRequest may leave it so
		sent = r.Body
	}
	limit := min(int64(v.opts.MaxBody), math.MaxInt64-1) + 1 // one more, to see that there is more
	body, err := io.ReadAll(io.LimitReader(sent, limit))
	if limited := new(http.MaxBytesError); errors.As(err, &limited) {
		return Delivery{}, fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, limited.Limit)
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("%w: it ends early", ErrMalformed)
	}
	d, err := v.Verify(r.Header, body)
	if err != nil {
		return d, err
	}
	return d.described()
}
