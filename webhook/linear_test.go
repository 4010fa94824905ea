//go:build unix && !race

package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

var fill = lineartest.Fill

// worst are bodies of about n bytes that cost a reader most: members, nesting, escapes,
// fields and what looks like another form until its end.
var worst = map[string]func(n int) string{
	"other members":   func(n int) string { return `{` + fill(`"%d":1,`, n) + `"type":"x"}` },
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
	"fields":          func(n int) string { return fill("%d=1&", n) + "command=x" },
	"long fields":     func(n int) string { return fill("%d="+long+"&", n) + "command=x" },
	"one field":       func(n int) string { return fill("a=1&", n) + "command=x" },
	"a payload":       func(n int) string { return "payload=" + fill("%7B%22a%22%3A", n) },
	"no form":         func(n int) string { return fill("x", n) + "=" },
}

// long keeps fields at less than the 10,000 that net/url reads.
var long = strings.Repeat("x", 800)

// TestReadersAreLinear reads everything: the signature, what the key and the type are made
// of, and the body.
func TestReadersAreLinear(t *testing.T) {
	for name, v := range verifiers(t, func(o *webhook.Options) { o.MaxBody = 2 * lineartest.Large }) {
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
			lineartest.Check(t, name+", "+what, func(n int) func() { return read(body(n)) })
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
	long := func(value string, in func(name string) bool) func(*webhook.Verifier) func(n int) http.Header {
		return func(v *webhook.Verifier) func(n int) http.Header {
			return func(n int) http.Header {
				h := signedAt(t, v, now)
				for name := range h {
					if in(name) {
						h.Set(name, h.Get(name)+fill(value, n))
					}
				}
				return h
			}
		}
	}
	for name, v := range verifiers(t) {
		for what, headers := range map[string]func(*webhook.Verifier) func(int) http.Header{
			"many": many, "spaces": long(" ", isSignature), "commas": long(",", isSignature), "v1": long(" v1,x", isSignature), "v1a": long(" v1a,x", isSignature),
			"elements": long(",v0=x", isSignature), "v1 elements": long(",v1=x", isSignature), "text": long("x", isSignature),
			"a timestamp": long("1", isTimestamp), "an ID": long("x", isOther),
		} {
			lineartest.Check(t, name+", "+what, func(n int) func() {
				h := headers(v)(n / 8) // no server takes larger headers
				return func() {
					if _, err := v.Verify(h, []byte(event)); err != nil && !errors.Is(err, webhook.ErrSignature) {
						t.Error(err)
					}
				}
			})
		}
	}
}

func isTimestamp(name string) bool { return strings.Contains(name, "Timestamp") }

func isOther(name string) bool { return !isSignature(name) && !isTimestamp(name) }

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
		if r := lineartest.Growth(verify(1), verify(16)); r > 4 {
			t.Errorf("%s: sixteen signatures cost %.1f times as much as one", name, r)
		}
	}
}
