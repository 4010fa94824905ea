package dynamostore

import (
	"fmt"
	"reflect"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Attributes are the names of a job's attributes in the table.
type Attributes struct {
	ID              string // S, the key
	Status          string // S
	Input           string // whatever attributevalue makes of it
	Output          string // likewise
	Error           string // S
	Progress        string // N, percent
	ProgressMessage string // S
	Metadata        string // M
	Attempt         string // N
	MaxAttempts     string // N
	OnLeaseExpiry   string // S
	ErrorDetail     string // S, the error in full, for operators
	Canceled        string // BOOL
	ClaimToken      string // S, token of the latest claim, and what ended it
	CreateToken     string // S, token of the Create call
	ClaimableFrom   string // N, milliseconds since 1970: the end of a processing job's lease, or when a pending job is due
	Reports         string // N, number of the claim's latest heartbeat
	CreatedAt       string // S, ISO 8601 in UTC with milliseconds
	UpdatedAt       string // S, likewise
	ExpiresAt       string // N, seconds since 1970: the TTL attribute
	History         string // L of M
	Shard           string // S, the partition key of the index, see [Options.Index]
	SweepAt         string // N, its sort key, milliseconds since 1970
}

// Options are the optional settings of a [Store].
type Options struct {
	// Attributes has the default names. Change those that differ.
	Attributes Attributes

	// Constants are string attributes of each new record, such as the __typename
	// of an Amplify model.
	Constants map[string]string

	// Index is the name of the sparse index in which Sweep finds unfinished jobs; see
	// the package documentation. Default is none: Sweep scans the table.
	Index string

	// MaxAttempts is for jobs that do not say. Default 3.
	MaxAttempts int

	// OnLeaseExpiry is for jobs that do not say. Default RunAgain.
	OnLeaseExpiry jobstore.LeaseExpiry

	// PickUp is how long after it was due a pending job counts as stuck, see
	// [jobstore.Sweep]: longer than its trigger ever takes. Default 15 min.
	PickUp time.Duration

	// History appends each transition to the job's record, see
	// [jobstore.Job.History].
	History bool

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

// options panics when an option is out of range. constructor is for the panic.
func options(constructor string, opts []func(*Options)) Options {
	o := Options{
		Attributes: Attributes{
			ID: "id", Status: "status", Input: "input", Output: "output", Error: "error",
			Progress: "progress", ProgressMessage: "progressMessage", Metadata: "metadata",
			Attempt: "attempt", MaxAttempts: "maxAttempts", OnLeaseExpiry: "onLeaseExpiry",
			ErrorDetail: "errorDetail", Canceled: "canceled", ClaimToken: "claimToken", CreateToken: "createToken",
			ClaimableFrom: "claimableFrom", Reports: "reports",
			CreatedAt: "createdAt", UpdatedAt: "updatedAt", ExpiresAt: "expiresAt",
			History: "history", Shard: "shard", SweepAt: "sweepAt",
		},
		MaxAttempts:   driver.DefaultMaxAttempts,
		OnLeaseExpiry: jobstore.RunAgain,
		PickUp:        driver.DefaultPickUp,
		Now:           time.Now,
	}
	for _, opt := range opts {
		opt(&o)
	}
	driver.MustOptions(constructor, o.MaxAttempts, o.OnLeaseExpiry, o.PickUp, o.Now)
	o.Attributes.check(constructor, o.Constants)
	return o
}

// Amplify fits a store to the table of an Amplify Gen 2 model with the fields query,
// response, error, status, createdAt and metadata. The store runs records that the
// model's API wrote, and the API reads records that the store wrote. typename is the
// model's name.
//
// A write to the table fires no AppSync subscription.
func Amplify(typename string) func(*Options) {
	return func(o *Options) {
		o.Attributes.Input, o.Attributes.Output = "query", "response"
		o.Constants = map[string]string{"__typename": typename}
	}
}

// check panics at an attribute without a name, and at two with one name.
func (a Attributes) check(constructor string, constants map[string]string) {
	taken := map[string]string{}
	for name := range constants {
		taken[name] = "a constant"
	}
	v := reflect.ValueOf(a)
	for i := range v.NumField() {
		field, name := v.Type().Field(i).Name, v.Field(i).String()
		if name == "" {
			panic(fmt.Sprintf("%s: Options.Attributes.%s is empty", constructor, field))
		}
		if other, ok := taken[name]; ok {
			panic(fmt.Sprintf("%s: Options.Attributes.%s and %s are both %q", constructor, field, other, name))
		}
		taken[name] = "Attributes." + field
	}
}
