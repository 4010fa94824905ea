// Package webhook verifies webhooks once, at the edge, on the bytes as they were
// sent, and hands on what was delivered.
//
//	slack, err := webhook.NewSlack(os.Getenv("SLACK_SIGNING_SECRET"))
//	if err != nil {
//		return err
//	}
//	lambda.Start(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
//		var callback SlackCallback
//		if err := d.Decode(&callback); err != nil {
//			return err
//		}
//		_, err := jobs.Create(ctx, callback.Event.Text, func(o *jobstore.CreateOptions) { o.ID = d.ID })
//		return err
//	}))
//
// # Guarantees
//
//   - Nothing reaches the handler whose signature or time stamp is wrong.
//   - An empty secret is refused when the verifier is made.
//   - Signatures are compared in constant time, and no secret, signature or
//     body is ever in an error, an answer or a log line.
//   - The handler's error is answered 500, so that the sender tries again.
//   - [Delivery.ID] stays the same when a webhook is delivered again.
//
// # What it does not guarantee
//
// A verified webhook may be a repeated one: time stamps only bound how old it
// can be. Use Delivery.ID as an idempotency key.
//
// The package needs no IAM actions.
package webhook
