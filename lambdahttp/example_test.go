package lambdahttp_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// One function for two providers, here behind an HTTP API.
func ExampleWrap() {
	slack, err := webhook.NewSlack("signing-secret-of-the-app")
	if err != nil {
		panic(err)
	}
	github, err := webhook.NewGitHub("the webhook's secret")
	if err != nil {
		panic(err)
	}
	show := func(_ context.Context, d webhook.Delivery) error {
		fmt.Println(d.Provider, d.ID(), d.Type())
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("/slack", slack.Handle(show))
	mux.Handle("/github", github.Handle(show))
	handler := lambdahttp.Wrap(mux) // in main: lambda.Start(handler)

	mention := webhooktest.SlackEvent("signing-secret-of-the-app", "Ev1", map[string]string{"type": "app_mention"})
	push := webhooktest.GitHub("the webhook's secret", "72d3162e", "push", map[string]string{"ref": "main"})
	mention.Path, push.Path = "/slack", "/github"
	for _, sent := range []webhooktest.Request{mention, push} {
		if _, err := handler.Invoke(context.Background(), sent.HTTPAPI()); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// slack Ev1 app_mention
	// github 72d3162e push
}
