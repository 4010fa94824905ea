package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	slackTimestamp = "X-Slack-Request-Timestamp"
	slackSignature = "X-Slack-Signature"
	slackVersion   = "v0"
)

// Slack verifies requests of Slack's Events API. Make one with [NewSlack].
//
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
type Slack struct {
	secrets []string
	opts    Options
}

// NewSlack returns a verifier with the signing secret of a Slack app. It refuses
// an empty secret.
func NewSlack(secret string, opts ...func(*Options)) (*Slack, error) {
	o, secrets, err := options(secret, opts)
	if err != nil {
		return nil, err
	}
	return &Slack{secrets: secrets, opts: o}, nil
}

// Verify implements [Verifier].
func (s *Slack) Verify(header http.Header, body []byte) (Delivery, error) {
	if len(body) > s.opts.MaxBody {
		return Delivery{}, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, len(body), s.opts.MaxBody)
	}
	at, err := s.authentic(header, body)
	if err != nil {
		return Delivery{}, err
	}
	return slackDelivery(header, at, body)
}

// authentic returns the time that a rightly signed request was signed at.
func (s *Slack) authentic(header http.Header, body []byte) (time.Time, error) {
	timestamp, err := single(header, slackTimestamp)
	if err != nil {
		return time.Time{}, err
	}
	signature, err := single(header, slackSignature)
	if err != nil {
		return time.Time{}, err
	}
	at, err := s.opts.timely(timestamp)
	if err != nil {
		return time.Time{}, err
	}
	for _, secret := range s.secrets {
		if hmac.Equal([]byte(slackSign(secret, timestamp, body)), []byte(signature)) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: %s does not match", ErrSignature, slackSignature)
}

// single returns the one value of a header.
func single(header http.Header, name string) (string, error) {
	if n := len(header.Values(name)); n != 1 {
		return "", fmt.Errorf("%w: %d values of %s, want 1", ErrSignature, n, name)
	}
	return header.Get(name), nil
}

// timely parses seconds since 1970 and checks that they are near now.
func (o *Options) timely(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: the time stamp is no number of seconds", ErrSignature)
	}
	at := time.Unix(n, 0).UTC()
	if off := o.Now().Sub(at); off.Abs() > o.Tolerance {
		return at, fmt.Errorf("%w: %w: it is off by %v, the tolerance is %v", ErrSignature, ErrTimestamp, off.Round(time.Second), o.Tolerance)
	}
	return at, nil
}

// slackSign returns the signature of body.
func slackSign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(slackVersion + ":" + timestamp + ":"))
	mac.Write(body)
	return slackVersion + "=" + hex.EncodeToString(mac.Sum(nil))
}

// Sign adds the headers of a request that Slack signs at that time, for tests
// and local runs.
func (s *Slack) Sign(header http.Header, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	header.Set(slackTimestamp, timestamp)
	header.Set(slackSignature, slackSign(s.secrets[0], timestamp, body))
}

// slackBody is what is read of an Events API request.
type slackBody struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	EventID   string `json:"event_id"`
	Event     struct {
		Type string `json:"type"`
	} `json:"event"`
}

func slackDelivery(header http.Header, at time.Time, body []byte) (Delivery, error) {
	var b slackBody
	if err := json.Unmarshal(body, &b); err != nil || b.Type == "" {
		return Delivery{}, fmt.Errorf("%w: want a JSON object with a type; commands and interactions, sent as forms, are not supported", ErrMalformed)
	}
	d := Delivery{Provider: "slack", ID: b.EventID, Type: b.Type, Time: at, Reason: header.Get("X-Slack-Retry-Reason"), Body: body}
	if b.Event.Type != "" {
		d.Type = b.Event.Type
	}
	d.Attempt, _ = strconv.Atoi(header.Get("X-Slack-Retry-Num"))
	if strings.TrimSpace(d.ID) == "" && b.Type == "event_callback" {
		return Delivery{}, fmt.Errorf("%w: an event_callback without event_id", ErrMalformed)
	}
	return d, nil
}

// Handle returns a handler that verifies requests and hands deliveries to fn,
// see [Handle]. It answers Slack's URL verification itself.
//
// Source: https://docs.slack.dev/reference/events/url_verification
func (s *Slack) Handle(fn func(context.Context, Delivery) error) *Handler {
	h := Handle(s, fn)
	h.logger, h.maxBody, h.challenge = s.opts.Logger, s.opts.MaxBody, slackChallenge
	return h
}

// slackChallenge answers a URL verification.
func slackChallenge(d Delivery) (any, bool) {
	if d.Type != "url_verification" {
		return nil, false
	}
	var b slackBody
	_ = json.Unmarshal(d.Body, &b) // it decoded before
	return map[string]string{"challenge": b.Challenge}, true
}
