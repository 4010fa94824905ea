// Package lambdalocal is AWS Lambda on one machine, so that go test and go run
// mean something: the event queue with its retries, stream mappings, function
// URLs, the Invoke API, and executables under the Runtime API.
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
//	// A client of the AWS SDK that needs no port, see Local.Client:
//	work := selfinvoke.NewTask("work", local.Client(), do)
//	// An http.Handler, see Function.URL:
//	http.Handle("/", process.URL())
//
// In place of a handler, [Local.AddFunction] takes an [Executable]: the program that
// is deployed, run as Lambda runs it. [Local.InvokeAPI] answers real clients over
// HTTP, [Options].Faults lets things go wrong by a seed, and [Local.Trace] tells a
// person what happened.
//
// Inside testing/synctest everything but executables and real streams works in
// virtual time, so that Lambda's one- and two-minute waits take none.
//
// # Fidelity
//
// What AWS documents, on which page, and what happens here. Pages without a path
// are below https://docs.aws.amazon.com/lambda/latest/dg/.
//
// The Invoke API:
//
//	RequestResponse (200), Event (202), DryRun (204)    API_Invoke
//	    the same, over HTTP and in the process
//	name, partial ARN or ARN, with a qualifier          API_Invoke
//	    the same; every qualifier exists and runs the same code
//	X-Amz-Function-Error, errorType, errorMessage       API_Invoke, golang-exceptions
//	    the same, the Go type's name as errorType; time-out Sandbox.Timedout,
//	    crash Runtime.ExitError
//	6 MB, 1 MB for Event; error types 400, 404, 413,    API_Invoke, gettingstarted-limits
//	429, 503
//	    the same, as the SDK's typed errors
//	left out: signatures and IAM, LogType, TenantId, durable executions,
//	InvokeWithResponseStream, all other operations
//
// The event queue:
//
//	two retries, after one minute and two; 0 to 2       invocation-async-error-handling
//	    the same, under the same request ID
//	throttled events wait from 1 s to 5 min             invocation-async-error-handling
//	    1 s, doubling; no attempt is used up
//	maximum age 60 s to 6 h                             invocation-async-configuring
//	    the same
//	an event may come twice                             invocation-async
//	    only if Faults.Duplicate says so
//	destinations, dead-letter queues                    invocation-async-retain-records
//	    a callback gets the documented record
//	reserved concurrency, 0 stops the function          configuration-concurrency
//	    the same; the account's concurrency has no bound
//	left out: persistence; events are lost with the process
//
// The invocation:
//
//	request ID, ARN, deadline, client context, trace    golang-context, API_Invoke
//	    the same in lambdacontext and the context
//	a function that runs out of time is killed          configuration-timeout
//	    an executable is; a handler in the process is abandoned and runs on,
//	    since Go cannot stop a goroutine, and Close waits for it
//	one environment for each concurrent invocation,     lambda-runtime-environment
//	kept warm, replaced after a crash
//	    executables do that; handlers share the process
//	Runtime API: next, response, error, init/error      runtimes-api
//	    the same, streamed responses too
//	recursion is stopped at about 16                    invocation-recursion
//	    at 17 invocations of one function in a chain of trace headers
//	left out: memory, CPU and disk limits, layers, extensions, SnapStart, cold-start
//	costs, log streams
//
// Stream mappings, see [MappingOptions] for what each does here:
//
//	batch size, window, 6 MB; factor 1 to 10 with       services-ddb-params, with-ddb
//	order kept per item
//	    the same; a free lane takes the oldest records that may run, since AWS
//	    does not say which lane gets an item
//	TRIM_HORIZON, LATEST                                API_CreateEventSourceMapping
//	    the same; LATEST misses nothing that is written after MapStream
//	retries, record age, bisect, partial responses      services-dynamodb-errors,
//	                                                    services-ddb-batchfailurereporting
//	    the same; without ReportBatchItemFailures the response is ignored; the
//	    waits between retries are ours, since AWS documents none
//	discarded records go to the destination             services-dynamodb-errors
//	    a callback gets the documented record; of records that leave the stream
//	    after 24 h it is told nothing, as AWS documents nothing of it
//	filter patterns                                     invocation-eventfiltering,
//	                                                    with-ddb-filtering
//	    the same operators, refused where AWS refuses them; they see the whole
//	    record, though AWS promises only its dynamodb key
//	left out: tumbling windows, on-failure queues of their own, provisioned pollers;
//	parents are read before children, but a shard is not split by load
//
// HTTP in front of a function, see [Function.URL], [Function.RESTAPI],
// [Function.HTTPAPI] and [Function.LoadBalancer]:
//
//	payload 2.0, 1.0 and ALB's, cookies, base64,        urls-invocation, and the guides of
//	multi-value headers, inferred responses             API Gateway and of load balancers
//	    the same
//	response streaming                                  configuration-response-streaming
//	    the same, up to 200 MB; the bandwidth is not throttled
//	time-outs of 29 s and 30 s, body limits, what a     the same guides
//	failure is answered with
//	    the same; the function runs on
//	left out: authorizers, CORS, custom domains, stage variables, TLS
//
// # What it needs
//
// It is meant for tests and local runs, and needs no IAM action; with
// [DynamoDBStream] on a real stream dynamodb:DescribeStream,
// dynamodb:GetShardIterator and dynamodb:GetRecords.
package lambdalocal
