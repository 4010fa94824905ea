package value

import (
	"reflect"
	"slices"
	"strings"
)

// A field of a struct, with what both encodings read of its tag.
type field struct {
	reflect.StructField
	json, dynamo tag
}

func fieldAt(t reflect.Type, i int) field {
	f := t.Field(i)
	return field{StructField: f, json: jsonTag(f), dynamo: dynamoTag(f)}
}

// flattened reports whether the fields of an embedded struct are encoded as those
// of the struct around it.
func (f field) flattened(t tag) bool {
	return f.Anonymous && t.name == "" && f.Type.Kind() == reflect.Struct
}

// ignored reports whether there is nothing to lose: the field is excluded, or
// unexported and without a size.
func (f field) ignored() bool {
	nothing := !f.IsExported() && f.Type.Size() == 0 && (!f.Anonymous || f.Type.Kind() == reflect.Struct)
	return f.json.excluded && f.dynamo.excluded || nothing
}

// refusal says why a field would not come back, whatever its type.
func (f field) refusal(in reflect.Type) *problem {
	flat := f.flattened(f.json) && f.flattened(f.dynamo)
	switch {
	case f.json.excluded != f.dynamo.excluded:
		return refuse("excluded from one encoding only; the tag for both is `json:\"-\" dynamodbav:\"-\"`")
	case !f.IsExported() && !flat:
		return refuse("unexported in %s, so it would be lost; if it may be, tag it `json:\"-\" dynamodbav:\"-\"`", TypeName(in))
	case f.Anonymous && f.Type.Kind() == reflect.Pointer && (f.json.name == "" || f.dynamo.name == ""):
		return refuse("an embedded pointer may come back nil; give the field a name")
	case f.flattened(f.json) != f.flattened(f.dynamo) && customOf(f.Type).any(), flat && customOf(f.Type).any():
		return refuse("%s is embedded and encodes itself; give the field a name", TypeName(f.Type))
	case !validJSONName(f.json.name):
		return refuse("encoding/json ignores the name in its tag")
	}
	return f.optionRefusal()
}

func (f field) optionRefusal() *problem {
	t := f.Type
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	switch {
	case f.dynamo.has("unixtime"):
		return refuse("the option unixtime is ignored beside a text marshaler, and drops what is under a second; store the seconds")
	case f.dynamo.has("omitemptyelem"):
		return refuse("the option omitemptyelem drops elements")
	case f.dynamo.has("omitempty") && f.dynamo.has("nullempty"):
		return refuse("the options omitempty and nullempty exclude each other")
	case f.dynamo.hasAny("nullempty", "nullemptyelem") && takesNull(t):
		return refuse("the options nullempty and nullemptyelem do not fit a type with UnmarshalDynamoDBAttributeValue")
	case (f.json.has("string") || f.dynamo.has("string")) && !isBasic(t):
		return refuse("the option string is for numbers, strings and bools, not for %s", TypeName(t))
	}
	return nil
}

// takesNull is true of a type that gets a NULL to decode, or whose elements do.
func takesNull(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return customOf(t).dynamo.any() || customOf(t.Elem()).dynamo.any()
	}
	return customOf(t).dynamo.any()
}

// isBasic is true of numbers, strings and bools that do not encode themselves.
func isBasic(t reflect.Type) bool {
	number := t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64
	return (number || t.Kind() == reflect.Bool || t.Kind() == reflect.String) && !customOf(t).any() && !isNumberText(t)
}

// setOption is the option that makes a set of the field, if any: the one that
// attributevalue takes.
func (f field) setOption() string {
	for _, option := range []string{"binaryset", "numberset", "stringset"} {
		if f.dynamo.has(option) {
			return option
		}
	}
	return ""
}

// An Attribute is a field as one encoding sees it.
type Attribute struct {
	Name  string // in the encoding
	Path  string // in Go, through embedded structs
	Field reflect.StructField
}

// Attributes are the fields of struct type t as attributevalue has them.
func Attributes(t reflect.Type) []Attribute { return attributes(t, "", field.dynamoTag) }

func (f field) dynamoTag() tag { return f.dynamo }
func (f field) jsonTag() tag   { return f.json }

func attributes(t reflect.Type, path string, of func(field) tag) (all []Attribute) {
	for i := range t.NumField() {
		f := fieldAt(t, i)
		switch in := of(f); {
		case in.excluded:
		case f.flattened(in):
			all = append(all, attributes(f.Type, path+"."+f.Name, of)...)
		case f.IsExported():
			name := in.name
			if name == "" {
				name = f.Name
			}
			all = append(all, Attribute{Name: name, Path: path + "." + f.Name, Field: f.StructField})
		}
	}
	return all
}

// ambiguous refuses two fields under one name: only one of them is encoded, or none.
// Decoders that find no exact name take one in another case.
func ambiguous(t reflect.Type, of func(field) tag) *problem {
	all := attributes(t, "", of)
	for i, a := range all {
		other := slices.IndexFunc(all[:i], func(b Attribute) bool { return strings.EqualFold(a.Name, b.Name) })
		if other >= 0 {
			return refuse("has the name of %s, %q, in one of the encodings", all[other].Path[1:], a.Name).in(a.Path)
		}
	}
	return nil
}
