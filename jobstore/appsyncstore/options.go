package appsyncstore

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Fields are the names of a job's fields in the model, with the types of
// Amplify's schema builder.
type Fields struct {
	ID              string // a.id()
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
	Caller          string // a.string(); empty by default: the model has no such field, and a Create with a caller fails
}

// HTTPClient sends requests. [http.Client] is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// Options are the optional settings of a [Store].
type Options struct {
	// Fields has the default names. Change those that differ.
	Fields Fields

	// Select names more fields of the model. A subscriber gets only fields that the
	// mutation selected. These are the Fields, without ErrorDetail and the tokens, and
	// those of Select.
	Select []string

	// Extra returns more fields of the record that Create writes, such as the owner
	// that Amplify's allow.ownerDefinedIn checks. It gets Create's context, and its error
	// is Create's. A name that is in Fields, or is not GraphQL, is [jobstore.ErrInvalid].
	// A subscription that Amplify filters by owner gets nothing unless Select has that
	// field too. Default is none.
	Extra func(ctx context.Context) (map[string]any, error)

	// ListQuery names the model's list query, for Sweep. Default is listQueryJobs for
	// the model QueryJob and listStories for Story. Set it where Amplify makes another
	// English plural.
	ListQuery string

	// MaxAttempts is for jobs that do not say. Default 8.
	MaxAttempts int

	// OnLeaseExpiry is for jobs that do not say. Default RunAgain.
	OnLeaseExpiry jobstore.LeaseExpiry

	// PickUp is how long after it was due a pending job counts as stuck, see
	// [jobstore.Sweep]: longer than its trigger ever takes. Default 15 min.
	PickUp time.Duration

	// HTTPClient sends the requests. Default is the AWS SDK's. Each try ends after 35
	// seconds, and an answer over 8 MB is an error.
	//
	// No redirect is followed. New copies a [http.Client] for that, and uses the copy. A
	// client of another type must not follow one, and an answer that comes by one is an
	// error.
	HTTPClient HTTPClient

	// Retryer says which requests are sent again, and when. Default is the AWS SDK's
	// standard retryer: three attempts with jittered waits. Here it also repeats
	// internal errors of DynamoDB and AppSync.
	Retryer aws.Retryer

	// Now is the clock of the jobs. Default [time.Now].
	Now func() time.Time
}

// options panics when an option is out of range.
func options(opts []func(*Options)) Options {
	o := Options{
		Fields: Fields{
			ID: "id", Status: "status", Input: "query", Output: "response", Error: "error",
			Progress: "progress", ProgressMessage: "progressMessage", Metadata: "metadata",
			Attempt: "attempt", MaxAttempts: "maxAttempts", OnLeaseExpiry: "onLeaseExpiry",
			ErrorDetail: "errorDetail", Canceled: "canceled", ClaimToken: "claimToken", CreateToken: "createToken",
			ClaimableFrom: "claimableFrom", Reports: "reports",
			CreatedAt: "createdAt", UpdatedAt: "updatedAt", ExpiresAt: "expiresAt",
		},
		MaxAttempts:   driver.DefaultMaxAttempts,
		OnLeaseExpiry: jobstore.RunAgain,
		PickUp:        driver.DefaultPickUp,
		HTTPClient:    awshttp.NewBuildableClient(),
		Retryer:       retry.NewStandard(retryInternal),
		Now:           time.Now,
	}
	option.Apply("appsyncstore: New", &o, opts)
	driver.MustOptions("appsyncstore: New", o.MaxAttempts, o.OnLeaseExpiry, o.PickUp, o.Now)
	if c, ok := o.HTTPClient.(*http.Client); o.HTTPClient == nil || ok && c == nil {
		panic("appsyncstore: New: Options.HTTPClient is nil")
	}
	if o.Retryer == nil {
		panic("appsyncstore: New: Options.Retryer is nil")
	}
	o.checkNames()
	return o
}

// retryInternal has server errors retried that come as GraphQL errors and so with status
// 200. Every write is safe to repeat.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
func retryInternal(o *retry.StandardOptions) {
	o.Retryables = append(o.Retryables, retry.RetryableErrorCode{Codes: map[string]struct{}{
		"InternalServerError": {}, "InternalFailure": {}, "InternalFailureException": {}, "ServiceUnavailable": {}, "ExecutionTimeout": {},
	}})
}

// graphQLName is what the GraphQL specification calls a name.
var graphQLName = regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]*$`)

// checkNames panics at a name that is not GraphQL, and at two fields with one name.
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
		if v.Type().Field(i).Name == "Caller" && o.Fields.Caller == "" {
			continue
		}
		take("Fields."+v.Type().Field(i).Name, v.Field(i).String())
	}
	for i, name := range o.Select {
		take(fmt.Sprintf("Select[%d]", i), name)
	}
	if o.ListQuery != "" {
		check("ListQuery", o.ListQuery)
	}
}

// all are the names of all fields that the model has.
func (f Fields) all() []string {
	v := reflect.ValueOf(f)
	var names []string
	for i := range v.NumField() {
		if name := v.Field(i).String(); name != "" {
			names = append(names, name)
		}
	}
	return names
}
