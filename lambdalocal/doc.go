// Package lambdalocal is AWS Lambda on one machine, for tests and local runs.
//
//	local := lambdalocal.New()
//	defer local.Close()
//	process, err := local.AddFunction("process", handler) // whatever lambda.Start takes
//	if err != nil {
//		return err
//	}
//	err = process.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
//		o.ReportBatchItemFailures = true
//	})
//	http.Handle("/", process.URL())
//
// # What it does
//
//   - [Local.Client] is a client of the AWS SDK that invokes the functions without
//     a port. [Local.InvokeAPI] answers other clients over HTTP. Both stream
//     responses, and return the end of the log to those who ask.
//   - Asynchronous events are retried, throttled, aged, and discarded to a dead
//     letter or a destination, see [FunctionOptions].
//   - [Function.MapStream] delivers the records of a [Feed] or a [DynamoDBStream]:
//     batches, filters, retries, bisect, partial batch responses.
//   - [Function.Schedule] sends the events of EventBridge, as rules and schedules do.
//   - [Function.URL], [Function.HTTPAPI], [Function.RESTAPI] and
//     [Function.LoadBalancer] put HTTP in front of a function.
//   - An [Executable] takes the place of a handler. It is the program you deploy,
//     run as Lambda runs it.
//   - [Faults] make things fail, reproducibly by a seed. [Local.Trace] says what
//     happened.
//
// Inside testing/synctest everything but executables and real streams works in
// virtual time, so Lambda's waits of minutes take no time.
//
// # What it does not
//
// It checks no signatures and no IAM permissions, but its servers refuse web pages, see
// [Local.InvokeAPI] and [Options]. It limits no memory, and loses its queue with the
// process. Go cannot stop a goroutine: a handler that runs out of
// time runs on, and [Local.Close] waits for it. The page docs/fidelity.md of the
// repository compares each behavior with AWS's:
// https://github.com/asyncpatterns/asyncpatterns/blob/main/docs/fidelity.md
//
// A real stream needs dynamodb:DescribeStream, dynamodb:GetShardIterator and
// dynamodb:GetRecords. Nothing else needs an IAM action.
package lambdalocal
