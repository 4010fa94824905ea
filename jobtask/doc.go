// Package jobtask joins a job to a self-invoke: a task, in the sense of package
// selfinvoke, that runs one job of a store. A lost event is found again by
// [jobstore.Sweep], a duplicate runs nothing, and how it went stands in the job's
// record.
//
// # Hand-off
//
// Behind the stream of the jobs' table, a record costs milliseconds and the slow
// work runs beside it, each job in an invocation of its own:
//
//	lambda.Start(jobtask.HandOff("work", lambdaClient, jobs, process))
//
// A processor that works within the stream's invocation (streamproc.Jobs) has at
// most ten batches of a shard under way, and what is slow holds up what follows.
// In lambdalocal, 200 jobs of 60 s on one shard, with ParallelizationFactor 10 and
// BatchSize 1, end after 1,200 s of virtual time in the stream and after 60 s
// handed off. This prints both:
//
//	go test -v -run HandOff ./jobtask
//
// What the hand-off gives up: the order of jobs, and the stream's endless
// retries. Lambda's event queue tries a job again after one minute and then two,
// and then gives the event to the dead-letter queue; [jobstore.Sweep] finds jobs
// that were left behind. Give the function reserved concurrency, which is what
// bounds the jobs under way at once.
//
// # Tracked tasks
//
// Behind a webhook, the job's ID is the delivery's, so that a redelivered webhook
// starts nothing and failures are on the record:
//
//	answer := jobtask.New("answer", lambdaClient, jobs, reply)
//	lambda.Start(selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		return answer.Start(ctx, d.ID(), messageFrom(d))
//	}), answer))
//
// # What it does not guarantee
//
// A job's handler runs at least once, as always; see package jobstore for what is
// fenced. A duplicate of a job that takes longer than Lambda's two retries, three
// minutes, ends in the dead-letter queue. A worker that crashed holds its job until
// its lease ends, two minutes by default (RunOptions.Lease): Lambda's first retry comes
// before that, the second after it.
//
// # IAM
//
// lambda:InvokeFunction on the function itself (see package selfinvoke), and the
// store's actions; behind a stream those of the mapping.
package jobtask
