package httpresult

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesThatDifferInCase give the same response each time.
func TestNamesThatDifferInCase(t *testing.T) {
	for range 20 {
		var r result
		if err := json.Unmarshal([]byte(`{"Headers":{"x-a":"c","X-a":"b","X-A":"a"},"MultiValueHeaders":{"x-b":["c"],"X-b":["b"],"X-B":["a","a2"]}}`), &r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"c"}, r.header("")["X-A"]); diff != "" {
			t.Fatalf("headers: %s", diff)
		}
		if diff := cmp.Diff([]string{"a", "a2", "b", "c"}, r.multiHeader("")["X-B"]); diff != "" {
			t.Fatalf("multiValueHeaders: %s", diff)
		}
		if diff := cmp.Diff([]string{"a", "b", "c"}, r.merged("")["X-A"]); diff != "" {
			t.Fatalf("both: %s", diff)
		}
	}
}
