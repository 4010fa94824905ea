package avjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// NamePair is two attributes of one map whose names differ only in case. attributevalue
// takes them for one attribute, and cannot set a field of an interface type twice: it
// panics or returns an error about the first value's type, depending on the order of a
// map.
type NamePair struct{ path, a, b string }

// Blame returns err with the pair as its cause. It returns err unchanged for nil.
func (p *NamePair) Blame(err error) error {
	if p == nil {
		return err
	}
	return fmt.Errorf("%s has the attributes %q and %q, which differ in case only and are one to attributevalue: %w", p.path, p.a, p.b, err)
}

// PairIn returns the first such pair of the item, or nil.
func PairIn(path string, item Object) *NamePair {
	values, err := item.Values(path)
	if err != nil {
		return nil
	}
	return pairInMap(path, values)
}

func pairInMap(path string, values map[string]types.AttributeValue) *NamePair {
	all := slices.Sorted(maps.Keys(values))
	seen := make(map[string]string, len(all))
	for _, name := range all {
		folded := strings.ToLower(strings.ToUpper(name)) // both: the Kelvin sign is a k, a long s is an s
		if other, ok := seen[folded]; ok {
			return &NamePair{path, other, name}
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

func pairInValue(path string, v types.AttributeValue) *NamePair {
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
