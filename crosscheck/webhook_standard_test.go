package crosscheck_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"math/big"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

const (
	standardHeader = "Webhook-Signature"
	standardID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
)

func standardHeaders(timestamp, signature string) http.Header {
	return headers("Webhook-Id", standardID, "Webhook-Timestamp", timestamp, standardHeader, signature)
}

func symmetricPeer(t *testing.T) *peer {
	library := must[*standard.Webhook](t)(standard.NewWebhook(whsec))
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewStandard(whsec)),
		signature: standardHeader, prefix: "v1,", timed: true,
		signed: func(timestamp string, body []byte) http.Header {
			return standardHeaders(timestamp, symmetricSignature(standardID, timestamp, body))
		},
		sign: func(at time.Time, body []byte) http.Header {
			return standardHeaders(strconv.FormatInt(at.Unix(), 10), must[string](t)(library.Sign(standardID, at, body)))
		},
		library: func(h http.Header, body []byte) error { return library.Verify(body, h) },
		documented: standardDocumented(func(id, timestamp string, body []byte, given string) bool {
			return given == symmetricSignature(id, timestamp, body)
		}),
		own: standardMutations,
		stricter: standardStricter(map[string]string{
			"time: another spelling":         "the library signs the number, not the text: a sign or leading zeros go through",
			"time: another spelling, signed": "only the sender could sign it, in a spelling that the specification has not",
			"signature: joined by a comma":   "the library passes over what follows a second comma; a signature in base64 has none",
			"list: other separators":         "as joined by a comma",
		}),
	}
}

func symmetricSignature(id, timestamp string, body []byte) string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(whsec, "whsec_"))
	return "v1," + base64.StdEncoding.EncodeToString(macOf(string(key), []byte(id+"."+timestamp+"."), body))
}

// asymmetricPeer has no library: the released one knows v1 only.
func asymmetricPeer(t *testing.T) *peer {
	private := ed25519.NewKeyFromSeed([]byte("TESTSIGNINGKEYDONOTUSETHISFORANY"))
	verifies := standardDocumented(func(id, timestamp string, body []byte, given string) bool {
		encoded, ok := strings.CutPrefix(given, "v1a,")
		signature, err := base64.StdEncoding.DecodeString(encoded)
		return ok && err == nil && ed25519.Verify(private.Public().(ed25519.PublicKey), slices.Concat([]byte(id+"."+timestamp+"."), body), signature)
	})
	own := map[string]mutation{"signature: another S": func(_ *rand.Rand, p *peer, q *request) {
		signature, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.get(q), "v1a,"))
		p.set(q, "v1a,"+base64.StdEncoding.EncodeToString(plusOrder(signature)))
	}}
	for kind, m := range standardMutations {
		own[kind] = m
	}
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewStandard("whsk_" + base64.StdEncoding.EncodeToString(private.Seed()))),
		signature: standardHeader, prefix: "v1a,", timed: true, costly: true,
		signed: func(timestamp string, body []byte) http.Header {
			signature := ed25519.Sign(private, slices.Concat([]byte(standardID+"."+timestamp+"."), body))
			return standardHeaders(timestamp, "v1a,"+base64.StdEncoding.EncodeToString(signature))
		},
		library:    verifies,
		documented: verifies,
		own:        own,
		stricter: standardStricter(map[string]string{
			"signature: a bit flipped":       "it may be one of the last digit's four unused bits: one signature, one spelling",
			"signature: in another encoding": "as a bit flipped",
			"signature: spaces":              "Go's base64 passes over line feeds, which no header holds",
			"list: other separators":         "as spaces",
			"time: another spelling, signed": "only the sender could sign it, in a spelling that the specification has not",
		}),
	}
}

// plusOrder adds the order of the group to a signature's S, which a verification
// that does not check its range would accept (RFC 8032, 5.1.7).
func plusOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	if len(signature) != ed25519.SignatureSize {
		return signature
	}
	s := slices.Clone(signature[32:])
	slices.Reverse(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	return append(slices.Clone(signature[:32]), sum...)
}

// standardDocumented is the verification of the specification, by a check of one
// signature.
//
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func standardDocumented(good func(id, timestamp string, body []byte, given string) bool) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		id, timestamp := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
		if err := timely(timestamp); err != nil || id == "" {
			return errWrong
		}
		for given := range strings.SplitSeq(h.Get(standardHeader), " ") {
			if good(id, timestamp, body, given) {
				return nil
			}
		}
		return errWrong
	}
}

var standardMutations = map[string]mutation{
	"id: missing": func(_ *rand.Rand, _ *peer, q *request) { q.header.Del("Webhook-Id") },
	"id: another": func(r *rand.Rand, _ *peer, q *request) {
		q.header.Set("Webhook-Id", pick(r, "", "msg_1", standardID+".", " "+standardID, strings.ToUpper(standardID), flip(r, standardID)))
	},
	"id: twice": func(r *rand.Rand, _ *peer, q *request) { q.header.Add("Webhook-Id", pick(r, standardID, "msg_1")) },
	"time: twice": func(_ *rand.Rand, _ *peer, q *request) {
		q.header.Add("Webhook-Timestamp", strconv.FormatInt(q.at, 10))
	},
	"time: missing": func(_ *rand.Rand, _ *peer, q *request) { q.header.Del("Webhook-Timestamp") },
	"id, time and body: another boundary": func(_ *rand.Rand, _ *peer, q *request) {
		q.header.Set("Webhook-Id", standardID+"."+strconv.FormatInt(q.at, 10))
		before, after, _ := strings.Cut(string(q.body), ".")
		q.header.Set("Webhook-Timestamp", before)
		q.body = []byte(after)
	},
	"list: more signatures": func(r *rand.Rand, p *peer, q *request) {
		more := pick(r, "v1,", "v1a,", "v1,AAAA", "v1a,AAAA", "v2,AAAA", "v1", ",", "", "v1a,"+strings.Repeat("A", 86)+"==")
		p.set(q, pick(r, p.get(q)+" "+more, more+" "+p.get(q)))
	},
	"list: far more signatures": func(r *rand.Rand, p *peer, q *request) {
		p.set(q, strings.Repeat("v1,AAAA ", 10+r.IntN(20))+p.get(q))
	},
	"list: other separators": func(r *rand.Rand, p *peer, q *request) {
		p.set(q, p.get(q)+pick(r, ",", ", ", ";", "\t", "\n", "  ", ",x")+pick(r, "", "v1,AAAA", p.get(q)))
	},
}

func standardStricter(own map[string]string) map[string]string {
	all := map[string]string{
		"signature: twice":                    "the specification has one header, with a list; which of two counts is anyone's guess",
		"signature: and a wrong one":          "as twice",
		"id: twice":                           "as a signature twice",
		"time: twice":                         "as a signature twice",
		"id, time and body: another boundary": "the specification warns of a full stop in the ID: one signature is good for two splits of the text",
		"list: far more signatures":           "more than sixteen cost a forger little and us much; a sender has one for each secret in rotation",
	}
	for kind, why := range own {
		all[kind] = why
	}
	return all
}

// TestStandardWebhooksIsLax: the library takes an empty secret, with which
// everyone can sign, and one shorter than the specification allows.
func TestStandardWebhooksIsLax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body, now := []byte("{}"), time.Now()
		for name, encoded := range map[string]string{"an empty secret": "", "an empty secret with its prefix": "whsec_", "a secret of 3 bytes": "whsec_AAAA"} {
			library := must[*standard.Webhook](t)(standard.NewWebhook(encoded))
			forged := standardHeaders(strconv.FormatInt(now.Unix(), 10), must[string](t)(library.Sign(standardID, now, body)))
			lax{
				library: func() error { return library.Verify(body, forged) },
				ours:    func() error { _, err := webhook.NewStandard(encoded); return err },
			}.check(t, name)
		}
	})
}
