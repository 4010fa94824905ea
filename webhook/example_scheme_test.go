package webhook_test

import (
	"crypto/subtle"
	"fmt"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// A sender that signs the event's ID, the time and the body. It sends the type too, and
// does not sign it.
func ExampleNewHMAC() {
	scheme := webhook.Scheme{
		Provider:  "acme",
		Signature: "X-Acme-Signature",
		Prefix:    "sha256=",
		Timestamp: "X-Acme-Timestamp",
		Content:   "{id}.{timestamp}.{body}",
		ID:        "X-Acme-Delivery",
		Type:      "X-Acme-Event",
	}
	acme, err := webhook.NewHMAC(webhooktest.HMACSecret, scheme)
	if err != nil {
		panic(err)
	}
	sent := webhooktest.HMAC(webhooktest.HMACSecret, scheme, map[string]int{"order": 7}, func(o *webhooktest.Options) {
		o.Header = http.Header{"X-Acme-Delivery": {"d-1"}, "X-Acme-Event": {"order.paid"}}
	})
	d, err := acme.Verify(sent.Header, sent.Body)
	fmt.Println(d.Provider, d.ID(), d.Unsigned.Type, err)

	sent.Header.Set("X-Acme-Timestamp", "1700000000")
	_, err = acme.Verify(sent.Header, sent.Body)
	fmt.Println("replayed:", err != nil)

	_, err = webhook.NewHMAC("", scheme)
	fmt.Println(err)
	// Output:
	// acme d-1 order.paid <nil>
	// replayed: true
	// webhook: NewHMAC: secret 1 of 1 is empty
}

// GitLab sends a token instead of a signature.
//
// Source: https://docs.gitlab.com/user/project/integrations/webhooks/
func ExampleNewFunc() {
	token := []byte("the token")
	gitlab := webhook.NewFunc("gitlab", func(header http.Header, _ []byte) (webhook.Delivery, error) {
		if subtle.ConstantTimeCompare([]byte(header.Get("X-Gitlab-Token")), token) != 1 {
			return webhook.Delivery{}, fmt.Errorf("%w: X-Gitlab-Token", webhook.ErrSignature)
		}
		return webhook.Delivery{}.WithID(header.Get("Idempotency-Key"), header.Get("X-Gitlab-Event")), nil
	})
	header := http.Header{"X-Gitlab-Token": {"the token"}, "X-Gitlab-Event": {"Push Hook"}, "Idempotency-Key": {"f5e5f430"}}
	d, err := gitlab.Verify(header, []byte(`{"object_kind":"push"}`))
	fmt.Println(d.Provider, d.ID(), d.Type(), err)

	_, err = gitlab.Verify(http.Header{}, []byte(`{"object_kind":"push"}`))
	fmt.Println(err)
	// Output:
	// gitlab f5e5f430 Push Hook <nil>
	// webhook: the signature is missing or wrong: X-Gitlab-Token
}
