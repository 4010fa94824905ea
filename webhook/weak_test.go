package webhook_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// curve is edwards25519, for points as they are written in RFC 8032.
type curve struct{ p, d *big.Int }

func newCurve() curve {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	return curve{p, d.Mul(d, big.NewInt(-121665)).Mod(d, p)}
}

func (c curve) mul(a, b *big.Int) *big.Int { x := new(big.Int).Mul(a, b); return x.Mod(x, c.p) }

// x returns a solution of the curve's equation for y, or nil.
func (c curve) x(y *big.Int) *big.Int {
	yy, one := c.mul(y, y), big.NewInt(1)
	v := c.mul(c.d, yy)
	v.Add(v, one).ModInverse(v, c.p)
	return new(big.Int).ModSqrt(c.mul(new(big.Int).Sub(yy, one), v), c.p)
}

// double returns the double of a point.
func (c curve) double(x, y *big.Int) (*big.Int, *big.Int) {
	xx, yy, xy, one := c.mul(x, x), c.mul(y, y), c.mul(x, y), big.NewInt(1)
	dxxyy := c.mul(c.d, c.mul(xx, yy))
	low, high := new(big.Int).Sub(one, dxxyy), new(big.Int).Add(one, dxxyy)
	low.Mod(low, c.p).ModInverse(low, c.p)
	high.Mod(high, c.p).ModInverse(high, c.p)
	return c.mul(new(big.Int).Add(xy, xy), high), c.mul(new(big.Int).Add(yy, xx), low)
}

// encodings returns each way to write a y: both signs of x, and above the field's order.
func (c curve) encodings(y *big.Int) (all [][]byte) {
	for n := new(big.Int).Set(y); n.BitLen() <= 255; n.Add(n, c.p) {
		b := n.FillBytes(make([]byte, 32))
		slices.Reverse(b)
		signed := slices.Clone(b)
		signed[31] |= 0x80
		all = append(all, b, signed)
	}
	return all
}

// lowOrderKeys returns all encodings of the points whose order divides 8.
func (c curve) lowOrderKeys() (keys [][]byte) {
	one := big.NewInt(1)
	candidates := []*big.Int{big.NewInt(0), one, new(big.Int).Sub(c.p, one)}
	// A point of order 8 doubles to one with y = 0, so that x² = -y². With the curve's
	// equation, 2y² = 1 - dy⁴.
	root := new(big.Int).ModSqrt(new(big.Int).Mod(new(big.Int).Add(one, c.d), c.p), c.p)
	for _, sign := range []*big.Int{root, new(big.Int).Sub(c.p, root)} {
		z := c.mul(new(big.Int).Sub(sign, one), new(big.Int).ModInverse(c.d, c.p))
		if y := new(big.Int).ModSqrt(z, c.p); y != nil {
			candidates = append(candidates, y, new(big.Int).Sub(c.p, y))
		}
	}
	for _, y := range candidates {
		keys = append(keys, c.encodings(y)...)
	}
	return keys
}

// TestLowOrderKeysAreRefused: all of them, computed here. With each, someone without any
// key has signed a body for crypto/ed25519.
func TestLowOrderKeysAreRefused(t *testing.T) {
	c, forged, orders := newCurve(), 0, map[int]bool{}
	keys := c.lowOrderKeys()
	for _, k := range keys {
		le := slices.Clone(k)
		le[31] &= 0x7f
		slices.Reverse(le)
		y := new(big.Int).Mod(new(big.Int).SetBytes(le), c.p)
		x, order := c.x(y), 1
		if x == nil {
			t.Fatalf("%x is not on the curve", k)
		}
		for py := y; x.Sign() != 0 || py.Cmp(big.NewInt(1)) != 0; order *= 2 {
			if order > 8 {
				t.Fatalf("%x has a higher order", k)
			}
			x, py = c.double(x, py)
		}
		orders[order] = true
		for _, weak := range []bool{false, true} {
			_, err := webhook.NewStandard("whpk_"+encoded(k), func(o *webhook.Options) { o.AllowWeakSecrets = weak })
			if err == nil || !strings.Contains(err.Error(), "secret 1 of 1 is a public key of low order") {
				t.Errorf("%x: got %v", k, err)
			}
		}
		forged += forgeries(k)
	}
	if len(keys) != 14 || len(orders) != 4 || forged == 0 {
		t.Errorf("%d encodings of orders %v, %d forgeries", len(keys), orders, forged)
	}
}

// forgeries counts the messages that a signature of zeros, made by anyone, is good for.
func forgeries(key []byte) (n int) {
	for i := range 16 {
		for _, r := range [][]byte{count(0, 32), append([]byte{1}, make([]byte, 31)...)} {
			if ed25519.Verify(key, []byte{byte(i)}, append(slices.Clone(r), make([]byte, 32)...)) {
				n++
			}
		}
	}
	return n
}

// TestOddPublicKeysAreRefused: they verify nothing, or are a second way to write a key.
func TestOddPublicKeysAreRefused(t *testing.T) {
	c := newCurve()
	for y := int64(2); y < 19; y++ { // those below 19 can be written with p added
		x := c.x(big.NewInt(y))
		for i, k := range c.encodings(big.NewInt(y)) {
			_, err := webhook.NewStandard("whpk_" + encoded(k))
			want := "is not a public key"
			switch {
			case i >= 2:
				want = "is not the canonical form"
			case x != nil:
				want = ""
			}
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("y = %d, form %d: got %v, want %q", y, i, err, want)
			}
		}
	}
	for i := range byte(64) {
		k := ed25519.NewKeyFromSeed(count(i, 32)).Public().(ed25519.PublicKey)
		if _, err := webhook.NewStandard("whpk_" + encoded(k)); err != nil {
			t.Errorf("a good key: %v", err)
		}
	}
}

// TestUniformSecretsAreRefused: no one has generated them.
func TestUniformSecretsAreRefused(t *testing.T) {
	row := strings.Repeat("x", 40)
	for kind, secrets := range map[string][]string{
		"slack": {row, strings.Repeat("0", 32), strings.Repeat("abc", 20)}, "stripe": {"whsec_" + row, "whsec_" + strings.Repeat("X", 32)},
		"github": {row, strings.Repeat("-", 20), "changemechangeme", strings.Repeat("abcd", 8)}, "shopify": {row, "shpss_" + row}, "hmac": {row, "undefinedundefined", strings.Repeat("Unset", 8), strings.Repeat("\x00", 32), strings.Repeat("\x00\xff", 32)},
		"standard": {"whsec_" + encoded(make([]byte, 32)), "whsk_" + encoded(make([]byte, 32)), "whsk_" + encoded(ed25519.NewKeyFromSeed(make([]byte, 32)))},
	} {
		for _, secret := range secrets {
			refusesSecret(t, kind, secret, "was not generated", false)
		}
	}
}

// TestIDsEndWhereTheyShould: a signature over an ID, a time and a body is good for no
// other split of the same text. The library of Standard Webhooks accepts these.
//
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
func TestIDsEndWhereTheyShould(t *testing.T) {
	scheme := webhook.Scheme{
		Provider: "acme", Signature: "X-Acme-Signature", Timestamp: "X-Acme-Time", ID: "X-Acme-Id",
		Content: "{id}.{timestamp}.{body}",
	}
	acme := must(t)(webhook.NewHMAC(secret, scheme, clock(now)))
	scheme.Content = "{body}|{timestamp}|{id}"
	behind := must(t)(webhook.NewHMAC(secret, scheme, clock(now)))
	mac := func(text string) []byte {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	for _, signed := range []string{"msg_1.1531420618.1531420618.x", "a.b.1531420618.x", ".1531420618.x", "a..1531420618.x"} {
		for i := range len(signed) {
			id, rest, ok := cutAt(signed, i, ".1531420618.")
			if !ok {
				continue
			}
			for name, h := range map[string]http.Header{
				"acme":     {"X-Acme-Id": {id}, "X-Acme-Time": {"1531420618"}, "X-Acme-Signature": {hex.EncodeToString(mac(signed))}},
				"standard": {"Webhook-Id": {id}, "Webhook-Timestamp": {"1531420618"}, "Webhook-Signature": {"v1," + encoded(mac(signed))}},
			} {
				v := map[string]*webhook.Verifier{"acme": acme, "standard": verifiers(t)["standard"]}[name]
				_, err := v.Verify(h, []byte(rest))
				if want := id != "" && !strings.Contains(id, "."); (err == nil) != want {
					t.Errorf("%s, %s with the ID %q: %v", name, signed, id, err)
				}
				if refused, _ := errors.AsType[*webhook.RefusedError](err); strings.Contains(id, ".") && (refused == nil || refused.Reason != webhook.ReasonMalformed) {
					t.Errorf("%s, the ID %q: %v", name, id, err)
				}
			}
		}
	}
	h := http.Header{"X-Acme-Id": {"a|b"}}
	if err := behind.Sign(h, now, []byte("x")); err == nil || !strings.Contains(err.Error(), `"|"`) || strings.Contains(err.Error(), "a|b") {
		t.Errorf("signing an ID with a separator: %v", err)
	}
	h.Set("X-Acme-Id", "a.b")
	if err := behind.Sign(h, now, []byte("x|1531420618|y")); err != nil {
		t.Error(err)
	} else if d, err := behind.Verify(h, []byte("x|1531420618|y")); err != nil || d.ID() != "a.b" {
		t.Errorf("got %v, %v", d, err)
	}
}

// cutAt splits text at a separator that begins at i.
func cutAt(text string, i int, separator string) (before, after string, ok bool) {
	after, ok = strings.CutPrefix(text[i:], separator)
	return text[:i], after, ok
}
