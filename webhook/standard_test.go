package webhook_test

import (
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func encoded(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// standardPair returns a verifier for v1 and one for v1a, and the signature of each.
func standardPair(t *testing.T) (v1, v1a *webhook.Verifier, mac, signature string) {
	v1, v1a = verifiers(t)["standard"], verifiers(t)["v1a"]
	return v1, v1a, signedAt(t, v1, now).Get("Webhook-Signature"), signedAt(t, v1a, now).Get("Webhook-Signature")
}

func TestStandardSignatureList(t *testing.T) {
	v1, v1a, mac, signature := standardPair(t)
	wrong, wrongA := "v1,"+encoded(make([]byte, 32)), "v1a,"+encoded(make([]byte, 64))
	for value, want := range map[string][2]bool{ // by v1, by v1a
		mac: {true, false}, signature: {false, true},
		mac + " " + signature: {true, true}, signature + " " + mac: {true, true},
		wrong + " " + wrongA + " " + mac + " " + signature: {true, true},
		wrong + " " + wrongA: {}, "v2," + mac[3:]: {}, "v2,x v1 v1a v1, v1a, " + mac + " " + signature: {true, true},
		" " + mac + " ": {true, false}, mac + "  " + wrong: {true, false},
		mac + "," + wrong: {}, mac + ",": {}, mac + "\t" + wrong: {}, mac + ";" + signature: {false, false},
		"v1," + signature[4:]: {}, "v1a," + mac[3:]: {}, "V1," + mac[3:]: {}, "V1A," + signature[4:]: {},
		"v1" + mac[3:]: {}, mac[3:]: {}, signature[4:]: {}, "v1,v1," + mac[3:]: {}, "v1a,v1a," + signature[4:]: {},
	} {
		for i, v := range []*webhook.Verifier{v1, v1a} {
			h := signedAt(t, v, now)
			h.Set("Webhook-Signature", value)
			if _, err := v.Verify(h, []byte(event)); (err == nil) != want[i] {
				t.Errorf("%q by %v: got %v", value, []string{"v1", "v1a"}[i], err)
			}
		}
	}
}

// TestStandardSignaturesAreCapped at 16, in any order; those of v1a at 8, for one key.
func TestStandardSignaturesAreCapped(t *testing.T) {
	v1, v1a, mac, signature := standardPair(t)
	for good, v := range map[string]*webhook.Verifier{mac: v1, signature: v1a} {
		scheme, _, _ := strings.Cut(good, ",")
		limit := map[string]int{"v1": 16, "v1a": 8}[scheme]
		others := strings.Repeat(" "+scheme+",AAAA", limit-1)
		h := signedAt(t, v, now)
		for _, value := range []string{good + others, others[1:] + " " + good} {
			h.Set("Webhook-Signature", value)
			if _, err := v.Verify(h, []byte(event)); err != nil {
				t.Errorf("%d signatures: %v", limit, err)
			}
			for _, more := range []string{value + " " + scheme + ",AAAA", strings.Repeat("v9,x ", 17-limit) + value, value + strings.Repeat(" ", 17-limit)} {
				h.Set("Webhook-Signature", more)
				refuses(t, v, "one more", h, webhook.ErrSignature)
			}
		}
	}
}

// TestStandardV1aTakesOneSpelling: Ed25519 signatures are decoded, and each must have
// exactly one spelling.
func TestStandardV1aTakesOneSpelling(t *testing.T) {
	_, v, _, good := standardPair(t)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	signature, err := base64.StdEncoding.DecodeString(good[4:])
	if err != nil {
		t.Fatal(err)
	}
	end := len(good) - 3
	for name, value := range map[string]string{
		"no padding":            strings.TrimRight(good, "="),
		"half the padding":      good[:len(good)-1],
		"more padding":          good + "=",
		"stray bits":            good[:end] + string(alphabet[strings.IndexByte(alphabet, good[end])|1]) + "==",
		"a line feed":           good[:40] + "\n" + good[40:],
		"a line feed at last":   good + "\n",
		"a carriage return":     good[:4] + "\r" + good[4:],
		"no padding, two feeds": strings.TrimRight(good, "=") + "\n\n",
		"the alphabet of URLs":  "v1a," + strings.NewReplacer("+", "-", "/", "_").Replace(good[4:]),
		"a byte less":           "v1a," + encoded(signature[:63]),
		"a byte more":           "v1a," + encoded(append(slices.Clone(signature), 0)),
		"S above the order":     "v1a," + encoded(plusOrder(signature)),
	} {
		h := signedAt(t, v, now)
		if value == good {
			t.Errorf("%s: nothing is changed", name)
		}
		h.Set("Webhook-Signature", value)
		refuses(t, v, name, h, webhook.ErrSignature)
	}
}

// plusOrder adds the order of the group to S. A verifier that does not check the range
// of S would accept it as the same signature (RFC 8032, 5.1.7).
func plusOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	s := slices.Clone(signature[32:])
	slices.Reverse(s)
	s = new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	slices.Reverse(s)
	return append(slices.Clone(signature[:32]), s...)
}

// TestStandardKinds: a public key verifies and cannot sign.
func TestStandardKinds(t *testing.T) {
	private, public := keyPair('1')
	signer, checker := must(t)(webhook.NewStandard(private, clock(now))), must(t)(webhook.NewStandard(public, clock(now)))
	if _, err := checker.Verify(signedAt(t, signer, now), []byte(event)); err != nil {
		t.Errorf("the public key: %v", err)
	}
	h := ids()
	if err := checker.Sign(h, now, []byte(event)); err == nil || strings.Contains(err.Error(), public) || len(h) != len(ids()) {
		t.Errorf("signing with a public key: %v, %v", err, h)
	}
}

func TestStandardDelivery(t *testing.T) {
	for _, kind := range []string{"standard", "v1a"} {
		v := verifiers(t)[kind]
		const body = `{"type":"invoice.paid","data":{}}`
		h := ids()
		if err := v.Sign(h, now, []byte(body)); err != nil {
			t.Fatal(err)
		}
		d, err := v.Verify(h, []byte(body))
		if err != nil || d.Provider != "standard" || d.ID() != "msg_1" || d.Type() != "invoice.paid" || !d.Time.Equal(now) {
			t.Errorf("got %+v, %s, %s, %v", d, d.ID(), d.Type(), err)
		}
		h = signedAt(t, v, now)
		if err := v.Sign(h, now, []byte("text")); err != nil {
			t.Fatal(err)
		}
		if d, err := v.Verify(h, []byte("text")); err != nil || d.ID() != "msg_1" || d.Type() != "" {
			t.Errorf("a body that is no JSON: %v, %s, %s", err, d.ID(), d.Type())
		}
	}
}
