package value

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// custom are the methods by which a type encodes itself.
type custom struct {
	json, text, binary, dynamo pair

	jsonV2 bool // it has a method of encoding/json/v2
}

// A pair is a marshaler and its unmarshaler.
type pair struct {
	name      string
	marshal   bool
	unmarshal bool
	onValue   bool // the marshaler is a method of the type itself, not only of a pointer
}

func (p pair) any() bool   { return p.marshal || p.unmarshal }
func (p pair) whole() bool { return p.marshal && p.unmarshal }
func (p pair) half() bool  { return p.marshal != p.unmarshal }

func (c custom) any() bool {
	return c.json.any() || c.text.any() || c.binary.any() || c.dynamo.any() || c.jsonV2
}

// customOf looks at the methods of t and of a pointer to it. Those that a json.Number
// has in some versions of Go do what encoding/json does in the others.
func customOf(t reflect.Type) custom {
	if t == reflect.TypeFor[json.Number]() {
		return custom{}
	}
	return custom{
		json:   pairOf[json.Marshaler, json.Unmarshaler](t, "JSON"),
		text:   pairOf[encoding.TextMarshaler, encoding.TextUnmarshaler](t, "Text"),
		binary: pairOf[encoding.BinaryMarshaler, encoding.BinaryUnmarshaler](t, "Binary"),
		dynamo: dynamoPair(t),
		jsonV2: hasJSONv2(t),
	}
}

func pairOf[M, U any](t reflect.Type, name string) pair {
	m, u, p := reflect.TypeFor[M](), reflect.TypeFor[U](), withPointerMethods(t)
	return pair{name: name, marshal: p.Implements(m), unmarshal: p.Implements(u), onValue: t.Implements(m)}
}

// withPointerMethods is a pointer to t, except that pointers and interfaces have
// all their methods already.
func withPointerMethods(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return t
	}
	return reflect.PointerTo(t)
}

const dynamoTypes = "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// dynamoPair finds attributevalue's interfaces by their methods, as this package
// does not link the SDK. Methods of the SDK's first version make no pair.
func dynamoPair(t reflect.Type) pair {
	m, marshal := withPointerMethods(t).MethodByName("MarshalDynamoDBAttributeValue")
	u, unmarshal := withPointerMethods(t).MethodByName("UnmarshalDynamoDBAttributeValue")
	_, onValue := t.MethodByName("MarshalDynamoDBAttributeValue")
	return pair{
		name:      "DynamoDBAttributeValue",
		marshal:   marshal && m.Type.NumOut() == 2 && m.Type.Out(0).PkgPath() == dynamoTypes,
		unmarshal: unmarshal && u.Type.NumIn() > 0 && u.Type.In(u.Type.NumIn()-1).PkgPath() == dynamoTypes,
		onValue:   onValue,
	}
}

func hasJSONv2(t reflect.Type) bool {
	_, marshal := withPointerMethods(t).MethodByName("MarshalJSONTo")
	_, unmarshal := withPointerMethods(t).MethodByName("UnmarshalJSONFrom")
	return marshal || unmarshal
}

// used are the pairs that one of the encodings calls.
func (c custom) used() (all []pair) {
	for _, p := range []pair{c.json, c.text, c.dynamo} {
		if p.any() {
			all = append(all, p)
		}
	}
	if c.usesBinary() {
		all = append(all, c.binary)
	}
	return all
}

// usesBinary is false where attributevalue has a pair that it prefers.
func (c custom) usesBinary() bool {
	return c.binary.any() && !c.dynamo.any() && !c.text.any()
}

// refusal says why methods do not bring a value of type t back from each encoding.
func (c custom) refusal(t reflect.Type, s site) *problem {
	for _, p := range c.used() {
		if p.half() {
			return refuse("%s has one of Marshal%s and Unmarshal%[2]s, want both", TypeName(t), p.name)
		}
		if !p.onValue && !s.addressable {
			return refuse("%s has its Marshal%s on a pointer, which a map's value has not; use *%[1]s", TypeName(t), p.name)
		}
	}
	switch {
	case c.jsonV2 && !c.json.whole():
		return refuse("%s has MarshalJSONTo or UnmarshalJSONFrom, which some versions of Go do not call; give it MarshalJSON and UnmarshalJSON too", TypeName(t))
	case c.text.whole(), c.json.whole() && (c.dynamo.whole() || c.binary.whole()):
		return promotes(t)
	case c.json.whole():
		return refuse("%s has MarshalJSON, which DynamoDB's encoder does not call; give it MarshalText and UnmarshalText", TypeName(t))
	}
	return refuse("%s has Marshal%s, which encoding/json does not call; give it MarshalText and UnmarshalText", TypeName(t), c.used()[0].name)
}

// promotes refuses a struct with an embedded type whose methods may be the struct's
// too, so that its other fields are not encoded.
func promotes(t reflect.Type) *problem {
	if t.Kind() != reflect.Struct || t.NumField() < 2 {
		return nil
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && customOf(f.Type).any() {
			return refuse("%s embeds %s, whose methods may encode the whole of it; give the field a name", TypeName(t), TypeName(f.Type))
		}
	}
	return nil
}
