package lambdahttp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// BenchmarkWrap serves a function URL event with a body of 10 KB. JSON is the least
// that a handler of such events does: decode the event and encode a response.
func BenchmarkWrap(b *testing.B) {
	event := webhooktest.GitHub(webhooktest.GitHubSecret, "1", "push", strings.Repeat("0123456789", 1024)).FunctionURL()
	b.Run("Wrap", func(b *testing.B) {
		h := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := h.Invoke(b.Context(), event); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var r events.LambdaFunctionURLRequest
			if err := json.Unmarshal(event, &r); err != nil {
				b.Fatal(err)
			}
			if _, err := json.Marshal(events.LambdaFunctionURLResponse{StatusCode: http.StatusAccepted}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
