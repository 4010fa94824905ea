// Package jobstream runs jobs from the stream of their table. Each record that was
// inserted as pending starts its job.
//
//	lambda.Start(jobstream.New(jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
//		return ask(ctx, job.Input)
//	}))
//
// [New] runs the job within the stream's invocation. [NewFunc] only starts it, such as in
// an invocation of its own, for which package jobtask has the code. Both return a
// [streamproc.Dispatcher]. Package streamproc describes the configuration of the event
// source mapping, and what happens to a failed record.
//
// # Guarantees
//
//   - A job whose handler fails is retried while it has attempts. Lambda delivers its
//     record again, because it is reported, or because the invocation fails, see
//     [*streamproc.BatchError].
//   - A job that ended, as complete or failed, is never reported. It does not block
//     the shard.
//   - Records are handled in order. A job to retry holds up the records behind it.
//   - A job that waits holds up its shard no longer than a lease at a time. A job that
//     starts later than that is a [*StartError] in New, whose jobs nothing else starts.
//     NewFunc skips it, and [jobstore.Sweep] starts it.
//   - A job whose worker died is waited for in place, until its lease ends and for two
//     minutes at most, and then run.
//   - A record whose job waits for longer, or is held by another worker, is reported, and logged at
//     level info.
//   - A job is not started when too little time is left. Its record is reported, and
//     logged at level info, because nothing has failed. A function whose timeout is too
//     short for any job fails, with a [*streamproc.TimeoutError].
//
// # What it does not guarantee
//
// A record may be delivered more than once. [jobstore.Run] runs nothing for a job that is
// complete.
//
// New has nothing but the mapping to start a job again. It needs MaximumRetryAttempts: -1
// and ReportBatchItemFailures. Otherwise Lambda gives up on a job that has attempts left,
// or that waits, and only a [jobstore.Sweep] starts it. Use the Worker of package jobtask
// where the mapping cannot be set so.
//
// Lambda handles at most ten batches of a shard at once. Hand jobs that take minutes to
// invocations of their own, with package jobtask.
//
// # IAM
//
// The actions of the mapping, see package streamproc, and of the store.
package jobstream
