package webhooktest

import (
	"crypto/sha1"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// GitHub returns a webhook of GitHub. Like GitHub, it also signs with SHA-1, in a
// header that a receiver should ignore.
//
// Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
func GitHub(secret, id, eventType string, payload any, opts ...func(*Options)) Request {
	c := newCall("GitHub", opts)
	return c.github(secret, id, eventType, typeJSON, c.marshal(payload))
}

// GitHubForm is [GitHub] for a webhook whose content type is set to
// application/x-www-form-urlencoded: the JSON is in the form's payload field.
func GitHubForm(secret, id, eventType string, payload any, opts ...func(*Options)) Request {
	c := newCall("GitHubForm", opts)
	return c.github(secret, id, eventType, typeForm, payloadField(c.marshal(payload)))
}

func (c *call) github(secret, id, eventType, contentType string, body []byte) Request {
	header := http.Header{
		"Content-Type": {contentType}, "User-Agent": {"GitHub-Hookshot/044aadd"},
		"X-Github-Delivery": {c.need("the ID", id)}, "X-Github-Event": {c.need("the type", eventType)}, "X-Github-Hook-Id": {"292430182"},
		"X-Github-Hook-Installation-Target-Id": {"79929171"}, "X-Github-Hook-Installation-Target-Type": {"repository"},
	}
	v, err := webhook.NewGitHub(secret, weak)
	r := c.sign(v, err, body, header)
	r.Header.Set(sha1Signature, HMAC(secret, sha1Scheme, body).Header.Get(sha1Signature))
	return r
}

const sha1Signature = "X-Hub-Signature"

var sha1Scheme = webhook.Scheme{Provider: "github", Signature: sha1Signature, Prefix: "sha1=", Hash: sha1.New}
