package appsyncstore

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

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

	// Omit names fields that subscribers do not need, such as the input. Only a claim and
	// a cancel select them, whose answer is the whole job and has no output. Other
	// mutations answer and send less, and a completed job's event has room for an output of
	// MaxEventBytes although the input is as large. With Fields.Output among them, no event
	// has the output: a subscriber reads it when the status is complete. Default is none.
	//
	// A subscriber must not select a field of Omit that the model requires, as Amplify's
	// client does by default: such a field is null there, and the subscriber gets an error in place of the job.
	// Give the client a selectionSet, or do not require the field.
	//
	// Source: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html
	Omit []string

	// ReadOnly names those of Fields that no mutation may set. Amplify's resolvers write
	// createdAt and updatedAt in a model that does not declare them.
	ReadOnly []string

	// Statuses has the model's spelling of the statuses that it spells otherwise, such as
	// {jobstore.Complete: "DONE"}. The field is then an enum of those.
	Statuses map[jobstore.Status]string

	// SortKeys names the fields of a secondary index that has several sort keys, such as
	// status and createdAt. Amplify refuses an update that has some of them and not the
	// others, so the store reads those first: one query more for each claim, settle and
	// cancel.
	SortKeys []string

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

	// MaxAttempts is for jobs that do not say. Default 8, and 1 in a model without a field
	// for attempts.
	MaxAttempts int

	// OnLeaseExpiry is for jobs that do not say. Default RunAgain.
	OnLeaseExpiry jobstore.LeaseExpiry

	// Retention is how long a job is kept whose creator does not say: from its creation, or
	// from its start when that is later. The job is then no longer found by this store,
	// and DynamoDB deletes its record if TTL is on for the field: Amplify's generated table
	// has none. At least a minute; [jobstore.KeepForever] sets no expiry. Default 90 days.
	//
	// It needs Fields.ExpiresAt. Without it jobs are kept forever, and New fails for another
	// Retention: TTL cannot read Fields.State.
	Retention time.Duration

	// MaxEventBytes limits a job with all its values: AppSync delivers no event over 240 KB,
	// and each event has the input and the output, unless Omit has them. A larger input is refused by Create, a
	// larger output ends the job as error. Raise it to 400 KB, the most that a record may
	// have, for jobs that no one subscribes to. Default 240 KB.
	//
	// Source: https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
	MaxEventBytes int

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
		Retention:     driver.DefaultRetention,
		MaxEventBytes: maxEvent,
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
	if o.MaxEventBytes <= slack || o.MaxEventBytes > driver.MaxItemBytes {
		panic(fmt.Sprintf("appsyncstore: New: Options.MaxEventBytes is %d, want %d to %d", o.MaxEventBytes, slack+1, driver.MaxItemBytes))
	}
	o.checkNames()
	o.Fields = o.Fields.named()
	if !o.Fields.fenced() {
		o.oneAttempt()
	}
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

// oneAttempt is for a model that has no field to count attempts.
func (o *Options) oneAttempt() {
	if o.MaxAttempts != driver.DefaultMaxAttempts && o.MaxAttempts != 1 {
		panic(fmt.Sprintf("appsyncstore: New: Options.MaxAttempts is %d, want 1: the model has no field that counts attempts", o.MaxAttempts))
	}
	o.MaxAttempts = 1
}
