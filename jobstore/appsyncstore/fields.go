package appsyncstore

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Fields are the names of a job's fields in the model, with the types of
// Amplify's schema builder. ID, Status, Input, Output and Error must have names. An empty
// name of another field says that the model does not have it; [Store.Lacks] then says what
// the store cannot do. Attempt, ClaimToken, ClaimableFrom and Reports are given together.
type Fields struct {
	ID              string // a.id() or a.string()
	Status          string // a.enum(['pending', 'processing', 'complete', 'error'])
	Input           string // a.string(), or a.json() for other types than strings, numbers and bools
	Output          string // likewise
	Error           string // a.string()
	Progress        string // a.integer(), percent
	ProgressMessage string // a.string()
	Metadata        string // a.json()
	Attempt         string // a.integer()
	MaxAttempts     string // a.integer()
	OnLeaseExpiry   string // a.string()
	ErrorDetail     string // a.string(), the error in full, for operators
	Canceled        string // a.boolean()
	ClaimToken      string // a.string(), token of the latest claim, and what ended it
	CreateToken     string // a.string(), token of the Create call
	ClaimableFrom   string // a.float(), milliseconds since 1970: the end of the lease, or when a pending job is due; GraphQL's Int has 32 bits
	Reports         string // a.integer(), number of the claim's latest heartbeat
	CreatedAt       string // a.datetime()
	UpdatedAt       string // a.datetime()
	ExpiresAt       string // a.timestamp(), seconds since 1970
	Caller          string // a.string(); empty by default

	// Partition is the first field of an identifier of two, such as tenantId of
	// .identifier(['tenantId', 'jobId']); ID is then the second, jobId. A job's ID has the
	// values of both, with a colon between: acme:0192f8a4. Create takes the first one from
	// such an ID, or from WithFields or Options.Extra. The second has no colon. It is empty
	// by default.
	Partition string

	// State is an a.string() that holds, as JSON, all fields without a name of their own.
	// With it the store has all guarantees. Each claim, report, settle and cancel costs
	// one query more: the store replaces the text that it has read, and no other. Browsers
	// need not read the field, and may not write it. It is empty by default.
	State string
}

// Minimal is an option for a model that has only what the fields query, status, response,
// error, createdAt and metadata hold, as in
//
//	jobs, err := appsyncstore.New[string, string](url, "QueryJob", authorize, appsyncstore.Minimal)
//
// Such a model has no field for an attempt, a lease or a token. So a job has one attempt,
// and [Store.Lacks] lists what else the store cannot do. One field more brings all of it:
//
//	jobState: a.string()
//
//	appsyncstore.Minimal, func(o *appsyncstore.Options) { o.Fields.State = "jobState" }
func Minimal(o *Options) {
	o.Fields = Fields{
		ID: "id", Status: "status", Input: "query", Output: "response", Error: "error",
		CreatedAt: "createdAt", UpdatedAt: "updatedAt", Metadata: "metadata",
	}
	o.ReadOnly = []string{"updatedAt"}
}

// required are the fields of Fields that a job cannot do without.
const required = " ID Status Input Output Error "

// checkNames panics at a name that is not GraphQL, at two fields with one name, and at
// fields that must have one.
func (o *Options) checkNames() {
	check := func(what, name string) {
		if !graphQLName.MatchString(name) {
			panic(fmt.Sprintf("appsyncstore: New: Options.%s is %q, want a GraphQL name", what, name))
		}
	}
	taken := map[string]string{}
	take := func(what, name string) {
		check(what, name)
		if other, ok := taken[name]; ok {
			panic(fmt.Sprintf("appsyncstore: New: Options.%s and %s are both %q", what, other, name))
		}
		taken[name] = what
	}
	v := reflect.ValueOf(o.Fields)
	for i := range v.NumField() {
		field, name := v.Type().Field(i).Name, v.Field(i).String()
		if name != "" || strings.Contains(required, " "+field+" ") {
			take("Fields."+field, name)
		}
	}
	for i, name := range o.Select {
		take(fmt.Sprintf("Select[%d]", i), name)
	}
	for i, name := range o.ReadOnly {
		check(fmt.Sprintf("ReadOnly[%d]", i), name)
	}
	o.checkOmit()
	for i, name := range o.SortKeys {
		check(fmt.Sprintf("SortKeys[%d]", i), name)
	}
	o.checkStatuses(check)
	if o.ListQuery != "" {
		check("ListQuery", o.ListQuery)
	}
	o.checkFence()
}

// checkFence panics when the model has some of the fields of a fence.
func (o *Options) checkFence() {
	f, n := o.Fields, 0
	for _, name := range []string{f.Attempt, f.ClaimToken, f.ClaimableFrom, f.Reports} {
		if name != "" {
			n++
		}
	}
	if n != 0 && n != 4 {
		panic("appsyncstore: New: Options.Fields has some of Attempt, ClaimToken, ClaimableFrom and Reports: give all four a name, or none")
	}
}

// fenced is true of a model that has fields for attempt and lease, or one for all.
func (f Fields) fenced() bool { return f.State != "" || !virtual(f.Attempt) }

// named returns the fields with a name for each: one that the model does not have gets a
// virtual name, by which records in memory have it.
func (f Fields) named() Fields {
	v := reflect.ValueOf(&f).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).String() == "" && name != "State" {
			v.Field(i).SetString("#" + name)
		}
	}
	return f
}

// virtual is true of the name of a field that the model does not have.
func virtual(name string) bool { return name == "" || name[0] == '#' }

// all are the names of all fields that the model has.
func (f Fields) all() []string {
	v := reflect.ValueOf(f)
	var names []string
	for i := range v.NumField() {
		if name := v.Field(i).String(); !virtual(name) {
			names = append(names, name)
		}
	}
	return names
}

// swept are the fields that a sweep reads.
func (f Fields) swept() []string {
	return slices.DeleteFunc([]string{f.Partition, f.ID, f.Status, f.ClaimableFrom, f.UpdatedAt, f.ExpiresAt, f.State}, virtual)
}
