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
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		hex := fmt.Sprintf("%x", err.Value)
		if got := strings.ToLower(fmt.Sprintf(verb, err)); strings.Contains(got, "a secret") || strings.Contains(got, hex) {
			t.Errorf("%s shows %s", verb, got)
		}
	}
	if text, failed := json.Marshal(err); failed != nil || strings.Contains(string(text), "secret") {
		t.Errorf("as JSON: %s, %v", text, failed)
	}
}
