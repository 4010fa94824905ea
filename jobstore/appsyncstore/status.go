package appsyncstore

import (
	"encoding/json"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// statuses are all statuses of a job.
var statuses = []jobstore.Status{jobstore.Pending, jobstore.Processing, jobstore.Complete, jobstore.Failed}

// spelled is a status as the model spells it.
func (o *Options) spelled(s jobstore.Status) string {
	if name, ok := o.Statuses[s]; ok {
		return name
	}
	return string(s)
}

// noStatus is the error of a record that has another status than a job's. It does not quote it:
// it may be anything.
func (s *Store[In, Out]) noStatus() error {
	return fmt.Errorf("the record's %s is not that of a job", s.opts.Fields.Status)
}

// spell returns the value of a field as the model has it: a status in its spelling.
func (o *Options) spell(name string, v any) any {
	if name != o.Fields.Status || len(o.Statuses) == 0 {
		return v
	}
	raw, _ := json.Marshal(v) // a string
	return o.spelled(jobstore.Status(record{name: raw}.str(name)))
}

// understand replaces the model's spelling of a record's status. Another value stays as it
// is, and is not a status.
func (o *Options) understand(r record) record {
	name := o.Fields.Status
	if r == nil || len(o.Statuses) == 0 || !r.has(name) {
		return r
	}
	is := r.str(name)
	for _, s := range statuses {
		if o.spelled(s) == is {
			return r.over(input{name: s})
		}
	}
	return r
}

// checkStatuses panics at spellings that are not GraphQL, are of no status, or are of two.
func (o *Options) checkStatuses(check func(what, name string)) {
	taken := map[string]jobstore.Status{}
	for s, name := range o.Statuses {
		if !s.Valid() {
			panic(fmt.Sprintf("appsyncstore: New: Options.Statuses has %q, which is not a status", string(s)))
		}
		check(fmt.Sprintf("Statuses[%q]", string(s)), name)
	}
	for _, s := range statuses {
		if other, ok := taken[o.spelled(s)]; ok {
			panic(fmt.Sprintf("appsyncstore: New: Options.Statuses has one spelling for %q and %q", string(other), string(s)))
		}
		taken[o.spelled(s)] = s
	}
}
