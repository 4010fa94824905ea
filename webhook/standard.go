package webhook

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	standardID        = "Webhook-Id"
	standardTimestamp = "Webhook-Timestamp"
	standardSignature = "Webhook-Signature"
)

var standardContent = &content{head: []part{idPart, ".", timestampPart, "."}}

// NewStandard returns a verifier for webhooks that follow Standard Webhooks. Secret is
// a shared secret (whsec_… of 24 bytes or more, signatures v1), the sender's public
// key (whpk_…, signatures v1a) or, to sign, the sender's secret key (whsk_…). One valid
// signature is enough; more than 16 are refused. Options.Secrets may be of other kinds
// than secret.
//
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func NewStandard(secret string, opts ...func(*Options)) (*Verifier, error) {
	o := newOptions("NewStandard", true, opts)
	ks, err := keys("NewStandard", secret, o, parseStandardKey)
	if err != nil {
		return nil, err
	}
	return o.verifier(standard{named: "standard", clock: o.clock(), keys: ks}), nil
}

type standard struct {
	named
	clock
	keys []standardKey
}

func (s standard) verify(header http.Header, body []byte) (d Delivery, err error) {
	what := signed{body: body}
	if what.id, err = single(header, standardID); err != nil {
		return d, err
	}
	if what.timestamp, err = single(header, standardTimestamp); err != nil {
		return d, err
	}
	signatures, err := single(header, standardSignature)
	if err != nil {
		return d, err
	}
	if d.Time, err = s.timely(what.timestamp); err != nil {
		return d, err
	}
	if !s.matches(what, signatures) {
		return d, mismatch(standardSignature)
	}
	d.id = what.id
	return d, nil
}

// matches reports whether one of several signatures, separated by spaces, is valid.
func (s standard) matches(what signed, signatures string) bool {
	var room [4]string
	list := room[:0]
	for signature := range strings.SplitSeq(signatures, " ") {
		if list = append(list, signature); len(list) > maxSignatures {
			return false
		}
	}
	for _, k := range s.keys {
		if k.matches(what, list) {
			return true
		}
	}
	return false
}

func (s standard) sign(header http.Header, at time.Time, body []byte) error {
	id, err := single(header, standardID)
	if err != nil {
		return err
	}
	what := signed{id: id, timestamp: strconv.FormatInt(at.Unix(), 10), body: body}
	signature, err := s.keys[0].sign(what)
	if err != nil {
		return err
	}
	header.Set(standardTimestamp, what.timestamp)
	header.Set(standardSignature, signature)
	return nil
}

// describe reads the type that the specification recommends. The ID is in a header,
// and the body need not be JSON.
func (s standard) describe(d Delivery) (Delivery, error) {
	var event struct{ Type string }
	_ = json.Unmarshal(d.Body, &event)
	d.eventType = event.Type
	return d, nil
}

// standardKey is a shared secret or a key pair.
type standardKey interface {
	matches(what signed, signatures []string) bool
	sign(what signed) (string, error)
}

func parseStandardKey(text string) (standardKey, error) {
	prefix, encoded, _ := strings.Cut(text, "_")
	switch prefix {
	case "whsec":
		return parseSymmetric(encoded)
	case "whpk":
		return parsePublic(encoded)
	case "whsk":
		return parsePrivate(encoded)
	}
	return nil, errors.New("does not begin with whsec_, whpk_ or whsk_")
}
