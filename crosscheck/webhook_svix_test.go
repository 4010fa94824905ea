package crosscheck_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	svix "github.com/svix/svix-webhooks/go"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// TestSvix: under Svix's names of the headers, its library and we accept the same. The
// library prefers its own names, we prefer the specification's, so that a request which
// has both sets must have both right for the two to agree.
func TestSvix(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := []byte(`{"type":"user.created"}`)
		library := must[*svix.Webhook](t)(svix.NewWebhook(whsec))
		ours := must[*webhook.Verifier](t)(webhook.NewStandard(whsec))
		branded := webhooktest.Svix(whsec, standardID, body).Header
		plain := webhooktest.Standard(whsec, standardID, body).Header
		for name, tt := range map[string]struct {
			change       func(h http.Header)
			ours, theirs bool
		}{
			"svix":                    {func(http.Header) {}, true, true},
			"in lower case":           {lowered, true, true},
			"no ID":                   {func(h http.Header) { h.Del("Svix-Id") }, false, false},
			"no time":                 {func(h http.Header) { h.Del("Svix-Timestamp") }, false, false},
			"another ID":              {func(h http.Header) { h.Set("Svix-Id", "msg_1") }, false, false},
			"both sets":               {func(h http.Header) { add(h, plain) }, true, true},
			"a stray webhook-id":      {func(h http.Header) { h.Set("Webhook-Id", "msg_1") }, true, true},
			"one of each":             {func(h http.Header) { h.Del("Svix-Id"); h.Set("Webhook-Id", standardID) }, false, false},
			"webhook-* beside half":   {func(h http.Header) { h.Del("Svix-Id"); add(h, plain) }, true, true},
			"a wrong webhook-* set":   {func(h http.Header) { add(h, plain); h.Set("Webhook-Id", "msg_1") }, false, true},
			"a wrong svix-* set":      {func(h http.Header) { add(h, plain); h.Set("Svix-Id", "msg_1") }, true, false},
			"a signature from afar":   {func(h http.Header) { h.Set("Svix-Signature", "v1,"+strings.Repeat("A", 43)+"=") }, false, false},
			"an old time, not signed": {func(h http.Header) { h.Set("Svix-Timestamp", "1614265330") }, false, false},
		} {
			h := branded.Clone()
			tt.change(h)
			_, err := ours.Verify(h, body)
			if (err == nil) != tt.ours {
				t.Errorf("%s: we say %v", name, err)
			}
			if name == "in lower case" { // the library reads headers as net/http makes them
				h = branded
			}
			if err := library.Verify(body, h); (err == nil) != tt.theirs {
				t.Errorf("%s: Svix's library says %v", name, err)
			}
		}
		theirs := must[string](t)(library.Sign(standardID, time.Now(), body))
		if got := branded.Get("Svix-Signature"); got != theirs {
			t.Errorf("we sign %s, they %s", got, theirs)
		}
	})
}

func add(h, more http.Header) {
	for name, values := range more {
		h[name] = values
	}
}

// lowered spells all names in lower case.
func lowered(h http.Header) {
	for name, values := range h.Clone() {
		delete(h, name)
		h[strings.ToLower(name)] = values
	}
}
