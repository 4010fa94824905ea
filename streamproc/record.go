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

// Keys are an item's key attributes: the partition key and, where the table has
// one, the sort key, in the order of the event.
type Keys [2]KeyAttribute

// KeyAttribute is one attribute of a key. The zero value is none.
type KeyAttribute struct {
	Name  string
	Type  string // S, N or B
	Value string // as text: of a number all its digits, of a binary base64
}

// Value returns the value of the key attribute called name, or "" without one.
func (k Keys) Value(name string) string {
	for _, a := range k {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
