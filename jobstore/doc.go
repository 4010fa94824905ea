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
// dynamostore for DynamoDB, appsyncstore for an Amplify API; jobstoretest is the
// suite every store passes.
//
// A trigger can get lost and a worker can die: have [Sweep] called on a schedule.
// [Cancel] ends a job before its time.
//
// # Guarantees
//
//  1. Create is idempotent on an ID that the caller chose. IDs that the store
//     makes are ordered by time and cannot be guessed ([NewID]).
//  2. A claim has exactly one winner, and losers learn why: ErrNotFound,
//     ErrFinished with the job, ErrLeased with the end of the lease.
//  3. A worker that lost its lease can change nothing: report and settle are
//     fenced by owner and attempt.
//  4. complete and error are final.
//  5. Every write may be repeated by a client that saw no answer to it.
//  6. A lease ends a little after the invocation's deadline; without a deadline
//     it is renewed while the work runs. What happens to a job whose lease ran
//     out is the creator's choice: see [LeaseExpiry].
//  7. One job costs a create, a claim and a settle, and no reads; progress is
//     written once a second at most, and its last report always lands.
//  8. Bad input is refused before any write, by an error that names the field.
//
// jobstoretest has a check for each, and a simulation that holds them under
// crashes, lost answers, throttling and duplicates.
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
//
// A handler that overstays its context is not stopped, Go cannot do that; what it
// writes after its lease was taken over is refused. A cancelled handler learns of
// it with its next report or lease renewal.
//
// # Cost
//
// In memory, one job from create to settle takes 4.0 to 4.4 µs and 37 allocations
// (6 µs beside 200,000 older jobs, for the garbage collector), and Run on a
// complete job 0.8 to 1.0 µs and 8 allocations: see the benchmark in memstore. What a job costs in a table is in dynamostore's documentation. The
// package itself needs no IAM actions.
package jobstore
