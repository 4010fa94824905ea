package webhook_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// While a secret is rolled, Stripe signs with the old one and the new one.
func ExampleNewStripe() {
	stripe, err := webhook.NewStripe("whsec_the0new1secret2of3the4endpoint5has", func(o *webhook.Options) { o.Secrets = []string{webhooktest.StripeSecret} })
	if err != nil {
		panic(err)
	}
	handler := stripe.Handle(func(_ context.Context, d webhook.Delivery) error {
		var event struct {
			Data struct{ Object struct{ Amount int } }
		}
		err := d.Decode(&event)
		fmt.Println(d.ID(), d.Type(), event.Data.Object.Amount)
		return err
	})
	// In main: lambda.Start(handler). Here, an event as Stripe sends it:
	sent := webhooktest.Stripe(webhooktest.StripeSecret, "evt_1", "charge.succeeded", map[string]int{"amount": 1999})
	_, err = handler.Invoke(context.Background(), sent.FunctionURL())
	fmt.Println(err)
	// Output:
	// evt_1 charge.succeeded 1999
	// <nil>
}

// The ping that GitHub sends when a webhook is created is answered without calling the
// function.
func ExampleNewGitHub() {
	github, err := webhook.NewGitHub(webhooktest.GitHubSecret)
	if err != nil {
		panic(err)
	}
	handler := github.Handle(func(_ context.Context, d webhook.Delivery) error {
		var push struct{ Ref string }
		err := d.Decode(&push)
		fmt.Println(d.Unsigned.Type, push.Ref)
		return err
	})
	for eventType, payload := range map[string]map[string]string{"ping": {"zen": "Keep it logically awesome."}, "push": {"ref": "refs/heads/main"}} {
		sent := webhooktest.GitHub(webhooktest.GitHubSecret, "72d3162e", eventType, payload)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, sent.HTTP())
		fmt.Println(eventType, w.Code)
	}
	// Unordered output:
	// ping 200
	// push refs/heads/main
	// push 200
}

// The topic and the shop are not signed.
func ExampleNewShopify() {
	shopify, err := webhook.NewShopify(webhooktest.ShopifySecret)
	if err != nil {
		panic(err)
	}
	handler := shopify.Handle(func(_ context.Context, d webhook.Delivery) error {
		fmt.Println(d.Unsigned.Type, "of", d.Unsigned.Header.Get("X-Shopify-Shop-Domain"))
		return nil
	})
	sent := webhooktest.Shopify(webhooktest.ShopifySecret, "b54557e4", "orders/create", map[string]int{"id": 7})
	_, err = handler.Invoke(context.Background(), sent.HTTPAPI())
	fmt.Println(err)
	// Output:
	// orders/create of example.myshopify.com
	// <nil>
}

// A shared secret begins with whsec_. A sender's public key (whpk_) is used in the same
// way.
func ExampleNewStandard() {
	standard, err := webhook.NewStandard(webhooktest.StandardSecret)
	if err != nil {
		panic(err)
	}
	handler := standard.Handle(func(_ context.Context, d webhook.Delivery) error {
		fmt.Println(d.ID(), d.Type())
		return nil
	})
	sent := webhooktest.Standard(webhooktest.StandardSecret, "msg_p5jXN8AQM9LWM0D4loKWxJek", map[string]string{"type": "invoice.paid"})
	_, err = handler.Invoke(context.Background(), sent.RESTAPI())
	fmt.Println(err)
	// Output:
	// msg_p5jXN8AQM9LWM0D4loKWxJek invoice.paid
	// <nil>
}
