package lambdalocal

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// StartingPosition is where in a stream a new mapping begins.
type StartingPosition string

const (
	// TrimHorizon begins with the oldest record the stream still has.
	TrimHorizon StartingPosition = "TRIM_HORIZON"

	// Latest leaves out what the stream has when MapStream is called. Records
	// written after it has returned are all delivered; Lambda itself takes some
	// minutes to create a mapping, and may miss what is written meanwhile.
	Latest StartingPosition = "LATEST"
)

// MappingOptions configures an event source mapping. The names, defaults and
// ranges are Lambda's.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
type MappingOptions struct {
	// BatchSize is how many records an invocation gets at most: 1 to 10,000,
	// 100 by default. An event is never over 6 MB.
	BatchSize int

	// MaximumBatchingWindow is how long a batch that is not full yet (by its size
	// or by 6 MB) is held back: 0 to 5 minutes. 0, the default, invokes as soon
	// as there is a record. The window begins when a batch could be started:
	// with its first record or, if all were busy then, with the end of an
	// earlier batch. It is not subject to Options.WaitScale.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
	MaximumBatchingWindow time.Duration

	// ParallelizationFactor is how many batches of one shard may be with the
	// function at once: 1 to 10, 1 by default. Records of one item (of equal
	// dynamodb.Keys) stay in order: one whose item is in a batch under way, or
	// behind an earlier record of that item, waits, and others overtake it. A
	// batch takes the oldest records that may run; which of its lanes Lambda
	// gives an item to is not documented.
	//
	// No more than ten times BatchSize times ParallelizationFactor records are
	// read beyond the oldest that is not done, so that a record that always
	// fails stops its shard in the end, as it does in Lambda.
	ParallelizationFactor int

	// StartingPosition is TrimHorizon, the default, or Latest.
	StartingPosition StartingPosition

	// MaximumRetryAttempts is how often a failed batch runs again before its
	// records are discarded: up to 10,000. -1, the default, retries until they
	// leave the stream. Each checkpoint of a partial batch response begins a new
	// count, throttling does not count, and neither do splits.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
	MaximumRetryAttempts int

	// MaximumRecordAge is the age at which a record is discarded instead of
	// tried (again): a minute to 7 days. -1, the default, is none, but a record
	// leaves its stream after 24 hours in any case: that is logged, and OnFailure
	// is not told, since AWS documents no condition for it. The age counts
	// from dynamodb.ApproximateCreationDateTime, which is in whole seconds; a
	// record without it has no age. See Options.WaitScale.
	MaximumRecordAge time.Duration

	// BisectBatchOnFunctionError splits a failed batch in two halves, which run
	// in order, until a single record is left to be retried. With
	// ReportBatchItemFailures, what follows the checkpoint is a batch of its
	// own; it is halved when not even its first record succeeded.
	BisectBatchOnFunctionError bool

	// ReportBatchItemFailures makes the mapping read the function's response as
	// a partial batch response. Otherwise the response is ignored.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
	ReportBatchItemFailures bool

	// FilterCriteria are up to 10 patterns, such as {"eventName":["INSERT"]}. A
	// record that matches none is dropped without an invocation; no pattern is
	// no filter. A pattern sees the whole record, though AWS's page promises
	// that for its dynamodb key only. Lambda's default quota is 5.
	//
	// Rules: a string, number, true, false or null (numbers by their text: 1 is
	// not 1.0), {"exists":true}, {"prefix":"a"}, {"suffix":"a"},
	// {"equals-ignore-case":"a"}, {"anything-but":["a"]} and
	// {"numeric":[">",0,"<=",5]}; and "$or" in place of a name. A name that the
	// record does not have matches {"exists":false} only. Exists looks at leaves
	// only, and numbers in items are strings, as in {"N":"1"}, which no numeric
	// rule matches.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
	FilterCriteria []string

	// OnFailure takes what is told of discarded records. Without it they are
	// logged. Close waits for it, and it may be called at the same time.
	OnFailure func(StreamFailure)
}

// FilterCriteria returns the patterns of a FilterCriteria document as a template
// or the command line has it, {"Filters":[{"Pattern":"..."}]}, for the option of
// that name. They are checked by MapStream.
func FilterCriteria(document string) ([]string, error) {
	patterns, err := filter.Patterns(document)
	if err != nil {
		return nil, fmt.Errorf("lambdalocal: filter criteria: %w", err)
	}
	return patterns, nil
}

const (
	maxBatchSize      = 10_000
	maxBatchingWindow = 5 * time.Minute
	maxParallel       = 10
	maxStreamRetries  = 10_000
	minRecordAge      = time.Minute
	maxRecordAge      = 7 * 24 * time.Hour
)

func newMappingOptions(opts []func(*MappingOptions)) MappingOptions {
	o := MappingOptions{
		BatchSize: 100, ParallelizationFactor: 1, StartingPosition: TrimHorizon,
		MaximumRetryAttempts: -1, MaximumRecordAge: -1,
	}
	apply("MapStream", &o, opts)
	o.check()
	return o
}

func (o MappingOptions) check() {
	refuse(o.BatchSize < 1 || o.BatchSize > maxBatchSize,
		"MapStream: MappingOptions.BatchSize is %d, want 1 to %d", o.BatchSize, maxBatchSize)
	refuse(o.MaximumBatchingWindow < 0 || o.MaximumBatchingWindow > maxBatchingWindow,
		"MapStream: MappingOptions.MaximumBatchingWindow is %v, want 0 to %v", o.MaximumBatchingWindow, maxBatchingWindow)
	refuse(o.ParallelizationFactor < 1 || o.ParallelizationFactor > maxParallel,
		"MapStream: MappingOptions.ParallelizationFactor is %d, want 1 to %d", o.ParallelizationFactor, maxParallel)
	refuse(o.StartingPosition != TrimHorizon && o.StartingPosition != Latest,
		"MapStream: MappingOptions.StartingPosition is %q, want %s or %s", o.StartingPosition, TrimHorizon, Latest)
	refuse(o.MaximumRetryAttempts < -1 || o.MaximumRetryAttempts > maxStreamRetries,
		"MapStream: MappingOptions.MaximumRetryAttempts is %d, want -1 to %d", o.MaximumRetryAttempts, maxStreamRetries)
	age := o.MaximumRecordAge
	refuse(age != -1 && (age < minRecordAge || age > maxRecordAge),
		"MapStream: MappingOptions.MaximumRecordAge is %v, want -1, or %v to %v", age, minRecordAge, maxRecordAge)
}
