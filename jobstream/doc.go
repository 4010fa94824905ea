// Package jobstream joins the stream of a jobs' table to the jobs: each record that
// was inserted as pending runs its job.
//
//	lambda.Start(jobstream.New(jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
//		return ask(ctx, job.Input)
//	}))
//
// [New] runs the job within the stream's invocation. [NewFunc] only starts it, say in
// an invocation of its own; package jobtask has that ready to use. Both return a
// [streamproc.Dispatcher], whose documentation says how the event source mapping must be
// configured and what happens to a failed record.
//
// # Guarantees
//
//   - A job whose handler fails is retried while it has attempts: its record is
//     reported to Lambda, which delivers it again.
//   - A job that ended, as complete or failed, is never reported. It does not block
//     the shard.
//   - Records are in order: a job to retry holds up the records behind it.
//   - A job that is not started, because too little time is left, is not a failure. Its
//     record is reported, and logged at level info.
//
// # What it does not guarantee
//
// A record may be delivered more than once; [jobstore.Run] runs nothing for a job that
// is complete. A mapping has at most ten batches of a shard under way at once: for jobs
// that take minutes, hand them off with package jobtask.
//
// # IAM
//
// The actions of the mapping, see package streamproc, and of the store.
package jobstream
