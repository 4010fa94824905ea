package streamproc

import (
	"runtime/debug"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// PanicError is a panic of the handler or the filter, as an error. The dispatcher
// logs the stack, which has no values but machine words, beside it.
type PanicError = jobstore.PanicError

// panicked is called with what recover returned, in the deferred function.
func panicked(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }
