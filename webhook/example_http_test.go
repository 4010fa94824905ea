package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// Slack shows the answer to a slash command to whoever gave it.
func ExampleVerifier_Respond() {
	slack, err := webhook.NewSlack("signing-secret-of-the-app")
	if err != nil {
		panic(err)
	}
	handler := slack.Respond(func(_ context.Context, d webhook.Delivery) (webhook.Response, error) {
		var command struct {
			Command, Text string
			ResponseURL   string `json:"response_url"` // for what takes longer than three seconds
		}
		if err := d.Decode(&command); err != nil {
			return webhook.Response{}, err
		}
		return webhook.JSON(map[string]string{"response_type": "ephemeral", "text": "deploying " + command.Text})
	})
	sent := webhooktest.SlackCommand("signing-secret-of-the-app", url.Values{"command": {"/deploy"}, "text": {"api"}})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, sent.HTTP())
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 {"response_type":"ephemeral","text":"deploying api"}
}

// A handler that was there before finds the body as it was sent.
func ExampleVerifier_Middleware() {
	github, err := webhook.NewGitHub("the webhook's secret")
	if err != nil {
		panic(err)
	}
	handler := github.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, _ := webhook.FromContext(r.Context())
		body, err := io.ReadAll(r.Body)
		fmt.Println(d.ID(), d.Type(), string(body), err)
		w.WriteHeader(http.StatusAccepted)
	}))
	for _, secret := range []string{"the webhook's secret", "a guess"} {
		sent := webhooktest.GitHub(secret, "72d3162e", "push", []byte(`{"ref":"main"}`))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, sent.HTTP())
		fmt.Println(w.Code)
	}
	// Output:
	// 72d3162e push {"ref":"main"} <nil>
	// 202
	// 401
}
