// Package jobtask runs jobs by self-invoke. A task, as in package selfinvoke, runs
// one job of a store in each invocation. A duplicate event runs nothing, the outcome
// is on the job's record, and [jobstore.Sweep] finds a job whose event was lost.
//
//	lambda.Start(jobtask.Worker("work", lambdaClient, jobs, process))
//
// # The worker
//
// [Worker] is the handler of a function with three triggers. The stream of the jobs' table
// starts each job in an invocation of its own, in which the function runs it. A
// schedule of one minute starts what the stream does not.
//
// Behind a stream alone (package jobstream) a slow job holds up the records behind it, and
// at most ten batches of a shard run at once. On one shard, 200 jobs of 60 s take 20
// minutes that way and one minute with a worker. To measure it, in virtual time:
//
//	go test -v -run Stream ./jobtask
//
// A worker gives up the order of the jobs. A job that fails waits in its record, and the
// next sweep after it is due starts it. The stream's mapping needs no retries beyond those
// for a failed call to Lambda.
//
// Reserved concurrency bounds how many jobs run at once. It is shared with the stream's and
// the schedule's invocations, unless these have a function of their own. Deploy the
// same program twice for that: the triggers on one function, whose Options.Task sets the
// Function that does the work, and no trigger on the other. Lambda tries an event that it
// has throttled again after up to five minutes, and leaves slots idle meanwhile. So an
// invocation with time left runs other jobs that wait, see [WorkerOptions].MaxJobs. Of
// 1,000 jobs of 60 s on 20 slots, the last is done after 50 minutes, and after about 70
// where each job has an invocation of its own:
//
//	go test -v -run Herd ./jobtask
//
// # A table for each kind of job
//
// A Worker runs every job of its table: its stream, its schedule and its search for jobs that
// wait ask for none by kind. With two kinds in one table, one's handler gets the other's
// inputs, and who may create jobs of one kind reaches the handlers of both. So give each
// handler a table of its own.
//
// # Tracked tasks
//
// Behind a webhook, use the delivery's key as the job's ID. A redelivered webhook then
// starts nothing, and failures are on the job's record. The key tells providers and
// endpoints apart, so that no sender can use up the IDs of another:
//
//	answer := jobtask.New("answer", lambdaClient, mentions, reply)
//	lambda.Start(selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		return answer.Start(ctx, d.Key(), messageFrom(d))
//	}), answer))
//
// # Guarantees
//
//   - A duplicate event, a redelivered webhook and a record that comes twice run nothing.
//   - A job that waits, or that another worker holds, fails no event of a Worker and holds
//     up no other job.
//   - A Worker's schedule starts each job that waited, whose event was lost or whose worker
//     died, and starts it once.
//   - A failure is on the job's record. When a job could not be started or settled, or a
//     sweep failed, the invocation fails.
//   - An event of another service is an [*EventError] or a [*streamproc.EventError], and
//     starts nothing.
//   - The event of a job has its ID, not its input.
//
// # What it does not guarantee
//
// A job's handler runs at least once; package jobstore says what is fenced. When a
// job takes longer than Lambda's two retries, three minutes in all, a duplicate of its
// event ends in the dead-letter queue. A worker that crashed holds its job until its
// lease ends, two minutes by default ([jobstore.RunOptions]): Lambda's first retry comes
// before that, the second after it.
//
// # IAM
//
// lambda:InvokeFunction on the function itself, or on the one that does the work (see
// package selfinvoke), and the store's actions. Behind a stream also the actions of the
// mapping. The rule or schedule needs lambda:InvokeFunction on the function.
package jobtask
