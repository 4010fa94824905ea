package valuetest

import (
	"math"
	"reflect"
	"strings"
	"sync"
)

// Random makes a type and a value of it, which is addressable, out of data. The type
// is often one that is refused.
func Random(data []byte) reflect.Value {
	s := &source{data: data}
	v := reflect.New(s.typ(4)).Elem()
	s.fill(v, 4)
	return v
}

// A source makes choices out of data, and always the first one after its end.
type source struct{ data []byte }

var (
	accepted = sync.OnceValue(Accepted)
	all      = sync.OnceValue(func() []Case { return append(Accepted(), Refused()...) })
)

func (s *source) next() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

func (s *source) n(below int) int { return (int(s.next())<<8 | int(s.next())) % below }

func pick[T any](s *source, all ...T) T { return all[s.n(len(all))] }

func (s *source) typ(depth int) reflect.Type {
	if depth == 0 {
		return s.leaf()
	}
	switch s.n(8) {
	case 0, 1, 2:
		return s.structType(depth)
	case 3:
		return reflect.SliceOf(s.typ(depth - 1))
	case 4:
		return reflect.ArrayOf(s.n(3), s.typ(depth-1))
	case 5:
		return reflect.PointerTo(s.typ(depth - 1))
	case 6:
		return reflect.MapOf(pick(s, reflect.TypeFor[string](), reflect.TypeFor[int16](), reflect.TypeFor[level](), reflect.TypeFor[bool]()), s.typ(depth-1))
	}
	return s.leaf()
}

func (s *source) leaf() reflect.Type {
	if s.n(3) > 0 {
		return pick(s, accepted()...).Type
	}
	return pick(s, all()...).Type
}

func (s *source) structType(depth int) reflect.Type {
	names := []string{"A", "B", "AB", "Ab", "C", "D"}
	var fields []reflect.StructField
	for range s.n(4) {
		at := s.n(len(names))
		f := reflect.StructField{Name: names[at], Type: s.typ(depth - 1), Tag: s.tag()}
		names = append(names[:at], names[at+1:]...)
		f.Anonymous = f.Type.Kind() == reflect.Struct && f.Type.NumMethod() == 0 && s.n(3) == 0
		fields = append(fields, f)
	}
	return reflect.StructOf(fields)
}

func (s *source) tag() reflect.StructTag {
	if s.n(2) == 0 {
		return ""
	}
	options := []string{"omitempty", "omitzero", "string", "omitempty,omitzero", "nullempty", "nullemptyelem", "omitemptyelem", "unixtime", "stringset", "numberset", "binaryset"}
	one := func() string {
		name := pick(s, "", "", "x", "A", "X", "-", `y\"`)
		return strings.Join([]string{name, pick(s, append(options, "", "")...)}, pick(s, ",", ""))
	}
	return reflect.StructTag(`json:"` + one() + `" dynamodbav:"` + one() + `"`)
}

// fill sets v to a value of its type.
func (s *source) fill(v reflect.Value, depth int) {
	if s.n(8) == 0 || depth < 0 {
		return
	}
	for _, c := range all() {
		if c.Type == v.Type() && len(c.Values) > 0 && s.n(4) > 0 {
			v.Set(pick(s, c.Values...))
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Type().Field(i).Tag.Get("json") != "-" {
				s.fill(v.Field(i), depth-1)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.fill(v.Elem(), depth-1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), s.n(3), 3))
		s.fillAll(v, depth)
	case reflect.Array:
		s.fillAll(v, depth)
	case reflect.Map:
		s.fillMap(v, depth)
	default:
		s.fillScalar(v)
	}
}

func (s *source) fillAll(v reflect.Value, depth int) {
	for i := range v.Len() {
		s.fill(v.Index(i), depth-1)
	}
}

func (s *source) fillMap(v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for range s.n(3) {
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		s.fillScalar(key)
		s.fill(elem, depth-1)
		if key.Comparable() {
			v.SetMapIndex(key, elem)
		}
	}
}

func (s *source) fillScalar(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(string([]byte{s.next(), s.next()}))
	case v.Kind() == reflect.Bool:
		v.SetBool(s.n(2) == 0)
	case v.CanInt():
		v.SetInt(int64(s.bits()))
	case v.CanUint():
		v.SetUint(s.bits())
	case v.CanFloat():
		v.SetFloat(math.Float64frombits(s.bits()))
	}
}

func (s *source) bits() (n uint64) {
	for range 8 {
		n = n<<8 | uint64(s.next())
	}
	return n
}
