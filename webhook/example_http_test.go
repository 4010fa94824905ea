package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// Slack shows the response to a slash command to the user who gave it.
func ExampleVerifier_Respond() {
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
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
	sent := webhooktest.SlackCommand(webhooktest.SlackSecret, url.Values{"command": {"/deploy"}, "text": {"api"}})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, sent.HTTP())
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 {"response_type":"ephemeral","text":"deploying api"}
}

// An existing handler can read the body as it was sent.
func ExampleVerifier_Middleware() {
	github, err := webhook.NewGitHub(webhooktest.GitHubSecret)
	if err != nil {
		panic(err)
	}
	handler := github.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, _ := webhook.FromContext(r.Context())
		body, err := io.ReadAll(r.Body)
		fmt.Println(d.Unsigned.Type, string(body), err)
		w.WriteHeader(http.StatusAccepted)
	}))
	for _, secret := range []string{webhooktest.GitHubSecret, "a guess"} {
		sent := webhooktest.GitHub(secret, "72d3162e", "push", []byte(`{"ref":"main"}`))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, sent.HTTP())
		fmt.Println(w.Code)
	}
	// Output:
	// push {"ref":"main"} <nil>
	// 202
	// 401
}

// One function serves two providers, here behind an HTTP API.
func Example_twoProviders() {
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		panic(err)
	}
	github, err := webhook.NewGitHub(webhooktest.GitHubSecret)
	if err != nil {
		panic(err)
	}
	show := func(_ context.Context, d webhook.Delivery) error {
		fmt.Println(d.Key())
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("/slack", slack.Handle(show))
	mux.Handle("/github", github.Handle(show))
	handler := lambdahttp.Wrap(mux) // in main: lambda.Start(handler)

	mention := webhooktest.SlackEvent(webhooktest.SlackSecret, "Ev1", map[string]string{"type": "app_mention"})
	push := webhooktest.GitHub(webhooktest.GitHubSecret, "72d3162e", "push", map[string]string{"ref": "main"})
	mention.Path, push.Path = "/slack", "/github"
	for _, sent := range []webhooktest.Request{mention, push} {
		if _, err := handler.Invoke(context.Background(), sent.HTTPAPI()); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// slack::Ev1
	// github::sha256~3Aa934b65d9e929e7a924f901e05035152e791f1d2575f4b2adcb3721ec55d5e93:72d3162e
}
