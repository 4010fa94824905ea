// Package streamproc turns the DynamoDB stream events that Lambda delivers into
// calls of a typed handler, and its results into a partial batch response.
//
//	type QueryJob struct {
//		ID    string `dynamodbav:"id"`
//		Query string `dynamodbav:"query"`
//	}
//
//	lambda.Start(streamproc.New(func(ctx context.Context, r streamproc.Record[QueryJob]) error {
//		return answer(ctx, r.New.ID, r.New.Query)
//	}))
//
// [Jobs] joins a stream to a job store, and is all that a processor of jobs needs.
// For those who want to know what became of the jobs, to notify, audit or publish:
//
//	lambda.Start(streamproc.New(func(ctx context.Context, r streamproc.Record[QueryJob]) error {
//		return audit(ctx, r.New.ID, r.Old.Status, r.New.Status, r.SequenceNumber)
//	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }))
//
// # The event source mapping
//
// Its FunctionResponseTypes must contain ReportBatchItemFailures: without it
// Lambda ignores the response, and a failed record is lost without a word.
// [Dispatcher.FilterCriteria] prints the FilterCriteria that go with the
// dispatcher's filter, so that what it would skip starts no invocation.
//
// The stream's view type must have the images that the filter and the handler look
// at. A handler that needs another than the new one, or none, says so in
// [Options.Needs].
//
// # Guarantees
//
//   - Every record of a batch is handled, skipped by the filter, or reported. A
//     failed record without a sequence number fails the batch; no identifier
//     reported is ever empty.
//   - By default only INSERTs with status pending reach the handler. Of another
//     record nothing is decoded, and nothing checked but its status.
//   - Records are handled in order. The first failure is reported and ends the
//     batch: Lambda replays everything from the lowest sequence number
//     reported, so that running past a failure would only make duplicates. With
//     [Options.Concurrency] the records of one item stay in order.
//   - A record that is not started before the deadline is reported.
//   - A handler's panic is its record's failure, a [*PanicError].
//   - A record decodes as attributevalue would have it. A malformed attribute
//     value is a [*MalformedError], which names its path; a record without an
//     image that is needed, see [Options.Needs], is an error that names the
//     stream's view type.
//
// # What it does not guarantee
//
// A record may be delivered more than once. A handler that writes to its own table
// makes new records, and Lambda's loop detection does not cover DynamoDB: such a
// loop is endless, and billed. With [Pending] and [StatusChanged] there is none as
// long as the handler leaves the status alone; with a filter of your own, name what
// the handler writes in [Options.Writes].
//
// JSON that is passed over without being looked at is taken for valid, since Lambda
// has made it.
//
// # Cost
//
// Per record, bytes in → handler called with a decoded struct, batches of 100; by make
// bench on a virtual AMD EPYC with two cores and Go 1.26.8, medians of five runs, and
// how many times as fast as the idiomatic way. The machine is shared and slow: at
// other times all figures were a third lower, and the ratios the same or higher.
//
//	                                          all pending     one in ten pending
//	streamproc, struct of six strings         3.1 µs, 14 x         1.6 µs, 31 x
//	streamproc, jobstore.Job                  3.4 µs, 13 x         1.8 µs, 26 x
//	json.Unmarshal into events.DynamoDBEvent
//	and attributevalue                        44 µs                53 µs
//	json.Valid                                4.4 µs               6.4 µs
//
// A decoded record takes 2 allocations (a struct of strings) or 6 (a jobstore.Job
// with metadata), a skipped one none. With Concurrency above 1 each takes one more,
// skipped or not.
//
// The package reads JSON with a scanner of its own, which passes over what is not
// asked for without looking at it. A reader on
// github.com/go-json-experiment/json/jsontext, tuned by hand for the struct, takes 1.3
// times as long where all records are pending and 1.6 times where one in ten is
// (medians of nine runs); written as generally as this package it took 1.7. To
// measure again:
//
//	go test -run xxx -bench Tokenizer ./crosscheck
//
// The scanner is held to encoding/json, aws-lambda-go's events and attributevalue by
// differential fuzzing.
//
// # IAM
//
// The package needs no IAM actions. The function's role needs those of the
// mapping: dynamodb:DescribeStream, GetRecords, GetShardIterator, ListStreams.
package streamproc
