package streamproc

import (
	"errors"
	"fmt"
	"time"
)

// Operation is what happened to an item.
type Operation string

// The operations of a stream record.
const (
	Insert Operation = "INSERT"
	Modify Operation = "MODIFY"
	Remove Operation = "REMOVE"
)

// Record is one change of one item, decoded.
type Record[T any] struct {
	Operation      Operation
	Keys           Keys
	New            *T // the item afterwards; nil for Remove
	Old            *T // the item before; nil for Insert, and when the view type has no old image
	SequenceNumber string
	Time           time.Time // approximate, to the second
	Expired        bool      // DynamoDB removed the item because its time to live was over
}

// needsImages refuses a record whose view type leaves out the new image.
func (r *RawRecord) needsImages() error {
	if r.Operation != Remove && !r.New().Exists() {
		return r.without("NewImage", "NEW_IMAGE or NEW_AND_OLD_IMAGES")
	}
	return nil
}

func (r *RawRecord) hasPair() bool { return r.New().Exists() && r.Old().Exists() }

func (r *RawRecord) without(image, want string) error {
	view := r.ViewType()
	if view == "NEW_AND_OLD_IMAGES" {
		return errors.New("the record has no " + image)
	}
	return fmt.Errorf("the record has no %s: the stream's view type is %q, want %s", image, view, want)
}
