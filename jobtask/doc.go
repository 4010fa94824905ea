// Package jobtask runs jobs by self-invoke. A task, as in package selfinvoke, runs
// one job of a store in each invocation. A duplicate event runs nothing, the outcome
// is on the job's record, and [jobstore.Sweep] finds a job whose event was lost.
//
// # Hand-off
//
// Behind the stream of the jobs' table, a record takes milliseconds. The slow work
// runs beside it, each job in an invocation of its own:
//
//	lambda.Start(jobtask.HandOff("work", lambdaClient, jobs, process))
//
// A processor that works within the stream's invocation (package jobstream) runs at
// most ten batches of a shard at once, and a slow job holds up the records behind it.
// On one shard, 200 jobs of 60 s take 20 minutes that way and one minute handed off.
// To measure it, in virtual time:
//
//	go test -v -run HandOff ./jobtask
//
// A hand-off gives up the order of the jobs and the stream's retries, which last a
// day. Lambda's event queue retries after one minute and after two more, and then
// sends the event to the dead-letter queue. A job that has failed by then waits in its record
// for its other attempts, which only a sweep starts. On a schedule, pass [Task.Restart] to
// [jobstore.Sweep] to run the jobs that were left behind. Give the function reserved concurrency: it
// bounds how many jobs run at once.
//
// # Tracked tasks
//
// Behind a webhook, use the delivery's key as the job's ID. A redelivered webhook then
// starts nothing, and failures are on the job's record. The key tells providers and
// endpoints apart, so that no sender can use up the IDs of another:
//
//	answer := jobtask.New("answer", lambdaClient, jobs, reply)
//	lambda.Start(selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		return answer.Start(ctx, d.Key(), messageFrom(d))
//	}), answer))
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
// lambda:InvokeFunction on the function itself (see package selfinvoke) and the
// store's actions. Behind a stream also the actions of the mapping.
package jobtask
