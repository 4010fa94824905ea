package value

import (
	"reflect"
	"unicode/utf8"
)

// checkAny accepts what JSON has, and whole numbers that a float64 holds exactly.
func checkAny(w *walk, v any) *problem {
	switch v := v.(type) {
	case nil, bool, int8, int16, int32, uint8, uint16, uint32:
		return nil
	case string:
		return checkString(v)
	case float64:
		return checkFloat(v)
	case int:
		return checkWhole(int64(v) <= maxWhole && int64(v) >= -maxWhole)
	case int64:
		return checkWhole(v <= maxWhole && v >= -maxWhole)
	case uint:
		return checkWhole(uint64(v) <= maxWhole)
	case uint64:
		return checkWhole(v <= maxWhole)
	case []any:
		return checkAnys(w, v)
	case map[string]any:
		return checkAnyMap(w, v)
	}
	return refuse("a %s in an any would come back as something else; an any holds nil, bool, float64, string, []any and map[string]any", TypeName(reflect.TypeOf(v)))
}

func checkWhole(exact bool) *problem {
	if exact {
		return nil
	}
	return refuse("a whole number over 2⁵³ in an any would come back as another")
}

func checkAnys(w *walk, all []any) *problem {
	if all == nil {
		return refuse("a nil slice in an any would come back as something else; use nil")
	}
	if p := w.enter(); p != nil {
		return p
	}
	defer w.leave()
	for i, v := range all {
		if p := w.step(); p != nil {
			return p
		}
		if p := checkAny(w, v); p != nil {
			return p.inElement(i)
		}
	}
	return nil
}

func checkAnyMap(w *walk, all map[string]any) *problem {
	if all == nil {
		return refuse("a nil map in an any would come back as something else; use nil")
	}
	if p := w.enter(); p != nil {
		return p
	}
	defer w.leave()
	for key, v := range all {
		if p := w.step(); p != nil {
			return p
		}
		if p := checkKey(key); p != nil {
			return p
		}
		if p := checkAny(w, v); p != nil {
			return p.inElements()
		}
	}
	return nil
}

func checkString(s string) *problem {
	if utf8.ValidString(s) {
		return nil
	}
	return refuse("text that is not valid UTF-8")
}

// maxKey is the longest name of an attribute, also within a map.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
const maxKey = 65535

// checkKey refuses what DynamoDB does not take as the name of an attribute.
func checkKey(key string) *problem {
	if key == "" {
		return refuse("a map's key is empty")
	}
	if len(key) > maxKey {
		return refuse("a map's key has more than 65535 bytes")
	}
	if !utf8.ValidString(key) {
		return refuse("a map's key is not valid UTF-8")
	}
	return nil
}
