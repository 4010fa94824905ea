// Package lambdalocal is AWS Lambda on one machine: function URLs, asynchronous
// invokes with their queue and retries, and DynamoDB stream mappings, so that
// go test and go run mean something.
//
//	local := lambdalocal.New()
//	defer local.Close()
//	process, err := local.Function("process", handler) // whatever lambda.Start takes
//	if err != nil {
//		return err
//	}
//	err = process.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
//		o.ReportBatchItemFailures = true
//	})
//	// [Local.Client] fits wherever code asks for the Invoke method of *lambda.Client:
//	work := selfinvoke.NewTask("work", local.Client(), do)
//	// [Function.URL] is an http.Handler:
//	http.Handle("/", process.URL())
//
// # What it does
//
//   - Real JSON at every boundary; each invocation has its own lambdacontext,
//     a deadline and a trace header.
//   - An error, a panic or a time-out of an asynchronous invocation is retried
//     after one minute and then two, under the same request ID, and then goes
//     to the dead letter.
//   - A stream mapping reads a shard in order, retries a batch from the lowest
//     sequence number reported, and does not go past a failure.
//   - All of it runs in the process and works inside testing/synctest, where
//     Lambda's waits take no time.
//
// # What it does not do
//
// Nothing is throttled, nothing is persistent, and nothing is isolated: the
// handlers share the process, and one that ignores its deadline goes on running
// after its invocation has timed out. IAM is not simulated. Event-source
// filters, batch windows, bisecting and parallelization are not there yet.
//
// It is meant for tests and local runs, and needs no IAM action; with
// [DynamoDBStream] on a real stream dynamodb:DescribeStream,
// dynamodb:GetShardIterator and dynamodb:GetRecords.
package lambdalocal
