package webhook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// good are secrets of the form that each constructor takes.
var good = map[string]string{
	"slack": webhooktest.SlackSecret, "stripe": webhooktest.StripeSecret, "github": webhooktest.GitHubSecret,
	"shopify": webhooktest.ShopifySecret, "standard": webhooktest.StandardSecret, "hmac": webhooktest.HMACSecret,
}

// refusesSecret checks that a constructor refuses a secret in each place, with and
// without AllowWeakSecrets if always, and names the place and nothing of the secret.
func refusesSecret(t *testing.T, kind, secret, want string, always bool) {
	t.Helper()
	for place := range 3 {
		secrets := []string{good[kind], good[kind], good[kind]}
		secrets[place] = secret
		for _, allow := range []bool{false, true} {
			_, err := constructors[kind](secrets[0], func(o *webhook.Options) { o.Secrets, o.AllowWeakSecrets = secrets[1:], allow })
			if allow && !always {
				if err != nil {
					t.Errorf("%s, AllowWeakSecrets, %.200q: %v", kind, secret, err)
				}
				continue
			}
			prefix := fmt.Sprintf("webhook: %s: secret %d of 3 ", names[kind], place+1)
			if err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %.200q: got %v, want %q with %q", kind, secret, err, prefix, want)
				continue
			}
			for at := range max(0, len(secret)-7) {
				if part := secret[at : at+8]; strings.Contains(err.Error(), part) {
					t.Errorf("%s: the error shows %q of the secret: %v", kind, part, err)
				}
			}
		}
	}
}

// TestGoodSecrets: webhooktest's secrets are accepted, and other forms that providers
// issue or people choose.
func TestGoodSecrets(t *testing.T) {
	more := map[string][]string{
		"slack":    {secret, strings.Repeat("0123", 8), strings.Repeat("aB3c", 30)},
		"stripe":   {"whsec_" + strings.Repeat("f0e1", 16), "whsec_" + strings.Repeat("aB3c", 8)},
		"shopify":  {strings.Repeat("0a1b", 8), strings.Repeat("0a1b", 16), "shpss_" + strings.Repeat("0a1b", 8)},
		"standard": {key("whsec_", 'k', 24), key("whsec_", 'k', 64)},
		"github": {
			"It's a Secret to Everybody", "hello, world, this is it", `"begins with a quote`, "it ends with one'", "correct,horse,battery,staple",
			"{curly but no JSON}", "100% of the secret$", "$ix characters and more", "<not a tag> at all", "ünïcödé ist erlaubt", "a/b+c==d/e+f==g=",
			"x1y2x1y2x1y2x1y2", "0123456789abcdef0123456789abcdef01234567", "ab:cd:ef:01:23:45:67", "A_CONSTANT_OF_MINE", "x=1 and y=2 and z=3", "[in brackets] it is",
		},
		"hmac": {
			"whsec_adopted_by_acme", "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", "\n\x80\xff345678901234567", strings.Repeat("\xff\"\xfe\"\xfd", 8),
			"v1,whsec_of_another_sort",
		},
	}
	for kind, make := range constructors {
		for _, secret := range append(more[kind], good[kind]) {
			if _, err := make(secret); err != nil {
				t.Errorf("%s, %q: %v", kind, secret, err)
			}
		}
	}
}

// TestMistakenSecretsAreRefused by all constructors.
func TestMistakenSecretsAreRefused(t *testing.T) {
	for kind := range constructors {
		s := good[kind]
		for want, secrets := range map[string][]string{
			"white space": {s + "\n", s + "\r\n", "\t" + s, s + " ", "\u00a0" + s, "\ufeff" + s, s + "\u200b", "\n" + s + "\n"},
			"a line end":  {s[:9] + "\n" + s[9:], s + "\r\n" + s, s[:9] + "\u2028" + s[9:], s[:9] + "\u200b" + s[9:], s[:9] + "\t" + s[9:]},
			"in quotes":   {`"` + s + `"`, `'` + s + `'`, "`" + s + "`", "“" + s + "”", `\"` + s + `\"`, `""`, `'` + s + "," + s + `'`},
			"is JSON": {
				`{"secret":"` + s + `"}`, `{ "SLACK_SECRET" : "` + s + `" }`, `["` + s + `"]`, `{"secret":"` + s, `{'secret': '` + s + `'}`, `{\"secret\":\"` + s + `\"}`, `[1,2,3,4,5,6,7,8,9]`, "{}",
			},
			"PEM": {"-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEA -----END PUBLIC KEY-----"},
			"reference": {
				"arn:aws:secretsmanager:us-east-1:123456789012:secret:slack-AbCdEf", "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/slack", "{{resolve:secretsmanager:slack:SecretString:secret}}",
				"{{ .Values.slack.secret }}", "${SLACK_SECRET}", "$(cat /run/secrets/slack)", "$SLACK_SIGNING_SECRET", "%SLACK_SIGNING_SECRET%", "<your-signing-secret>", "resolve:ssm:/slack/secret",
				"op://vault/slack/secret", "vault://secret/data/slack", "https://hooks.slack.com/services/T0/B0/x", "!Ref SlackSigningSecret", "process.env.SLACK_SECRET", "[object Object]", "ssm:/prod/slack/secret", "/prod/slack/signing-secret", "/my-app/prod/webhook_secret",
			},
			"name of a variable": {"SLACK_SIGNING_SECRET", "STRIPE_WEBHOOK_SECRET", "GITHUB_SECRET_KEY"},
			"an assignment":      {"SLACK_SIGNING_SECRET=" + s, "export STRIPE_WEBHOOK_SECRET=" + s},
			"a list":             {s + "," + s, s + ", " + s, s + ";" + s, s + "," + s + "," + s, s + ","},
			"an API key": {
				"sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "rk_live_4eC39HqLyjWDarjtT1zdp7dc", "pk_test_TYooMQauvdEDq54NiTphI7jx",
				"xoxb-1234567890-abcdefghij", "xoxp-1234567890-abcdefghij", "xapp-1-A0123456789-1234567890", "xoxe.xoxp-1-abcdefghijklm",
				"ghp_16C7e42F292c6912E7710c838347Ae178B4a", "github_pat_11ABCDEFG0123456789", "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
				"shpat_0123456789abcdef0123456789abcdef", "shpca_0123456789abcdef0123456789abcdef", "AKIAIOSFODNN7EXAMPLE", "glpat-0123456789abcdefghij", "Bearer 0123456789abcdef0123456789abcdef",
			},
		} {
			for _, secret := range secrets {
				refusesSecret(t, kind, secret, want, true)
			}
		}
	}
}

// TestSecretsOfOthersAreRefused, as far as they can be told apart.
func TestSecretsOfOthersAreRefused(t *testing.T) {
	private, public := keyPair('1')
	for kind, others := range map[string]map[string]string{
		"slack":    {good["stripe"]: "is a secret of Stripe or", good["shopify"]: "is a secret of Shopify", public: "is a secret of Standard Webhooks"},
		"stripe":   {good["shopify"]: "is a secret of Shopify", public: "is a secret of Standard", private: "is a secret of Standard"},
		"github":   {good["stripe"]: "is a secret of Stripe or", good["shopify"]: "is a secret of Shopify", private: "is a secret of Standard"},
		"shopify":  {good["stripe"]: "is a secret of Stripe or", public: "is a secret of Standard"},
		"standard": {good["slack"]: "does not begin with whsec_", good["shopify"]: "does not begin with whsec_", good["github"]: "does not begin with whsec_"},
	} {
		for secret, want := range others {
			refusesSecret(t, kind, secret, want, true)
		}
	}
}

// TestSecretsThatNoProviderIssues are for tests only.
func TestSecretsThatNoProviderIssues(t *testing.T) {
	short := strings.Repeat("xyz1", 8)[1:]
	for kind, secrets := range map[string]map[string]string{
		"slack":    {short: "31 characters, want at least 32", "secret": "6 characters", secret[:31] + "-": "letters and digits", "T0123456789/B0123456789": "letters and digits", "x,y": "has a comma"},
		"stripe":   {secret: "does not begin with whsec_", "whsec_" + short: "31 characters", "whsec_": "0 characters", "whsec_" + short + "=": "letters and digits", "whsec_" + short + "/": "letters and digits", "we_1JxY2zAbCdEf": "does not begin"},
		"shopify":  {short: "31 characters", "shpss_" + short: "31 characters", "steffi": "6 characters", secret + "!": "letters and digits"},
		"github":   {"fifteen letters": "15 characters, want at least 16", "x": "1 characters"},
		"hmac":     {"fifteen letters": "15 characters, want at least 16", "\x00\x01\x02": "3 characters"},
		"standard": {key("whsec_", 'k', 23): "has 23 bytes", key("whsec_", 'k', 1): "has 1 bytes"},
	} {
		for secret, want := range secrets {
			refusesSecret(t, kind, secret, want, false)
		}
	}
	refusesSecret(t, "standard", "whsec_", "has 0 bytes", true)
	refusesSecret(t, "standard", strings.TrimRight(webhooktest.StandardSecret, "="), "is not base64", true)
	refusesSecret(t, "standard", webhooktest.StandardSecret+"=", "is not base64", true)
}

// FuzzSecrets: any text is a secret or is refused by an error that does not show it.
func FuzzSecrets(f *testing.F) {
	for _, secret := range []string{"", "{", "[\"", "%%", "<>", "$", "=", "whsec_", "whpk_AAAA", "\xff", "a,b", "\\\"\\\"", "arn:", "x://y", secret} {
		f.Add(secret, false)
	}
	f.Fuzz(func(t *testing.T, secret string, weak bool) {
		for kind, make := range constructors {
			_, err := make(good[kind], func(o *webhook.Options) { o.Secrets, o.AllowWeakSecrets = []string{secret}, weak })
			if err != nil && len(secret) > 20 && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows it: %v", kind, err)
			}
			if err == nil && (strings.TrimSpace(secret) == "" || !weak && len(secret) < 16) {
				t.Errorf("%s: %q was accepted", kind, secret)
			}
		}
	})
}
