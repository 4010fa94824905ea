package crosscheck_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/google/go-github/v93/github"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

const githubHeader = "X-Hub-Signature-256"

func githubPeer(t *testing.T) *peer {
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewGitHub(secret)),
		signature: githubHeader, prefix: "sha256=",
		signed:     githubSigned,
		library:    githubLibrary([]byte(secret)),
		documented: githubDocumented,
		own: map[string]mutation{
			"signature: another hash": func(r *rand.Rand, p *peer, q *request) {
				p.set(q, pick(r, githubMAC("sha1=", sha1.New, q.body), githubMAC("sha512=", sha512.New, q.body), githubMAC("sha256=", sha1.New, q.body)))
			},
			"signature: in the old header": func(r *rand.Rand, p *peer, q *request) {
				q.header.Set("X-Hub-Signature", pick(r, p.get(q), githubMAC("sha1=", sha1.New, q.body)))
				p.set(q)
			},
			"signature: beside the old header": func(r *rand.Rand, p *peer, q *request) {
				q.header.Set("X-Hub-Signature", pick(r, "sha1=00", githubMAC("sha1=", sha1.New, q.body)))
				p.set(q, pick(r, p.get(q), "sha256=00"))
			},
		},
		stricter: map[string]string{
			"signature: a bit flipped":     "it may be the case of a hexadecimal digit, see upper case",
			"signature: upper case":        "GitHub writes lower case: one signature, one spelling",
			"signature: twice":             "GitHub sends one; which of two counts is anyone's guess",
			"signature: and a wrong one":   "as twice",
			"signature: another hash":      "go-github takes SHA-1 and SHA-512 in the header of SHA-256",
			"signature: in the old header": "GitHub sends the SHA-1 of X-Hub-Signature for old receivers only, and SHA-256 beside it",
		},
	}
}

func githubSigned(_ string, body []byte) http.Header {
	return headers(githubHeader, "sha256="+hexMAC(secret, body), "X-GitHub-Delivery", "1", "X-GitHub-Event", "push")
}

func githubMAC(prefix string, h func() hash.Hash, body []byte) string {
	mac := hmac.New(h, []byte(secret))
	mac.Write(body)
	return prefix + hex.EncodeToString(mac.Sum(nil))
}

// githubLibrary gives the library the type of content that it insists on. We do
// not look at it, as it is not signed.
func githubLibrary(secret []byte) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		r, err := http.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header = h.Clone()
		r.Header.Set("Content-Type", "application/json")
		_, err = github.ValidatePayload(r, secret)
		return err
	}
}

// Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
func githubDocumented(h http.Header, body []byte) error {
	if h.Get(githubHeader) != "sha256="+hexMAC(secret, body) {
		return errWrong
	}
	return nil
}

// TestGoGitHubIsLax: go-github takes anything without a secret, and SHA-1.
func TestGoGitHubIsLax(t *testing.T) {
	body := []byte(`{"zen":"x"}`)
	ours := must[*webhook.Verifier](t)(webhook.NewGitHub(secret))
	verify := func(h http.Header) func() error {
		return func() error { _, err := ours.Verify(h, body); return err }
	}
	library := func(secret []byte, h http.Header) func() error {
		return func() error { return githubLibrary(secret)(h, body) }
	}
	empty := func() error { _, err := webhook.NewGitHub(""); return err }
	forged := headers(githubHeader, "sha256="+hexMAC("", body))
	inSHA256 := headers(githubHeader, githubMAC("sha1=", sha1.New, body))
	old := headers("X-Hub-Signature", githubMAC("sha1=", sha1.New, body))
	other := headers(githubHeader, githubMAC("sha512=", sha512.New, body))
	for name, l := range map[string]lax{
		"no secret, no signature":                      {library(nil, http.Header{}), empty},
		"an empty secret, no signature":                {library([]byte{}, http.Header{}), empty},
		"an empty secret, signed by whoever":           {library([]byte{}, forged), empty},
		"SHA-1 in the header of SHA-256":               {library([]byte(secret), inSHA256), verify(inSHA256)},
		"SHA-1 in the old header, and no other":        {library([]byte(secret), old), verify(old)},
		"SHA-512, which GitHub does not send":          {library([]byte(secret), other), verify(other)},
		"no signature at all, with our verifier there": {library(nil, http.Header{}), verify(http.Header{})},
	} {
		l.check(t, name)
	}
}
