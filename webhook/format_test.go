package webhook_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// verbs are all but %p. Package fmt calls no method for it, and go vet reports it for what
// is not a pointer.
var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%T", "%10.2v"}

// shows reports whether a text has a part of what is hidden, also in hexadecimal or as
// numbers.
func shows(text, hidden string) bool {
	part := []byte(hidden[:6])
	for _, form := range []string{"%s", "%x", "%d", "% #x", "%o"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(strings.Trim(fmt.Sprintf(form, part), "[]"))) {
			return true
		}
	}
	return false
}

// TestNoVerbShowsASecret: of each exported type, by value, by pointer and in a struct.
func TestNoVerbShowsASecret(t *testing.T) {
	const token, body = "tok0123456789", `{"zz":"body-of-it"}`
	more := strings.Repeat("1234", 8)
	var options webhook.Options
	slack := newSlack(t, func(o *webhook.Options) { o.Secrets, options = []string{more}, *o; options.Secrets = o.Secrets })
	standard := must(t)(webhook.NewStandard(key("whsk_", 'A', 32), func(o *webhook.Options) { o.Secrets = []string{good["standard"]} }))
	own := webhook.NewFunc("own", func(http.Header, []byte) (webhook.Delivery, error) { return webhook.Delivery{}, nil })
	d, err := own.Verify(http.Header{"X-Gitlab-Token": {token}}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	_, refused := slack.Verify(http.Header{"X-Slack-Signature": {"v0=" + token}}, []byte(body))
	failed, _ := errors.AsType[*webhook.RefusedError](refused)
	single := []any{options, &options, *slack, slack, *standard, standard, standard.Handle(unwanted(t)), d, &d, d.Unsigned, &d.Unsigned, failed, *failed}
	nested := []any{struct{ D webhook.Delivery }{d}, []webhook.Delivery{d}, map[string]webhook.Options{"o": options}}
	hidden := []string{secret, more, good["standard"][6:], "ABCDEFGH", token, "body-of-it"}
	for _, v := range append(single, nested...) {
		for _, verb := range verbs {
			for _, h := range hidden {
				if text := fmt.Sprintf(verb, v); shows(text, h) {
					t.Errorf("%s of %T shows %q: %s", verb, v, h[:6], text)
				}
			}
		}
	}
	for _, v := range single {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		for _, h := range append(hidden, base64.StdEncoding.EncodeToString([]byte(body))) {
			if text := log.String(); strings.Contains(text, h[:6]) {
				t.Errorf("the log of %T shows %q: %s", v, h[:6], text)
			}
		}
	}
}

// TestJSONShowsNoHeader: slog.JSONHandler writes a delivery in a struct as JSON.
func TestJSONShowsNoHeader(t *testing.T) {
	u := webhook.Unsigned{Header: http.Header{"X-Gitlab-Token": {"tok0123456789"}}, ID: "1"}
	for _, v := range []any{u, webhook.Delivery{Unsigned: u}} {
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "tok012") {
			t.Errorf("%T: %s, %v", v, text, err)
		}
	}
	if v := slog.AnyValue(u); v.Kind() != slog.KindLogValuer || v.Resolve().String() != fmt.Sprint(u) {
		t.Errorf("slog has %v", v)
	}
}

// TestVerifiersPrintTheirProvider, and none of their fields, whatever is added to them.
func TestVerifiersPrintTheirProvider(t *testing.T) {
	slack := newSlack(t)
	for _, verb := range verbs {
		for _, v := range []any{slack, *slack} {
			if text := fmt.Sprintf(verb, v); verb != "%T" && text != "webhook.Verifier(slack)" {
				t.Errorf("%s of a %T: %s", verb, v, text)
			}
		}
	}
}
