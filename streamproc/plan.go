package streamproc

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// plan says how attributes get into a struct. Fields of simple types are set from
// the event's bytes; everything else goes through attributevalue, with whose rules
// a plan agrees in every case.
type plan struct {
	fields []field
	byName map[string]int
	ascii  bool // every name is
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
	jsonField // a map that may be stored as the JSON of one
)

// newPlan returns nil for a type that is left to attributevalue altogether.
func newPlan(t reflect.Type) *plan {
	if t.Kind() != reflect.Struct || unmarshals(t) || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	p := &plan{byName: map[string]int{}, ascii: true}
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			return nil
		}
		f, ok := newField(t, sf, i)
		if !ok {
			continue
		}
		if p.lookup([]byte(f.name)) != nil {
			return nil // two fields for one attribute
		}
		p.byName[f.name] = len(p.fields)
		p.ascii = p.ascii && plainPrefix([]byte(f.name)) == len(f.name)
		p.fields = append(p.fields, f)
	}
	return p
}

func newField(t reflect.Type, sf reflect.StructField, index int) (f field, ok bool) {
	name, options, _ := strings.Cut(sf.Tag.Get("dynamodbav"), ",")
	if !sf.IsExported() || name == "-" {
		return field{}, false
	}
	if name == "" {
		name = sf.Name
	}
	f = field{name: name, index: index}
	special := strings.Split(options, ",")
	if !unmarshals(sf.Type) && !slices.Contains(special, "string") && !slices.Contains(special, "unixtime") {
		f.kind = kindOf(sf.Type)
	}
	if sf.Name == "Metadata" && sf.Type == reflect.TypeFor[map[string]any]() && isJob(t) {
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

// unmarshals reports whether attributevalue calls a method of the type.
func unmarshals(t reflect.Type) bool {
	unmarshaler := reflect.TypeFor[attributevalue.Unmarshaler]()
	return t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler)
}

// isJob reports whether t is a jobstore.Job, whose metadata AppSync's AWSJSON type
// stores as a string.
func isJob(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[interface{ Claim() jobstore.Claim }]())
}

// few fields are found faster by comparing than by hashing.
const few = 16

// lookup finds a field by the exact name or else, as attributevalue does, by one
// that differs in case only.
func (p *plan) lookup(name []byte) *field {
	if len(p.fields) <= few {
		for i := range p.fields {
			if p.fields[i].name == string(name) {
				return &p.fields[i]
			}
		}
	} else if i, ok := p.byName[string(name)]; ok {
		return &p.fields[i]
	}
	return p.fold(name)
}

func (p *plan) fold(name []byte) *field {
	sameLength := p.ascii && plainPrefix(name) == len(name) // or else none can match
	for i := range p.fields {
		f := &p.fields[i]
		if sameLength && (len(f.name) != len(name) || (f.name[0]^name[0])&^('a'-'A') != 0) {
			continue
		}
		if strings.EqualFold(f.name, string(name)) {
			return f
		}
	}
	return nil
}
