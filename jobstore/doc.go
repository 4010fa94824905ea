// Package jobstore keeps jobs: durable records of work that outlives the request that
// asked for it.
//
// A job is pending when it is created, processing while a worker holds its claim, and
// complete or error in the end. The last two are final for workers. An operator can
// [List] the jobs that failed and [Retry] them when the cause is gone.
//
//	job, err := jobs.Create(ctx, "What were sales last month?")
//	// Answer the caller with job.ID. A trigger then makes a worker call Run:
//	err = jobstore.Run(ctx, jobs, job.ID, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
//		jobstore.Report(ctx, 10, "calling the model")
//		return ask(ctx, job.Input)
//	})
//
// The package has what users of jobs need: the types, the [JobStore] interface, [Run],
// [Report], [RetryAfter], [Snooze], [Cancel], [Sweep], [List] and [Retry]. It imports no AWS
// module. The stores are packages of their own: memstore for tests, dynamostore for
// DynamoDB, appsyncstore for an Amplify API. Package driver is for implementers of a
// store, jobstoretest is the suite that every store passes.
//
// Triggers get lost and workers die, so call [Sweep] on a schedule. It finds the jobs
// that need another trigger.
//
// # Waiting
//
// A job may be due later: at [CreateOptions.StartAt], after the back-off that follows an
// attempt that failed ([RunOptions.Backoff]), or when its handler says so.
//
//	return "", jobstore.RetryAfter(err, 30*time.Second) // the attempt counts
//	return "", jobstore.Snooze(time.Minute)             // it does not
//
// No claim succeeds before that, whichever trigger comes. [Run] waits in place for a job
// that is due within seconds ([RunOptions.MaxWait]); [Sweep] finds any other when it is
// due. So a schedule of one minute starts a job up to a minute late.
//
// # Leases
//
// A claim lasts two minutes and is renewed each 40 seconds, or longer for a large record
// ([RunOptions.Lease]). It ends with the invocation, and a grace, where that is sooner; it
// is not renewed then. The lease is kept by two clocks, one of which stands still while
// the environment is frozen and one of which may be stepped. The first that says that the
// lease is about to end stops the handler, with the cause [ErrLeaseUnconfirmed].
//
//   - A function that is frozen for longer than its lease finds its lease ended when it
//     goes on. Its handler is stopped within five seconds, and what it writes is refused
//     if another worker has the job.
//   - A clock that is stepped ahead stops the handler early, and the job is tried again.
//     A clock that is stepped back does not prolong a lease.
//   - A worker that is killed frees its job when the lease that it last stored ends.
//
// # Guarantees
//
//  1. Create is idempotent on an ID that the caller chose. IDs that the store makes are
//     ordered by time and cannot be guessed ([NewID]).
//  2. A claim has exactly one winner. Each loser learns why: [ErrNotFound],
//     [ErrFinished], [ErrLeased] and until when, [ErrNotDue] and when it is due.
//  3. A worker that lost its lease changes nothing. Report and settle are fenced by
//     owner and attempt. A settle succeeds only if its own outcome is what is stored.
//  4. complete is final. error is final for workers; only an operator's [Retry] reopens it.
//  5. Every write is safe to repeat when its answer was lost. A copy of a request that
//     arrives late, whenever that is, changes nothing.
//  6. A lease is short and renewed, or ends with the invocation where that is sooner
//     ([RunOptions]). So a worker that dies frees its job within one lease. What happens
//     then is the creator's choice ([LeaseExpiry]). A handler whose lease cannot be
//     renewed is stopped before another worker may start, after a freeze or a step of
//     the clock too.
//  7. A job costs three writes and no reads: create, claim and settle. A job that takes
//     longer than a third of its lease costs one write per third, or less often where its
//     record is large; a report that is due then is the same write. Progress is written
//     once a second at most, and the last report always lands.
//  8. Bad input is refused before any write, with an error that names the field. A
//     record that Create takes can be settled. A store returns the values that it took,
//     and refuses those that it would not return. A record that another program wrote
//     runs, or is refused by the name of the attribute.
//  9. A job that waits is claimed by no one before it is due. A wait is a part of the
//     record, so a worker that dies in it loses nothing.
//
// Run settles a job whatever its handler does: a hung report, a panic, an error with a
// method that panics or does not return, [runtime.Goexit]. It repeats the settle while there is time. It
// takes no foreign error for its own: see [Run]. A job whose output's encoder does not return
// is left to its lease.
//
// Readers of a job see an error's public text ([Public]). The whole error is in the log
// and in [Job.ErrorDetail].
//
// jobstoretest has a check for each guarantee. Its simulation checks them under
// crashes, lost answers, throttling, duplicates, late copies and wrong clocks.
//
// # What it does not guarantee
//
// A handler runs at least once, not exactly once. A worker can die after the slow work
// and before the settle; the job then runs again. Use [Job.ID] as the idempotency key of
// what the handler does elsewhere.
//
// A claim counts as an attempt when its worker dies before the handler starts. With one
// attempt, or with [Hold], the handler may then never run. When only the claim's answer
// was lost, Run finds the claim again, or gives it back and does not count it.
//
// Leases compare the clocks of two machines. Lambda keeps its clocks within
// milliseconds. A worker whose clock is ahead by more than the lease has left may start
// a job that another worker still holds. The fence admits only one of the two results.
//
// Go cannot stop a handler that overstays its context. What the handler writes after
// another worker took the job is refused.
//
// # Cost
//
// Creating, claiming and settling a job in memory takes microseconds; docs/benchmarks.md
// has the figures, and this command takes them again:
//
//	go test -run '^$' -bench Run -benchmem ./jobstore/memstore
//
// dynamostore and appsyncstore document the requests per job. The package itself needs
// no IAM actions.
package jobstore
