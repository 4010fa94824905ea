// Package jobstore keeps jobs: durable records of work that outlives the
// request that asked for it.
//
// A job is pending when it is created, processing while a worker holds its
// claim, and in the end complete or error. Those two are final.
//
//	job, err := jobs.Create(ctx, "What were sales last month?")
//	// answer the caller with job.ID; a trigger then makes a worker call
//	err = jobstore.Run(ctx, jobs, job.ID, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
//		jobstore.Report(ctx, 10, "calling the model")
//		return ask(ctx, job.Input)
//	})
//
// The package holds the types, the [JobStore] contract and [Run], and imports
// no AWS module. Stores live beside it: memstore for tests and laptops,
// dynamostore for DynamoDB; jobstoretest is the suite every store passes.
//
// # Guarantees
//
//   - Create is idempotent on an ID that the caller chose.
//   - A claim has exactly one winner, and a worker that lost its lease can
//     change nothing: report and settle are fenced by owner and attempt.
//   - complete and error are final.
//   - Every write may be repeated by a client that saw no answer to it.
//   - One job costs a create, a claim and a settle, and no reads.
//
// # What it does not guarantee
//
// The handler runs at least once, not exactly once: a worker can die after the
// slow work and before the settle, and the job is then run again. What the
// handler does elsewhere should be keyed by [Job.ID].
//
// Leases compare the clocks of two machines. Lambda's are kept within
// milliseconds of each other; a worker whose clock is wrong by more than
// [RunOptions.LeaseGrace] may start a job whose lease has not quite ended. The
// fence still admits only one of the two results.
package jobstore
