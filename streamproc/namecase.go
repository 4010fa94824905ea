package streamproc

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// namePair is two attributes of one map whose names differ in case only.
// attributevalue takes them for one, and cannot set a field of an interface type
// twice: it panics, or has an error about the type of the value that was first. Which of
// them it is depends on the order of a map.
type namePair struct{ path, a, b string }

// blame puts the pair before an error that it is the cause of.
func (p *namePair) blame(err error) error {
	if p == nil {
		return err
	}
	return fmt.Errorf("%s has the attributes %q and %q, which differ in case only and are one to attributevalue: %w", p.path, p.a, p.b, err)
}

// guarded is record, but says for which attributes attributevalue panics.
func (d *decoder[T]) guarded(r *RawRecord) (rec Record[T], err error) {
	defer func() {
		if v := recover(); v != nil {
			err = pairIn(r).blame(panicked(v))
		}
	}()
	return d.record(r)
}

func pairIn(r *RawRecord) *namePair {
	for _, image := range []struct {
		path string
		Image
	}{{"NewImage", r.New()}, {"OldImage", r.Old()}} {
		if values, err := image.Values(); err == nil {
			if p := pairInMap(image.path, values); p != nil {
				return p
			}
		}
	}
	return nil
}

func pairInMap(path string, values map[string]types.AttributeValue) *namePair {
	all := slices.Sorted(maps.Keys(values))
	seen := make(map[string]string, len(all))
	for _, name := range all {
		folded := strings.ToLower(strings.ToUpper(name)) // both: the Kelvin sign is a k, a long s is an s
		if other, ok := seen[folded]; ok {
			return &namePair{path, other, name}
		}
		seen[folded] = name
	}
	for _, name := range all {
		if p := pairInValue(path+"."+name, values[name]); p != nil {
			return p
		}
	}
	return nil
}

func pairInValue(path string, v types.AttributeValue) *namePair {
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		return pairInMap(path, v.Value)
	case *types.AttributeValueMemberL:
		for i, e := range v.Value {
			if p := pairInValue(path+"["+strconv.Itoa(i)+"]", e); p != nil {
				return p
			}
		}
	}
	return nil
}
