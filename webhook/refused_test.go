package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// observed keeps what the hook and the log are told.
type observed struct {
	refused []*webhook.RefusedError
	log     bytes.Buffer
}

func (o *observed) options(opts *webhook.Options) {
	opts.OnRefused = func(_ context.Context, r *webhook.RefusedError) { o.refused = append(o.refused, r) }
	opts.Logger = slog.New(slog.NewTextHandler(&o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// told returns what was told once, as one line, and forgets it.
func (o *observed) told() string {
	lines := strings.Split(strings.TrimSpace(o.log.String()), "\n")
	defer func() { *o = observed{} }()
	if len(o.refused) != 1 || len(lines) != 1 {
		return fmt.Sprintf("%d calls, logged %q", len(o.refused), lines)
	}
	_, line, _ := strings.Cut(lines[0], " ")
	r := o.refused[0]
	return fmt.Sprintf("%s %s %s %s %d %d | %s", r.Provider, r.Reason, r.Header, r.Off, r.Limit, r.Status(), line)
}

func drop(name string) func(*webhooktest.Request) {
	return func(r *webhooktest.Request) { r.Header.Del(name) }
}

func set(name string, values ...string) func(*webhooktest.Request) {
	return func(r *webhooktest.Request) { r.Header[name] = values }
}

func later(off time.Duration) func(*webhooktest.Options) {
	return func(o *webhooktest.Options) { o.Time = now.Add(off) }
}

// refusals are requests that are refused, and what is told of them.
var refusals = map[string]struct {
	verifier string
	request  func(v *webhook.Verifier) webhooktest.Request
	want     string
}{
	"no signature": {"slack", sent(drop("X-Slack-Signature")), "slack missing header X-Slack-Signature 0s 0 401 | provider=slack reason=\"missing header\" status=401 header=X-Slack-Signature"},
	"no time":      {"slack", sent(drop("X-Slack-Request-Timestamp")), "slack missing header X-Slack-Request-Timestamp 0s 0 401 | provider=slack reason=\"missing header\" status=401 header=X-Slack-Request-Timestamp"},
	"an empty one": {"github", sent(set("X-Hub-Signature-256", "")), "github missing header X-Hub-Signature-256 0s 0 401 | provider=github reason=\"missing header\" status=401 header=X-Hub-Signature-256"},
	"no ID":        {"standard", sent(drop("Webhook-Id")), "standard missing header Webhook-Id 0s 0 401 | provider=standard reason=\"missing header\" status=401 header=Webhook-Id"},
	"no prefix":    {"github", sent(set("X-Hub-Signature-256", "00")), "github malformed header X-Hub-Signature-256 0s 0 401 | provider=github reason=\"malformed header\" status=401 header=X-Hub-Signature-256"},
	"an odd time":  {"slack", sent(set("X-Slack-Request-Timestamp", "now")), "slack malformed header X-Slack-Request-Timestamp 0s 0 401 | provider=slack reason=\"malformed header\" status=401 header=X-Slack-Request-Timestamp"},
	"odd elements": {"stripe", sent(set("Stripe-Signature", "t=1,v1")), "stripe malformed header Stripe-Signature 0s 0 401 | provider=stripe reason=\"malformed header\" status=401 header=Stripe-Signature"},
	"no v1":        {"stripe", sent(set("Stripe-Signature", "t=1")), "stripe malformed header Stripe-Signature 0s 0 401 | provider=stripe reason=\"malformed header\" status=401 header=Stripe-Signature"},
	"too many":     {"standard", sent(set("Webhook-Signature", strings.Repeat("v1,AAAA ", 17))), "standard malformed header Webhook-Signature 0s 0 401 | provider=standard reason=\"malformed header\" status=401 header=Webhook-Signature"},
	"another body": {"stripe", sent(func(r *webhooktest.Request) { r.Body = []byte("{}") }), "stripe mismatch Stripe-Signature 0s 0 401 | provider=stripe reason=mismatch status=401 header=Stripe-Signature"},
	"a wrong one":  {"shopify", sent(set("X-Shopify-Hmac-Sha256", "AAAA")), "shopify mismatch X-Shopify-Hmac-Sha256 0s 0 401 | provider=shopify reason=mismatch status=401 header=X-Shopify-Hmac-Sha256"},
	"old":          {"slack", sent(nil, later(-time.Hour)), "slack stale X-Slack-Request-Timestamp 1h0m0s 0 401 | provider=slack reason=stale status=401 header=X-Slack-Request-Timestamp off=1h0m0s"},
	"ahead":        {"stripe", sent(nil, later(6*time.Minute)), "stripe from the future Stripe-Signature -6m0s 0 401 | provider=stripe reason=\"from the future\" status=401 header=Stripe-Signature off=-6m0s"},
	"too large":    {"hmac", sent(func(r *webhooktest.Request) { r.Body = make([]byte, 301) }), "acme too large  0s 300 413 | provider=acme reason=\"too large\" status=413 limit=300"},
	"a GET":        {"v1a", sent(func(r *webhooktest.Request) { r.Method = "GET" }), "standard method  0s 0 405 | provider=standard reason=method status=405"},
}

// sent signs event and changes the request.
func sent(change func(*webhooktest.Request), opts ...func(*webhooktest.Options)) func(*webhook.Verifier) webhooktest.Request {
	return func(v *webhook.Verifier) webhooktest.Request {
		own := []func(*webhooktest.Options){func(o *webhooktest.Options) { o.Time, o.Header = now, ids() }}
		r := webhooktest.Sign(v, []byte(event), append(own, opts...)...)
		if change != nil {
			change(&r)
		}
		return r
	}
}

// TestRefusalsAreTold at every front and by the middleware: the provider, the reason
// and nothing of the request.
func TestRefusalsAreTold(t *testing.T) {
	var o observed
	vs := verifiers(t, small, o.options)
	for name, v := range vs {
		guard := v.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }))
		urls := doors(t, v.Handle(unwanted(t)))
		urls["middleware"] = fronttest.Serve(t, guard)
		for what, tt := range refusals {
			if tt.verifier != name {
				continue
			}
			for door, base := range urls {
				r := tt.request(v)
				fronttest.Send(t, base+"/", r.Method, r.Header, r.Body)
				got := o.told()
				got = strings.Replace(got, `level=DEBUG msg="webhook: refused" `, "", 1)
				if got != tt.want {
					t.Errorf("%s, %s: told %s, want %s", what, door, got, tt.want)
				}
			}
		}
	}
}

// TestVerifyTellsWhy: without a hook.
func TestVerifyTellsWhy(t *testing.T) {
	var o observed
	for name, v := range verifiers(t, small, o.options) {
		for what, tt := range refusals {
			if tt.verifier != name || what == "a GET" {
				continue
			}
			r := tt.request(v)
			_, err := v.Verify(r.Header, r.Body)
			refused, ok := errors.AsType[*webhook.RefusedError](err)
			if !ok || !strings.HasPrefix(tt.want, fmt.Sprintf("%s %s %s %s %d %d |", refused.Provider, refused.Reason, refused.Header, refused.Off, refused.Limit, refused.Status())) {
				t.Errorf("%s: got %v, want %s", what, err, tt.want)
			}
			if len(o.refused) > 0 {
				t.Errorf("%s: the hook was called", what)
			}
		}
	}
}

// TestRepeatedHeadersAreTold where a front passes them on.
func TestRepeatedHeadersAreTold(t *testing.T) {
	var o observed
	v := must(t)(webhook.NewGitHub(secret, o.options))
	r := webhooktest.GitHub(secret, "1", "push", 1)
	r.Header.Add("X-Hub-Signature-256", "sha256=00")
	v.Handle(unwanted(t)).ServeHTTP(httptest.NewRecorder(), r.HTTP())
	if got := o.told(); !strings.HasPrefix(got, "github repeated header X-Hub-Signature-256 0s 0 401") {
		t.Error(got)
	}
}

// TestBodiesThatCannotBeReadAreTold: they break off, or are not the base64 that the
// event says.
func TestBodiesThatCannotBeReadAreTold(t *testing.T) {
	var o observed
	h := must(t)(webhook.NewGitHub(secret, o.options)).Handle(unwanted(t))
	e := events.LambdaFunctionURLRequest{Body: "%%%", IsBase64Encoded: true}
	e.RequestContext.HTTP.Method = "POST"
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := h.Invoke(t.Context(), payload); err != nil || !strings.Contains(string(out), `"statusCode":400`) {
		t.Errorf("answered %s, %v", out, err)
	}
	if got := o.told(); !strings.HasPrefix(got, "github malformed base64  0s 0 400") {
		t.Error(got)
	}
	r := webhooktest.GitHub(secret, "1", "push", 1).HTTP()
	r.Body = http.NoBody
	r.Body = brokenBody{}
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got := o.told(); !strings.HasPrefix(got, "github unreadable body  0s 0 400") || strings.Contains(got, "hidden") {
		t.Error(got)
	}
	if _, err := h.Invoke(t.Context(), []byte(`{}`)); err == nil || len(o.refused) > 0 {
		t.Errorf("an event that is not a request is an error, not a refusal: %v, %d", err, len(o.refused))
	}
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("hidden") }
func (brokenBody) Close() error             { return nil }

// TestFuncRefusalsAreTold: an error of NewFunc's function may say anything, and is in no
// log. The reason of a verifier that it has called is kept.
func TestFuncRefusalsAreTold(t *testing.T) {
	inner, hidden := newSlack(t), errors.New("hidden")
	var o observed
	for want, fn := range map[string]func(http.Header, []byte) (webhook.Delivery, error){
		"own refused by NewFunc  0s 0 401": func(http.Header, []byte) (webhook.Delivery, error) { return webhook.Delivery{}, hidden },
		"own refused by NewFunc  0s 0 400": func(http.Header, []byte) (webhook.Delivery, error) {
			return webhook.Delivery{}, fmt.Errorf("%w: hidden", webhook.ErrMalformed)
		},
		"own missing header X-Slack-Signature 0s 0 401": func(h http.Header, b []byte) (webhook.Delivery, error) {
			d, err := inner.Verify(h, b)
			return d, fmt.Errorf("hidden: %w", err)
		},
		"own too large  0s 1048576 413": func(h http.Header, _ []byte) (webhook.Delivery, error) {
			return inner.Verify(h, make([]byte, 2<<20))
		},
	} {
		v := webhook.NewFunc("own", fn, func(opts *webhook.FuncOptions) {
			var common webhook.Options
			o.options(&common)
			opts.OnRefused, opts.Logger = common.OnRefused, common.Logger
		})
		v.Handle(unwanted(t)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))
		if got := o.told(); !strings.HasPrefix(got, want) || strings.Contains(got, "hidden") {
			t.Errorf("told %s, want %s", got, want)
		}
	}
}

// TestRefusalsAreNotLogged by default: anyone can cause any number of them. The hook is
// called with the request's context, before the response is written.
func TestRefusalsAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	w := httptest.NewRecorder()
	h := newSlack(t, func(o *webhook.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		o.OnRefused = func(ctx context.Context, _ *webhook.RefusedError) {
			if ctx.Value(contextKey{}) != "trace" || len(w.Header()) > 0 {
				t.Errorf("called with %v after %v", ctx, w.Header())
			}
		}
	}).Handle(unwanted(t))
	r := httptest.NewRequest("POST", "/", strings.NewReader(event))
	h.ServeHTTP(w, r.WithContext(context.WithValue(t.Context(), contextKey{}, "trace")))
	if w.Code != http.StatusUnauthorized || log.Len() > 0 {
		t.Errorf("answered %d, logged %s", w.Code, log.String())
	}
}

// TestAcceptedIsNotTold: neither is a failure of the function a refusal.
func TestAcceptedIsNotTold(t *testing.T) {
	var o observed
	v := must(t)(webhook.NewGitHub(secret, o.options))
	for _, fn := range []func(webhook.Delivery) error{
		func(webhook.Delivery) error { return nil },
		func(webhook.Delivery) error { return webhook.ErrMalformed },
		func(webhook.Delivery) error { return errors.New("failed") },
	} {
		h := v.Handle(func(_ context.Context, d webhook.Delivery) error { return fn(d) })
		h.ServeHTTP(httptest.NewRecorder(), webhooktest.GitHub(secret, "1", "push", 1).HTTP())
	}
	if len(o.refused) > 0 || strings.Contains(o.log.String(), "refused") {
		t.Errorf("told %v, %s", o.refused, o.log.String())
	}
}
