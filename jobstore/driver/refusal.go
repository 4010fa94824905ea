package driver

import (
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Refusal is the error of a call that found a job. cause is why the job refused the
// call, or nil; undecodable is why the stored job does not decode, or nil. The result
// is an ErrDecode only without a cause: [jobstore.Run] settles a job upon ErrDecode,
// and only the worker that claimed it may do so.
func Refusal(cause, undecodable error) error {
	switch {
	case undecodable == nil:
		return cause
	case cause == nil:
		return fmt.Errorf("%w: %w", jobstore.ErrDecode, undecodable)
	}
	return fmt.Errorf("%w; its record does not decode: %w", cause, undecodable)
}
