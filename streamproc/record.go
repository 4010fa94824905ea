package streamproc

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
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
	New            *T // the item afterwards; nil for Remove, and when the view type has no new image
	Old            *T // the item before; nil for Insert, and when the view type has no old image
	SequenceNumber string
	Time           time.Time // approximate, to the second
}

// RawRecord is a record before its images are decoded, for filters.
type RawRecord struct {
	Operation      Operation
	SequenceNumber string
	ViewType       string // NEW_AND_OLD_IMAGES, NEW_IMAGE, OLD_IMAGE or KEYS_ONLY
	Time           time.Time

	keys, newImage, oldImage image
}

// image is the JSON of an item in DynamoDB's form, its attributes not yet decoded.
type image map[string]json.RawMessage

// NewString returns a string attribute of the new image, or "" when it is
// missing or of another type.
func (r *RawRecord) NewString(name string) string { return r.newImage.str(name) }

// OldString is NewString for the old image.
func (r *RawRecord) OldString(name string) string { return r.oldImage.str(name) }

// Key returns a string attribute of the key.
func (r *RawRecord) Key(name string) string { return r.keys.str(name) }

func (m image) str(name string) string {
	var v struct{ S *string }
	if json.Unmarshal(m[name], &v) != nil || v.S == nil {
		return ""
	}
	return *v.S
}

// event is the part of a Lambda stream event that is read.
type event struct{ Records []wireRecord }

type wireRecord struct {
	EventName string `json:"eventName"`
	Change    struct {
		ApproximateCreationDateTime json.Number
		Keys, NewImage, OldImage    image
		SequenceNumber              string
		StreamViewType              string
	} `json:"dynamodb"`
}

func (w *wireRecord) raw() *RawRecord {
	seconds, _ := w.Change.ApproximateCreationDateTime.Float64()
	return &RawRecord{
		Operation:      Operation(w.EventName),
		SequenceNumber: w.Change.SequenceNumber,
		ViewType:       w.Change.StreamViewType,
		Time:           time.UnixMilli(int64(seconds * 1000)).UTC(),
		keys:           w.Change.Keys, newImage: w.Change.NewImage, oldImage: w.Change.OldImage,
	}
}

// needsNewImage refuses a record that must have a new image and has none.
func (r *RawRecord) needsNewImage() error {
	if r.Operation == Remove || r.newImage != nil {
		return nil
	}
	if r.ViewType == "NEW_IMAGE" || r.ViewType == "NEW_AND_OLD_IMAGES" {
		return errors.New("the record has no NewImage")
	}
	return fmt.Errorf("the record has no NewImage: the stream's view type is %q, want NEW_IMAGE or NEW_AND_OLD_IMAGES", r.ViewType)
}

// decode decodes both images of r.
func decode[T any](r *RawRecord) (Record[T], error) {
	rec := Record[T]{Operation: r.Operation, SequenceNumber: r.SequenceNumber, Time: r.Time}
	var err error
	if rec.New, err = decodeImage[T]("NewImage", r.newImage); err != nil {
		return rec, err
	}
	rec.Old, err = decodeImage[T]("OldImage", r.oldImage)
	return rec, err
}

func decodeImage[T any](path string, m image) (*T, error) {
	if m == nil {
		return nil, nil
	}
	values, err := m.values(path)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := attributevalue.UnmarshalMap(values, v); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}
