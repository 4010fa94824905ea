package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

func silent(o *webhook.Options) { o.Logger = slog.New(slog.DiscardHandler) }

func small(o *webhook.Options) { o.MaxBody = 300 }

// doors returns the URLs of a handler behind each front door, and under net/http.
func doors(t *testing.T, h interface {
	http.Handler
	Invoke(context.Context, []byte) ([]byte, error)
},
) map[string]string {
	t.Helper()
	urls := map[string]string{"net/http": fronttest.Serve(t, h)}
	for name, f := range fronttest.Fronts {
		urls[name] = f.Deploy(t, h)
	}
	return urls
}

func slackEvent() webhooktest.Request {
	return webhooktest.SlackEvent(secret, "Ev1", map[string]string{"type": "app_mention", "text": "hi"})
}

// changed returns a request changed after it was signed.
func changed(r webhooktest.Request, change func(*webhooktest.Request)) webhooktest.Request {
	change(&r)
	return r
}

// TestHandlerRefusesAtEveryDoor: the function is not called, and the response contains
// only the status.
func TestHandlerRefusesAtEveryDoor(t *testing.T) {
	slack := must(t)(webhook.NewSlack(secret, small))
	sign := func(body string) webhooktest.Request { return webhooktest.Sign(slack, []byte(body)) }
	tests := map[string]struct {
		request webhooktest.Request
		want    int
	}{
		"a forged body":          {changed(slackEvent(), func(r *webhooktest.Request) { r.Body = append(r.Body, ' ') }), 401},
		"another's signature":    {webhooktest.SlackEvent(secret+"x", "Ev1", map[string]string{"type": "message"}), 401},
		"a signature of another": {webhooktest.GitHub(secret, "1", "push", 1), 401},
		"no signature":           {changed(slackEvent(), func(r *webhooktest.Request) { r.Header.Del("X-Slack-Signature") }), 401},
		"two signatures":         {changed(slackEvent(), func(r *webhooktest.Request) { r.Header.Add("X-Slack-Signature", "v0=") }), 401},
		"no time":                {changed(slackEvent(), func(r *webhooktest.Request) { r.Header.Del("X-Slack-Request-Timestamp") }), 401},
		"a GET":                  {changed(slackEvent(), func(r *webhooktest.Request) { r.Method = "GET" }), 405},
		"a PUT":                  {changed(slackEvent(), func(r *webhooktest.Request) { r.Method = "PUT" }), 405},
		"a byte too long":        {sign(strings.Repeat("x", 301)), 413},
		"forged and too long":    {changed(sign(""), func(r *webhooktest.Request) { r.Body = make([]byte, 9000) }), 413},
	}
	for door, base := range doors(t, slack.Handle(unwanted(t))) {
		for what, tt := range tests {
			if door == "load balancer" && what == "two signatures" {
				tt.request.Header["X-Slack-Signature"] = []string{"v0=", "v0="} // the last one is all that comes
			}
			got := fronttest.Send(t, base+"/", tt.request.Method, tt.request.Header, tt.request.Body)
			want := fmt.Sprintf(`{"status":%d,"title":%q}`, tt.want, http.StatusText(tt.want))
			if got.Status != tt.want || got.Body != want || got.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, %s: answered %+v, want %s", door, what, got, want)
			}
			if allow := got.Header.Get("Allow"); (allow == "POST") != (tt.want == 405) {
				t.Errorf("%s, %s: Allow: %q", door, what, allow)
			}
		}
	}
}

// response is what a test expects of a response.
type response struct {
	Status int
	Header http.Header
	Body   string
}

func TestHandlerAnswersAtEveryDoor(t *testing.T) {
	problem := func(status int) response {
		return response{status, http.Header{"Content-Type": {"application/problem+json"}}, fmt.Sprintf(`{"status":%d,"title":%q}`, status, http.StatusText(status))}
	}
	answer := func(r webhook.Response, err error) func(webhook.Delivery) (webhook.Response, error) {
		return func(webhook.Delivery) (webhook.Response, error) { return r, err }
	}
	tests := map[string]struct {
		fn   func(webhook.Delivery) (webhook.Response, error)
		want response
	}{
		"nothing":      {answer(webhook.Response{}, nil), response{200, http.Header{}, ""}},
		"text":         {answer(webhook.Text("wird erledigt: é"), nil), response{200, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, "wird erledigt: é"}},
		"JSON":         {answer(webhook.JSON(map[string]string{"text": "<ok>"})), response{200, http.Header{"Content-Type": {"application/json"}}, `{"text":"\u003cok\u003e"}`}},
		"no JSON":      {answer(webhook.JSON(func() {})), problem(500)},
		"a status":     {answer(webhook.Response{Status: 202}, nil), response{202, http.Header{}, ""}},
		"headers":      {answer(webhook.Response{Header: http.Header{"x-a": {"1"}, "set-cookie": {"a=1"}}}, nil), response{200, http.Header{"X-A": {"1"}, "Set-Cookie": {"a=1"}}, ""}},
		"199":          {answer(webhook.Response{Status: 199}, nil), problem(500)},
		"600":          {answer(webhook.Response{Status: 600}, nil), problem(500)},
		"-1":           {answer(webhook.Response{Status: -1}, nil), problem(500)},
		"599":          {answer(webhook.Response{Status: 599}, nil), response{599, http.Header{}, ""}},
		"an error":     {answer(webhook.Text("secret"), errors.New("secret")), problem(500)},
		"a bad decode": {func(d webhook.Delivery) (webhook.Response, error) { return webhook.Response{}, d.Decode(new(int)) }, problem(400)},
		"others' errors": {
			answer(webhook.Response{}, fmt.Errorf("downstream: %w, %w", webhook.ErrTooLarge, webhook.ErrSignature)), problem(500),
		},
		"a panic":     {func(webhook.Delivery) (webhook.Response, error) { panic("secret") }, problem(500)},
		"a nil panic": {func(webhook.Delivery) (webhook.Response, error) { panic(nil) }, problem(500)},
	}
	slack := must(t)(webhook.NewSlack(secret, silent))
	var fn func(webhook.Delivery) (webhook.Response, error)
	h := slack.Respond(func(_ context.Context, d webhook.Delivery) (webhook.Response, error) { return fn(d) })
	for door, base := range doors(t, h) {
		for what, tt := range tests {
			fn = tt.fn
			r := slackEvent()
			got := fronttest.Send(t, base+"/", r.Method, r.Header, r.Body)
			if got.Status != tt.want.Status || got.Body != tt.want.Body {
				t.Errorf("%s, %s: answered %+v, want %+v", door, what, got, tt.want)
			}
			for name, values := range tt.want.Header {
				if got.Header.Get(name) != values[0] {
					t.Errorf("%s, %s: answered %+v, want %+v", door, what, got, tt.want)
				}
			}
		}
	}
}

// TestHandlerAnswersForTheProvider: a test of the endpoint is not a delivery.
func TestHandlerAnswersForTheProvider(t *testing.T) {
	slack, github := must(t)(webhook.NewSlack(secret)), must(t)(webhook.NewGitHub(secret))
	tests := map[string]struct {
		verifier *webhook.Verifier
		request  webhooktest.Request
		want     string
	}{
		"Slack's challenge": {slack, webhooktest.SlackChallenge(secret, `"<3`), `{"challenge":"\"\u003c3"}`},
		"Slack's check":     {slack, webhooktest.Sign(slack, []byte("ssl_check=1&token=x")), ""},
		"GitHub's ping":     {github, webhooktest.GitHub(secret, "1", "ping", map[string]string{"zen": "x"}), ""},
	}
	for what, tt := range tests {
		for door, base := range doors(t, tt.verifier.Handle(unwanted(t))) {
			got := fronttest.Send(t, base+"/", "POST", tt.request.Header, tt.request.Body)
			if got.Status != http.StatusOK || got.Body != tt.want {
				t.Errorf("%s, %s: answered %+v, want 200 %s", door, what, got, tt.want)
			}
			tt.request.Body = append(tt.request.Body, ' ')
			if got := fronttest.Send(t, base+"/", "POST", tt.request.Header, tt.request.Body); got.Status != http.StatusUnauthorized {
				t.Errorf("%s, %s, forged: answered %+v", door, what, got)
			}
			tt.request.Body = tt.request.Body[:len(tt.request.Body)-1]
		}
	}
}

// TestFormsAtEveryDoor: most front doors send forms in base64.
func TestFormsAtEveryDoor(t *testing.T) {
	slack, github := must(t)(webhook.NewSlack(secret)), must(t)(webhook.NewGitHub(secret))
	type decoded struct{ Command, Text, Ref string }
	tests := map[string]struct {
		verifier      *webhook.Verifier
		request       webhooktest.Request
		want          decoded
		id, eventType string
	}{
		"a command": {
			slack, webhooktest.SlackCommand(secret, url.Values{"command": {"/deploy"}, "text": {"a&b=é +%"}, "trigger_id": {"1.2"}}),
			decoded{Command: "/deploy", Text: "a&b=é +%"},
			"1.2", "slash_commands",
		},
		"an interaction": {
			slack, webhooktest.SlackInteraction(secret, map[string]string{"type": "block_actions", "trigger_id": "1.3", "text": "=&"}),
			decoded{Text: "=&"},
			"1.3", "block_actions",
		},
		"a push": {github, webhooktest.GitHubForm(secret, "7", "push", map[string]string{"ref": "main"}), decoded{Ref: "main"}, "7", "push"},
	}
	for what, tt := range tests {
		var got decoded
		h := tt.verifier.Handle(func(_ context.Context, d webhook.Delivery) error {
			if idOf(d) != tt.id || typeOf(d) != tt.eventType {
				t.Errorf("%s: got %s %s, want %s %s", what, d.ID(), d.Type(), tt.id, tt.eventType)
			}
			return d.Decode(&got)
		})
		for door, base := range doors(t, h) {
			got = decoded{}
			if r := fronttest.Send(t, base+"/", "POST", tt.request.Header, tt.request.Body); r.Status != http.StatusOK || got != tt.want {
				t.Errorf("%s, %s: answered %+v, decoded %+v", door, what, r, got)
			}
		}
	}
}
