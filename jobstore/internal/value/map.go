package value

import (
	"fmt"
	"reflect"
)

var anyMapType = reflect.TypeFor[map[string]any]()

// checkMetadata is a shortcut for the most common map.
func checkMetadata(w *walk, v reflect.Value) *problem {
	if v.IsNil() {
		return nil
	}
	return checkAnyMap(w, v.Interface().(map[string]any))
}

// A keyChecker checks the keys of one map, one after the other.
type keyChecker func(key reflect.Value) *problem

func (c *compiler) fillMap(n *node, t reflect.Type) *problem {
	if t == anyMapType {
		n.check, n.height = checkMetadata, 1
		return nil
	}
	keys, p := keysOf(t.Key())
	if p != nil {
		return p
	}
	elem, p := c.compile(t.Elem(), site{})
	if p != nil {
		return p.inElements()
	}
	n.height = 1 + elem.height
	if c.deep || keys != nil || elem.needed() {
		n.check = mapChecker(t, keys, elem)
	}
	return nil
}

func mapChecker(t reflect.Type, keys func() keyChecker, elem *node) checker {
	return func(w *walk, v reflect.Value) *problem {
		if v.IsNil() {
			return nil
		}
		if p := w.enter(); p != nil {
			return p
		}
		defer w.leave()
		if p := checkKeys(w, v, keys); p != nil || elem.check == nil {
			return p
		}
		value := reflect.New(t.Elem()).Elem()
		for entries := v.MapRange(); entries.Next(); {
			value.SetIterValue(entries)
			if p := elem.check(w, value); p != nil {
				return p.inElements()
			}
		}
		return nil
	}
}

func checkKeys(w *walk, v reflect.Value, keys func() keyChecker) *problem {
	check := func(reflect.Value) *problem { return nil }
	if keys != nil {
		check = keys()
	}
	key := reflect.New(v.Type().Key()).Elem()
	for entries := v.MapRange(); entries.Next(); {
		if p := w.step(); p != nil {
			return p
		}
		key.SetIterKey(entries)
		if p := check(key); p != nil {
			return p
		}
	}
	return nil
}

// keysOf refuses a type of keys, or returns what checks those of a map; nil for
// whole numbers. DynamoDB's encoder writes a key as fmt does, while its decoder and
// encoding/json do not call the type's methods, but for a text pair.
func keysOf(t reflect.Type) (func() keyChecker, *problem) {
	text := customOf(t).text
	switch kind := t.Kind(); {
	case t == timeType:
		return nil, refuse("keys of %s have one text for several values; use its text", TypeName(t))
	case kind == reflect.Interface, kind == reflect.Pointer, kind == reflect.String && text.any():
	case text.whole() && text.onValue:
		return textKeys, nil
	case text.any(), formats(t):
	case kind == reflect.String:
		return stringKeys, nil
	case kind >= reflect.Int && kind <= reflect.Uint64:
		return nil, nil
	}
	return nil, refuse("keys of %s do not come back; use strings or whole numbers without a String method, or a type with MarshalText and UnmarshalText", TypeName(t))
}

// formats reports whether fmt calls a method of t's.
func formats(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[fmt.Formatter]()) || t.Implements(reflect.TypeFor[error]())
}

func stringKeys() keyChecker {
	return func(key reflect.Value) *problem { return checkKey(key.String()) }
}

// textKeys checks that no two keys have the same text.
func textKeys() keyChecker {
	seen := map[string]bool{}
	return func(key reflect.Value) *problem {
		data, p := roundTrip(key, []form{textForm})
		if p != nil {
			return p
		}
		text := string(data[0])
		if seen[text] {
			return refuse("two keys of the map have one text")
		}
		seen[text] = true
		return checkKey(text)
	}
}
