//go:build !race

package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// This file measures times, which the race detector distorts.

// shortest returns the shortest time of several runs.
func shortest(f func()) time.Duration {
	least := time.Duration(1 << 62)
	for range 3 {
		began := time.Now()
		f()
		least = min(least, time.Since(began))
	}
	return max(least, 1)
}

func once(f func()) float64 {
	began := time.Now()
	f()
	return float64(time.Since(began))
}

// fill repeats a text up to about n bytes.
func fill(text string, n int) string { return strings.Repeat(text, n/len(text)) }

// worst are bodies of about n bytes that cost a reader most: members, nesting, escapes,
// fields and what looks like another form until its end.
var worst = map[string]func(n int) string{
	"other members":   func(n int) string { return `{` + numbered(`"%d":1,`, n) + `"type":"x"}` },
	"types":           func(n int) string { return `{` + fill(`"type":"x",`, n) + `"type":"x"}` },
	"folded types":    func(n int) string { return `{` + fill(`"Type":"x",`, n) + `"type":"x"}` },
	"a long type":     func(n int) string { return `{"type":"` + fill("x", n) + `"}` },
	"escapes":         func(n int) string { return `{"type":"` + fill(`\u0041\n`, n) + `"}` },
	"a long event_id": func(n int) string { return `{"type":"event_callback","event_id":"` + fill(`\u00e9/`, n) + `"}` },
	"inner events":    func(n int) string { return `{"type":"event_callback","event":{` + fill(`"type":"x",`, n) + `"a":1}}` },
	"arrays":          func(n int) string { return `{"a":` + fill("[", n/2) + fill("]", n/2) + `}` },
	"space":           func(n int) string { return fill(" \n", n) + `{}` },
	"backslashes":     func(n int) string { return `{"a":"` + fill(`\\`, n) + `"}` },
	"not text":        func(n int) string { return `{"type":"` + fill("\xff", n) + `"}` },
	"fields":          func(n int) string { return numbered("%d=1&", n) + "command=x" },
	"one field":       func(n int) string { return fill("a=1&", n) + "command=x" },
	"a payload":       func(n int) string { return "payload=" + fill("%7B%22a%22%3A", n) },
	"no form":         func(n int) string { return fill("x", n) + "=" },
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestReadersAreLinear: eight times the body takes about eight times as long, and not 64.
// Everything is read: the signature, what the key and the type are made of, and the body.
func TestReadersAreLinear(t *testing.T) {
	const large = 6 << 20
	for name, v := range verifiers(t, func(o *webhook.Options) { o.MaxBody = 2 * large }) {
		if name != "slack" && name != "stripe" {
			continue // the others read nothing of the body, or as Stripe's does
		}
		read := func(body string) func() {
			h := ids()
			if err := v.Sign(h, now, []byte(body)); err != nil {
				t.Fatal(err)
			}
			return func() {
				d, err := v.Verify(h, []byte(body))
				if err != nil || d.Key() == "" {
					t.Error(err)
				}
				_ = d.Decode(new(struct{ Type string }))
			}
		}
		for what, body := range worst {
			small, large := read(body(large/8)), read(body(large))
			if r := once(large) / once(small); r > 30 && ratio(small, large) > 30 && ratio(small, large) > 30 {
				t.Errorf("%s, %s: eight times the body takes %.0f times as long", name, what, r)
			}
		}
	}
}

// TestHeadersAreReadInLinearTime: many headers, and long ones.
func TestHeadersAreReadInLinearTime(t *testing.T) {
	many := func(v *webhook.Verifier) func(n int) http.Header {
		return func(n int) http.Header {
			h := http.Header{}
			for i := range n / 64 {
				h[fmt.Sprintf("x-other-%d", i)] = []string{"1"}
			}
			return h
		}
	}
	long := func(value string) func(*webhook.Verifier) func(n int) http.Header {
		return func(v *webhook.Verifier) func(n int) http.Header {
			return func(n int) http.Header {
				h := signedAt(t, v, now)
				for name := range h {
					if isSignature(name) {
						h.Set(name, h.Get(name)+fill(value, n))
					}
				}
				return h
			}
		}
	}
	for name, v := range verifiers(t) {
		for what, headers := range map[string]func(*webhook.Verifier) func(int) http.Header{
			"many": many, "spaces": long(" "), "commas": long(","), "v1": long(" v1,x"), "v1a": long(" v1a,x"), "elements": long(",v0=x"), "v1 elements": long(",v1=x"), "text": long("x"),
		} {
			verify := func(n int) func() {
				h := headers(v)(n)
				return func() {
					if _, err := v.Verify(h, []byte(event)); err != nil && !errors.Is(err, webhook.ErrSignature) {
						t.Error(err)
					}
				}
			}
			small, large := verify(1<<17), verify(1<<20)
			for tries := 3; shortest(large) > 30*max(shortest(small), 60*time.Microsecond); tries-- {
				if tries == 0 {
					t.Errorf("%s, %s: eight times the header takes %v, not %v", name, what, shortest(large), shortest(small))
					break
				}
			}
		}
	}
}

// TestBodiesAreHashedOncePerKey, not once per signature: the ratio of sixteen signatures
// to one.
func TestBodiesAreHashedOncePerKey(t *testing.T) {
	body := make([]byte, 1<<20)
	for name, list := range map[string]func(h http.Header, n int){
		"stripe": func(h http.Header, n int) {
			h.Set("Stripe-Signature", fmt.Sprintf("t=%d", now.Unix())+strings.Repeat(",v1="+strings.Repeat("0", 64), n))
		},
		"standard": func(h http.Header, n int) {
			h.Set("Webhook-Signature", strings.Repeat(" v1,"+encoded(make([]byte, 32)), n)[1:])
		},
	} {
		v := verifiers(t)[name]
		verify := func(n int) func() {
			h := signedAt(t, v, now)
			list(h, n)
			return func() {
				if _, err := v.Verify(h, body); !errors.Is(err, webhook.ErrSignature) {
					t.Error(err)
				}
			}
		}
		if r := min(ratio(verify(1), verify(16)), ratio(verify(1), verify(16))); r > 4 {
			t.Errorf("%s: sixteen signatures cost %.1f times as much as one", name, r)
		}
	}
}

// ratio returns how many times as long as the first the second takes, by the shortest of
// several runs.
func ratio(first, second func()) float64 {
	return float64(shortest(second)) / float64(shortest(first))
}
