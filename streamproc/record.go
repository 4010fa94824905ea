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

// Record is one change of one item, decoded. With [Options.Needs] it has only the images
// that are named there.
type Record[T any] struct {
	Operation      Operation
	Keys           Keys
	New            *T // the item after the change; nil for Remove
	Old            *T // the item before the change; nil for Insert, and if the view type has no old image
	SequenceNumber string
	Time           time.Time // approximate: DynamoDB rounds it down to the second
	SizeBytes      int       // of the key and the images together, as DynamoDB counts; 0 if the event does not say
	Expired        bool      // DynamoDB deleted the item because its time to live was over
}

// Keys are an item's key attributes in the order of the event: the partition key and, if
// the table has one, the sort key.
type Keys [2]KeyAttribute

// KeyAttribute is one attribute of a key. The zero value stands for a missing one.
type KeyAttribute struct {
	Name  string
	Type  string // S, N or B
	Value string // as text: a number with all its digits, a binary value in base64
}

// Value returns the value of the key attribute name, or "" if it is missing.
func (k Keys) Value(name string) string {
	for _, a := range k {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
