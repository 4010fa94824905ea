package webhook_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// vectors are requests and signatures that the providers have published, in their
// documentation or, if that shows none with its secret, in the tests of their libraries.
var vectors = map[string]struct {
	source    string
	verifier  func(...func(*webhook.Options)) (*webhook.Verifier, error)
	at        int64
	ids       http.Header // that are signed
	body      string
	signature string // the header
	want      string
	also      string // follows want in what is published, of a scheme that does not count
}{
	"Slack": {
		source:   "https://docs.slack.dev/authentication/verifying-requests-from-slack",
		verifier: with(webhook.NewSlack, "8f742231b10e8888abcd99yyyzzz85a5"),
		at:       1531420618,
		body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
			"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
			"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
			"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
		signature: "X-Slack-Signature",
		want:      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
	},
	"GitHub": {
		source:    "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation",
		verifier:  with(webhook.NewGitHub, "It's a Secret to Everybody"),
		body:      "Hello, World!",
		signature: "X-Hub-Signature-256",
		want:      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
	},
	// Stripe's documentation shows a header without its secret and body.
	"Stripe": {
		source:    "https://github.com/stripe/stripe-dotnet/blob/master/src/StripeTests/Services/Events/EventUtilityTest.cs",
		verifier:  with(webhook.NewStripe, "webhook_secret"),
		at:        1533204620,
		body:      stripeVectorBody,
		signature: "Stripe-Signature",
		want:      "t=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7",
		also:      ",v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef",
	},
	// Shopify's documentation has no signature.
	"Shopify": {
		source:    "https://github.com/Shopify/shopify-api-php/blob/main/tests/Webhooks/RegistryTest.php",
		verifier:  with(webhook.NewShopify, "steffi"),
		body:      `{"foo":"bar"}`,
		signature: "X-Shopify-Hmac-Sha256",
		want:      "/Redz4YXHLnSmmSN8grr5/Jl/Ua3d7yX3iWbjb8R8wo=",
	},
	// The specification shows headers without their secrets.
	"Standard Webhooks, v1": {
		source:    "https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_symmetric_test.go",
		verifier:  with(webhook.NewStandard, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
		at:        1614265330,
		ids:       http.Header{"Webhook-Id": {"msg_p5jXN8AQM9LWM0D4loKWxJek"}},
		body:      `{"test": 2432232314}`,
		signature: "Webhook-Signature",
		want:      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	},
	"Standard Webhooks, v1a": {
		source:    "https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/go/webhook_asymmetric_test.go",
		verifier:  with(webhook.NewStandard, "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="),
		at:        1614265330,
		ids:       http.Header{"Webhook-Id": {"msg_p5jXN8AQM9LWM0D4loKWxJek"}},
		body:      `{"test": 2432232314}`,
		signature: "Webhook-Signature",
		want:      "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==",
	},
}

// stripeVectorBody is src/StripeTests/Resources/event_test_signature.json.
const stripeVectorBody = `{
  "id": "evt_123",
  "object": "event",
  "account": "acct_123",
  "api_version": "2017-05-25",
  "created": 1533204620,
  "data": {
    "object": {
      "id": "cus_123",
      "object": "customer",
      "created": 123456789,
      "email": "test@stripe.com",
      "livemode": false,
      "metadata": {}
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_123",
    "idempotency_key": "idempotency-key-123"
  },
  "type": "customer.created"
}
`

// maker is a constructor without its secret.
type maker = func(...func(*webhook.Options)) (*webhook.Verifier, error)

func with(made func(string, ...func(*webhook.Options)) (*webhook.Verifier, error), secret string) maker {
	return func(opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return made(secret, append(opts, weak)...)
	}
}

// TestPublishedVectors: Sign makes the published signature, and Verify accepts it.
func TestPublishedVectors(t *testing.T) {
	for name, tt := range vectors {
		at := time.Unix(tt.at, 0)
		v := must(t)(tt.verifier(clock(at)))
		header := tt.ids.Clone()
		if header == nil {
			header = http.Header{}
		}
		if err := v.Sign(header, at, []byte(tt.body)); err != nil {
			t.Fatal(err)
		}
		if got := header.Get(tt.signature); got != tt.want {
			t.Errorf("%s: Sign made %s, published is %s\n%s", name, got, tt.want, tt.source)
		}
		header.Set(tt.signature, tt.want+tt.also)
		if d, err := v.Verify(header, []byte(tt.body)); err != nil || tt.at != 0 && !d.Time.Equal(at) {
			t.Errorf("%s: verifying what is published: %v, signed %v\n%s", name, err, d.Time, tt.source)
		}
	}
}
