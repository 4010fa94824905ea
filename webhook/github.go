package webhook

// NewGitHub returns a verifier for GitHub's webhooks, with the secret that was
// given to GitHub. It takes X-Hub-Signature-256 only, never the SHA-1 of
// X-Hub-Signature. A [Handler] answers GitHub's ping by itself.
//
// GitHub signs neither time nor headers: a webhook that someone has seen can be
// sent again under another X-GitHub-Delivery.
//
// Sources: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
func NewGitHub(secret string, opts ...func(*Options)) (*Verifier, error) {
	s, o, err := Scheme{
		Provider: "github", Signature: "X-Hub-Signature-256", Prefix: "sha256=",
		ID: "X-GitHub-Delivery", Type: "X-GitHub-Event",
	}.compile(secret, opts)
	if err != nil {
		return nil, err
	}
	return newVerifier(github{s}, o), nil
}

type github struct{ *hmacScheme }

// answer answers the ping that GitHub sends when a webhook is made.
func (g github) answer(d Delivery) (Response, bool) { return Response{}, d.eventType == "ping" }
