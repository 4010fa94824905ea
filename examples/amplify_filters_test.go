package examples_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNoNameEscapesTheFilters: whatever takes a filter by the model's fields refuses the
// protected ones. A list has the model's name in the plural, a query of an index any name, and
// another model's relation its own.
func TestNoNameEscapesTheFilters(t *testing.T) {
	file := variant(t, "connected")
	fields := filterFields(file("schema.graphql"), "Summary")
	if len(fields) != 7 {
		t.Errorf("%q take a filter, want a list, two indexes, a relation and three subscriptions", fields)
	}
	for _, field := range fields {
		request := file(field + ".req.vtl")
		for _, name := range protected {
			if !strings.Contains(request, `#if( $filter.contains('"`+name+`":') || $filter.contains('"`+name+`" :') )$util.unauthorized()#end`) {
				t.Errorf("%s takes a filter by %s", field, name)
			}
		}
	}
	for _, field := range filterFields(file("schema.graphql"), "Tenant") {
		if strings.Contains(file(field+".req.vtl"), `"claimToken"`) {
			t.Errorf("%s, of another model, refuses a filter by a field of its own", field)
		}
	}
}

var (
	inSchema     = regexp.MustCompile(`(?ms)^type (\w+)[^{]*\{(.*?)^\}`)
	filterInType = regexp.MustCompile(`(?m)^  (\w+)\(.*filter: Model(?:Subscription)?(\w+)FilterInput`)
)

// filterFields returns the fields of a schema that take a filter by the model's fields.
func filterFields(schema, model string) (fields []string) {
	for _, object := range inSchema.FindAllStringSubmatch(schema, -1) {
		for _, field := range filterInType.FindAllStringSubmatch(object[2], -1) {
			if field[2] == model {
				fields = append(fields, object[1]+"."+field[1])
			}
		}
	}
	return fields
}

// variant returns the files of one of the back ends in amplify/variants.
func variant(t *testing.T, name string) func(file string) string {
	t.Helper()
	data, err := os.ReadFile("../internal/appsynctest/simulator/variants.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Variants map[string]map[string]int
		Files    []string
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return func(file string) string {
		t.Helper()
		n, ok := all.Variants[name][file]
		if !ok {
			t.Fatalf("%s has no %s", name, file)
		}
		return all.Files[n]
	}
}
