package examples_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
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
	for _, model := range []string{"Tenant", "TenantSummary"} {
		for _, field := range filterFields(file("schema.graphql"), model) {
			if strings.Contains(file(field+".req.vtl"), `"claimToken"`) {
				t.Errorf("%s, of another model, refuses a filter by a field of its own", field)
			}
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

// TestNoGuestFiltersByProtectedFields: a model may let guests read, who sign with the credentials of an identity pool.
func TestNoGuestFiltersByProtectedFields(t *testing.T) {
	api := appsynctest.StartVariant(t, "guests", "id")
	victimsJob(t, api)
	guest := api.Signed(api.Guest())
	if a, raw := ask(t, api, guest, `query { listQueryJobs(filter: {status: {eq: processing}}) { items { id } } }`, nil); len(a.Errors) > 0 {
		t.Errorf("a guest cannot list: %s", raw)
	}
	for _, field := range protected {
		condition := map[bool]string{true: `{ne: 1}`, false: `{ne: "x"}`}[field == "claimableFrom" || field == "reports"]
		list := `query { listQueryJobs(filter: {` + field + `: ` + condition + `}) { items { id } } }`
		if a, raw := ask(t, api, guest, list, nil); len(a.Errors) == 0 || a.Errors[0].ErrorType != "Unauthorized" {
			t.Errorf("a guest lists by %s: %s", field, raw)
		}
		if a, raw := ask(t, api, guest, `query { listQueryJobs { items { `+field+` } } }`, nil); len(a.Errors) == 0 || strings.Contains(raw, "secret") {
			t.Errorf("a guest reads %s: %s", field, raw)
		}
		if a, raw := ask(t, api, api.Function(), list, nil); len(a.Errors) > 0 {
			t.Errorf("a function cannot list by %s: %s", field, raw)
		}
	}
}
