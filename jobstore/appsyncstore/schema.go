package appsyncstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// introspect asks for the types of the schema. It has each field of the introspection
// system once: graphql-java refuses more.
//
// Source: https://spec.graphql.org/October2021/#sec-Introspection
var introspect = operation{"__schema", "query { __schema { types { name kind enumValues { name } inputFields { name type { ...T } }" +
	" fields { name args { name type { ...T } } type { ...T } } } } }" +
	" fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"}

// schema are the types of an API by name.
type schema map[string]schemaType

type schemaType struct {
	Name, Kind  string
	EnumValues  []schemaField
	InputFields []schemaField
	Fields      []schemaField
}

type schemaField struct {
	Name string
	Type typeRef
	Args []schemaField
}

// typeRef is the type of a field: a named one, or a list or non-null of another.
type typeRef struct {
	Kind, Name string
	OfType     *typeRef
}

// String is the type as a schema has it, such as [String]!.
func (t typeRef) String() string {
	switch {
	case t.OfType == nil:
		return t.Name
	case t.Kind == "LIST":
		return "[" + t.OfType.String() + "]"
	}
	return t.OfType.String() + "!"
}

func (t typeRef) required() bool { return t.Kind == "NON_NULL" }

// bare is the type without the mark of a required one.
func (t typeRef) bare() typeRef {
	if t.required() && t.OfType != nil {
		return *t.OfType
	}
	return t
}

func find(fields []schemaField, name string) (schemaField, bool) {
	i := slices.IndexFunc(fields, func(f schemaField) bool { return f.Name == name })
	if i < 0 {
		return schemaField{}, false
	}
	return fields[i], true
}

func names(fields []schemaField) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// schema reads the types of the API.
func (s *Store[In, Out]) schema(ctx context.Context) (schema, error) {
	got, err := s.client.send(ctx, introspect, map[string]any{})
	if err != nil {
		return nil, fmt.Errorf("the schema cannot be read, which needs introspection: %w", err)
	}
	var types []schemaType
	if json.Unmarshal(got["types"], &types) != nil || len(types) == 0 {
		return nil, errors.New("the schema cannot be read: the API's answer has no types")
	}
	all := schema{}
	for _, t := range types {
		all[t.Name] = t
	}
	return all, nil
}
