package value

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// A form is one way in which a type encodes itself.
type form struct {
	name      string
	marshal   func(any) ([]byte, error)
	unmarshal func(any, []byte) error
	same      func(a, b []byte) bool
}

var (
	textForm = form{
		name:      "Text",
		marshal:   func(v any) ([]byte, error) { return v.(encoding.TextMarshaler).MarshalText() },
		unmarshal: func(v any, data []byte) error { return v.(encoding.TextUnmarshaler).UnmarshalText(data) },
		same:      bytes.Equal,
	}
	binaryForm = form{
		name:      "Binary",
		marshal:   func(v any) ([]byte, error) { return v.(encoding.BinaryMarshaler).MarshalBinary() },
		unmarshal: func(v any, data []byte) error { return v.(encoding.BinaryUnmarshaler).UnmarshalBinary(data) },
		same:      bytes.Equal,
	}
	jsonForm = form{
		name:      "JSON",
		marshal:   func(v any) ([]byte, error) { return v.(json.Marshaler).MarshalJSON() },
		unmarshal: func(v any, data []byte) error { return v.(json.Unmarshaler).UnmarshalJSON(data) },
		same:      sameJSON,
	}
)

// forms are those that the encodings call, JSON's first.
func (c custom) forms() (all []form) {
	if c.json.any() {
		all = append(all, jsonForm)
	}
	if c.text.any() && !(c.json.any() && c.dynamo.any()) {
		all = append(all, textForm)
	}
	if c.usesBinary() {
		all = append(all, binaryForm)
	}
	return all
}

// checker calls the methods that the encodings call.
func (c custom) checker(s site) checker {
	forms := c.forms()
	return func(w *walk, v reflect.Value) *problem {
		if at, ok := timeOf(v); ok {
			if p := checkTime(w, at); p != nil {
				return p
			}
		}
		data, p := roundTrip(v, forms)
		if p != nil || !c.json.any() {
			return p
		}
		if s.pointed && string(data[0]) == "null" {
			return refuse("a pointer to a %s that is null in JSON would come back nil", TypeName(v.Type()))
		}
		return checkJSON(w, data[0])
	}
}

// roundTrip encodes v in each form, and refuses it if one of them does not decode
// into a value that encodes in the same way, in that form and in the others.
func roundTrip(v reflect.Value, forms []form) (data [][]byte, p *problem) {
	for _, f := range forms {
		encoded, p := f.encode(v)
		if p != nil {
			return nil, p
		}
		data = append(data, encoded)
	}
	for i, f := range forms {
		back := reflect.New(v.Type())
		if p := f.decode(back, bytes.Clone(data[i])); p != nil {
			return nil, p
		}
		for j, g := range forms {
			again, p := g.encode(back.Elem())
			if p != nil || !g.same(data[j], again) {
				return nil, refuse("Unmarshal%s of %s does not bring back what Marshal%[1]s encoded", f.name, TypeName(v.Type()))
			}
		}
	}
	return data, nil
}

func (f form) encode(v reflect.Value) (data []byte, p *problem) {
	defer recovered(&p, v.Type(), "Marshal"+f.name)
	data, err := f.marshal(receiver(v))
	switch {
	case err != nil:
		return nil, refuse("Marshal%s of %s failed", f.name, TypeName(v.Type()))
	case f.name == "Text" && !utf8.Valid(data):
		return nil, refuse("MarshalText of %s returned text that is not valid UTF-8", TypeName(v.Type()))
	}
	return data, nil
}

func (f form) decode(back reflect.Value, data []byte) (p *problem) {
	t := back.Type().Elem()
	defer recovered(&p, t, "Unmarshal"+f.name)
	if f.unmarshal(back.Interface(), data) != nil {
		return refuse("Unmarshal%s of %s refuses what Marshal%[1]s encoded", f.name, TypeName(t))
	}
	return nil
}

// receiver is what has the methods of v's type and, where they can be called, those
// of a pointer to it.
func receiver(v reflect.Value) any {
	if v.CanAddr() && v.Kind() != reflect.Pointer {
		return v.Addr().Interface()
	}
	return v.Interface()
}

// recovered turns a panic into a problem. What was passed to panic may hold a value.
func recovered(p **problem, t reflect.Type, method string) {
	if recover() != nil {
		*p = refuse("%s of %s panicked", method, TypeName(t))
	}
}
