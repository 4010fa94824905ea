package streamproc

import (
	"encoding/json"
	"maps"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

// Filter selects the records that reach the handler. The others are skipped without
// being decoded. Make one with [Pending], [Inserted], [StatusChanged], [Present] or
// [Where].
type Filter struct {
	match   func(*RawRecord) (bool, error)
	needs   ViewType // the images that match reads
	pattern any      // of the mapping's filter, which passes at least the same records; nil passes all
}

// Pending picks each INSERT whose string attribute of that name is "pending", see
// [Inserted]. It is the default, with "status".
func Pending(statusAttribute string) Filter {
	if statusAttribute == "" {
		panic("streamproc: Pending: statusAttribute is empty")
	}
	return Inserted(statusAttribute, "pending")
}

// Inserted picks each INSERT whose string attribute has that value. An INSERT without a new
// image fails with an error that names the stream's view type. A malformed attribute fails
// with a [*MalformedError]. An INSERT whose attribute is missing or of another type is
// skipped.
func Inserted(attribute, value string) Filter {
	if attribute == "" {
		panic("streamproc: Inserted: attribute is empty")
	}
	return Filter{
		match: func(r *RawRecord) (bool, error) {
			if r.Operation != Insert || !r.New().Exists() {
				return r.Operation == Insert, nil
			}
			got, err := r.New().json.String("NewImage", attribute)
			return avjson.Is(got, value), public(err)
		},
		needs:   NewImage,
		pattern: images("NewImage", attribute, value),
	}
}

// StatusChanged picks each MODIFY that changes the string attribute of that name from one
// value to another. Adding or removing the attribute does not count, here or in the
// pattern. A MODIFY without both images, or with a malformed attribute, fails as with
// [Pending].
func StatusChanged(statusAttribute string) Filter {
	if statusAttribute == "" {
		panic("streamproc: StatusChanged: statusAttribute is empty")
	}
	exists := map[string]bool{"exists": true}
	both := images("NewImage", statusAttribute, exists)
	both["OldImage"] = images("OldImage", statusAttribute, exists)["OldImage"]
	return Filter{
		match: func(r *RawRecord) (bool, error) {
			if r.Operation != Modify || !r.New().Exists() || !r.Old().Exists() {
				return r.Operation == Modify, nil
			}
			is, err := r.New().json.String("NewImage", statusAttribute)
			if err != nil {
				return false, public(err)
			}
			was, err := r.Old().json.String("OldImage", statusAttribute)
			return is != nil && was != nil && !avjson.Same(is, was), public(err)
		},
		needs:   NewAndOldImages,
		pattern: both,
	}
}

// Where picks the records for which match is true. match must not keep the record. When
// it looks at an image, say so in [Options.Needs]: a missing image has no attributes, so
// match returns false, and this is not an error.
func Where(match func(*RawRecord) bool) Filter {
	if match == nil {
		panic("streamproc: Where: match is nil")
	}
	return Filter{match: func(r *RawRecord) (bool, error) { return match(r), nil }}
}

// Having narrows f to records whose new image has the string attribute with that value,
// such as the __typename of an Amplify model in a table that holds other items too.
func (f Filter) Having(attribute, value string) Filter {
	switch {
	case f.IsZero():
		panic("streamproc: Having: the filter is empty, want Pending, StatusChanged or Where")
	case attribute == "":
		panic("streamproc: Having: attribute is empty")
	}
	narrow := f
	narrow.match = func(r *RawRecord) (bool, error) {
		if match, err := f.match(r); !match || err != nil {
			return match, err
		}
		if !r.New().Exists() {
			return true, nil // needs makes it an error
		}
		got, err := r.New().json.String("NewImage", attribute)
		return avjson.Is(got, value), public(err)
	}
	if f.needs == "" {
		narrow.needs = NewImage
	}
	if images, ok := f.pattern.(map[string]any); ok {
		narrow.pattern = with(images, attribute, value)
	}
	return narrow
}

// with returns a pattern that asks for the attribute too.
func with(pattern map[string]any, attribute, value string) map[string]any {
	image := maps.Clone(pattern["NewImage"].(map[string]any))
	image[attribute] = map[string]any{"S": []any{value}}
	pattern = maps.Clone(pattern)
	pattern["NewImage"] = image
	return pattern
}

// IsZero reports whether f picks nothing: it was not made by [Pending], [StatusChanged],
// [Present] or [Where].
func (f Filter) IsZero() bool { return f.match == nil }

// images is the pattern for a string attribute of an image.
func images(image, attribute string, rule any) map[string]any {
	return map[string]any{image: map[string]any{attribute: map[string]any{"S": []any{rule}}}}
}

// Criteria returns the FilterCriteria of an event source mapping. With them Lambda drops
// most of the records that the filter would skip, and starts no invocation for them. It
// returns "" for a filter of your own. The pattern looks at the images only, since AWS's
// page promises no more, so the filter still skips some records. Lambda also drops an
// INSERT that has no image because of the stream's view type.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
func (f Filter) Criteria() string {
	if f.pattern == nil {
		return ""
	}
	type filter struct{ Pattern string }
	return marshal(map[string][]filter{"Filters": {{marshal(map[string]any{"dynamodb": f.pattern})}}})
}

func marshal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and maps
	}
	return string(data)
}

// skips reports whether a record does not reach the handler.
func (d *Dispatcher) skips(raw *RawRecord) (bool, error) {
	if err := raw.needs(d.opts.Needs); err != nil {
		return false, err
	}
	if match, err := d.opts.Filter.match(raw); !match || err != nil {
		return true, err
	}
	if err := raw.needs(d.opts.Filter.needs); err != nil {
		return false, err
	}
	if len(d.opts.Writes) == 0 {
		return false, nil
	}
	return raw.ownWrite(d.opts.Writes)
}

// ownWrite reports whether a record is a MODIFY that changed none but the given
// attributes.
func (r *RawRecord) ownWrite(attributes []string) (bool, error) {
	if r.Operation != Modify {
		return false, nil
	}
	if err := r.needs(NewAndOldImages); err != nil {
		return false, err
	}
	return avjson.SameBut(r.New().json, r.Old().json, attributes), nil
}
