package webhook

// NewGitHub returns a verifier for GitHub's webhooks. Secret is the one that you gave
// GitHub for the webhook. Only X-Hub-Signature-256 is accepted, never the SHA-1 in
// X-Hub-Signature. A [Handler] answers GitHub's ping itself.
//
// GitHub sends bodies of up to 25 MB; Lambda takes 6 MB. See Options.MaxBody.
//
// GitHub signs neither time nor headers: a captured webhook can be sent again under
// another X-GitHub-Delivery and as another X-GitHub-Event. Both are in
// [Delivery].Unsigned. [Delivery.Type] is empty.
//
// Sources: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap,
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
func NewGitHub(secret string, opts ...func(*Options)) (*Verifier, error) {
	return newHMAC("NewGitHub", secret, Scheme{
		Provider: "github", Signature: "X-Hub-Signature-256", Prefix: "sha256=",
		ID: "X-GitHub-Delivery", Type: "X-GitHub-Event",
	}, issued{githubSecret, largeMaxBody}, opts, func(s *hmacScheme) provider { return github{s} })
}

type github struct{ *hmacScheme }

// answer answers the ping that GitHub sends when a webhook is created. Its body has a
// zen, which is signed: another delivery does not become a ping by its header.
//
// Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
func (g github) answer(d Delivery) (Response, bool) {
	if d.Unsigned.Type != "ping" {
		return Response{}, false
	}
	content, err := jsonOf(d.Body)
	return Response{}, err == nil && membersOf(content).text("zen") != ""
}
