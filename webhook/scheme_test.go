package webhook_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func accepts(http.Header, []byte) (webhook.Delivery, error) { return webhook.Delivery{}, nil }

// TestSchemeContent makes signatures without the package, over the template with its
// placeholders filled in.
func TestSchemeContent(t *testing.T) {
	hashes := map[string]func() hash.Hash{"": sha256.New, "SHA-1": sha1.New, "SHA-512": sha512.New}
	for _, content := range []string{
		"", "{body}", "{timestamp}.{body}", "{id}.{timestamp}.{body}", "v0:{timestamp}:{body}", "a{timestamp}b{id}c{body}", "a{id}b{timestamp}c{body}", "{body}.{timestamp}:{id}", "a{id}e{id}b{body}c{timestamp}d{timestamp}",
		"{{body}}", "{Body}{body}{x}", "{timestamp{id}}{body}", "%s{body}\n",
	} {
		for name, h := range hashes {
			for _, encoding := range []webhook.Encoding{webhook.Hex, webhook.Base64} {
				s := webhook.Scheme{Provider: "acme", Signature: "x-acme-SIGNATURE", Prefix: "p=", Encoding: encoding, Content: content}
				if name != "" {
					s.Hash = h
				}
				if strings.Contains(content, "{timestamp}") {
					s.Timestamp = "x-acme-time"
				}
				if strings.Contains(content, "{id}") {
					s.ID = "x-acme-id"
				}
				whole := strings.NewReplacer("{timestamp}", "1531420618", "{id}", "7").Replace(content)
				whole = strings.Replace(whole, "{body}", "{id} {body}", 1) // the body's own are not filled in
				if content == "" {
					whole = "{id} {body}"
				}
				mac := sum(h, secret, whole)
				want := "p=" + hex.EncodeToString(mac)
				if encoding == webhook.Base64 {
					want = "p=" + encoded(mac)
				}
				v := must(t)(webhook.NewHMAC(secret, s, clock(now)))
				header := http.Header{"X-Acme-Id": {"7"}}
				if err := v.Sign(header, now, []byte("{id} {body}")); err != nil || header.Get("X-Acme-Signature") != want {
					t.Errorf("%q, %s: signed %v, %v; want %s", content, name, header, err, want)
				}
				if d, err := v.Verify(header, []byte("{id} {body}")); err != nil || d.Time.IsZero() != (s.Timestamp == "") {
					t.Errorf("%q, %s: %v, %v", content, name, d, err)
				}
			}
		}
	}
}

func TestSchemeDelivery(t *testing.T) {
	s := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", ID: "X-Acme-Id", Type: "x-acme-type"}
	v := must(t)(webhook.NewHMAC(secret, s))
	h := signed(v, now, "body")
	h["X-Acme-Id"], h["X-Acme-Type"] = []string{"1", "2"}, []string{"made", "x"}
	d, err := v.Verify(h, []byte("body"))
	if err != nil || d.Provider != "acme" || d.Unsigned.ID != "1" || d.ID() != sumOf("body") || d.Unsigned.Type != "made" || d.Type() != "" || !d.Time.IsZero() {
		t.Errorf("got %+v, %s, %s, %v", d, d.ID(), d.Type(), err)
	}
	s.ID, s.Type = "", ""
	bare := must(t)(webhook.NewHMAC(secret, s))
	h[""] = []string{"no"}
	if d, err := bare.Verify(h, []byte("body")); err != nil || d.ID() != "sha256:"+hex.EncodeToString(sha256Of("body")) || d.Type() != "" {
		t.Errorf("got %s, %s, %v", d.ID(), d.Type(), err)
	}
}

func sha256Of(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// TestSchemeIsCopied: a verifier keeps nothing that its caller may change.
func TestSchemeIsCopied(t *testing.T) {
	secrets := []string{"the second secret"}
	v := must(t)(webhook.NewGitHub("the first secret", func(o *webhook.Options) { o.Secrets = secrets }))
	secrets[0] = "changed"
	second := must(t)(webhook.NewGitHub("the second secret"))
	if _, err := v.Verify(signedAt(t, second, now), []byte(event)); err != nil {
		t.Error(err)
	}
}

func TestNewFunc(t *testing.T) {
	failure := errors.New("no")
	v := webhook.NewFunc("mine", func(h http.Header, body []byte) (webhook.Delivery, error) {
		if h.Get("Token") != "good" {
			return webhook.Delivery{Endpoint: "never seen"}, failure
		}
		return webhook.Delivery{Unsigned: webhook.Unsigned{Reason: "why"}}.WithID(string(body), "kind"), nil
	}, func(o *webhook.FuncOptions) { o.MaxBody = 4 })
	h := http.Header{"Token": {"good"}}
	d, err := v.Verify(h, []byte("7"))
	if err != nil || d.Provider != "mine" || d.ID() != "7" || d.Type() != "kind" || d.Unsigned.Reason != "why" || string(d.Body) != "7" || d.Unsigned.Header.Get("Token") != "good" {
		t.Errorf("got %+v, %v", d, err)
	}
	if d, err := v.Verify(http.Header{}, nil); !errors.Is(err, failure) || d.Endpoint != "" {
		t.Errorf("got %+v, %v", d, err)
	}
	if _, err := v.Verify(h, []byte("12345")); !errors.Is(err, webhook.ErrTooLarge) {
		t.Errorf("a body over the limit: %v", err)
	}
	if err := v.Sign(h, now, nil); err == nil || !strings.Contains(err.Error(), "mine cannot sign") {
		t.Errorf("signing: %v", err)
	}
}
