package jobstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// Partial stores the output so far of the job whose handler's context this is, so that
// readers see an answer while it is written. out is all of it, not what was added, and of
// the handler's type Out. A reader finds it as [Job.Output] while the job is [Processing].
// The outcome replaces it: the handler's output when the job is complete, nothing
// otherwise. Another attempt begins without it.
//
// It writes at most once in [RunOptions.PartialEvery], less often the larger the record
// is (see [RunOptions.PartialUnits]), and together with a report or a renewal of the lease
// that is due. What comes in between is written later. Partial keeps a copy of out.
//
// Its errors are for information, the job goes on:
//
//   - ErrInvalid for a value of another type than Out, or one that no store keeps, and
//     outside a handler of [Run]
//   - ErrTooLarge over [RunOptions.MaxPartialBytes], or when the record has no room. From
//     then on no output of this attempt is stored before the last
//   - [errors.ErrUnsupported] likewise, from a store that keeps only the last output
//   - ErrLeaseLost when another worker has taken the job, which also ends the handler's
//     context
//
// Any other failure to write is returned for logging only. Like [Report], Partial returns
// when ctx ends, and after [RunOptions.CallTimeout] at the latest.
func Partial(ctx context.Context, out any) error {
	h, ok := ctx.Value(holdKey{}).(*hold)
	if !ok {
		return &Error{Op: "partial", Err: invalid("the context is not a job handler's")}
	}
	if err := h.refusal(); err != nil {
		return err
	}
	p, err := h.claim.copy(out)
	if err != nil {
		return &Error{Op: "partial", ID: h.id, Err: err}
	}
	if p.size > h.opts.MaxPartialBytes {
		return h.refuse(fmt.Errorf("%w: the output so far has %d bytes, RunOptions.MaxPartialBytes is %d", ErrTooLarge, p.size, h.opts.MaxPartialBytes))
	}
	return keep(ctx, h, &h.partial, p)
}

// partial is an output so far, a copy that does not change.
type partial struct {
	value any
	size  int // of a string in bytes, of another value in bytes of JSON
}

// copy implements [heldClaim].
func (*run[In, Out]) copy(out any) (*partial, error) {
	v, ok := out.(Out)
	if !ok {
		return nil, fmt.Errorf("%w: the output so far is a %T, the handler's output is a %v", ErrInvalid, out, reflect.TypeFor[Out]())
	}
	if s, ok := out.(string); ok {
		return &partial{s, len(s)}, valid(value.CheckValue("output", s))
	}
	data, err := value.EncodeJSON("output", v)
	if err != nil {
		return nil, valid(err)
	}
	var c Out
	err = value.DecodeJSON("output", data, &c)
	return &partial{c, len(data)}, valid(err)
}

// valid is err as an ErrInvalid.
func valid(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrInvalid, err)
}

// refusal is why this attempt stores no more partial output, or nil.
func (h *hold) refusal() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refused
}

// refuse has the attempt go on without partial output.
func (h *hold) refuse(cause error) error {
	err := &Error{Op: "partial", ID: h.id, Err: cause}
	h.mu.Lock()
	first := h.refused == nil
	h.refused, h.partial.value = err, nil
	h.mu.Unlock()
	if first {
		text := printable(err, textTime)
		h.opts.warn(h.ctx, "jobstore: no more partial output is stored", "job", h.id, "error", text)
	}
	return err
}

// unkept is true of the error of a store that cannot keep a partial output. One that panics
// encodes it by its methods.
func unkept(err error) bool {
	return panicked(err) != nil || unstorable(err) || errors.Is(err, errors.ErrUnsupported)
}
