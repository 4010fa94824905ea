package webhook_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

var _ lambda.Handler = (*webhook.Handler)(nil)

// request returns the function URL event of a signed POST.
func request(s *webhook.Verifier, body string) events.LambdaFunctionURLRequest {
	e := events.LambdaFunctionURLRequest{Version: "2.0", Headers: map[string]string{}, Body: body}
	for name, values := range signed(s, now, body) {
		e.Headers[strings.ToLower(name)] = values[0]
	}
	e.RequestContext.HTTP.Method = http.MethodPost
	return e
}

func invoke(t *testing.T, h *webhook.Handler, e events.LambdaFunctionURLRequest) events.LambdaFunctionURLResponse {
	t.Helper()
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var r events.LambdaFunctionURLResponse
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHandlerHandsDeliveryOn(t *testing.T) {
	s := newSlack(t)
	var got []webhook.Delivery
	h := s.Handle(func(_ context.Context, d webhook.Delivery) error {
		got = append(got, d)
		return nil
	})
	plain, encoded, upper := request(s, event), request(s, event), request(s, event)
	encoded.Body, encoded.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(event)), true
	for name, value := range plain.Headers {
		delete(upper.Headers, name)
		upper.Headers[strings.ToUpper(name)] = value
	}
	for _, e := range []events.LambdaFunctionURLRequest{plain, encoded, upper} {
		if r := invoke(t, h, e); r.StatusCode != http.StatusOK || r.Body != "" {
			t.Errorf("answered %d %q, want 200 and an empty body", r.StatusCode, r.Body)
		}
	}
	if len(got) != 3 || got[1].ID() != "Ev1" || string(got[1].Body) != event {
		t.Errorf("handed on %+v", got)
	}
}

func TestHandlerAnswersChallenge(t *testing.T) {
	s := newSlack(t)
	h := s.Handle(unwanted(t))
	r := invoke(t, h, request(s, `{"type":"url_verification","challenge":"3eZbrw1a","token":"x"}`))
	if r.StatusCode != http.StatusOK || r.Body != `{"challenge":"3eZbrw1a"}` || r.Headers["Content-Type"] != "application/json" {
		t.Errorf("answered %+v", r)
	}
}

func unwanted(t *testing.T) func(context.Context, webhook.Delivery) error {
	return func(context.Context, webhook.Delivery) error {
		t.Error("the handler was called")
		return nil
	}
}

func TestHandlerRefuses(t *testing.T) {
	s := newSlack(t, func(o *webhook.Options) { o.MaxBody = 1000 })
	tests := map[string]struct {
		body   string
		change func(*events.LambdaFunctionURLRequest)
		want   int
	}{
		"a forged signature": {event, func(e *events.LambdaFunctionURLRequest) { e.Headers["x-slack-signature"] = "v0=00" }, 401},
		"a second signature": {event, func(e *events.LambdaFunctionURLRequest) { e.Headers["X-Slack-Signature"] = "v0=00" }, 401},
		"another body":       {event, func(e *events.LambdaFunctionURLRequest) { e.Body += " " }, 401},
		"no headers":         {event, func(e *events.LambdaFunctionURLRequest) { e.Headers = nil }, 401},
		"a GET":              {event, func(e *events.LambdaFunctionURLRequest) { e.RequestContext.HTTP.Method = "GET" }, 405},
		"no base64":          {event, func(e *events.LambdaFunctionURLRequest) { e.IsBase64Encoded = true }, 400},
		"too large":          {strings.Repeat("x", 1001), func(*events.LambdaFunctionURLRequest) {}, 413},
		"far too large":      {strings.Repeat("x", 9000), func(e *events.LambdaFunctionURLRequest) { e.IsBase64Encoded = true }, 413},
	}
	h := s.Handle(unwanted(t))
	for name, tt := range tests {
		e := request(s, tt.body)
		tt.change(&e)
		r := invoke(t, h, e)
		if r.StatusCode != tt.want || !strings.Contains(r.Body, `"title":"`+http.StatusText(tt.want)) || r.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("%s: answered %+v, want %d with problem details", name, r, tt.want)
		}
		if tt.want == 405 && r.Headers["Allow"] != "POST" {
			t.Errorf("%s: no Allow header", name)
		}
	}
}

func TestHandlerFailureMakesTheSenderRetry(t *testing.T) {
	var log bytes.Buffer
	s := newSlack(t, func(o *webhook.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for name, fn := range map[string]func(context.Context, webhook.Delivery) error{
		"an error":      func(context.Context, webhook.Delivery) error { return errors.New("no queue") },
		"a panic":       func(context.Context, webhook.Delivery) error { panic(errors.New("no queue")) },
		"another panic": func(context.Context, webhook.Delivery) error { panic("a secret") },
	} {
		log.Reset()
		r := invoke(t, s.Handle(fn), request(s, event))
		if r.StatusCode != http.StatusInternalServerError || strings.Contains(r.Body, "queue") {
			t.Errorf("%s: answered %+v, want 500 without the reason", name, r)
		}
		want := map[string]string{"another panic": "a value of type string"}[name]
		if line := log.String(); !strings.Contains(line, cmp.Or(want, "no queue")) || strings.Contains(line, "secret") || !strings.Contains(line, "delivery=Ev1") || strings.Contains(line, "app_mention\\\"") {
			t.Errorf("%s: logged %s", name, line)
		}
	}
}

// logs adds a value of the context to each line of a log.
type logs struct{ slog.Handler }

func (l logs) Handle(ctx context.Context, r slog.Record) error {
	r.Add("context", ctx.Value(contextKey{}))
	return l.Handler.Handle(ctx, r)
}

func (l logs) Enabled(context.Context, slog.Level) bool { return true }

// TestFailureIsLogged once, with what identifies the delivery.
func TestFailureIsLogged(t *testing.T) {
	var log bytes.Buffer
	h := newSlack(t, func(o *webhook.Options) { o.Logger = slog.New(logs{slog.NewTextHandler(&log, nil)}) }).Handle(
		func(context.Context, webhook.Delivery) error { return errors.New("no queue") })
	e := request(newSlack(t), event)
	e.Headers["x-slack-retry-num"] = "2"
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Invoke(context.WithValue(t.Context(), contextKey{}, "trace"), payload); err != nil {
		t.Fatal(err)
	}
	const want = `level=ERROR msg="webhook: the delivery was not handled" provider=slack delivery=Ev1 type=app_mention attempt=2 error="no queue" context=trace` + "\n"
	if _, line, _ := strings.Cut(log.String(), " "); line != want {
		t.Errorf("logged %s, want %s", line, want)
	}
}

func TestHandlerRefusesOtherEvents(t *testing.T) {
	h := newSlack(t).Handle(unwanted(t))
	for _, payload := range []string{``, `null`, `{}`, `[]`, `{"Records":[]}`, `{"requestContext":{"http":{}}}`, `{"body":1}`, `{"isAsync":true,"slackEvent":{"type":"message","text":"hi"}}`} {
		if out, err := h.Invoke(t.Context(), []byte(payload)); err == nil || out != nil {
			t.Errorf("%s: got %s, %v; want an error", payload, out, err)
		}
	}
}
