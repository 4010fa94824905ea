package dynamostore

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Options are the optional settings of a [Store].
type Options struct {
	// Attributes has the default names. Change those that differ.
	Attributes Attributes

	// SortKey is for a table whose key has two attributes.
	SortKey SortKey

	// Marker tells jobs from the other items of a table. Each new job gets the
	// attribute, and an item without it is not a job: it is not found, claimed or
	// overwritten. Without a Marker, the table must hold jobs only.
	Marker jobstore.Marker

	// Index is the name of the sparse index in which Sweep finds unfinished jobs, and List
	// those that failed too; see the package documentation. Default is none: Sweep scans
	// the table, and jobs are not listed.
	Index string

	// CallerIndex is the name of the index in which ListByCaller finds the jobs of a
	// caller; see the package documentation. Default is none: jobs are not listed by
	// caller.
	CallerIndex string

	// MaxAttempts is for jobs that do not say. Default 8; a million is the most.
	MaxAttempts int

	// OnLeaseExpiry is for jobs that do not say. Default RunAgain.
	OnLeaseExpiry jobstore.LeaseExpiry

	// Retention is how long a job is kept whose creator does not say: from its creation, or
	// from its start when that is later. The job is then no longer found, and DynamoDB
	// deletes its record at no cost, if TTL is on for Attributes.ExpiresAt. A Retry begins
	// the time anew. Records that are in the table keep the expiry that they have. At least
	// a minute; [jobstore.KeepForever] sets no expiry. Default 90 days.
	Retention time.Duration

	// PickUp is how long after it was due a pending job counts as stuck, see
	// [jobstore.Sweep]: longer than its trigger ever takes. Default 15 min.
	PickUp time.Duration

	// History appends each transition to the job's record, see
	// [jobstore.Job.History]. A record keeps the first and the latest, at most
	// [driver.MaxHistory].
	History bool

	// Timeout bounds each request to DynamoDB, with the retries of the SDK, where its context
	// does not end before. The SDK's client has no limit of its own. A list, a sweep and the
	// repetition of a write make several requests. Default 10 s.
	Timeout time.Duration

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

// SortKey is the second attribute of a table's key, a string.
type SortKey struct {
	Name  string
	Value func(id string) string // of the job with this ID; may be the same for all
}

// options panics when an option is out of range. constructor is for the panic.
func options(constructor string, opts []func(*Options)) Options {
	o := Options{
		Attributes:    defaultAttributes,
		MaxAttempts:   driver.DefaultMaxAttempts,
		OnLeaseExpiry: jobstore.RunAgain,
		Retention:     driver.DefaultRetention,
		PickUp:        driver.DefaultPickUp,
		Timeout:       10 * time.Second,
		Now:           time.Now,
	}
	option.Apply(constructor, &o, opts)
	driver.MustOptions(constructor, o.MaxAttempts, o.OnLeaseExpiry, o.PickUp, o.Now)
	if o.Timeout <= 0 {
		panic(fmt.Sprintf("%s: Options.Timeout is %v, want more than 0", constructor, o.Timeout))
	}
	o.checkNames(constructor)
	o.checkIndexes(constructor)
	return o
}

// Amplify fits a store to the table of an Amplify Gen 2 model with the fields query,
// response, error, status, createdAt and metadata. The store runs records that the
// model's API wrote, and the API reads records that the store wrote. typename is the
// model's name, which Amplify stores in each record as __typename.
//
// A write to the table fires no AppSync subscription. Amplify's table has no TTL until
// amplify/backend.ts switches it on for Attributes.ExpiresAt: a job that has expired is no
// longer found here, and the API shows its record until something deletes it.
func Amplify(typename string) func(*Options) {
	if typename == "" {
		panic("dynamostore: Amplify: typename is empty")
	}
	return func(o *Options) {
		o.Attributes.Input, o.Attributes.Output = "query", "response"
		o.Marker = jobstore.Marker{Name: "__typename", Value: typename}
	}
}
