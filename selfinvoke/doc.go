// Package selfinvoke lets one Lambda function answer at once and do the slow work
// in an asynchronous invocation of itself.
//
//	answer := selfinvoke.NewTask("answer", lambdaClient, func(ctx context.Context, m Message) error {
//		return post(ctx, m.Channel, think(ctx, m.Text))
//	})
//	lambda.Start(selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		return answer.Invoke(ctx, messageFrom(d)) // returns once Lambda has accepted the event
//	}), answer))
//
// [WrapFunc] wraps a func instead of a handler. To record progress, or to keep a
// repeated event from repeating the work, make the work a job: see package jobtask.
//
// # Guarantees
//
//   - An asynchronous invocation is recognized by a versioned envelope at the top
//     level of the event. An HTTP event that carries the mark of an envelope, an
//     unknown version and an unknown task are errors and never reach the handler.
//     Lambda retries them, so an event that meets the wrong version during a
//     deployment is not lost at once.
//   - The function calls the alias or version by which it was called.
//   - The task's error, or panic, reaches Lambda. Lambda retries the event, twice by
//     default, and then sends it to the dead-letter queue or on-failure destination.
//   - A payload over Lambda's limit is refused before the call.
//   - [Task.Invoke] fails with [ErrNotWrapped], before the call, if it would invoke the
//     running function and that has not passed the task to [Wrap].
//   - A handler that streams its response does so inside [Wrap].
//   - Hops are counted. The bound is below the one of Lambda's loop detection.
//   - Invocations share no state, so one process can serve several at once (Lambda
//     Managed Instances).
//
// # What it does not guarantee
//
// Lambda may deliver an event more than once, so a task must tolerate repetition.
// [ID] is the same for each delivery. Accepted means queued: Lambda drops events
// that are older than six hours.
//
// # Testing
//
// Call the handler that [Wrap] returns, with a context that has a
// lambdacontext.LambdaContext and a [Client] of your own. A sealed task refuses a context
// without one, unless [Options.Audience] is set. To test code that calls Invoke without
// Wrap, set [Options.Function] to any name: what another function knows is not checked.
// Package lambdalocal runs the whole round trip.
//
// # Longer than fifteen minutes
//
// A task that cannot finish in one invocation passes its state to the next:
//
//	crawl = selfinvoke.NewTask("crawl", lambdaClient, func(ctx context.Context, s State) error {
//		for !s.Done() {
//			if selfinvoke.Ending(ctx) {
//				return crawl.Continue(ctx, s)
//			}
//			s.Step(ctx)
//		}
//		return nil
//	})
//
// [Options.MaxHops] bounds the chain: 12 by default. A task that continues by
// mistake is stopped with [ErrTooManyHops]. Lambda itself stops a chain of about 16
// invocations. It then sends the event to the dead-letter queue or on-failure
// destination, may fail the call with [ErrRecursion], and notifies the owner of the
// account. A longer chain needs a higher MaxHops and the function setting
// RecursiveLoop=Allow (lambda:PutFunctionRecursionConfig).
//
// AWS advises against functions that invoke themselves, because of loops. Give the
// function reserved concurrency and a dead-letter queue.
//
// Acknowledgements and slow tasks of one function share its concurrency, in all versions
// and aliases. When the tasks have taken the slots, callers get 429. To keep room for
// acknowledgements, deploy the program twice and name the second function in
// [Options.Function]; examples/template.yaml shows it.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
//
// # Untrusted callers
//
// A function URL or proxy integration wraps the request, so a caller cannot forge an
// envelope. Other callers can: an API Gateway non-proxy integration, an IoT rule, or
// a principal that has lambda:InvokeFunction. For these set [Options.Keys], which
// seal the envelopes; the function then refuses envelopes without a seal.
//
//   - Without keys, who may invoke the function can run any of its tasks, with any
//     payload, ID, metadata, time and hop.
//   - With keys, they can only send a copy of an envelope, until it is older than
//     [Options.MaxAge]. The copy has the same [ID].
//   - Who has a key can forge everything. Who can read the function's environment, where
//     the key often is, has it.
//   - A seal is valid for one task of one function, or for [Options.Audience]. An
//     envelope of staging does not run in production, even with the same keys. Stages
//     that are aliases of one function are not told apart: give them different keys.
//   - A seal is not encryption.
//
// # Cost
//
// Wrap adds well under a microsecond and one allocation to an event that is not an
// envelope. Around a handler of lambda.NewHandler it checks and copies the event as JSON
// once more. Reading an envelope takes about as long as one json.Unmarshal of it. The
// figures are in docs/benchmarks.md; to take them again:
//
//	go test -run '^$' -bench . -benchmem ./selfinvoke
//
// # IAM
//
// The function's role needs lambda:InvokeFunction on the function itself. The second
// resource is for calls by an alias or version:
//
//	{
//	  "Effect": "Allow",
//	  "Action": "lambda:InvokeFunction",
//	  "Resource": [
//	    "arn:aws:lambda:REGION:ACCOUNT:function:NAME",
//	    "arn:aws:lambda:REGION:ACCOUNT:function:NAME:*"
//	  ]
//	}
package selfinvoke
