package webhook

import (
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
// No two sets of them have the same key. A sender can therefore not suppress the
// deliveries of another, nor can one who sends a captured body of GitHub or Shopify again
// suppress another body, by giving it that body's ID.
//
// A key has at most 1,000 bytes and only letters, digits and the characters -._~:, so
// that it fits a DynamoDB key, a job ID and a path. A longer part is hashed.
func (d Delivery) Key() string {
	d = d.described()
	key := escape(d.Provider) + ":" + escape(d.Endpoint) + ":" + escape(d.id)
	if d.Unsigned.ID != "" {
		key += ":" + escape(d.Unsigned.ID)
	}
	return key
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
