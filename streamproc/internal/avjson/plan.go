package avjson

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
)

// plan says how attributes are decoded into a struct. Fields of simple types are set
// from the event's bytes, others by attributevalue. The result is the one that
// attributevalue would give, except where several attributes are for one field.
type plan struct {
	fields []field // sorted by the lengths of their names
	first  []int   // for each length, the index of the first field whose name is at least that long
	ascii  bool    // all names are ASCII
}

type field struct {
	name  string
	index int
	kind  fieldKind
}

type fieldKind int

const (
	viaAttributeValue fieldKind = iota
	stringField
	intField
	uintField
	floatField
	boolField
	timeField
	jsonField // may be stored as JSON text
)

// newPlan returns nil for a type that attributevalue must decode as a whole.
func newPlan(t reflect.Type) *plan {
	if t.Kind() != reflect.Struct || unmarshals(t) || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	p := &plan{ascii: true}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			return noPlan(t)
		}
		f, ok := newField(sf, i)
		if !ok {
			continue
		}
		if fold(p.fields, f.name) != nil {
			return noPlan(t) // two fields for one attribute
		}
		p.ascii = p.ascii && plainPrefix([]byte(f.name)) == len(f.name)
		p.fields = append(p.fields, f)
	}
	p.index()
	return p
}

func (p *plan) index() {
	slices.SortFunc(p.fields, func(a, b field) int { return len(a.name) - len(b.name) })
	for i, f := range p.fields {
		for len(p.first) <= len(f.name) {
			p.first = append(p.first, i)
		}
	}
	p.first = append(p.first, len(p.fields))
}

// noPlan leaves t to attributevalue, which does not know the tag streamproc:"json".
func noPlan(t reflect.Type) *plan {
	for i := range t.NumField() {
		if sf := t.Field(i); mayBeJSON(sf) {
			panic(fmt.Sprintf("streamproc: New: the tag streamproc:\"json\" of %s.%s has no effect: the struct has an embedded field, or two fields for one attribute", t, sf.Name))
		}
	}
	return nil
}

// mayBeJSON reports whether a field has the tag streamproc:"json".
func mayBeJSON(sf reflect.StructField) bool {
	tag, ok := sf.Tag.Lookup("streamproc")
	if ok && tag != "json" {
		panic(fmt.Sprintf("streamproc: New: field %s has the tag streamproc:%q, want streamproc:\"json\"", sf.Name, tag))
	}
	return ok
}

func newField(sf reflect.StructField, index int) (f field, ok bool) {
	name, options, _ := strings.Cut(sf.Tag.Get("dynamodbav"), ",")
	if !sf.IsExported() || name == "-" {
		return field{}, false
	}
	if name == "" {
		name = sf.Name
	}
	f = field{name: name, index: index}
	special := strings.Split(options, ",")
	if !unmarshals(sf.Type) && !unmarshalsText(sf.Type) && !slices.Contains(special, "string") && !slices.Contains(special, "unixtime") {
		f.kind = kindOf(sf.Type)
	}
	if mayBeJSON(sf) {
		f.kind = jsonField
	}
	return f, true
}

func kindOf(t reflect.Type) fieldKind {
	if t == reflect.TypeFor[time.Time]() {
		return timeField
	}
	switch t.Kind() {
	case reflect.String:
		return stringField
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intField
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return uintField
	case reflect.Float32, reflect.Float64:
		return floatField
	case reflect.Bool:
		return boolField
	}
	return viaAttributeValue
}

// unmarshals reports whether attributevalue calls a method of the type to decode it.
func unmarshals(t reflect.Type) bool {
	unmarshaler := reflect.TypeFor[attributevalue.Unmarshaler]()
	return t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler)
}

// unmarshalsText reports whether the text of the type is its own. A time's is read here.
func unmarshalsText(t reflect.Type) bool {
	return t != reflect.TypeFor[time.Time]() && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// lookup finds a field by its exact name or else, as attributevalue does, by a name that
// differs only in case. name is the inside of the quotation marks.
func (p *plan) lookup(name []byte) (f *field, exact bool) {
	if p.ascii {
		var same []field // as long
		if n := len(name); n+1 < len(p.first) {
			same = p.fields[p.first[n]:p.first[n+1]]
		}
		for i := range same {
			if same[i].name == string(name) {
				return &same[i], true
			}
		}
		if plainPrefix(name) == len(name) {
			return fold(same, string(name)), false
		}
	}
	f = fold(p.fields, Name(name))
	return f, f != nil && f.name == Name(name)
}

// fold finds the field whose name is equal to name in any case.
func fold(fields []field, name string) *field {
	for i := range fields {
		if strings.EqualFold(fields[i].name, name) {
			return &fields[i]
		}
	}
	return nil
}
