package appsyncstore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsyncauth"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Store is a [jobstore.JobStore] behind an AppSync API. Make one with [New].
type Store[In, Out any] struct {
	client client
	model  string
	opts   Options
	do     operations
	reread time.Duration
}

// New returns a store of the jobs that an Amplify model keeps, by the API's GraphQL
// endpoint and the model's name. It does no I/O. It fails when endpoint is not an https
// URL (http is for localhost and loopback addresses) or has a password, model is not a
// GraphQL name, an API key is empty or has white space, an aws.Config has no
// credentials or no Region, or the Retention is less than a minute or has no field. It panics when authorize is nil, an option is out of range, or values of
// In or Out would not come back from the API, see [driver.CheckTypes].
func New[In, Out any](endpoint, model string, authorize Authorizer, opts ...func(*Options)) (*Store[In, Out], error) {
	if authorize == nil {
		panic("appsyncstore: New: authorize is nil, want IAM, APIKey or Token")
	}
	if err := driver.CheckTypes[In, Out](); err != nil {
		panic("appsyncstore: New: " + err.Error())
	}
	o := options(opts)
	if err := o.retain(); err != nil {
		return nil, err
	}
	if err := outbound.CheckURL("endpoint", endpoint, "https://….appsync-api.eu-west-1.amazonaws.com/graphql"); err != nil {
		return nil, fmt.Errorf("appsyncstore: New: %w", err)
	}
	if !graphQLName.MatchString(model) {
		return nil, fmt.Errorf("appsyncstore: New: model is %q, want a GraphQL name such as QueryJob", model)
	}
	if a, ok := authorize.(appsyncauth.Authorizer); ok {
		if err := a.Validate(); err != nil {
			return nil, fmt.Errorf("appsyncstore: New: %w", err)
		}
	}
	s := &Store[In, Out]{model: model, opts: o, do: newOperations(model, o), reread: reread}
	s.client = newClient(endpoint, authorize, &s.opts, newVocabulary(model, o, s.do))
	return s, nil
}

// operations are the GraphQL documents of a model, and the fields at their roots.
type operations struct {
	get, list, create, update, remove operation

	take operation // an update whose answer is the whole job
}

type operation struct{ root, document string }

// newOperations writes the operations that Amplify generates for a model. A mutation
// selects what subscribers get. The query reads all.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/
func newOperations(model string, o Options) operations {
	mutation := func(verb string, selected []string) operation {
		root := verb + model
		return operation{root, fmt.Sprintf(
			"mutation ($input: %s%sInput!, $condition: Model%sConditionInput) { %s(input: $input, condition: $condition) { %s } }",
			strings.ToUpper(verb[:1])+verb[1:], model, model, root, strings.Join(selected, " "))}
	}
	list := cmp.Or(o.ListQuery, "list"+plural(model))
	return operations{
		get: operation{"get" + model, fmt.Sprintf("query { get%s() { %s } }", model, strings.Join(o.read(), " "))}, // see getting
		list: operation{list, fmt.Sprintf(
			"query ($filter: Model%sFilterInput, $nextToken: String) { %s(filter: $filter, limit: 1000, nextToken: $nextToken) { items { %s } nextToken } }",
			model, list, strings.Join(o.Fields.swept(), " "))},
		create: mutation("create", o.narrow()),
		update: mutation("update", o.narrow()),
		remove: mutation("delete", o.narrow()),
		take:   mutation("update", o.public()),
	}
}

// read are the fields that a query of one job selects.
func (o *Options) read() []string {
	names := o.Fields.all()
	for _, name := range o.SortKeys {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// plural is what Amplify's list query calls a model.
func plural(model string) string {
	stem, y := strings.CutSuffix(model, "y")
	if y && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeiou") {
		return stem + "ies"
	}
	return model + "s"
}

func (s *Store[In, Out]) fail(op, id string, err error) error {
	return &jobstore.Error{Op: op, ID: id, Err: s.permanent(err)}
}
