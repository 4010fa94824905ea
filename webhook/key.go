package webhook

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Key identifies the delivery among those of all providers and endpoints, and is the same
// when it is delivered again. Use it as an idempotency key, such as the ID of a job. It
// consists of the provider, Options.Endpoint and the ID, and of Unsigned.ID if there is
// one:
//
//	slack::Ev08MFMKH6
//	stripe:tenant-7:evt_1NG8Du2eZvKYlo2CUI79vXWy
//	github::sha256~3A9f86d0…:72d3162e-cc78-11e3-81ab-4c9367dc0958
//
// No two sets of them have the same key, but for verifiers of your own, see below. A sender can therefore not suppress the
// deliveries of another, nor can one who sends a captured body of GitHub or Shopify again
// suppress another body, by giving it that body's ID.
//
// Where the function of [NewFunc] has called another verifier, the provider and endpoint of both
// are in it, so that the senders for whom one function verifies cannot take each other's IDs:
//
//	front~-stripe:tenant-7:evt_1NG8Du2eZvKYlo2CUI79vXWy
//
// It is the same whether NewFunc or the verifier in it has the endpoint: do not give two tenants
// one name so.
//
// A key has at most 1,000 bytes and only letters, digits and the characters -._~:, so
// that it fits a DynamoDB key, a job ID and a path. A longer part is hashed.
func (d Delivery) Key() string {
	d = d.described()
	key := nested(d.Provider, d.inner.provider) + ":" + nested(d.Endpoint, d.inner.endpoint) + ":" + escape(d.id)
	if d.Unsigned.ID != "" {
		key += ":" + escape(d.Unsigned.ID)
	}
	return key
}

// names are those of the verifiers that the function of NewFunc has called, as they stand in a key.
type names struct{ provider, endpoint string }

// within names a delivery for a verifier. Names that it has are of a verifier that the function
// of NewFunc has called.
func (d *Delivery) within(v *Verifier) {
	if d.Provider != "" {
		d.inner.provider = nested(d.Provider, d.inner.provider)
	}
	if d.Endpoint != "" && v.endpoint != "" {
		d.inner.endpoint = nested(d.Endpoint, d.inner.endpoint)
	}
	d.Provider, d.Endpoint = v.provider.name(), cmp.Or(v.endpoint, d.Endpoint)
}

// nested is a name as a part of a key, with what is nested in it, which is one already.
func nested(name, inner string) string {
	if inner == "" {
		return escape(name)
	}
	both := escape(name) + "~-" + inner // a tilde and a dash never come of escaping
	if len(both) <= maxPart {
		return both
	}
	sum := sha256.Sum256([]byte(both))
	return "~-" + hex.EncodeToString(sum[:])
}

// maxPart keeps four parts and three colons under 1,000 bytes.
const maxPart = 240

// escape returns a part of a key. No two texts have the same.
func escape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text) && b.Len() <= maxPart; i++ {
		if c := text[i]; isNotPlain(rune(c)) && !strings.ContainsRune("-._", rune(c)) {
			fmt.Fprintf(&b, "~%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() <= maxPart {
		return b.String()
	}
	sum := sha256.Sum256([]byte(text))
	return "~~" + hex.EncodeToString(sum[:]) // two tildes never come of escaping
}
