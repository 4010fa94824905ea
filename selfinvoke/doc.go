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
// # Guarantees
//
//   - The second invocation is told by a versioned envelope at the top level of
//     the event. An HTTP event that carries the mark, an unknown version and an
//     unknown task are errors, and never reach the handler.
//   - The function calls the alias or version it was called by.
//   - The task's error is Lambda's to see: Lambda tries the event again, twice
//     by default, and then gives it to the dead-letter queue or the on-failure
//     destination.
//   - A payload over Lambda's limit is refused before the call.
//   - Hops are counted, and stop before Lambda's own loop detection.
//
// # What it does not guarantee
//
// Lambda may deliver an event more than once, so a task must bear repetition;
// [ID] is the same for each delivery. AWS advises against functions that invoke
// themselves, for fear of loops: give the function reserved concurrency and a
// dead-letter queue.
//
// # IAM
//
// lambda:InvokeFunction on the function's own ARN.
package selfinvoke
