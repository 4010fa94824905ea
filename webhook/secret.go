package webhook

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/secrettext"
)

// secretForm is what is known of the secrets that a provider issues.
type secretForm struct {
	issuer   string   // for errors
	prefixes []string // each secret begins with one of them; nil: not known
	min      int      // characters after the prefix
	plain    bool     // letters and digits only, after the prefix
	binary   bool     // may be bytes instead of text
}

// minChosen is the least number of characters of a secret that people choose: 64 bits, if
// they are random hexadecimal digits.
const minChosen = 16

var (
	// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
	slackSecret = secretForm{issuer: "Slack", min: 32, plain: true}

	// Sources: https://docs.stripe.com/webhooks/signature, and 32 to 64 letters and digits in
	// SonarSource's rule S6718
	stripeSecret = secretForm{issuer: "Stripe", prefixes: []string{"whsec_"}, min: 32, plain: true}

	// Before 2020 there was no prefix.
	//
	// Source: https://shopify.dev/changelog/app-secret-key-length-has-increased
	shopifySecret = secretForm{issuer: "Shopify", prefixes: []string{"shpss_", ""}, min: 32, plain: true}

	githubSecret   = secretForm{issuer: "GitHub", min: minChosen} // chosen by its user
	hmacSecret     = secretForm{min: minChosen, binary: true}
	standardSecret = secretForm{} // parsing checks more
)

// keys returns what parse makes of the secret and of those in rotation. Its errors
// name a secret by its place, never by its text.
func keys[K any](constructor, secret string, o Options, form secretForm, parse func(string) (K, error)) ([]K, error) {
	secrets := append([]string{secret}, o.Secrets...)
	out := make([]K, len(secrets))
	for i, s := range secrets {
		err := form.check(s, o.AllowWeakSecrets)
		if err == nil {
			out[i], err = parse(s)
		}
		if err != nil {
			return nil, fmt.Errorf("webhook: %s: secret %d of %d %w", constructor, i+1, len(secrets), err)
		}
	}
	return out, nil
}

// check refuses what cannot be a secret of this form.
func (f secretForm) check(secret string, weak bool) error {
	if strings.TrimSpace(secret) == "" {
		return errors.New("is empty")
	}
	if f.binary && !secrettext.IsText(secret) {
		if secrettext.IsUTF16(secret) {
			return errors.New("is text in UTF-16: want UTF-8")
		}
		return f.checkLength(secret, weak)
	}
	if what := secrettext.Mistake(secret); what != "" {
		return errors.New(what)
	}
	if owner := ownerOf(secret); owner != "" && !f.isOwn(secret) {
		return errors.New("is a secret of " + owner)
	}
	if weak {
		return nil
	}
	return f.checkIssued(secret)
}

// isOwn reports whether a secret with a known prefix is one of this form's. A scheme may
// have adopted another's prefix.
func (f secretForm) isOwn(secret string) bool {
	return f.issuer == "" || slices.ContainsFunc(f.prefixes, func(p string) bool { return p != "" && strings.HasPrefix(secret, p) })
}

// checkIssued refuses what the provider does not issue.
func (f secretForm) checkIssued(secret string) error {
	rest, ok := f.cutPrefix(secret)
	switch {
	case !ok:
		return fmt.Errorf("does not begin with %s, as each of %s does", f.prefixes[0], f.issuer)
	case f.plain && strings.Contains(rest, ","):
		return errors.New("has a comma: put further secrets into Options.Secrets, one each")
	case f.plain && strings.ContainsFunc(rest, isNotPlain):
		return fmt.Errorf("has a character that %s uses in no secret: want letters and digits", f.issuer)
	}
	return f.checkLength(rest, false)
}

func (f secretForm) cutPrefix(secret string) (string, bool) {
	for _, prefix := range f.prefixes {
		if rest, ok := strings.CutPrefix(secret, prefix); ok {
			return rest, true
		}
	}
	return secret, f.prefixes == nil
}

func (f secretForm) checkLength(secret string, weak bool) error {
	switch {
	case weak:
		return nil
	case len(secret) < f.min:
		return fmt.Errorf("is too short: it has %d characters, want at least %d", len(secret), f.min)
	case f.min > 0 && isUniform(secret):
		return errUniform
	case f.min > 0 && secrettext.Repeats(secret):
		return errors.New("was not generated: it is a word that repeats")
	}
	return nil
}

var errUniform = errors.New("was not generated: it consists of three different characters or fewer")

// isUniform reports what stands for a secret, such as a row of x, or was never set, such
// as bytes that are all zero. Of 16 random hexadecimal digits it is true about once in a
// billion times.
func isUniform(secret string) bool {
	var seen [256]bool
	different := 0
	for i := range len(secret) {
		if !seen[secret[i]] {
			seen[secret[i]], different = true, different+1
		}
	}
	return different < 4
}

func isNotPlain(c rune) bool {
	return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// ownerOf returns whose signing secret a text is, by its prefix, or "".
func ownerOf(secret string) string {
	switch prefix, _, _ := strings.Cut(secret, "_"); prefix {
	case "shpss":
		return "Shopify"
	case "whpk", "whsk":
		return "Standard Webhooks"
	case "whsec":
		return "Stripe or Standard Webhooks"
	}
	return ""
}
