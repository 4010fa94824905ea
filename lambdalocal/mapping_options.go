package lambdalocal

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
)

// StartingPosition is where in a stream a new mapping begins.
type StartingPosition string

const (
	// TrimHorizon begins with the oldest record of the stream.
	TrimHorizon StartingPosition = "TRIM_HORIZON"

	// Latest skips the records that exist when MapStream is called. All records
	// written after it returns are delivered. Lambda takes minutes to create a
	// mapping, and may miss what is written in that time.
	Latest StartingPosition = "LATEST"
)

// MappingOptions configures an event source mapping. The names, defaults and
// ranges are Lambda's.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
type MappingOptions struct {
	// BatchSize is how many records an invocation gets at most: 1 to 10,000, by
	// default 100. An event is at most 6 MB.
	BatchSize int

	// MaximumBatchingWindow is how long a batch waits for more records if it has
	// neither BatchSize records nor 6 MB: 0 to 5 minutes. With 0, the default, a
	// batch starts as soon as there is a record. The window begins with the first
	// record, or with the end of an earlier batch if all lanes were busy.
	// Options.WaitScale does not change it.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
	MaximumBatchingWindow time.Duration

	// ParallelizationFactor is how many batches of one shard may run at once, each
	// in a lane: 1 to 10, by default 1. Records of one item (of equal dynamodb.Keys)
	// stay in order. A record waits for earlier ones of its item; records of other
	// items may overtake it. A batch takes the oldest records that need not wait.
	// AWS does not document which lane gets an item.
	//
	// A shard is read at most 10 × BatchSize × ParallelizationFactor records ahead of
	// the oldest record that is not done. So a record that always fails stops its
	// shard in the end, as in Lambda.
	ParallelizationFactor int

	// StartingPosition is TrimHorizon, the default, or Latest.
	StartingPosition StartingPosition

	// MaximumRetryAttempts is how often a failed batch is retried before its
	// records are discarded: at most 10,000. With -1, the default, it is retried
	// until they leave the stream. A checkpoint of a partial batch response starts
	// a new count. Throttling and splits do not count.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
	MaximumRetryAttempts int

	// MaximumRecordAge is the age at which a record is discarded: a minute to 7
	// days. The default, -1, means no limit. But after 24 hours a record leaves its
	// stream. That is logged and not reported to OnFailure, since AWS documents no
	// condition for it. The age counts from dynamodb.ApproximateCreationDateTime, in
	// whole seconds; a record without it has no age. Options.WaitScale scales it.
	MaximumRecordAge time.Duration

	// BisectBatchOnFunctionError splits a failed batch into halves, which run in
	// order, until the failing batch is a single record, which is retried. With
	// ReportBatchItemFailures the records after the checkpoint become a batch; it
	// is split if its first record failed.
	BisectBatchOnFunctionError bool

	// ReportBatchItemFailures makes the mapping read the response as a partial batch
	// response. Otherwise the response is ignored.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
	ReportBatchItemFailures bool

	// FilterCriteria are up to 5 patterns, such as {"eventName":["INSERT"]}. That is
	// Lambda's default quota. A record that matches none of them is dropped without an
	// invocation. Without patterns all records are delivered. A pattern sees the whole
	// record, though AWS promises only its dynamodb key.
	//
	// Rules are a string, number, true, false or null, {"exists":true},
	// {"prefix":"a"}, {"suffix":"a"}, {"equals-ignore-case":"a"},
	// {"anything-but":["a"]} and {"numeric":[">",0,"<=",5]}. "$or" takes the place
	// of a name. Numbers are compared by their text: 1 differs from 1.0. A name
	// that the record lacks matches {"exists":false} only; no element of a list may
	// have it. {"exists":true} matches leaves only. Numbers in items are strings, as in
	// {"N":"1"}, so numeric rules do not match them. docs/fidelity.md says more.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
	FilterCriteria []string

	// OnFailure is called with the record about discarded records. Without it they
	// are logged. It may be called concurrently. Close waits for it.
	OnFailure func(StreamFailure)
}

// FilterCriteria returns the patterns of a FilterCriteria document, such as
// {"Filters":[{"Pattern":"..."}]} in a template, for [MappingOptions].FilterCriteria.
// MapStream checks the patterns.
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
	option.Apply("lambdalocal: MapStream", &o, opts)
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
