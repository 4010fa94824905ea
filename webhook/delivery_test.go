package webhook_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

func sumOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// TestIDIsNeverEmpty: if the sender gives no ID, it is made from the body.
func TestIDIsNeverEmpty(t *testing.T) {
	slack, stripe := must(t)(webhook.NewSlack(secret)), must(t)(webhook.NewStripe(stripeSecret))
	github, shopify := must(t)(webhook.NewGitHub(secret)), must(t)(webhook.NewShopify(secret))
	bare := must(t)(webhook.NewHMAC(secret, webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature"}))
	named := must(t)(webhook.NewHMAC(secret, webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", ID: "X-Acme-Id"}))
	own := webhook.NewFunc("mine", func(http.Header, []byte) (webhook.Delivery, error) { return webhook.Delivery{}, nil })
	for name, tt := range map[string]struct {
		verifier *webhook.Verifier
		body     string
	}{
		"Slack, no JSON":       {slack, "text"},
		"Slack, no event_id":   {slack, `{"type":"event_callback"}`},
		"Slack, no trigger_id": {slack, `{"type":"view_closed"}`},
		"Slack, a challenge":   {slack, `{"type":"url_verification","challenge":"x"}`},
		"Stripe, no id":        {stripe, `{"type":"charge.failed"}`},
		"GitHub":               {github, `{}`},
		"Shopify":              {shopify, ``},
		"a scheme without ID":  {bare, `{"id":"7"}`},
		"a scheme with one":    {named, `{"id":"7"}`},
		"NewFunc":              {own, "body"},
	} {
		header := http.Header{}
		if tt.verifier != own {
			header = webhooktest.Sign(tt.verifier, []byte(tt.body)).Header
		}
		d, err := tt.verifier.Verify(header, []byte(tt.body))
		if err != nil || d.ID() != sumOf(tt.body) {
			t.Errorf("%s: got %q, %v; want %q", name, d.ID(), err, sumOf(tt.body))
		}
	}
	if id := (webhook.Delivery{}).ID(); id != sumOf("") {
		t.Errorf("the zero value has the ID %q", id)
	}
}

func TestWithID(t *testing.T) {
	sent := slackEvent()
	d, err := must(t)(webhook.NewSlack(secret)).Verify(sent.Header, sent.Body)
	if err != nil {
		t.Fatal(err)
	}
	other := d.WithID("7", "order")
	if other.ID() != "7" || other.Type() != "order" || d.ID() != "Ev1" || d.Type() != "app_mention" {
		t.Errorf("got %s %s of %s %s", other.ID(), other.Type(), d.ID(), d.Type())
	}
	if none := d.WithID("", ""); none.ID() != sumOf(string(d.Body)) || none.Type() != "" {
		t.Errorf("without: %s %s", none.ID(), none.Type())
	}
}

// TestNewFuncsDeliveryIsTheCallers, except for the provider and the header.
func TestNewFuncsDeliveryIsTheCallers(t *testing.T) {
	refused := errors.New("refused")
	v := webhook.NewFunc("mine", func(h http.Header, body []byte) (webhook.Delivery, error) {
		if h.Get("X-Key") != "right" {
			return webhook.Delivery{}, refused
		}
		return webhook.Delivery{Provider: "x", Time: now, Unsigned: webhook.Unsigned{Attempt: 3, Reason: "again"}, Body: []byte("x")}.WithID("7", "order"), nil
	}, func(o *webhook.FuncOptions) { o.MaxBody = 300 })
	header := http.Header{"X-Key": {"right"}}
	d, err := v.Verify(header, []byte("body"))
	if err != nil || d.ID() != "7" || d.Type() != "order" || d.Unsigned.Attempt != 3 || d.Unsigned.Reason != "again" || !d.Time.Equal(now) ||
		d.Provider != "mine" || string(d.Body) != "x" || d.Unsigned.Header.Get("X-Key") != "right" {
		t.Errorf("got %+v, %v", d, err)
	}
	if d, err := v.Verify(nil, nil); !errors.Is(err, refused) || d.Provider != "" {
		t.Errorf("got %+v, %v", d, err)
	}
	if _, err := v.Verify(header, make([]byte, 301)); !errors.Is(err, webhook.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	w := httptest.NewRecorder()
	v.Handle(unwanted(t)).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("answered %d, want 401", w.Code)
	}
}

// TestNewFuncAroundAVerifier: the inner verifier still describes its deliveries.
func TestNewFuncAroundAVerifier(t *testing.T) {
	inner := newSlack(t)
	v := webhook.NewFunc("two", inner.Verify)
	header := signed(inner, now, event)
	d, err := v.Verify(header, []byte(event))
	if err != nil || d.ID() != "Ev1" || d.Type() != "app_mention" || d.Provider != "two" {
		t.Errorf("got %s, %s, %s, %v", d.ID(), d.Type(), d.Provider, err)
	}
}

// TestNewFuncDeliversWhatIsSigned: of a webhook in the request of a relay, nothing outside of
// it becomes the delivery's ID, type or content.
func TestNewFuncDeliversWhatIsSigned(t *testing.T) {
	const signed, around = `{"id":"evt_1","type":"charge.failed"}`, `{"id":"evt_2","type":"charge.succeeded","body":%q}`
	inner := must(t)(webhook.NewStripe(stripeSecret))
	sent := webhooktest.Sign(inner, []byte(signed))
	part := func(request []byte) []byte {
		var relayed struct{ Body string }
		if err := json.Unmarshal(request, &relayed); err != nil {
			t.Error(err)
		}
		return []byte(relayed.Body)
	}
	for name, verify := range map[string]func(http.Header, []byte) (webhook.Delivery, error){
		"a verifier": func(h http.Header, request []byte) (webhook.Delivery, error) { return inner.Verify(h, part(request)) },
		"a function": func(h http.Header, request []byte) (webhook.Delivery, error) {
			d, err := inner.Verify(h, part(request))
			return webhook.Delivery{Body: d.Body}.WithID(d.ID(), d.Type()), err
		},
	} {
		request := httptest.NewRequest("POST", "/", strings.NewReader(fmt.Sprintf(around, signed)))
		request.Header = sent.Header
		w := httptest.NewRecorder()
		webhook.NewFunc("relay", verify).Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			d, _ := webhook.FromContext(r.Context())
			var event struct{ Type string }
			if err := d.Decode(&event); err != nil || d.ID() != "evt_1" || d.Type() != "charge.failed" || event.Type != "charge.failed" {
				t.Errorf("%s: got %s %s, %s, %v", name, d.ID(), d.Type(), d.Body, err)
			}
			if body, err := io.ReadAll(r.Body); string(body) != signed || err != nil || r.ContentLength != int64(len(signed)) {
				t.Errorf("%s: %d bytes, %s, %v", name, r.ContentLength, body, err)
			}
		})).ServeHTTP(w, request)
		if w.Code != http.StatusOK {
			t.Errorf("%s: answered %d", name, w.Code)
		}
	}
}

// TestDeliveryOfAHandlerIsRead: changing the body does not change the ID and the type.
func TestDeliveryOfAHandlerIsRead(t *testing.T) {
	sent := slackEvent()
	h := must(t)(webhook.NewSlack(secret)).Handle(func(_ context.Context, d webhook.Delivery) error {
		clear(d.Body)
		if d.ID() != "Ev1" || d.Type() != "app_mention" {
			t.Errorf("got %s %s", d.ID(), d.Type())
		}
		return nil
	})
	if _, err := h.Invoke(t.Context(), sent.FunctionURL()); err != nil {
		t.Fatal(err)
	}
}

// TestFormsAreReadOnce: Decode takes the JSON that was found when the form was described.
func TestFormsAreReadOnce(t *testing.T) {
	sent := webhooktest.SlackInteraction(secret, map[string]string{"type": "block_actions", "text": "hi"})
	h := must(t)(webhook.NewSlack(secret)).Handle(func(_ context.Context, d webhook.Delivery) error {
		clear(d.Body)
		var got struct{ Text string }
		if err := d.Decode(&got); err != nil || got.Text != "hi" {
			t.Errorf("got %+v, %v", got, err)
		}
		return nil
	})
	if _, err := h.Invoke(t.Context(), sent.FunctionURL()); err != nil {
		t.Fatal(err)
	}
}

func TestDecode(t *testing.T) {
	tests := map[string]struct {
		body string
		want any // nil: ErrMalformed
	}{
		"an object":              {`{"a":"1","b":[2]}`, map[string]any{"a": "1", "b": []any{2.0}}},
		"space":                  {" \r\n\t{\"a\":\"x=y\"}\n", map[string]any{"a": "x=y"}},
		"an array":               {`["a=b"]`, []any{"a=b"}},
		"a string":               {`"a=b"`, "a=b"},
		"a number":               {`1`, 1.0},
		"null":                   {`null`, nilValue},
		"a form":                 {"a=1&b=%22+%C3%A9&c=", map[string]any{"a": "1", "b": `" é`, "c": ""}},
		"a form with a payload":  {"payload=%7B%22a%22%3A1%7D&b=2", map[string]any{"a": 1.0}},
		"a field without a name": {"=1", map[string]any{"": "1"}},
		"a field without value":  {"a=1&ssl", map[string]any{"a": "1", "ssl": ""}},

		"nothing":             {"", nil},
		"space only":          {" \n", nil},
		"text":                {"hidden", nil},
		"half an object":      {`{"hidden":`, nil},
		"two objects":         {`{"hidden":1}{}`, nil},
		"a field twice":       {"hidden=1&hidden=2", nil},
		"an empty payload":    {"payload=&hidden=1", nil},
		"a payload of text":   {"payload=hidden", nil},
		"two payloads":        {"payload=%7B%7D&payload=%7B%7D", nil},
		"a bad escape":        {"hidden=%zz", nil},
		"a semicolon":         {"hidden=1;b=2", nil},
		"an object, no quote": {`{hidden=1}`, nil},
	}
	for name, tt := range tests {
		var got any = "before"
		err := webhook.Delivery{Body: []byte(tt.body)}.Decode(&got)
		if tt.want == nil {
			if !errors.Is(err, webhook.ErrMalformed) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
			continue
		}
		if tt.want == nilValue {
			tt.want = nil
		}
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// nilValue stands for a nil that Decode should return.
var nilValue = new(int)

// TestDecodeHidesTheBody: encoding/json's errors quote it.
func TestDecodeHidesTheBody(t *testing.T) {
	var number struct{ A json.Number }
	for _, body := range []string{`{"a":"hidden"}`, `{"a":{"hidden":1}}`, `a=hidden`} {
		err := webhook.Delivery{Body: []byte(body)}.Decode(&number)
		if !errors.Is(err, webhook.ErrMalformed) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", body, err)
		}
	}
}
