package lambdahttp_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// TestNamesThatDifferInCase are one header, with its values in the same order each time.
func TestNamesThatDifferInCase(t *testing.T) {
	names := []string{"X-TENANT", "X-Tenant", "X-tenant", "x-Tenant", "x-tenant"}
	var single, multi string
	for i, name := range slices.Backward(names) {
		single += fmt.Sprintf(`,%q:"%d"`, name, i)
		multi += fmt.Sprintf(`,%q:["%d","%da"]`, name, i, i)
	}
	const event = `{"httpMethod":"GET","path":"/",%s}`
	for what, tt := range map[string]struct {
		event string
		want  []string
	}{
		"single":  {fmt.Sprintf(event, `"headers":{"a":"b"`+single+`}`), []string{"0", "1", "2", "3", "4"}},
		"multi":   {fmt.Sprintf(event, `"multiValueHeaders":{"a":["b"]`+multi+`}`), []string{"0", "0a", "1", "1a", "2", "2a", "3", "3a", "4", "4a"}},
		"format2": {`{"version":"2.0","requestContext":{"http":{"method":"GET","path":"/"}},"headers":{"a":"b"` + single + `}}`, []string{"0", "1", "2", "3", "4"}},
	} {
		for range 20 {
			var got []string
			h := lambdahttp.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header["X-Tenant"] }))
			if _, err := h.Invoke(context.Background(), []byte(tt.event)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("%s: got %v, want %v", what, got, tt.want)
			}
		}
	}
}
