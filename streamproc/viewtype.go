package streamproc

import (
	"errors"
	"fmt"
)

// ViewType says which images the records of a stream have beside the item's keys.
type ViewType string

// The view types of a DynamoDB stream.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html
const (
	KeysOnly        ViewType = "KEYS_ONLY"
	NewImage        ViewType = "NEW_IMAGE"
	OldImage        ViewType = "OLD_IMAGE"
	NewAndOldImages ViewType = "NEW_AND_OLD_IMAGES"
)

func (v ViewType) known() bool  { return v == KeysOnly || v.hasNew() || v.hasOld() }
func (v ViewType) hasNew() bool { return v == NewImage || v == NewAndOldImages }
func (v ViewType) hasOld() bool { return v == OldImage || v == NewAndOldImages }

// needs returns an error if the record lacks an image that records of its operation have
// in streams of view type v.
func (r *RawRecord) needs(v ViewType) error {
	switch {
	case v.hasNew() && r.Operation != Remove && !r.New().Exists():
		return r.without("NewImage", r.ViewType().hasNew(), v)
	case v.hasOld() && r.Operation != Insert && !r.Old().Exists():
		return r.without("OldImage", r.ViewType().hasOld(), v)
	}
	return nil
}

// without names the stream's view type, unless that has the image.
func (r *RawRecord) without(image string, promised bool, want ViewType) error {
	if promised {
		return errors.New("the record has no " + image)
	}
	if want != NewAndOldImages {
		want += " or " + NewAndOldImages
	}
	return fmt.Errorf("the record has no %s: the stream's view type is %q, want %s", image, r.ViewType(), want)
}

// keep removes the images that records of view type v do not have.
func (r *RawRecord) keep(v ViewType) {
	if !v.hasNew() {
		r.newImage = span{}
	}
	if !v.hasOld() {
		r.oldImage = span{}
	}
}
