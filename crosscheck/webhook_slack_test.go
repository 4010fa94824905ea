package crosscheck_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

const slackTime = "X-Slack-Request-Timestamp"

func slackPeer(t *testing.T) *peer {
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewSlack(secret)),
		signature: "X-Slack-Signature", prefix: "v0=", timed: true,
		signed:     slackSigned,
		library:    slackLibrary(secret),
		documented: slackDocumented,
		own: map[string]mutation{
			"time: twice": func(r *rand.Rand, _ *peer, q *request) {
				q.header.Add(slackTime, pick(r, q.header.Get(slackTime), strconv.FormatInt(q.at+1, 10)))
			},
			"time: missing": func(_ *rand.Rand, _ *peer, q *request) { q.header.Del(slackTime) },
			"signature: another version, signed": func(r *rand.Rand, p *peer, q *request) {
				ts := strconv.FormatInt(q.at, 10)
				p.set(q, pick(r, "v0=", "v1=")+hexMAC(secret, []byte("v1:"+ts+":"), q.body))
			},
		},
		stricter: map[string]string{
			"signature: a bit flipped":       "it may be the case of a hexadecimal digit, see upper case",
			"signature: upper case":          "Slack writes lower case: one signature, one spelling",
			"signature: twice":               "Slack sends one; which of two counts is anyone's guess",
			"signature: and a wrong one":     "as twice",
			"time: twice":                    "as a signature twice",
			"time: another spelling, signed": "only Slack could sign it, and writes neither sign nor leading zeros",
		},
	}
}

func slackSigned(timestamp string, body []byte) http.Header {
	return headers(slackTime, timestamp, "X-Slack-Signature", "v0="+hexMAC(secret, []byte("v0:"+timestamp+":"), body))
}

func slackLibrary(secret string) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		v, err := slack.NewSecretsVerifier(h, secret)
		if err != nil {
			return err
		}
		if _, err := v.Write(body); err != nil {
			return err
		}
		return v.Ensure()
	}
}

// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
func slackDocumented(h http.Header, body []byte) error {
	timestamp := h.Get(slackTime)
	if err := timely(timestamp); err != nil {
		return err
	}
	if h.Get("X-Slack-Signature") != "v0="+hexMAC(secret, []byte("v0:"+timestamp+":"), body) {
		return errWrong
	}
	return nil
}

// TestSlackGoIsLax: slack-go takes a blank secret, with which everyone can sign.
func TestSlackGoIsLax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body, now := []byte("{}"), strconv.FormatInt(time.Now().Unix(), 10)
		forged := headers(slackTime, now, "X-Slack-Signature", "v0="+hexMAC(" ", []byte("v0:"+now+":"), body))
		lax{
			library: func() error { return slackLibrary(" ")(forged, body) },
			ours:    func() error { _, err := webhook.NewSlack(" "); return err },
		}.check(t, "a blank secret")
	})
}
