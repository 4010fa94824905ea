package dynamostore

import (
	"fmt"
	"iter"
	"reflect"
	"unicode/utf8"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Attributes are the names of a job's attributes in the table.
type Attributes struct {
	ID              string // S, the partition key
	Status          string // S
	Input           string // whatever attributevalue makes of it
	Output          string // likewise
	Error           string // S, what readers may see
	ErrorDetail     string // S, the error in full, for operators
	ErrorExcerpt    string // S, its beginning, for lists
	Canceled        string // BOOL
	Progress        string // N, percent
	ProgressMessage string // S
	Metadata        string // M; the JSON of one, as S, is read too
	Caller          string // S, who created the job
	Attempt         string // N
	MaxAttempts     string // N
	Uncounted       string // N, claims that did not count
	OnLeaseExpiry   string // S
	ClaimToken      string // S, token of the latest claim, and what ended it
	CreateToken     string // S, token of the Create call
	ClaimableFrom   string // N, milliseconds since 1970: the end of a processing job's lease, or when a pending job is due
	Reports         string // N, number of the claim's latest heartbeat
	CreatedAt       string // S, ISO 8601 in UTC with milliseconds
	UpdatedAt       string // S, likewise
	ExpiresAt       string // N, seconds since 1970: the TTL attribute
	History         string // L of M
	Shard           string // S, the partition key of the index, see [Options.Index]
	HandOvers       string // N, how often a sweep has started the job since its latest claim
	HandedOverAt    string // N, when a sweep has last started it, milliseconds since 1970
	SweepAt         string // N, when a sweep looks at the job, milliseconds since 1970; the index's sort key
}

// defaultAttributes are the default names. Expressions name attributes by them, with
// # before.
var defaultAttributes = Attributes{
	ID: "id", Status: "status", Input: "input", Output: "output", Error: "error", ErrorDetail: "errorDetail", ErrorExcerpt: "errorExcerpt",
	Canceled: "canceled", Progress: "progress", ProgressMessage: "progressMessage", Metadata: "metadata", Caller: "caller",
	Attempt: "attempt", MaxAttempts: "maxAttempts", Uncounted: "uncounted", OnLeaseExpiry: "onLeaseExpiry",
	ClaimToken: "claimToken", CreateToken: "createToken", ClaimableFrom: "claimableFrom", Reports: "reports",
	CreatedAt: "createdAt", UpdatedAt: "updatedAt", ExpiresAt: "expiresAt", History: "history",
	Shard: "shard", SweepAt: "sweepAt", HandOvers: "handOvers", HandedOverAt: "handedOverAt",
}

// Layout implements [jobstore.Layouter].
func (s *Store[In, Out]) Layout() jobstore.Layout {
	a := s.opts.Attributes
	return jobstore.Layout{
		ID: a.ID, SortKey: s.opts.SortKey.Name, Status: a.Status, Marker: s.opts.Marker, ClaimableFrom: a.ClaimableFrom,
		Output: a.Output, Error: a.Error, Canceled: a.Canceled, Progress: a.Progress, ProgressMessage: a.ProgressMessage, Caller: a.Caller,
		Attempt: a.Attempt, Reports: a.Reports, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, ExpiresAt: a.ExpiresAt,
	}
}

// fields yields the names with those of their fields in Attributes.
func (a Attributes) fields() iter.Seq2[string, string] {
	return func(yield func(field, name string) bool) {
		v := reflect.ValueOf(a)
		for i := range v.NumField() {
			if !yield(v.Type().Field(i).Name, v.Field(i).String()) {
				return
			}
		}
	}
}

// names are the attributes' names by what expressions call them.
func (o *Options) names() map[string]string {
	names := map[string]string{"#marker": o.Marker.Name}
	configured := reflect.ValueOf(o.Attributes)
	for i := range configured.NumField() {
		names["#"+reflect.ValueOf(defaultAttributes).Field(i).String()] = configured.Field(i).String()
	}
	return names
}

// checkNames panics at an attribute without a name, and at two with one name.
func (o *Options) checkNames(constructor string) {
	switch {
	case (o.Marker.Name == "") != (o.Marker.Value == ""):
		panic(constructor + ": Options.Marker has a Name or a Value, want both or none")
	case (o.SortKey.Name == "") != (o.SortKey.Value == nil):
		panic(constructor + ": Options.SortKey has a Name or a Value, want both or none")
	}
	taken := map[string]string{}
	take := func(option, name string) {
		if other, ok := taken[name]; ok {
			panic(fmt.Sprintf("%s: Options.%s and %s are both %q", constructor, option, other, name))
		}
		taken[name] = option
	}
	for field, name := range o.Attributes.fields() {
		if name == "" {
			panic(fmt.Sprintf("%s: Options.Attributes.%s is empty", constructor, field))
		}
		if !utf8.ValidString(name) {
			panic(fmt.Sprintf("%s: Options.Attributes.%s is not valid UTF-8", constructor, field))
		}
		take("Attributes."+field, name)
	}
	if o.Marker.Name != "" {
		take("Marker.Name", o.Marker.Name)
	}
	if o.SortKey.Name != "" {
		take("SortKey.Name", o.SortKey.Name)
	}
	if kept := driver.MaxItemBytes - jobstore.MaxInputBytes; o.room() > kept {
		panic(fmt.Sprintf("%s: Options.Attributes and Marker: a record may grow to %d bytes without its values, the limit is %d; shorten the names", constructor, o.room(), kept))
	}
}
