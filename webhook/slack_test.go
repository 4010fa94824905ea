package webhook_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// secret has the form of Slack's, and is long enough for all.
const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// stripeSecret has the form of Stripe's.
const stripeSecret = "whsec_" + secret

var now = time.Unix(1531420618, 0).UTC()

func newSlack(t testing.TB, opts ...func(*webhook.Options)) *webhook.Verifier {
	t.Helper()
	at := func(o *webhook.Options) { o.Now = func() time.Time { return now } }
	s, err := webhook.NewSlack(secret, append([]func(*webhook.Options){at}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const event = `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"hi"}}`

func signed(s *webhook.Verifier, at time.Time, body string) http.Header {
	h := http.Header{}
	if err := s.Sign(h, at, []byte(body)); err != nil {
		panic(err)
	}
	return h
}

func TestSlackDelivery(t *testing.T) {
	s := newSlack(t)
	h := signed(s, now, event)
	h.Set("X-Slack-Retry-Num", "2")
	h.Set("X-Slack-Retry-Reason", "http_timeout")
	d, err := s.Verify(h, []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	if d.Provider != "slack" || d.ID() != "Ev1" || d.Type() != "app_mention" || !d.Time.Equal(now) ||
		d.Unsigned.Attempt != 2 || d.Unsigned.Reason != "http_timeout" || string(d.Body) != event {
		t.Errorf("got %+v", d)
	}
	var callback struct{ Event struct{ Text string } }
	if err := d.Decode(&callback); err != nil || callback.Event.Text != "hi" {
		t.Errorf("decoded %+v, %v", callback, err)
	}
	if err := d.Decode(new(int)); !errors.Is(err, webhook.ErrMalformed) || strings.Contains(err.Error(), "hi") {
		t.Errorf("decoding into an int: %v", err)
	}
}

// TestSlackOddRetryNumbers: the header is not signed.
func TestSlackOddRetryNumbers(t *testing.T) {
	s := newSlack(t)
	h := signed(s, now, event)
	for _, number := range []string{"-5", "99999999999999999999", "-99999999999999999999", "x", ""} {
		h.Set("X-Slack-Retry-Num", number)
		if d, err := s.Verify(h, []byte(event)); err != nil || d.Unsigned.Attempt != 0 {
			t.Errorf("%q: attempt %d, %v", number, d.Unsigned.Attempt, err)
		}
	}
}

// TestSlackRefuses has the cases that only Slack has; TestRefuses has the others.
func TestSlackRefuses(t *testing.T) {
	s := newSlack(t)
	set := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	seconds := strconv.FormatInt(now.Unix(), 10)
	good := signed(s, now, event).Get("X-Slack-Signature")
	for name, change := range map[string]func(http.Header){
		"another version":      set("X-Slack-Signature", "v1="+good[3:]),
		"no timestamp":         set("X-Slack-Request-Timestamp"),
		"two timestamps":       set("X-Slack-Request-Timestamp", seconds, seconds),
		"another, and the one": set("X-Slack-Request-Timestamp", "0", seconds),
	} {
		h := signed(s, now, event)
		change(h)
		if _, err := s.Verify(h, []byte(event)); !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("%s: got %v, want ErrSignature", name, err)
		}
	}
}

func TestSlackTooLargeIsNotHashed(t *testing.T) {
	s := newSlack(t, func(o *webhook.Options) { o.MaxBody = len(event) })
	if _, err := s.Verify(signed(s, now, event), []byte(event)); err != nil {
		t.Errorf("a body of the limit: %v", err)
	}
	if _, err := s.Verify(http.Header{}, []byte(event+" ")); !errors.Is(err, webhook.ErrTooLarge) {
		t.Errorf("a body over the limit without a signature: %v, want ErrTooLarge", err)
	}
}
