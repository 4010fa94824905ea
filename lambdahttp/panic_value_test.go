package lambdahttp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// TestNothingPrintsAPanicsValue, which may be a part of the request.
func TestNothingPrintsAPanicsValue(t *testing.T) {
	err := &lambdahttp.PanicError{Value: "a secret"}
	shown := func(verb string, v any) {
		hex := fmt.Sprintf("%x", err.Value)
		if got := strings.ToLower(fmt.Sprintf(verb, v)); strings.Contains(got, "a secret") || strings.Contains(got, hex) {
			t.Errorf("%s of a %T shows %s", verb, v, got)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		shown(verb, err)
		shown(verb, *err)
	}
	if text, failed := json.Marshal(err); failed != nil || strings.Contains(string(text), "secret") {
		t.Errorf("as JSON: %s, %v", text, failed)
	}
}
