package avjson

import (
	"cmp"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// shape says where in a value of a type attributevalue matches names in any case: in the
// structs. It takes the attributes of a map in random order, so of two attributes for one
// field either could win.
type shape struct {
	fields map[string]*shape   // of a struct, by their exact names; nil for other types
	folded map[string][]string // the names of the fields that are one name in another case
	elem   *shape              // of a list, an array or a map

	embedded map[reflect.Type]bool // the structs whose fields are among fields
}

// shapeOf returns nil for a type without structs. known has the types that are under way
// or done, since a type may contain itself.
func shapeOf(t reflect.Type, known map[reflect.Type]*shape) *shape {
	for depth := 0; t.Kind() == reflect.Pointer && depth < maxDepth; depth++ {
		t = t.Elem()
	}
	if unmarshals(t) || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	if s, ok := known[t]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		known[t] = &shape{}
		if known[t].elem = shapeOf(t.Elem(), known); known[t].elem == nil {
			known[t] = nil
		}
	case reflect.Struct:
		known[t] = &shape{fields: map[string]*shape{}, folded: map[string][]string{}}
		known[t].add(t, known)
	}
	return known[t]
}

// add adds the fields of the struct t, and then those of the structs that it embeds.
func (s *shape) add(t reflect.Type, known map[reflect.Type]*shape) {
	var embedded []reflect.Type
	for i := range t.NumField() {
		sf := t.Field(i)
		name, _, _ := strings.Cut(sf.Tag.Get("dynamodbav"), ",")
		switch inner := indirect(sf.Type); {
		case name == "-":
		case sf.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			embedded = append(embedded, inner)
		case sf.IsExported():
			s.field(cmp.Or(name, sf.Name), shapeOf(sf.Type, known))
		}
	}
	for _, inner := range embedded {
		s.embed(inner, known)
	}
}

// embed adds the fields of an embedded struct, unless that embeds itself.
func (s *shape) embed(t reflect.Type, known map[reflect.Type]*shape) {
	if s.embedded == nil {
		s.embedded = map[reflect.Type]bool{}
	}
	if !s.embedded[t] {
		s.embedded[t] = true
		s.add(t, known)
	}
}

func (s *shape) field(name string, of *shape) {
	if _, ok := s.fields[name]; ok {
		return // an outer field hides an inner one
	}
	s.fields[name] = of
	key := foldName(name)
	s.folded[key] = append(s.folded[key], name)
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// foldName returns the same for two names that strings.EqualFold takes for equal.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
			least = min(least, c)
		}
		return least
	}, name)
}

// settle leaves one attribute for each field: the one with the field's exact name, or else
// the first in the order of their bytes.
func (s *shape) settle(v types.AttributeValue) {
	if s == nil {
		return
	}
	switch v := v.(type) {
	case *types.AttributeValueMemberM:
		s.settleMap(v.Value)
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			s.elem.settle(e)
		}
	}
}

func (s *shape) settleMap(m map[string]types.AttributeValue) {
	if s == nil {
		return
	}
	if s.fields == nil {
		for _, v := range m {
			s.elem.settle(v)
		}
		return
	}
	s.dropRivals(m)
	for name, v := range m {
		s.of(name).settle(v)
	}
}

// dropRivals compares the attributes that have no field of their exact name.
func (s *shape) dropRivals(m map[string]types.AttributeValue) {
	var first map[string]string // by the folded name
	for name := range m {
		if _, exact := s.fields[name]; exact {
			continue
		}
		key := foldName(name)
		if len(s.folded[key]) == 0 {
			continue // of no field
		}
		if first == nil {
			first = map[string]string{}
		}
		if other, ok := first[key]; ok {
			delete(m, max(name, other))
			name = min(name, other)
		}
		first[key] = name
	}
	for key, name := range first {
		for _, exact := range s.folded[key] {
			if _, ok := m[exact]; ok {
				delete(m, name)
			}
		}
	}
}

// of returns the shape of the field for an attribute.
func (s *shape) of(name string) *shape {
	if field, exact := s.fields[name]; exact {
		return field
	}
	for _, exact := range s.folded[foldName(name)] {
		return s.fields[exact]
	}
	return nil
}
