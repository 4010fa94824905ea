package webhook

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const stripeSignature = "Stripe-Signature"

var stripeContent = &content{head: []part{timestampPart, "."}}

// NewStripe returns a verifier for Stripe's webhooks. Secret is the endpoint's
// signing secret (whsec_…). One valid v1 signature is enough, because Stripe sends
// several while a secret is rolled. More than 16 are refused; signatures of other
// schemes are ignored.
//
// Source: https://docs.stripe.com/webhooks/signature
func NewStripe(secret string, opts ...func(*Options)) (*Verifier, error) {
	o := newOptions("NewStripe", true, defaultMaxBody, opts)
	ks, err := keys("NewStripe", secret, o, stripeSecret, func(secret string) (*key, error) { return newKey([]byte(secret), sha256.New), nil })
	if err != nil {
		return nil, err
	}
	return o.verifier(stripe{named: "stripe", clock: o.clock(), keys: ks}), nil
}

type stripe struct {
	named
	clock
	keys []*key
}

func (s stripe) verify(header http.Header, body []byte) (d Delivery, err error) {
	value, err := single(header, stripeSignature)
	if err != nil {
		return d, err
	}
	var room [4]string
	timestamp, signatures, err := parseStripe(value, room[:0])
	if err != nil {
		return d, err
	}
	if d.Time, err = s.timely(stripeSignature, timestamp); err != nil {
		return d, err
	}
	if !matches(s.keys, Hex, stripeContent, signed{timestamp: timestamp, body: body}, signatures...) {
		return d, mismatch(stripeSignature)
	}
	return d, nil
}

// parseStripe reads t=…,v1=…[,v1=…] and appends the v1 signatures. Elements of
// other schemes are skipped, but must be pairs too.
func parseStripe(value string, signatures []string) (timestamp string, _ []string, err error) {
	for element := range strings.SplitSeq(value, ",") {
		name, v, ok := strings.Cut(element, "=")
		switch {
		case !ok, strings.Contains(v, "="), name == "t" && (timestamp != "" || v == ""):
			return "", nil, malformedStripe("is malformed")
		case name == "t":
			timestamp = v
		case name == "v1" && len(signatures) == maxSignatures:
			return "", nil, malformedStripe(fmt.Sprintf("has more than %d signatures", maxSignatures))
		case name == "v1":
			signatures = append(signatures, v)
		}
	}
	if timestamp == "" || len(signatures) == 0 {
		return "", nil, malformedStripe("has no t or no v1")
	}
	return timestamp, signatures, nil
}

func malformedStripe(what string) error {
	return refusedHeader(ReasonMalformed, stripeSignature, stripeSignature+" "+what)
}

func (s stripe) sign(header http.Header, at time.Time, body []byte) error {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	value := []byte("t=" + timestamp + ",v1=")
	header.Set(stripeSignature, string(s.keys[0].append(value, Hex, stripeContent, signed{timestamp: timestamp, body: body})))
	return nil
}

// describe reads the event, a snapshot or a thin one.
//
// Sources: https://docs.stripe.com/api/events/object, https://docs.stripe.com/api/v2/core/events/object
func (s stripe) describe(d Delivery) Delivery {
	event := membersOf(d.Body)
	d.id, d.eventType = event.text("id"), event.text("type")
	return d
}
