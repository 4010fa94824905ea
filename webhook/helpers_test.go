package webhook_test

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func clock(at time.Time) func(*webhook.Options) {
	return func(o *webhook.Options) { o.Now = func() time.Time { return at } }
}

// must returns the verifier of a constructor.
func must(t testing.TB) func(*webhook.Verifier, error) *webhook.Verifier {
	return func(v *webhook.Verifier, err error) *webhook.Verifier {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
