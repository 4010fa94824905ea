package webhooktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// newHandler is what a user's main gives to lambda.Start.
func newHandler(secret string) *webhook.Handler {
	slack, err := webhook.NewSlack(secret)
	if err != nil {
		panic(err)
	}
	return slack.Respond(func(ctx context.Context, d webhook.Delivery) (webhook.Response, error) {
		if d.Type() != "slash_commands" {
			fmt.Println("queue", d.ID(), "attempt", d.Unsigned.Attempt)
			return webhook.Response{}, nil
		}
		var command struct{ Text string }
		err := d.Decode(&command)
		return webhook.Text("deploying " + command.Text), err
	})
}

func ExampleSlackEvent() {
	mention := webhooktest.SlackEvent(secret, "Ev1", map[string]string{"type": "app_mention", "text": "hello"})
	out, err := newHandler(secret).Invoke(context.Background(), mention.FunctionURL())
	fmt.Println(string(out), err)

	again := webhooktest.SlackEvent(secret, "Ev1", map[string]string{"type": "app_mention"}, func(o *webhooktest.Options) {
		o.Header = http.Header{"X-Slack-Retry-Num": {"1"}, "X-Slack-Retry-Reason": {"http_timeout"}}
	})
	_, err = newHandler(secret).Invoke(context.Background(), again.HTTPAPI())
	fmt.Println(err)
	// Output:
	// queue Ev1 attempt 0
	// {"statusCode":200,"headers":{},"body":"","isBase64Encoded":false,"cookies":null} <nil>
	// queue Ev1 attempt 1
	// <nil>
}

func ExampleSlackCommand() {
	command := webhooktest.SlackCommand(secret, url.Values{"command": {"/deploy"}, "text": {"api"}})
	w := httptest.NewRecorder()
	newHandler(secret).ServeHTTP(w, command.HTTP())
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 deploying api
}

// A request that is changed after it is signed is a forged one.
func ExampleRequest() {
	mention := webhooktest.SlackEvent(secret, "Ev1", map[string]string{"type": "app_mention"})
	mention.Body = append(mention.Body, ' ')
	out, err := newHandler(secret).Invoke(context.Background(), mention.RESTAPI())
	var answer struct{ StatusCode int }
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	fmt.Println(answer.StatusCode, err)
	// Output:
	// 401 <nil>
}

func ExampleSign() {
	acme, err := webhook.NewHMAC(secret, webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature"})
	if err != nil {
		panic(err)
	}
	order := webhooktest.Sign(acme, []byte(`{"order":7}`), func(o *webhooktest.Options) { o.Path = "/acme" })
	mux := http.NewServeMux()
	mux.Handle("/acme", acme.Handle(func(_ context.Context, d webhook.Delivery) error {
		fmt.Println(d.Provider, string(d.Body))
		return nil
	}))
	_, err = lambdahttp.Wrap(mux).Invoke(context.Background(), order.LoadBalancer())
	fmt.Println(err)
	// Output:
	// acme {"order":7}
	// <nil>
}
