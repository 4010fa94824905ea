// Package webhooktest makes signed webhooks, so that you can test your handlers
// as if Slack, Stripe or GitHub had called them.
//
//	func TestMention(t *testing.T) {
//		handler := newHandler(secret) // what main gives to lambda.Start
//		mention := webhooktest.SlackEvent(secret, "Ev1", map[string]string{"type": "app_mention", "text": "hello"})
//		out, err := handler.Invoke(t.Context(), mention.FunctionURL())
//		…
//	}
//
// A [Request] has the headers and the body that the provider sends. It becomes
// the event of a function URL, an HTTP API, a REST API or a load balancer, or an
// [http.Request]. To forge one, change it after it is signed:
//
//	mention.Body = append(mention.Body, ' ')
//
// This is a package for tests: what is misused panics with the reason, and what
// the senders leave to chance, such as team IDs, is made up.
//
// # What it does not guarantee
//
// Bodies have the fields that the providers document for every webhook, and of
// the event what you give. Headers that no provider documents are left out.
package webhooktest
