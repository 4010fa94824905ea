package appsyncstore

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// SchemaError says why the API's schema cannot keep the jobs. It is a
// [jobstore.ErrInvalid]: no trigger tries such a job again. The job stays as it is, and a
// sweep starts it once the schema is right.
type SchemaError struct {
	Model string

	// Problems are all that [Store.Check] has found. They are nil in the error of another
	// call, which wraps the API's [*Error].
	Problems []string

	cause error // of a call
}

func (e *SchemaError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("the schema of model %s does not fit, or a value: see appsyncstore.Store.Check: %v", e.Model, e.cause)
	}
	return fmt.Sprintf("the schema does not fit: model %s: %s", e.Model, strings.Join(e.Problems, "; "))
}

// Is is true of [jobstore.ErrInvalid].
func (e *SchemaError) Is(target error) bool { return target == jobstore.ErrInvalid }

// Unwrap returns the [*Error] of the API, nil after [Store.Check].
func (e *SchemaError) Unwrap() error { return e.cause }

// Check reads the API's schema and returns a [*SchemaError] with all that the store needs
// and the schema lacks: types, fields, arguments, and values of the status. It writes
// nothing. Call it in a test of the back end or when the process starts; it is one
// request, for the whole schema.
//
// A field that Create must write counts as written when ctx has it, see [WithFields].
//
// It needs introspection, which AppSync has on by default.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/graphql-introspection.html
func (s *Store[In, Out]) Check(ctx context.Context) error {
	types, err := s.schema(ctx)
	if err != nil {
		return fmt.Errorf("appsyncstore: Check: %w", err)
	}
	c := checker{schema: types, model: s.model, opts: &s.opts}
	c.operations(s.do)
	c.given = fieldsOf(ctx)
	c.object(s.wants())
	if c.problems != nil {
		return fmt.Errorf("appsyncstore: Check: %w", &SchemaError{Model: s.model, Problems: c.problems})
	}
	return nil
}

// want is what the store needs of a field.
type want struct {
	name      string
	is        []string // scalars, the one to declare first
	build     string   // in Amplify's schema builder
	condition bool     // of writes
}

// wants are the fields of the model that the store uses.
func (s *Store[In, Out]) wants() []want {
	f := s.opts.Fields
	text := []string{"String", "ID", "AWSURL", "AWSEmail", "AWSPhone", "AWSIPAddress"}
	whole, number := []string{"Int", "Float", "AWSTimestamp"}, []string{"Float"}
	dates := []string{"AWSDateTime", "String"}
	return slices.DeleteFunc([]want{
		{name: f.Partition, is: []string{"ID", "String"}, build: "a.id()"},
		{name: f.ID, is: []string{"ID", "String"}, build: "a.id()"},
		{name: f.Input, is: scalars[In](), build: builder[In]()},
		{name: f.Output, is: scalars[Out](), build: builder[Out]()},
		{name: f.Error, is: text, build: "a.string()"},
		{name: f.Progress, is: whole, build: "a.integer()"},
		{name: f.ProgressMessage, is: text, build: "a.string()"},
		{name: f.Metadata, is: []string{"AWSJSON", "String"}, build: "a.json()"},
		{name: f.Attempt, is: whole, build: "a.integer()", condition: true},
		{name: f.MaxAttempts, is: whole, build: "a.integer()"},
		{name: f.OnLeaseExpiry, is: text, build: "a.string()"},
		{name: f.ErrorDetail, is: text, build: "a.string()"},
		{name: f.Canceled, is: []string{"Boolean"}, build: "a.boolean()"},
		{name: f.ClaimToken, is: text, build: "a.string()", condition: true},
		{name: f.CreateToken, is: text, build: "a.string()", condition: true},
		{name: f.ClaimableFrom, is: number, build: "a.float()", condition: true},
		{name: f.Reports, is: whole, build: "a.integer()", condition: true},
		{name: f.CreatedAt, is: dates, build: "a.datetime()", condition: true},
		{name: f.UpdatedAt, is: dates, build: "a.datetime()", condition: true},
		{name: f.ExpiresAt, is: []string{"AWSTimestamp", "Int", "Float"}, build: "a.timestamp()", condition: true},
		{name: f.Caller, is: text, build: "a.string()", condition: true},
		{name: f.State, is: text, build: "a.string()", condition: true},
	}, func(w want) bool { return virtual(w.name) })
}

// scalars are the types of fields that take the store's encoding of a T, see [encode]. A
// named type may encode itself, such as a slog.Level as a string.
func scalars[T any]() []string {
	var zero T
	encoded, _ := encode("", zero)
	raw, _ := encoded.(json.RawMessage)
	switch kind := reflect.TypeFor[T]().Kind(); {
	case raw == nil:
		return []string{"AWSJSON", "String"}
	case raw[0] == '"':
		return []string{"String", "ID", "AWSURL", "AWSEmail", "AWSPhone", "AWSIPAddress"}
	case kind == reflect.Bool:
		return []string{"Boolean"}
	case kind >= reflect.Int && kind <= reflect.Uintptr:
		return []string{"Int", "Float", "AWSTimestamp"}
	}
	return []string{"Float"}
}

func builder[T any]() string {
	return map[string]string{
		"String": "a.string()", "Boolean": "a.boolean()", "Int": "a.integer()", "Float": "a.float()", "AWSJSON": "a.json()",
	}[scalars[T]()[0]]
}

// checker compares a schema with what a store needs, and collects what is wrong.
type checker struct {
	schema   schema
	model    string
	opts     *Options
	given    map[string]any // of WithFields
	problems []string
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// operations checks the queries and mutations.
func (c *checker) operations(do operations) {
	key := slices.DeleteFunc([]string{c.opts.Fields.Partition, c.opts.Fields.ID}, virtual)
	for _, o := range []struct {
		of   string
		op   operation
		args []string
	}{
		{"Query", do.get, key},
		{"Query", do.list, []string{"filter", "limit", "nextToken"}},
		{"Mutation", do.create, []string{"input", "condition"}},
		{"Mutation", do.update, []string{"input", "condition"}},
		{"Mutation", do.remove, []string{"input", "condition"}},
	} {
		field, ok := find(c.schema[o.of].Fields, o.op.root)
		if !ok {
			c.problem("%s lacks %s%s", o.of, o.op.root, listHint(o.op.root == do.list.root))
			continue
		}
		for _, name := range o.args {
			if _, ok := find(field.Args, name); !ok {
				c.problem("%s has no argument %s, it has %s", o.op.root, name, strings.Join(names(field.Args), ", "))
			}
		}
		if o.op.root == do.get.root && c.longIdentifier(field.Args) {
			continue
		}
		for _, a := range field.Args {
			if a.Type.required() && !slices.Contains(o.args, a.Name) {
				c.problem("%s requires the argument %s%s", o.op.root, a.Name, keyHint(o.op.root == do.get.root))
			}
		}
	}
}

// longIdentifier refuses an identifier of more fields than a job's ID has parts. Amplify's get
// query requires each of them.
func (c *checker) longIdentifier(args []schemaField) bool {
	key := names(slices.DeleteFunc(slices.Clone(args), func(a schemaField) bool { return !a.Type.required() }))
	if len(key) > 2 {
		c.problem("its identifier has %d fields, %s, and a job's ID has one or two (Options.Fields.Partition and ID): give the model an identifier of one or two, and let the others be fields", len(key), strings.Join(key, ", "))
	}
	return len(key) > 2
}

func keyHint(get bool) string {
	if get {
		return " (Options.Fields.Partition names the first of two fields of an identifier)"
	}
	return ""
}

func listHint(list bool) string {
	if list {
		return " (Options.ListQuery names it)"
	}
	return ""
}

// object checks the model and its inputs.
func (c *checker) object(wants []want) {
	model, ok := c.schema[c.model]
	if !ok {
		c.problem("the type does not exist")
		return
	}
	for _, w := range wants {
		c.field(model, w)
	}
	c.status(model)
	for _, name := range c.opts.Select {
		if _, ok := find(model.Fields, name); !ok {
			c.problem("it has no %s, which Options.Select names", name)
		}
	}
	c.versions(model)
	c.unwritten(wants)
	c.owners()
	c.sortKeys()
}

// sortKeys finds indexes with several sort keys, by the input that Amplify makes for the
// keys of each.
func (c *checker) sortKeys() {
	for name, t := range c.schema {
		if !strings.HasSuffix(name, "CompositeKeyInput") || !c.belongs(name) {
			continue
		}
		keys := names(t.InputFields)
		missing := slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(c.opts.SortKeys, key) })
		if _, status := find(t.InputFields, c.opts.Fields.Status); status && missing {
			c.problem("an index has the sort keys %s, and no update may have one without the others: name them in Options.SortKeys", strings.Join(keys, ", "))
		}
	}
}

// belongs is true of an input that Amplify has named after the model, and not after another one
// whose name begins with the model's.
func (c *checker) belongs(input string) bool {
	for other := range c.schema {
		_, model := c.schema["Model"+other+"ConditionInput"]
		if model && len(other) > len(c.model) && strings.HasPrefix(other, c.model) && strings.HasPrefix(input, "Model"+other) {
			return false
		}
	}
	return strings.HasPrefix(input, "Model"+c.model)
}

// owners finds fields by which Amplify filters subscriptions: their values come from the
// mutation's selection, and from the create.
//
// Source: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/per-user-per-owner-data-access/
func (c *checker) owners() {
	field, _ := find(c.schema["Subscription"].Fields, "onUpdate"+c.model)
	for _, a := range field.Args {
		if a.Name == "filter" {
			continue
		}
		input := "Create" + c.model + "Input"
		if _, ok := find(c.schema[input].InputFields, a.Name); !ok {
			c.problem("%s has no %s, so no function can say whose a job is: declare %s: a.string() in the model", input, a.Name, a.Name)
		}
		if !slices.Contains(c.opts.narrow(), a.Name) {
			c.problem("subscriptions are filtered by %s, which the mutations do not select: name it in Options.Select, and not in Omit", a.Name)
		}
	}
}

// field checks a field of the model, and the same field of its inputs.
func (c *checker) field(model schemaType, w want) {
	f, ok := find(model.Fields, w.name)
	switch {
	case !ok:
		c.problem("it has no %s: declare %s: %s", w.name, w.name, w.build)
		return
	case !slices.Contains(w.is, f.Type.bare().String()):
		c.problem("%s is %s, want %s: declare %s: %s", w.name, f.Type, w.is[0], w.name, w.build)
		return
	}
	var inputs []string
	if !slices.Contains(c.opts.ReadOnly, w.name) {
		inputs = append(inputs, "Create"+c.model+"Input", "Update"+c.model+"Input")
	}
	if w.condition {
		inputs = append(inputs, "Model"+c.model+"ConditionInput")
	}
	for _, input := range inputs {
		if _, ok := find(c.schema[input].InputFields, w.name); !ok {
			c.problem("%s has no %s: declare %s: %s in the model", input, w.name, w.name, w.build)
		}
	}
}

// status checks the values of the enum. A string takes all.
func (c *checker) status(model schemaType) {
	name := c.opts.Fields.Status
	f, ok := find(model.Fields, name)
	is := f.Type.bare().String()
	switch {
	case !ok:
		c.problem("it has no %s: declare %s: a.enum(['pending', 'processing', 'complete', 'error'])", name, name)
	case c.schema[is].Kind == "ENUM":
		for _, s := range statuses {
			if _, ok := find(c.schema[is].EnumValues, c.opts.spelled(s)); !ok {
				c.problem("%s cannot be %q, it is one of %s: Options.Statuses has other spellings", name, c.opts.spelled(s), strings.Join(names(c.schema[is].EnumValues), ", "))
			}
		}
	case is != "String":
		c.problem("%s is %s, want an enum or String", name, f.Type)
	}
}

// versions refuses a model with conflict resolution: a write that does not bring the
// record's version is merged or refused, whatever its condition says.
//
// Source: https://docs.aws.amazon.com/appsync/latest/devguide/conflict-detection-and-resolution.html
func (c *checker) versions(model schemaType) {
	if _, ok := find(model.Fields, "_version"); ok {
		c.problem("it has a _version: with conflict resolution AppSync resolves writes instead of refusing them, so no claim has one winner; turn it off for the model")
	}
}

// unwritten finds fields that the create must have and the store does not write.
func (c *checker) unwritten(wants []want) {
	if c.opts.Extra != nil {
		return // it may write them
	}
	input := "Create" + c.model + "Input"
	for _, f := range c.schema[input].InputFields {
		_, given := c.given[f.Name]
		written := given || f.Name == c.opts.Fields.Status || slices.ContainsFunc(wants, func(w want) bool { return w.name == f.Name })
		if f.Type.required() && !written {
			c.problem("%s requires %s, which neither Options.Extra nor WithFields writes", input, f.Name)
		}
	}
}
