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

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

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

// TestSlackPublishedVector uses the request and signature that Slack publishes.
//
// Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
func TestSlackPublishedVector(t *testing.T) {
	const (
		body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
			"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
			"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
			"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
		signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	)
	if got := signed(newSlack(t), now, body).Get("X-Slack-Signature"); got != signature {
		t.Errorf("Sign made %s, Slack publishes %s", got, signature)
	}
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
		d.Attempt != 2 || d.Reason != "http_timeout" || string(d.Body) != event {
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

func TestSlackTolerance(t *testing.T) {
	s := newSlack(t)
	for off, want := range map[time.Duration]error{
		-5 * time.Minute: nil, 5 * time.Minute: nil,
		-5*time.Minute - time.Second: webhook.ErrTimestamp, 5*time.Minute + time.Second: webhook.ErrTimestamp,
		365 * 24 * time.Hour: webhook.ErrTimestamp,
	} {
		if _, err := s.Verify(signed(s, now.Add(off), event), []byte(event)); !errors.Is(err, want) {
			t.Errorf("signed %v off: got %v, want %v", off, err, want)
		}
	}
}

func TestSlackRotation(t *testing.T) {
	signer, err := webhook.NewSlack("the next secret")
	if err != nil {
		t.Fatal(err)
	}
	s := newSlack(t, func(o *webhook.Options) { o.Secrets = []string{"another", "the next secret"} })
	if _, err := s.Verify(signed(signer, now, event), []byte(event)); err != nil {
		t.Errorf("the second secret: %v", err)
	}
	if _, err := s.Verify(signed(s, now, event), []byte(event)); err != nil {
		t.Errorf("the first secret: %v", err)
	}
	if _, err := newSlack(t).Verify(signed(signer, now, event), []byte(event)); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("a secret that was not given: %v", err)
	}
}

func TestSlackRefuses(t *testing.T) {
	s := newSlack(t)
	set := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	good := signed(s, now, event).Get("X-Slack-Signature")
	tests := map[string]func(http.Header){
		"no signature":           set("X-Slack-Signature"),
		"an empty signature":     set("X-Slack-Signature", ""),
		"only the version":       set("X-Slack-Signature", "v0="),
		"another version":        set("X-Slack-Signature", "v1="+good[3:]),
		"no version":             set("X-Slack-Signature", good[3:]),
		"upper case":             set("X-Slack-Signature", strings.ToUpper(good)),
		"a truncated one":        set("X-Slack-Signature", good[:len(good)-1]),
		"a longer one":           set("X-Slack-Signature", good+"0"),
		"two signatures":         set("X-Slack-Signature", good, good),
		"no time stamp":          set("X-Slack-Request-Timestamp"),
		"a word as time stamp":   set("X-Slack-Request-Timestamp", "now"),
		"another time stamp":     set("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix()+1, 10)),
		"the same with a plus":   set("X-Slack-Request-Timestamp", "+"+strconv.FormatInt(now.Unix(), 10)),
		"two time stamps":        set("X-Slack-Request-Timestamp", strconv.FormatInt(now.Unix(), 10), "0"),
		"a time stamp too large": set("X-Slack-Request-Timestamp", "99999999999999999999"),
		"the largest time stamp": set("X-Slack-Request-Timestamp", "9223372036854775807"),
		"the lowest time stamp":  set("X-Slack-Request-Timestamp", "-9223372036854775808"),
	}
	for name, change := range tests {
		h := signed(s, now, event)
		change(h)
		_, err := s.Verify(h, []byte(event))
		if !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("%s: got %v, want ErrSignature", name, err)
		} else if leaks(err, good) {
			t.Errorf("%s: the error gives a secret away: %v", name, err)
		}
	}
}

func leaks(err error, signature string) bool {
	text := err.Error()
	return strings.Contains(text, signature[3:20]) || strings.Contains(text, secret) || strings.Contains(text, "app_mention")
}

func TestSlackRefusesEveryBitFlip(t *testing.T) {
	s := newSlack(t)
	h := signed(s, now, event)
	for i := range len(event) * 8 {
		body := []byte(event)
		body[i/8] ^= 1 << (i % 8)
		if _, err := s.Verify(h, body); !errors.Is(err, webhook.ErrSignature) {
			t.Fatalf("bit %d of the body flipped: %v", i, err)
		}
	}
	good := h.Get("X-Slack-Signature")
	for i := range len(good) * 8 {
		signature := []byte(good)
		signature[i/8] ^= 1 << (i % 8)
		h.Set("X-Slack-Signature", string(signature))
		if _, err := s.Verify(h, []byte(event)); !errors.Is(err, webhook.ErrSignature) {
			t.Fatalf("bit %d of the signature flipped: %v", i, err)
		}
	}
}

func TestSlackMalformed(t *testing.T) {
	s := newSlack(t)
	h := s.Handle(unwanted(t))
	for _, body := range []string{``, `null`, `[]`, `"x"`, `{`, `{}`, `{"type":1}`, `{"type":"event_callback"}`, `{"type":"event_callback","event_id":" "}`, `a=b`, `a=b&payload=%zz`, `payload={`, `payload={}&payload={}`} {
		if r := invoke(t, h, request(s, body)); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: answered %d, want 400", body, r.StatusCode)
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

func TestOptionsAreChecked(t *testing.T) {
	for name, opt := range map[string]func(*webhook.Options){
		"an empty secret in rotation": func(o *webhook.Options) { o.Secrets = []string{"x", ""} },
		"no tolerance":                func(o *webhook.Options) { o.Tolerance = 0 },
		"no body":                     func(o *webhook.Options) { o.MaxBody = -1 },
		"no clock":                    func(o *webhook.Options) { o.Now = nil },
		"no logger":                   func(o *webhook.Options) { o.Logger = nil },
	} {
		if _, err := webhook.NewSlack(secret, opt); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, empty := range []string{"", " ", "\n"} {
		if _, err := webhook.NewSlack(empty); err == nil {
			t.Errorf("the secret %q was accepted", empty)
		}
	}
}

func FuzzSlackSignVerify(f *testing.F) {
	f.Add(event, int64(0), "", byte(0))
	f.Add(`{"type":"x"}`, int64(299), "X-Slack-Signature", byte(3))
	s := newSlack(f)
	f.Fuzz(func(t *testing.T, body string, off int64, name string, flip byte) {
		h := signed(s, now.Add(time.Duration(off%600)*time.Second), body)
		if _, err := s.Verify(h, []byte(body)); (off%600 <= 300 && off%600 >= -300) == errors.Is(err, webhook.ErrSignature) {
			t.Fatalf("%d s off: %v", off%600, err)
		}
		if flip == 0 || len(body) == 0 {
			return
		}
		changed := []byte(body)
		changed[len(changed)/2] ^= flip
		if _, err := s.Verify(h, changed); !errors.Is(err, webhook.ErrSignature) {
			t.Fatalf("a changed body: %v", err)
		}
	})
}
