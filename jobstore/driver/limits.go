package driver

import (
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// MaxReasonBytes is how much of a reason [NewTransition] keeps.
const MaxReasonBytes = 512

// MaxItemBytes is DynamoDB's limit for an item.
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
