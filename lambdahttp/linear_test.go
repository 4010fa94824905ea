package lambdahttp_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// TestWrapIsLinear: with 2 MB of anything, more than linear time would take minutes.
func TestWrapIsLinear(t *testing.T) {
	h := lambdahttp.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	many := func(s string) string { return strings.Repeat(s, 2<<20/len(s)) }
	for name, members := range map[string]string{
		"quotes":         `"body":"` + many(`\"`) + `"`,
		"backslashes":    `"body":"` + many(`\\`) + `"`,
		"other quotes":   `"other":"` + many(`\"`) + `"`,
		"other slashes":  `"other":"` + many(`\\`) + `"`,
		"a long name":    `"` + many(`\u0041`) + `":1`,
		"spaces":         `"body"` + many(" ") + `:"x"`,
		"other members":  `"other":1` + many(`,"x":[{"y":"z"}]`),
		"the same":       `"body":"x"` + many(`,"body":"y"`),
		"other names":    `"body":"x"` + many(`,"BODY":"y"`),
		"headers":        `"headers":{"x":"y"` + many(`,"x":"y"`) + `}`,
		"cookies":        `"cookies":["a=1"` + many(`,"b=2"`) + `]`,
		"parameters":     `"queryStringParameters":{"a":"` + many(`&`) + `"}`,
		"deep":           `"other":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"an authorizer":  `"authorizer":{"claims":{"x":"y"` + many(`,"x":"y"`) + `}}`,
		"slashes":        `"rawPath":"` + many("/") + `"`,
		"another's path": `"path":"` + many("%") + `"`,
	} {
		event := []byte(`{` + members + `,"requestContext":{"http":{"method":"POST","path":"/"}}}`)
		began := time.Now()
		if _, err := h.Invoke(t.Context(), event); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
