// Package webhook verifies webhooks once, at the edge, on the bytes as they were
// sent, and hands on what was delivered. It knows Slack, Stripe, GitHub, Shopify,
// Standard Webhooks and, by a [Scheme], whoever else signs with an HMAC.
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
//		_, err := jobs.Create(ctx, callback.Event.Text, func(o *jobstore.CreateOptions) { o.ID = d.ID() })
//		return err
//	}))
//
// The same handler serves function URLs, API Gateway, load balancers and net/http,
// see [lambdahttp.Wrap]; [Verifier.Respond] answers with more than a status,
// [Verifier.Middleware] guards a handler of your own, and [Verifier.Verify] does
// nothing but verify. Package webhooktest makes signed requests for your tests.
//
// # Guarantees
//
//   - Nothing reaches the handler whose signature or time stamp is wrong, and
//     nothing of a body is read before. Time stamps are checked on both sides.
//   - A body over [Options.MaxBody] is refused before it is hashed.
//   - An empty secret is refused when the verifier is made. Several secrets are
//     accepted, for rotation.
//   - Signatures are compared in constant time, and no secret, signature or
//     body is ever in an error, an answer or a log line.
//   - However a verifier is printed, its secrets are not.
//   - A signature has one spelling: another case, an encoding with stray bits, a
//     second header or time stamp is refused.
//   - The handler's error is answered 500, so that the sender tries again.
//   - [Delivery.ID] is never empty, and stays the same when a webhook is delivered
//     again.
//
// # What it does not guarantee
//
// A verified webhook may be a repeated one: time stamps only bound how old it
// can be, and GitHub and Shopify sign none. Nor do they sign the headers that
// hold the ID and the type. Use Delivery.ID as an idempotency key.
//
// # Cost
//
// [Verifier.Verify] of a 10 KB body takes 0.9 to 1.1 times as long as a bare
// HMAC-SHA256 over it, as keyed hashes are kept, and at most one allocation. Ed25519
// (Standard Webhooks v1a) takes 10 times as long, most of it the signature's
// arithmetic, and 3 allocations. Measured on a virtual AMD EPYC with Go 1.26.8; to
// measure again:
//
//	go test -run xxx -bench Verify ./webhook
//
// The package links nothing but the standard library and aws-lambda-go/events, and
// needs no IAM actions.
package webhook
