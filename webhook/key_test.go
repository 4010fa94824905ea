package webhook_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// keyOf returns the key of a request to an endpoint.
func keyOf(t *testing.T, made func(string, ...func(*webhook.Options)) (*webhook.Verifier, error), secret, endpoint string, r webhooktest.Request) string {
	t.Helper()
	v := must(t)(made(secret, func(o *webhook.Options) { o.Endpoint = endpoint }))
	d, err := v.Verify(r.Header, r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return d.Key()
}

// TestKeys of each provider, and that a redelivery has the same.
func TestKeys(t *testing.T) {
	scheme := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", ID: "X-Acme-Id"}
	hmac := func(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return webhook.NewHMAC(secret, scheme, opts...)
	}
	withID := scheme
	withID.Content = "{id}.{body}"
	signsID := func(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return webhook.NewHMAC(secret, withID, opts...)
	}
	given := func(o *webhooktest.Options) { o.Header = http.Header{"X-Acme-Id": {"a/b"}} }
	sum := func(body string) string { return strings.Replace(sumOf(body), ":", "~3A", 1) }
	for want, tt := range map[string]struct {
		made     func(string, ...func(*webhook.Options)) (*webhook.Verifier, error)
		secret   string
		endpoint string
		request  func() webhooktest.Request
	}{
		"slack::Ev1":                               {webhook.NewSlack, good["slack"], "", func() webhooktest.Request { return webhooktest.SlackEvent(good["slack"], "Ev1", slackMention) }},
		"slack:tenant~207:Ev1":                     {webhook.NewSlack, good["slack"], "tenant 7", func() webhooktest.Request { return webhooktest.SlackEvent(good["slack"], "Ev1", slackMention) }},
		"stripe:~3Aa:evt_1":                        {webhook.NewStripe, good["stripe"], ":a", func() webhooktest.Request { return webhooktest.Stripe(good["stripe"], "evt_1", "x", 1) }},
		"standard::msg_1":                          {webhook.NewStandard, good["standard"], "", func() webhooktest.Request { return webhooktest.Standard(good["standard"], "msg_1", 1) }},
		"github::" + sum("1") + ":72d3162e":        {webhook.NewGitHub, good["github"], "", func() webhooktest.Request { return webhooktest.GitHub(good["github"], "72d3162e", "push", 1) }},
		"shopify:shop.example:" + sum("1") + ":b5": {webhook.NewShopify, good["shopify"], "shop.example", func() webhooktest.Request { return webhooktest.Shopify(good["shopify"], "b5", "x", 1) }},
		"acme::" + sum("1") + ":a~2Fb":             {hmac, good["hmac"], "", func() webhooktest.Request { return webhooktest.HMAC(good["hmac"], scheme, 1, given) }},
		"acme::a~2Fb":                              {signsID, good["hmac"], "", func() webhooktest.Request { return webhooktest.HMAC(good["hmac"], withID, 1, given) }},
	} {
		for range 2 {
			if got := keyOf(t, tt.made, tt.secret, tt.endpoint, tt.request()); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}

var slackMention = map[string]string{"type": "app_mention"}

// TestKeysOfOthersDiffer: no sender can use up the key of another by choosing its ID.
func TestKeysOfOthersDiffer(t *testing.T) {
	event := webhooktest.Stripe(good["stripe"], "72d3162e", "x", 1)
	push := webhooktest.GitHub(good["github"], "72d3162e", "push", event.Body)
	seen := map[string]string{}
	for what, key := range map[string]string{
		"Stripe":                          keyOf(t, webhook.NewStripe, good["stripe"], "", event),
		"Stripe, tenant a":                keyOf(t, webhook.NewStripe, good["stripe"], "a", event),
		"Stripe, tenant b":                keyOf(t, webhook.NewStripe, good["stripe"], "b", event),
		"Stripe, its ID in the tenant":    keyOf(t, webhook.NewStripe, good["stripe"], ":72d3162e", event),
		"GitHub":                          keyOf(t, webhook.NewGitHub, good["github"], "", push),
		"GitHub, tenant a":                keyOf(t, webhook.NewGitHub, good["github"], "a", push),
		"GitHub, another body":            keyOf(t, webhook.NewGitHub, good["github"], "", webhooktest.GitHub(good["github"], "72d3162e", "push", 2)),
		"GitHub, another ID":              keyOf(t, webhook.NewGitHub, good["github"], "", webhooktest.GitHub(good["github"], "72d3162f", "push", event.Body)),
		"GitHub, the ID of another's key": keyOf(t, webhook.NewGitHub, good["github"], "", webhooktest.GitHub(good["github"], "stripe::72d3162e", "push", event.Body)),
		"GitHub, no ID":                   keyOf(t, webhook.NewGitHub, good["github"], "", changed(push, func(r *webhooktest.Request) { r.Header.Del("X-Github-Delivery") })),
	} {
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have the key %s", what, other, key)
		}
		seen[key] = what
	}
}

// TestKeysFit a job ID, a DynamoDB sort key and a path, whatever the sender chooses.
func TestKeysFit(t *testing.T) {
	for _, id := range []string{
		strings.Repeat("x", 240), strings.Repeat("x", 241), strings.Repeat("/", 80), strings.Repeat("/", 81), strings.Repeat("x", 6<<20), strings.Repeat("é", 5000),
		"\xff\xfe", "\x00", "a b", "../..", "~", "~~", "%2F", "?#&=+", "ünï", "a\nb",
	} {
		d := webhook.Delivery{Provider: id, Endpoint: id, Unsigned: webhook.Unsigned{ID: id}}.WithID(id, "")
		key := d.Key()
		if len(key) > 1000 || strings.ContainsFunc(key, func(c rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:", c)
		}) {
			t.Errorf("%.20q: %d bytes, %.200q", id, len(key), key)
		}
		for _, other := range []string{id + "x", id[1:], strings.ToUpper(id) + "~", key} {
			d.Unsigned.ID = other
			if other != id && d.Key() == key {
				t.Errorf("%.20q and %.20q have the same key", id, other)
			}
		}
	}
	if 1000 > jobstore.MaxIDBytes {
		t.Error("a key may be longer than a job ID")
	}
}

// FuzzKey: two deliveries have the same key only if they have the same parts.
func FuzzKey(f *testing.F) {
	f.Add("slack", "", "Ev1", "", "slack", "Ev1", "", "")
	f.Add("a", "b", "c", "d", "a", "b", "c:d", "")
	f.Add("a", ":", "c", "", "a", "~3A", "c", "")
	f.Add("a", "~", "c", "", "a", "~~", "c", "")
	f.Add("a", "b", "c", "D", "a", "b", "c", "d")
	f.Add("a", " b", "c", "", "a", "b", "c", "")
	f.Add("a", "\x0fF", "c", "", "a", "\xff", "c", "")
	long := strings.Repeat("long", 100)
	sum := sha256.Sum256([]byte(long))
	f.Add("a", long+"1", long, "", "a", long+"2", long, "")
	f.Add(long, long, long, long, long, hex.EncodeToString(sum[:]), long, long)
	f.Add("a", long, "c", "", "a", "~~"+hex.EncodeToString(sum[:]), "c", "")
	f.Fuzz(func(t *testing.T, p1, e1, i1, u1, p2, e2, i2, u2 string) {
		make := func(p, e, i, u string) string {
			return webhook.Delivery{Provider: p, Endpoint: e, Unsigned: webhook.Unsigned{ID: u}}.WithID("x"+i, "").Key()
		}
		same := p1 == p2 && e1 == e2 && i1 == i2 && u1 == u2
		if a, b := make(p1, e1, i1, u1), make(p2, e2, i2, u2); (a == b) != same || len(a) > 1000 {
			t.Errorf("%q %q %q %q: %s\n%q %q %q %q: %s", p1, e1, i1, u1, a, p2, e2, i2, u2, b)
		}
	})
}

// TestEndpointOfNewFunc: its own, or that of the verifier that it has called.
func TestEndpointOfNewFunc(t *testing.T) {
	inner := newSlack(t, func(o *webhook.Options) { o.Endpoint = "inner" })
	for own, key := range map[string]string{"": "two~-slack:inner:Ev1", "outer": "two~-slack:outer~-inner:Ev1"} {
		v := webhook.NewFunc("two", inner.Verify, func(o *webhook.FuncOptions) { o.Endpoint = own })
		d, err := v.Verify(signed(inner, now, event), []byte(event))
		if want := cmp.Or(own, "inner"); err != nil || d.Key() != key || d.Endpoint != want {
			t.Errorf("got %s, %s, %v; want %s, %s", d.Endpoint, d.Key(), err, want, key)
		}
	}
}

// TestKeysOfVerifiersInNewFunc: of the senders for whom one function verifies, none takes another's
// IDs, whatever is named alike.
func TestKeysOfVerifiersInNewFunc(t *testing.T) {
	long := strings.Repeat("x", 240)
	seen := map[string]string{}
	for _, provider := range []string{"stripe", "acme", "front", long, long + "x"} {
		for _, tenant := range []string{"", "a", "b", "front", long} {
			inner := func(http.Header, []byte) (webhook.Delivery, error) {
				return webhook.Delivery{Provider: provider, Endpoint: tenant}.WithID("evt_1", ""), nil
			}
			named := webhook.NewFunc(provider, func(http.Header, []byte) (webhook.Delivery, error) { // as another verifier returns it
				return webhook.Delivery{}.WithID("evt_1", ""), nil
			}, func(o *webhook.FuncOptions) { o.Endpoint = tenant })
			for what, v := range map[string]*webhook.Verifier{
				"alone":     named,
				"in one":    webhook.NewFunc("front", named.Verify),
				"in own":    webhook.NewFunc("own", named.Verify, func(o *webhook.FuncOptions) { o.Endpoint = "front" }),
				"in two":    webhook.NewFunc("two", webhook.NewFunc("front", named.Verify, func(o *webhook.FuncOptions) { o.Endpoint = "a" }).Verify, func(o *webhook.FuncOptions) { o.Endpoint = "b" }),
				"by hand":   webhook.NewFunc("hand", inner),
				"in a long": webhook.NewFunc(long, named.Verify),
			} {
				d, err := v.Verify(http.Header{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				what = fmt.Sprintf("%.9s of %.9s%d %.9s%d", what, provider, len(provider), tenant, len(tenant))
				if other, ok := seen[d.Key()]; ok || len(d.Key()) > 1000 {
					t.Errorf("%s and %s have the key %s", what, other, d.Key())
				}
				seen[d.Key()] = what
			}
		}
	}
}
