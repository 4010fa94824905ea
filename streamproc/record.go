package streamproc

import "time"

// Operation is what happened to an item.
type Operation string

// The operations of a stream record.
const (
	Insert Operation = "INSERT"
	Modify Operation = "MODIFY"
	Remove Operation = "REMOVE"
)

// Record is one change of one item, decoded. With [Options.Needs] it has the images
// that are named there, and no other.
type Record[T any] struct {
	Operation      Operation
	Keys           Keys
	New            *T // the item afterwards; nil for Remove
	Old            *T // the item before; nil for Insert, and when the view type has no old image
	SequenceNumber string
	Time           time.Time // approximate, to the second
	Expired        bool      // DynamoDB removed the item because its time to live was over
}
