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
// To run jobs, use package jobstream. To test a handler, use package streamtest. To audit
// or publish changes of status:
//
//	lambda.Start(streamproc.New(func(ctx context.Context, r streamproc.Record[QueryJob]) error {
//		return audit(ctx, r.New.ID, r.Old.Status, r.New.Status, r.SequenceNumber)
//	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }))
//
// # The event source mapping
//
// Set FunctionResponseTypes to ReportBatchItemFailures. Without it Lambda ignores the
// response, and only a batch size of 1 is safe: its failed record fails the invocation,
// but one that was not started is lost. [Dispatcher.FilterCriteria] returns the
// FilterCriteria that belong to the dispatcher's filter, so that records which it would
// skip start no invocation.
//
// The stream's view type must have the images that the filter and the handler look at.
// A handler that needs other images than the new one says so in [Options.Needs].
//
// # Guarantees
//
//   - Every record of a batch is handled, skipped by the filter, or reported. No reported
//     identifier is empty.
//   - A failure before any record was handled fails the invocation, with a [*BatchError],
//     so that the function's error metric shows it. The failure of a later record is
//     reported, which the metric does not show, and fails the next invocation if it
//     happens again.
//   - By default only INSERTs with status pending reach the handler. Other records are
//     not decoded. Only their status is checked.
//   - Records are handled in order. The first failure is reported and ends the batch:
//     Lambda delivers everything from the lowest reported sequence number again, so
//     going on would only make duplicates. With [Options.Concurrency] the records of
//     one item stay in order.
//   - A record is not started with less time than [Options.MinTime]. It is reported, and
//     has not failed, see [ErrNotStarted]. A function whose timeout is too short for
//     any record fails with a [*TimeoutError].
//   - A panic of the handler is a failure of its record, a [*PanicError].
//   - A record decodes as attributevalue decodes it with UseEncodingUnmarshalers, so that
//     an UnmarshalText is called, with one difference: of attributes
//     whose names differ in case only, the one with a field's exact name sets the field.
//     attributevalue takes any of them. The filters read exact names only.
//   - A malformed attribute value is a [*MalformedError] that names its path. A record
//     without an image that is needed, see [Options.Needs], is an error that names the
//     stream's view type.
//   - An event of another service is an error, an [*EventError], and none of its records
//     is handled: a response would make an SQS queue delete its messages.
//
// # What it does not guarantee
//
// Lambda may deliver a record more than once.
//
// A handler that writes to its own table makes new records, and Lambda's loop detection
// does not cover DynamoDB: such a loop never ends, and is billed. [Pending] and
// [StatusChanged] make no loop as long as the handler leaves the status alone. With
// a filter of your own, name what the handler writes in [Options.Writes].
//
// Skipped JSON is not validated. Lambda produced it.
//
// # Cost
//
// A record of six strings is read and decoded about 8 times as fast as by json.Unmarshal
// into events.DynamoDBEvent and attributevalue; where one record in ten is pending, about
// 27 times. docs/benchmarks.md has the figures, and this command takes them again:
//
//	go test -run '^$' -bench . -benchmem ./streamproc
//
// The package reads JSON with a scanner of its own. Differential fuzzing compares it with
// encoding/json, aws-lambda-go's events and attributevalue.
//
// # IAM
//
// The package needs no IAM actions. The function's role needs those of the
// mapping: dynamodb:DescribeStream, GetRecords, GetShardIterator, ListStreams.
package streamproc
