package webhooktest

import (
	"crypto/sha1"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// GitHub returns a webhook of GitHub. Like GitHub it signs with SHA-1 too, in a
// header that nobody should look at.
//
// Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
func GitHub(secret, id, eventType string, payload any, opts ...func(*Options)) Request {
	o, body, contentType := options(opts), marshal(payload), typeJSON
	if o.Form {
		body, contentType = payloadField(body), typeForm
	}
	header := http.Header{
		"Content-Type": {contentType}, "User-Agent": {"GitHub-Hookshot/044aadd"},
		"X-Github-Delivery": {need("the ID", id)}, "X-Github-Event": {need("the type", eventType)}, "X-Github-Hook-Id": {"292430182"},
		"X-Github-Hook-Installation-Target-Id": {"79929171"}, "X-Github-Hook-Installation-Target-Type": {"repository"},
	}
	v, err := webhook.NewGitHub(secret)
	r := sign(v, err, body, o, header)
	r.Header.Set(sha1Signature, HMAC(secret, sha1Scheme, body).Header.Get(sha1Signature))
	return r
}

const sha1Signature = "X-Hub-Signature"

var sha1Scheme = webhook.Scheme{Provider: "github", Signature: sha1Signature, Prefix: "sha1=", Hash: sha1.New}
