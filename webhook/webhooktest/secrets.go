package webhooktest

import "github.com/asyncpatterns/asyncpatterns/webhook"

// Secrets of the form that each provider issues, which the constructors of package
// webhook take. They protect nothing. The functions of this package sign with any
// secret, also with one that no provider issues.
const (
	SlackSecret    = "5f1c0c2d9a7b4e83a6d0b1f2c3e4d5a6"
	StripeSecret   = "whsec_Qm7Zt4Xc9Vb2Nn6Lk1Jh8Gf3Ds5Aa0Pp"
	GitHubSecret   = "0d9e8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d"
	ShopifySecret  = "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"
	StandardSecret = "whsec_b25lIHNlY3JldCBmb3IgYWxsIHRoZSB0ZXN0cw=="
	HMACSecret     = "Zq3vT8mN1xK7pL5wR9bC2dF4"
)

// weak lets tests sign with secrets that their handlers refuse.
func weak(o *webhook.Options) { o.AllowWeakSecrets = true }
