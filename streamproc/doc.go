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
//
// # The event source mapping
//
// Its FunctionResponseTypes must contain ReportBatchItemFailures: without it
// Lambda ignores the response, and a failed record is lost without a word.
//
// # Guarantees
//
//   - Every record of a batch is handled, skipped by the filter, or reported.
//   - By default only INSERTs with status pending reach the handler, and no
//     other record is decoded.
//   - Records are handled in order. The first failure is reported and ends the
//     batch: Lambda replays everything from the lowest sequence number
//     reported, so that running past a failure would only make duplicates.
//   - A record that is not started before the deadline is reported.
//   - A handler's panic is its record's failure.
//
// # What it does not guarantee
//
// A record may be delivered more than once. A handler that writes to its own
// table makes new records, and Lambda's loop detection does not cover DynamoDB:
// keep the filter.
//
// The package needs no IAM actions. The function's role needs those of the
// mapping: dynamodb:DescribeStream, GetRecords, GetShardIterator, ListStreams.
package streamproc
