package driver

import (
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	// MaxReasonBytes is how much of a reason [NewTransition] keeps.
	MaxReasonBytes = 512

	// MaxExcerptBytes is how much of an error [Excerpt] keeps. It leaves an item of
	// an index within one write unit.
	MaxExcerptBytes = 256

	// MaxOwnerBytes is the longest token of a claim.
	MaxOwnerBytes = 256

	// MaxHistory is how many transitions a record keeps, see [BoundHistory].
	MaxHistory = 20
)

// MaxItemBytes is DynamoDB's limit for an item. A record takes no more than
// [jobstore.MaxInputBytes] when it is created; the rest is for what is written later.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MaxItemBytes = 400 << 10

// Fits refuses a record of size bytes when it is over the limit. what names the
// record in the error, such as "the record with its output".
func Fits(size, limit int, what string) error {
	if size <= limit {
		return nil
	}
	return fmt.Errorf("%w: %s would have %d bytes, the limit is %d; keep the data elsewhere, such as in S3, and its address in the job", jobstore.ErrTooLarge, what, size, limit)
}

// FitsInput refuses a new job whose values have these sizes, in bytes as the store
// counts, when they are over the limit together. The limit of a store that has none of
// its own is [jobstore.MaxInputBytes].
func FitsInput(id, caller, input, metadata, limit int) error {
	what := fmt.Sprintf("input (%d bytes), metadata (%d), caller (%d) and id (%d) together", input, metadata, caller, id)
	return Fits(id+caller+input+metadata, limit, what)
}
