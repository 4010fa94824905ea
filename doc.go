// Package asyncpatterns is the root of a library for work that outlives a
// 30-second HTTP timeout on AWS Lambda. It holds no code; the packages do:
//
//   - jobstore: jobs, the JobStore contract, and Run, which does one job
//   - jobstore/memstore, jobstore/dynamostore: stores in memory and in DynamoDB
//   - jobstore/appsyncstore: a store behind an Amplify API, whose subscribers see
//     every change
//   - jobstore/jobstoretest: the suite every store passes
//   - streamproc: DynamoDB stream events to a typed handler (pattern 1)
//   - jobstream: the jobs behind their table's stream
//   - selfinvoke: answer now, work in an invocation of oneself (pattern 2)
//   - jobtask: a job by self-invoke, from a stream or a webhook
//   - lambdahttp: Lambda's HTTP events for an http.Handler
//   - webhook: webhooks verified at the edge
//   - webhook/webhooktest: signed requests for tests
//   - jobhttp: jobs over HTTP: submit, look, watch
//   - lambdalocal: Lambda on one machine, for tests and laptops
//
// Start with README.md, then run
//
//	go run ./examples/rosario -demo
package asyncpatterns
