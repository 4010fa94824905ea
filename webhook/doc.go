// Package webhook verifies webhooks once, at the edge, on the bytes as they were
// sent, and passes on what was delivered. It knows Slack, Stripe, GitHub, Shopify,
// Standard Webhooks and, with a [Scheme], any other sender that signs with an HMAC.
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
//		_, err := jobs.Create(ctx, callback.Event.Text, func(o *jobstore.CreateOptions) {
//			o.ID, o.Redelivered = d.Key(), true // a repeat costs a read, not a write of the whole record
//		})
//		if errors.Is(err, jobstore.ErrExists) {
//			err = nil
//		}
//		return err
//	}))
//
// The handler serves function URLs, API Gateway and load balancers, whose health checks
// it answers, by [lambdahttp.Wrap], and net/http. [Verifier.Respond] answers with more than a status,
// [Verifier.Middleware] guards a handler of your own, and [Verifier.Verify] only
// verifies. Package webhooktest makes signed requests for your tests.
//
// # Guarantees
//
//   - Your function gets no webhook whose signature or timestamp is wrong, and
//     nothing of a body is parsed before it is verified. Timestamps are checked
//     against the past and the future.
//   - A body over [Options.MaxBody] is refused before it is hashed.
//   - A secret that cannot be right is refused when the verifier is made: it is empty,
//     in quotes or in JSON, a reference that was not resolved, an API key or another
//     provider's secret, shorter than the provider's, or a public key that verifies
//     forged signatures. Several secrets are accepted, for rotation.
//   - Signatures are compared in constant time. No error, response or log line
//     contains a secret, a signature or a body.
//   - Printing a verifier or its options shows no secret. Printing or logging a delivery
//     shows its key only. JSON shows its body, also that of [slog.JSONHandler] for a value
//     that holds a delivery.
//   - A signature is good for one ID, one time and one body: no part of one can be moved
//     into another.
//   - A forged request costs one hash of the body per secret, and at most eight
//     verifications (Ed25519) or two per key. Every reader takes linear time.
//   - A signature has one spelling: another case, base64 with stray bits, a second
//     header or timestamp is refused.
//   - A refusal is told to Options.OnRefused and, at level debug, to the log: the
//     provider and the reason.
//   - Your function's error is answered with 500, so that the sender tries again.
//   - What is signed is accepted, also when it is not what the provider documents.
//   - [Delivery.Key] is never empty, is the same when a webhook is delivered again, and
//     differs between providers and endpoints.
//   - What a provider does not sign is in [Delivery].Unsigned and nowhere else.
//
// # What it does not guarantee
//
// A verified webhook may be a repeated one. A timestamp only bounds its age, and
// GitHub and Shopify sign none. Use Delivery.Key as an idempotency key. Anyone who
// has seen one signed request of GitHub or Shopify can send its body again under another
// ID.
//
// # What is signed
//
// The body always is. Beside it:
//
//	                    ID                    type              time   not signed (Delivery.Unsigned)
//	Slack               in the body           in the body       yes    retry number and reason
//	Stripe              in the body           in the body       yes    -
//	GitHub              no                    no                no     ID, type (event)
//	Shopify             no                    no                no     ID, type (topic), shop, time
//	Standard Webhooks   yes                   in the body       yes    -
//	a Scheme            if Content has {id}   no                if Content has {timestamp}
//
// # Cost
//
// [Verifier.Verify] costs as much as a bare HMAC-SHA256 over the body, because keyed
// hashes are kept, and at most one allocation. Ed25519 (Standard Webhooks v1a) costs
// more than ten times as much. To measure:
//
//	go test -run xxx -bench 'Verify|Refuse' -benchmem ./webhook
//
// The package links only the standard library, lambdahttp and aws-lambda-go.
//
// # IAM
//
// The package needs no IAM actions.
package webhook
