package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// unusual are bodies that a provider may sign, with the ID and the type that they have;
// an empty ID stands for the one that is made from the body.
var unusual = map[string][]struct{ body, id, eventType string }{
	"slack": {
		{`{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}`, "Ev1", "message"},
		{`{"type":"event_callback","event":{"type":"message"}}`, "", "message"},
		{`{"type":"event_callback","event_id":" ","event":{"type":"message"}}`, "", "message"},
		{`{"type":"event_callback","event_id":7,"event":{"type":"message"}}`, "", "message"},
		{`{"type":"event_callback","event_id":null,"event":null}`, "", ""},
		{`{"type":"event_callback","event_id":"Ev1","event":[]}`, "Ev1", ""},
		{`{"type":"event_callback","event_id":"Ev1","EVENT_ID":"Ev2","event":{"type":"message","Type":"other"}}`, "Ev1", "message"},
		{`{"type":"event_callback","EVENT_ID":"Ev2","event_id":"Ev1"}`, "Ev1", ""},
		{`{"type":"event_callback","event_id":"Ev0","event_id":"Ev1"}`, "Ev1", ""},
		{`{"Type":"event_callback","event_id":"Ev1"}`, "", ""},
		{`{"event_id":"Ev1"}`, "", ""},
		{`{"type":7}`, "", ""},
		{`{"type":"app_rate_limited","minute_rate_limited":1518467820}`, "", "app_rate_limited"},
		{`{"type":"view_closed","trigger_id":"1.2"}`, "1.2", "view_closed"},
		{`{"type":"url_verification"}`, "", "url_verification"},
		{`{"type":"url_verification","challenge":7}`, "", "url_verification"},
		{`{"type":"url_verification","Challenge":"x"}`, "", "url_verification"},
		{`{}`, "", ""},
		{`payload=%7B%22type%22%3A%22shortcut%22%2C%22trigger_id%22%3A%221.3%22%7D`, "1.3", "shortcut"},
		{`payload=%7B%7D`, "", ""},
		{`payload=%7B`, "", ""},
		{`payload=a&payload=b`, "", ""},
		{`payload=%zz`, "", ""},
		{`command=%2Fa`, "", "slash_commands"},
		{`command=%2Fa&command=%2Fb`, "", ""},
		{`a=b`, "", ""},
	},
	"stripe": {
		{`{"id":"evt_1","object":"event","type":"charge.failed"}`, "evt_1", "charge.failed"},
		{`{"id":"evt_test_65R","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","related_object":{"id":"mtr_1","type":"billing.meter"}}`, "evt_test_65R", "v1.billing.meter.error_report_triggered"},
		{`{"object":"event","type":"charge.failed"}`, "", "charge.failed"},
		{`{"id":"","type":"charge.failed"}`, "", "charge.failed"},
		{`{"id":7,"type":"charge.failed"}`, "", "charge.failed"},
		{`{"id":"evt_1","type":{}}`, "evt_1", ""},
		{`{"ID":"evt_2","id":"evt_1","Type":"x","type":"charge.failed","TYPE":"y"}`, "evt_1", "charge.failed"},
		{`{"ID":"evt_2","type":"charge.failed"}`, "", "charge.failed"},
		{`{"id":"evt_0","id":"evt_1"}`, "evt_1", ""},
		{`{"\u0069d":"evt_1"}`, "evt_1", ""},
		{`{}`, "", ""},
		{`a=b`, "", ""},
	},
	"standard": {
		{`{"type":"invoice.paid"}`, "msg_1", "invoice.paid"}, {`{"Type":"x"}`, "msg_1", ""}, {`{"type":7}`, "msg_1", ""}, {`type=x`, "msg_1", ""},
	},
	"github":  {{`{"id":"x","type":"y"}`, "1", ""}, {`payload=%7B%7D`, "1", ""}},
	"shopify": {{`{"id":7,"type":"y"}`, "1", ""}},
	"hmac":    {{`{"id":"x","type":"y"}`, "1", ""}},
}

// none are bodies that no provider sends.
var none = []string{``, ` `, `null`, `true`, `7`, `"x"`, `[]`, `[{"id":"evt_1","type":"x"}]`, `{`, `{"id":"evt_1"`, `{"type":"x"}{}`, "text", "\x00\xff", `<xml id="1"/>`, "\ufeff{}"}

// TestUnusualBodiesAreAccepted: what is signed comes through, and has an ID. Only its
// reader can say that it is malformed.
func TestUnusualBodiesAreAccepted(t *testing.T) {
	given := map[string]string{"standard": "msg_1", "github": "1", "shopify": "1", "hmac": "1"} // IDs in headers
	for name, v := range verifiers(t) {
		cases := unusual[name]
		for _, body := range none {
			cases = append(cases, struct{ body, id, eventType string }{body, given[name], ""})
		}
		if name == "v1a" {
			continue // reads bodies as standard does
		}
		for _, tt := range cases {
			if tt.id == "" {
				tt.id = sumOf(tt.body)
			}
			var got []string
			h := v.Handle(func(_ context.Context, d webhook.Delivery) error {
				got = append(got, idOf(d)+" "+typeOf(d))
				return nil
			})
			w := httptest.NewRecorder()
			h.ServeHTTP(w, webhooktest.Sign(v, []byte(tt.body), func(o *webhooktest.Options) { o.Time, o.Header = now, ids() }).HTTP())
			if w.Code != http.StatusOK || strings.Join(got, ", ") != tt.id+" "+tt.eventType {
				t.Errorf("%s, %s: answered %d, delivered %q; want %s %s", name, tt.body, w.Code, got, tt.id, tt.eventType)
			}
		}
	}
}

// TestSvixNames: one set of names counts, the specification's if it is there.
func TestSvixNames(t *testing.T) {
	for _, name := range []string{"standard", "v1a"} {
		v := verifiers(t)[name]
		branded := http.Header{"Svix-Id": {"msg_2"}}
		if err := v.Sign(branded, now, []byte(event)); err != nil || branded.Get("Webhook-Signature") != "" {
			t.Fatalf("%v, %v", err, branded)
		}
		plain := signedAt(t, v, now)
		for what, tt := range map[string]struct {
			change func(h http.Header)
			want   string // the ID; "": it is refused
		}{
			"Svix's":               {func(http.Header) {}, "msg_2"},
			"both":                 {func(h http.Header) { copyInto(h, plain) }, "msg_1"},
			"one more ID":          {func(h http.Header) { h.Set("Webhook-Id", "msg_1") }, "msg_2"},
			"two more":             {func(h http.Header) { h.Set("Webhook-Id", "msg_1"); h.Set("Webhook-Signature", "v1,AAAA") }, "msg_2"},
			"both, a wrong first":  {func(h http.Header) { copyInto(h, plain); h.Set("Webhook-Id", "msg_3") }, ""},
			"both, a wrong second": {func(h http.Header) { copyInto(h, plain); h.Set("Svix-Id", "msg_3") }, "msg_1"},
			"half of each":         {func(h http.Header) { h.Del("Svix-Id"); h.Set("Webhook-Id", "msg_2") }, ""},
			"two IDs":              {func(h http.Header) { h.Add("Svix-Id", "msg_2") }, ""},
			"another ID":           {func(h http.Header) { h.Set("Svix-Id", "msg_1") }, ""},
			"no time":              {func(h http.Header) { h.Del("Svix-Timestamp") }, ""},
			"none":                 {func(h http.Header) { clear(h) }, ""},
		} {
			h := branded.Clone()
			tt.change(h)
			d, err := v.Verify(h, []byte(event))
			if (err == nil) != (tt.want != "") || err == nil && d.ID() != tt.want {
				t.Errorf("%s, %s: got %v, want %q", name, what, err, tt.want)
			}
		}
	}
}

func copyInto(h, more http.Header) {
	for name, values := range more {
		h[name] = values
	}
}
