// Package asyncpatterns is the root of a library for work on AWS Lambda that outlives
// an HTTP request. It has no code of its own.
//
// These packages know no jobs:
//
//   - streamproc: from DynamoDB stream events to a typed handler (pattern 1)
//   - streamproc/streamtest: stream events for tests
//   - selfinvoke: answer now, work in an invocation of the same function (pattern 2)
//   - lambdahttp: an http.Handler behind Lambda's HTTP events
//   - webhook: webhooks, verified before your code runs
//   - webhook/webhooktest: signed requests for tests
//   - lambdalocal: Lambda on one machine, for tests and laptops
//
// These make jobs of the work:
//
//   - jobstore: jobs, the JobStore interface, and Run, which runs one job
//   - jobstore/memstore, jobstore/dynamostore: stores in memory and in DynamoDB
//   - jobstore/appsyncstore: a store behind an Amplify API, whose subscribers see
//     every change
//   - jobstore/driver, jobstore/jobstoretest: for a store of your own
//   - jobstream: jobs from the stream of their table
//   - jobtask: jobs by self-invoke, from a stream or a webhook
//   - jobhttp, jobhttp/jobclient: submit, read and watch jobs over HTTP
//   - jobevents: job changes to the subscribers of an AppSync Event API
//
// Start with README.md. In a clone, this runs both patterns:
//
//	go run ./examples/rosario -demo
package asyncpatterns
