package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// standardHeaders are the names of the three headers.
type standardHeaders struct{ id, timestamp, signature string }

var (
	standardNames = standardHeaders{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}

	// Source: https://docs.svix.com/receiving/verifying-payloads/how-manual
	svixNames = standardHeaders{"Svix-Id", "Svix-Timestamp", "Svix-Signature"}
)

// namesIn returns the names that a request uses: the specification's, or Svix's where
// one of the specification's is missing.
func namesIn(header http.Header) standardHeaders {
	n := standardNames
	if first(header, n.id) != "" && first(header, n.timestamp) != "" && first(header, n.signature) != "" {
		return n
	}
	for _, name := range []string{svixNames.id, svixNames.timestamp, svixNames.signature} {
		if first(header, name) != "" {
			return svixNames
		}
	}
	return n
}

var standardContent = &content{head: []part{idPart, ".", timestampPart, "."}, stops: "."}

// NewStandard returns a verifier for webhooks that follow Standard Webhooks. Secret is
// a shared secret (whsec_… of 24 bytes or more, signatures v1), the sender's public
// key (whpk_…, signatures v1a) or, to sign, the sender's secret key (whsk_…). One valid
// signature is enough. More than 16 are refused, and more than 8 of v1a; with several
// asymmetric keys, more than 8 divided by their number, or 2. Options.Secrets may be of
// other kinds than secret.
//
// Svix names the headers svix-id, svix-timestamp and svix-signature. They count where one of
// webhook-id, webhook-timestamp and webhook-signature is missing; the two sets never mix.
//
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func NewStandard(secret string, opts ...func(*Options)) (*Verifier, error) {
	o := newOptions("NewStandard", true, defaultMaxBody, opts)
	ks, err := keys("NewStandard", secret, o, standardSecret, func(text string) (standardKey, error) { return parseStandardKey(text, o.AllowWeakSecrets) })
	if err != nil {
		return nil, err
	}
	s := standard{named: "standard", clock: o.clock(), keys: ks}
	for _, k := range ks {
		if _, ok := k.(asymmetric); ok {
			s.asymmetric++
		}
	}
	return o.verifier(s), nil
}

type standard struct {
	named
	clock
	keys       []standardKey
	asymmetric int // how many of keys
}

func (s standard) verify(header http.Header, body []byte) (d Delivery, err error) {
	what, names := signed{body: body}, namesIn(header)
	if what.id, err = standardContent.id(header, names.id); err != nil {
		return d, err
	}
	if what.timestamp, err = single(header, names.timestamp); err != nil {
		return d, err
	}
	signatures, err := single(header, names.signature)
	if err != nil {
		return d, err
	}
	if d.Time, err = s.timely(names.timestamp, what.timestamp); err != nil {
		return d, err
	}
	if err := s.checkCost(names.signature, signatures); err != nil {
		return d, err
	}
	if !s.matches(what, signatures) {
		return d, mismatch(names.signature)
	}
	d.id = what.id
	return d, nil
}

// maxVerifications bounds what a forged request costs where keys are asymmetric: each
// signature takes a hash of the whole body for each key. A sender sends two signatures
// while it rotates its keys, and a receiver has two keys while it follows.
const maxVerifications = 8

// checkCost refuses more signatures than a sender sends.
func (s standard) checkCost(header, signatures string) error {
	limit, what := maxSignatures, "signatures"
	n := strings.Count(signatures, " ") + 1
	if a := strings.Count(" "+signatures, " "+asymmetricPrefix); n <= limit && s.asymmetric > 0 {
		n, limit, what = a, max(2, maxVerifications/s.asymmetric), "v1a signatures"
	}
	if n > limit {
		return refusedHeader(ReasonMalformed, header, fmt.Sprintf("%s has more than %d %s", header, limit, what))
	}
	return nil
}

// matches reports whether one of several signatures, separated by spaces, is valid.
func (s standard) matches(what signed, signatures string) bool {
	if s.asymmetric > 0 && strings.Contains(signatures, asymmetricPrefix) {
		what.whole = standardContent.message(what)
	}
	return slices.ContainsFunc(s.keys, func(k standardKey) bool { return k.matches(what, signatures) })
}

// sign uses Svix's names when the ID has Svix's name.
func (s standard) sign(header http.Header, at time.Time, body []byte) error {
	names := standardNames
	if first(header, names.id) == "" && first(header, svixNames.id) != "" {
		names = svixNames
	}
	id, err := standardContent.id(header, names.id)
	if err != nil {
		return err
	}
	what := signed{id: id, timestamp: strconv.FormatInt(at.Unix(), 10), body: body}
	signature, err := s.keys[0].sign(what)
	if err != nil {
		return err
	}
	header.Set(names.timestamp, what.timestamp)
	header.Set(names.signature, signature)
	return nil
}

// describe reads the type that the specification recommends. The ID is in a header,
// and the body need not be JSON.
func (s standard) describe(d Delivery) Delivery {
	d.eventType = membersOf(d.Body).text("type")
	return d
}

// standardKey is a shared secret or a key pair.
type standardKey interface {
	// matches reports whether the key has made one of the signatures, which are separated
	// by spaces. What.whole is the
	// whole message where there is a signature of an asymmetric key.
	matches(what signed, signatures string) bool

	sign(what signed) (string, error)
}

func parseStandardKey(text string, weak bool) (standardKey, error) {
	prefix, encoded, _ := strings.Cut(text, "_")
	switch prefix {
	case "whsec":
		return parseSymmetric(encoded, weak)
	case "whpk":
		return parsePublic(encoded)
	case "whsk":
		return parsePrivate(encoded, weak)
	}
	return nil, errors.New("does not begin with whsec_, whpk_ or whsk_")
}
