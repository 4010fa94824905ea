package webhook_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// sum returns an HMAC, made without the package.
func sum(h func() hash.Hash, secret, content string) []byte {
	mac := hmac.New(h, []byte(secret))
	mac.Write([]byte(content))
	return mac.Sum(nil)
}

// TestGitHubTakesSHA256Only: GitHub also sends a SHA-1, which counts in no header.
func TestGitHubTakesSHA256Only(t *testing.T) {
	v := must(t)(webhook.NewGitHub(secret))
	old := "sha1=" + hex.EncodeToString(sum(sha1.New, secret, event))
	good := signedAt(t, v, now).Get("X-Hub-Signature-256")
	for name, h := range map[string]http.Header{
		"SHA-1 in its header":           {"X-Hub-Signature": {old}},
		"SHA-256 in that of SHA-1":      {"X-Hub-Signature": {good}},
		"SHA-1 in the header":           {"X-Hub-Signature-256": {old}},
		"SHA-1 as if it were SHA-256":   {"X-Hub-Signature-256": {"sha256=" + old[5:]}},
		"SHA-512":                       {"X-Hub-Signature-256": {"sha512=" + hex.EncodeToString(sum(sha512.New, secret, event))}},
		"SHA-512 as if it were SHA-256": {"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(sum(sha512.New, secret, event))}},
		"a wrong one beside SHA-1":      {"X-Hub-Signature-256": {"sha256=00"}, "X-Hub-Signature": {old}},
	} {
		refuses(t, v, name, h, webhook.ErrSignature)
	}
	both := http.Header{"X-Hub-Signature-256": {good}, "X-Hub-Signature": {"sha1=00"}}
	if _, err := v.Verify(both, []byte(event)); err != nil {
		t.Errorf("a good one beside whatever is said of SHA-1: %v", err)
	}
}

func TestGitHubDelivery(t *testing.T) {
	v := must(t)(webhook.NewGitHub(secret))
	h := signed(v, now, `{"action":"opened"}`)
	h.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	h.Set("X-GitHub-Event", "issues")
	d, err := v.Verify(h, []byte(`{"action":"opened"}`))
	if err != nil || d.Provider != "github" || d.Unsigned.ID != "72d3162e-cc78-11e3-81ab-4c9367dc0958" || d.Unsigned.Type != "issues" || d.ID() != sumOf(`{"action":"opened"}`) || d.Type() != "" || !d.Time.IsZero() {
		t.Errorf("got %+v, %s, %s, %v", d, d.ID(), d.Type(), err)
	}
}
