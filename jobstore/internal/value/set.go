package value

import "reflect"

// setNode is the node of a field with one of the set options.
func setNode(t reflect.Type, option string) (*node, *problem) {
	member := memberOf(t, option)
	if member == nil {
		return nil, refuse("the option %s does not fit %s", option, TypeName(t))
	}
	return &node{done: true, check: setChecker(member)}, nil
}

// memberOf returns what a member is compared by, or nil when slices of type t are not
// sets of that kind.
func memberOf(t reflect.Type, option string) func(reflect.Value) (any, *problem) {
	if t.Kind() != reflect.Slice || customOf(t).any() || customOf(t.Elem()).any() {
		return nil
	}
	elem := t.Elem()
	switch {
	case option == "stringset" && elem.Kind() == reflect.String && !isNumberText(elem):
		return func(v reflect.Value) (any, *problem) { return v.String(), checkString(v.String()) }
	case option == "numberset" && isNumberText(elem):
		return func(v reflect.Value) (any, *problem) { return v.String(), checkNumberText(v.String()) }
	case option == "numberset" && elem.Kind() == reflect.Float32:
		return func(v reflect.Value) (any, *problem) { return v.Float(), checkFloat32(v.Float()) }
	case option == "numberset" && elem.Kind() == reflect.Float64:
		return func(v reflect.Value) (any, *problem) { return v.Float(), checkFloat(v.Float()) }
	case option == "numberset" && elem.Kind() >= reflect.Int && elem.Kind() <= reflect.Uint64 && elem.Kind() != reflect.Uint8:
		return func(v reflect.Value) (any, *problem) { return v.Interface(), nil }
	case option == "binaryset" && elem.Kind() == reflect.Slice && elem.Elem() == byteType:
		return binaryMember
	}
	return nil
}

func binaryMember(v reflect.Value) (any, *problem) {
	if v.IsNil() {
		return nil, refuse("nil is not a member of a set")
	}
	return string(v.Bytes()), nil
}

func setChecker(member func(reflect.Value) (any, *problem)) checker {
	return func(w *walk, v reflect.Value) *problem {
		seen := make(map[any]struct{}, v.Len())
		for i := range v.Len() {
			m, p := member(v.Index(i))
			if _, again := seen[m]; again && p == nil {
				p = refuse("a duplicate in a set")
			}
			if p != nil {
				return p.inElement(i)
			}
			seen[m] = struct{}{}
		}
		return nil
	}
}
