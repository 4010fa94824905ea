package webhook_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// TestHandlerIsHealthyBehindALoadBalancer: to any other GET it answers 405.
func TestHandlerIsHealthyBehindALoadBalancer(t *testing.T) {
	v, err := webhook.NewGitHub("It is a secret to everybody")
	if err != nil {
		t.Fatal(err)
	}
	h := v.Handle(func(context.Context, webhook.Delivery) error { t.Error("the function ran"); return nil })
	for name, f := range fronttest.Fronts {
		checker := http.Header{"User-Agent": {"ELB-HealthChecker/2.0"}}
		want := http.StatusMethodNotAllowed
		if f.NoIP { // load balancers
			want = http.StatusOK
		}
		url := f.Deploy(t, h)
		if got := fronttest.Send(t, url, "GET", checker, nil); got.Status != want {
			t.Errorf("%s: a health check got %+v", name, got)
		}
		if got := fronttest.Send(t, url, "GET", nil, nil); got.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: a GET got %+v", name, got)
		}
	}
}
