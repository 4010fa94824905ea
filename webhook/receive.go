package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
)

// receive returns the delivery of a request, or answers the request.
func (v *Verifier) receive(w http.ResponseWriter, r *http.Request) (Delivery, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		v.refuse(w, r, &RefusedError{Reason: ReasonMethod, err: errMethod})
		return Delivery{}, false
	}
	d, err := v.read(w, r)
	if err != nil {
		v.refuse(w, r, err)
		return d, false
	}
	if answer, ok := v.provider.answer(d); ok {
		answer.write(w)
		return d, false
	}
	return d, true
}

// read reads and verifies a request, and describes its delivery.
func (v *Verifier) read(w http.ResponseWriter, r *http.Request) (Delivery, error) {
	body, err := v.readBody(w, r)
	if err != nil {
		return Delivery{}, err
	}
	d, err := v.verify(r.Header, body)
	if err != nil {
		return d, err
	}
	return d.described(), nil
}

func (v *Verifier) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil { // http.NewRequest may leave it so
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(v.maxBody)))
	if limited := new(http.MaxBytesError); errors.As(err, &limited) {
		return nil, tooLarge(limited.Limit)
	}
	if err != nil {
		return nil, &RefusedError{Reason: ReasonBody, err: ErrMalformed, detail: "it cannot be read to its end"}
	}
	return body, nil
}

// refuse tells of a refusal and answers it.
func (v *Verifier) refuse(w http.ResponseWriter, r *http.Request, err error) {
	refused := v.refusal(err)
	v.observe(r.Context(), refused)
	refuse(w, refused.Status())
}

// observe tells of a refusal.
func (v *Verifier) observe(ctx context.Context, refused *RefusedError) {
	v.logger.LogAttrs(ctx, slog.LevelDebug, "webhook: refused", refused.attrs()...)
	if v.onRefused != nil {
		v.onRefused(ctx, refused)
	}
}
