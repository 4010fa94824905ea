// Package webhooktest makes signed webhooks, so that you can test your handlers as
// if Slack, Stripe or GitHub had called them.
//
//	func TestMention(t *testing.T) {
//		handler := newHandler(webhooktest.SlackSecret) // what main gives to lambda.Start
//		mention := webhooktest.SlackEvent(webhooktest.SlackSecret, "Ev1", map[string]string{"text": "hello"})
//		out, err := handler.Invoke(t.Context(), mention.FunctionURL())
//		…
//	}
//
// A [Request] has the headers and the body that the provider sends. It becomes the
// event of a function URL, an HTTP API, a REST API or a load balancer, or an
// [http.Request]. To forge a request, change it after it is signed:
//
//	mention.Body = append(mention.Body, ' ')
//
// The package is for tests, and needs no IAM actions. Wrong arguments panic with the reason. Values that the
// providers choose, such as team IDs, are made up.
//
// # What it does not guarantee
//
// A body has the fields that the provider documents for every webhook, and the
// event that you pass. Headers that the provider does not document are left out.
package webhooktest
