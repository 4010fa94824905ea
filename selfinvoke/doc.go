// Package selfinvoke lets one Lambda function answer at once and do the slow
// work in an asynchronous invocation of itself.
//
//	answer := selfinvoke.NewTask("answer", lambdaClient, func(ctx context.Context, m Message) error {
//		return post(ctx, m.Channel, think(ctx, m.Text))
//	})
//	lambda.Start(selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		return answer.Invoke(ctx, messageFrom(d)) // 200 as soon as Lambda has accepted it
//	}), answer))
//
// [WrapFunc] wraps a func of an event type instead of a handler. Work that needs
// a record of how far it is, or must not be done twice, goes through a job: see
// package jobtask.
//
// # Guarantees
//
//   - The second invocation is told by a versioned envelope at the top level of
//     the event. An HTTP event that carries the mark, an unknown version and an
//     unknown task are errors, and never reach the handler: also in the middle
//     of a deployment, when a version meets the events of another, Lambda tries
//     them again.
//   - The function calls the alias or version it was called by.
//   - The task's error, and its panic, is Lambda's to see: Lambda tries the event
//     again, twice by default, and then gives it to the dead-letter queue or the
//     on-failure destination.
//   - A payload over Lambda's limit is refused before the call.
//   - Hops are counted, and stop before Lambda's own loop detection.
//   - Nothing is shared between invocations, so that one process can serve
//     several at once (Lambda Managed Instances).
//
// # What it does not guarantee
//
// Lambda may deliver an event more than once, so a task must bear repetition;
// [ID] is the same for each delivery. Accepted means queued: what a queue holds
// for longer than its maximum age of six hours is given up.
//
// # Longer than fifteen minutes
//
// A task that cannot end in one invocation hands its state to the next:
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
// [Options.MaxHops] bounds the chain, 12 by default: a function that goes on by
// mistake is stopped with ErrTooManyHops. Lambda itself stops a chain of about 16
// invocations: the event goes to the dead-letter queue or the on-failure
// destination, the caller may get ErrRecursion, and the account's owner a
// notification. A longer chain needs both a higher MaxHops and the
// function's setting RecursiveLoop=Allow (lambda:PutFunctionRecursionConfig).
//
// AWS advises against functions that invoke themselves, for fear of loops: give
// the function reserved concurrency and a dead-letter queue.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
//
// # Untrusted callers
//
// A function URL or a proxy integration wraps what a caller sends, so that he
// cannot make an envelope. Where he can (an API Gateway non-proxy integration, an
// IoT rule, lambda:InvokeFunction for others) set [Options.Keys]: envelopes are
// then sealed, and others refused.
//
// # Cost
//
// Measured by make bench on one core of a virtual AMD EPYC with Go 1.26.8: Wrap adds
// 0.14 µs and no allocation to a function URL event of 10 KB. An envelope takes 75 %
// of the time of json.Unmarshal into one struct with a payload of 100 bytes, and
// as long with one of 10 KB. One with a trace, metadata or a seal is read by
// encoding/json itself. The stripped arm64 binary of examples/slackwebhook is 0.7 %
// larger than the same function written by hand, built with -tags lambda.norpc as
// AWS names it for OS-only runtimes:
//
//	go test -C examples -v -run BinarySize .
//
// # IAM
//
// The function's role needs lambda:InvokeFunction on itself; the second resource
// is for calls by an alias or version:
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
