package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// ways are changes to a correctly signed request.
var ways = map[string]func(*webhooktest.Request){
	"nothing":            func(*webhooktest.Request) {},
	"the body":           func(r *webhooktest.Request) { r.Body = append(r.Body, ' ') },
	"the signature":      signatures(func(s string) []string { return []string{s + "x"} }),
	"two signatures":     signatures(func(s string) []string { return []string{s, s} }),
	"the other case":     signatures(func(s string) []string { return []string{strings.ToUpper(s)} }),
	"half the signature": signatures(func(s string) []string { return []string{s[:len(s)/2]} }),
	"the times": func(r *webhooktest.Request) {
		for name := range r.Header {
			if strings.HasSuffix(strings.ToLower(name), "time") || strings.HasSuffix(name, "Timestamp") {
				r.Header.Set(name, "1531420618")
			}
		}
	},
}

// signatures changes each header that holds one.
func signatures(change func(string) []string) func(*webhooktest.Request) {
	return func(r *webhooktest.Request) {
		for name, values := range r.Header {
			if isSignature(name) {
				r.Header[name] = change(values[0])
			}
		}
	}
}

func isSignature(name string) bool {
	return strings.Contains(name, "Signature") || strings.Contains(name, "Hmac")
}

// TestNothingLeaks: no error, response or log line contains a secret, a signature or a
// body.
func TestNothingLeaks(t *testing.T) {
	const body = `{"id":"evt_1","type":"event_callback","event_id":"Ev1","event":{"type":"message","text":"hidden"}}`
	var log bytes.Buffer
	for name, v := range loggedVerifiers(t, &log) {
		for what, change := range ways {
			sent := webhooktest.Sign(v, []byte(body), func(o *webhooktest.Options) { o.Time, o.Header = now, ids() })
			hidden := []string{secret, "hidden"}
			for name, values := range sent.Header {
				if isSignature(name) {
					hidden = append(hidden, values[0], values[0][len(values[0])/2:])
				}
			}
			change(&sent)
			_, err := v.Verify(sent.Header, sent.Body)
			d := webhook.Delivery{Body: sent.Body}
			for kind, fn := range map[string]func(context.Context, webhook.Delivery) error{
				"error":  func(context.Context, webhook.Delivery) error { return errors.New("failed") },
				"decode": func(context.Context, webhook.Delivery) error { return d.Decode(new(int)) },
			} {
				w := httptest.NewRecorder()
				v.Handle(fn).ServeHTTP(w, sent.HTTP())
				if ok := what == "nothing"; ok != (err == nil) || (w.Code == http.StatusUnauthorized) == ok {
					if what != "the times" { // which not all sign
						t.Errorf("%s, %s, %s: %v, answered %d", name, what, kind, err, w.Code)
					}
				}
				told := fmt.Sprintln(err, w.Body, w.Header(), log.String())
				for _, h := range hidden {
					if strings.Contains(told, h) {
						t.Errorf("%s, %s, %s: %q is in %s", name, what, kind, h, told)
					}
				}
				log.Reset()
			}
		}
	}
}

// loggedVerifiers returns one verifier of each kind that logs to w.
func loggedVerifiers(t *testing.T, w *bytes.Buffer) map[string]*webhook.Verifier {
	return verifiers(t, func(o *webhook.Options) { o.Logger = slog.New(slog.NewTextHandler(w, nil)) })
}
