package testenv

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Secret is in the values that [Hides] gets.
const Secret = "a secret"

// Hides fails if a verb of fmt or JSON shows [Secret] of a value.
func Hides(tb testing.TB, values ...any) {
	tb.Helper()
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			got := strings.ToLower(fmt.Sprintf(verb, v))
			if strings.Contains(got, Secret) || strings.Contains(got, fmt.Sprintf("%x", Secret)) {
				tb.Errorf("%s of a %T shows %s", verb, v, got)
			}
		}
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), Secret) {
			tb.Errorf("a %T as JSON: %s, %v", v, text, err)
		}
	}
}
