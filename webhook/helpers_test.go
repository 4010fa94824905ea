package webhook_test

import (
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func clock(at time.Time) func(*webhook.Options) {
	return func(o *webhook.Options) { o.Now = func() time.Time { return at } }
}

// must returns the verifier that a constructor made.
func must(t testing.TB) func(*webhook.Verifier, error) *webhook.Verifier {
	return func(v *webhook.Verifier, err error) *webhook.Verifier {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// idOf and typeOf return what a delivery has, signed or not.
func idOf(d webhook.Delivery) string   { return cmp.Or(d.Unsigned.ID, d.ID()) }
func typeOf(d webhook.Delivery) string { return cmp.Or(d.Unsigned.Type, d.Type()) }

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func weak(o *webhook.Options) { o.AllowWeakSecrets = true }

// makers make verifiers that can sign, from nearly any secret.
var makers = []func(string, ...func(*webhook.Options)) (*webhook.Verifier, error){
	anySecret(webhook.NewSlack), anySecret(webhook.NewStripe), anySecret(webhook.NewGitHub), anySecret(webhook.NewShopify),
	shared, private, anySecret(acme(webhook.Hex)), anySecret(acme(webhook.Base64)),
}

func anySecret(made func(string, ...func(*webhook.Options)) (*webhook.Verifier, error)) func(string, ...func(*webhook.Options)) (*webhook.Verifier, error) {
	return func(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return made(secret, append(opts, weak)...)
	}
}

// shared derives a shared secret of 32 bytes from any secret.
func shared(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
	sum := sha256.Sum256([]byte(secret))
	return webhook.NewStandard("whsec_"+base64.StdEncoding.EncodeToString(sum[:]), opts...)
}

// private derives a key pair from any secret.
func private(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
	sum := sha256.Sum256([]byte(secret))
	return webhook.NewStandard("whsk_"+base64.StdEncoding.EncodeToString(sum[:]), opts...)
}

func acme(e webhook.Encoding) func(string, ...func(*webhook.Options)) (*webhook.Verifier, error) {
	return func(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return webhook.NewHMAC(secret, webhook.Scheme{
			Provider: "acme", Signature: "X-Acme-Signature", Prefix: "v1 ", Encoding: e, Hash: sha512.New,
			Timestamp: "X-Acme-Time", ID: "X-Acme-Id", Content: "{id}:{timestamp}:{body}:end",
		}, opts...)
	}
}
